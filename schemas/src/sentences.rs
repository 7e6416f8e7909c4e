//! Everything that is ever said of a message: each sentence once, with its code, in both languages.
//!
//! Sentences follow the place they are about (`/serviceDate: is not a day of the calendar`). `{}` is where a word
//! of the standard's own goes – a bound, a pattern, a list of values –, never one of the message's.

/// The languages sentences are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// The language of a locale such as `zh_CN.UTF-8`: Chinese if it begins so, else English.
    pub fn of_locale(locale: &str) -> Self {
        if locale.starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// One of two texts.
    pub const fn choose<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

/// One sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// The stable code it is said with; several sentences may share one.
    pub code: &'static str,
    /// English.
    pub english: &'static str,
    /// Chinese.
    pub chinese: &'static str,
}

impl Sentence {
    /// The sentence in a language, `{}` left as it is.
    pub const fn text(&self, language: Language) -> &'static str {
        language.choose(self.english, self.chinese)
    }
}

macro_rules! sentences {
    ($($name:ident: $code:literal, $english:literal, $chinese:literal;)+) => {
        $(pub(crate) const $name: Sentence = Sentence { code: $code, english: $english, chinese: $chinese };)+

        /// Every sentence, those of one code beside each other.
        pub const SENTENCES: &[Sentence] = &[$($name),+];
    };
}

sentences! {
    // What the schema says.
    REQUIRED: "required", "is required", "为必填项,不得缺少";
    UNKNOWN_PROPERTY: "unknown-property",
        "is not a member that the standard knows here", "不是标准在此处规定的数据项";
    UNKNOWN_HIDDEN: "unknown-property",
        "has a member that the standard does not know here", "含有标准在此处未规定的数据项";
    TYPE: "type", "must be {}", "类型应为{}";
    ENUM: "enum", "must be one of {}", "取值应为下列之一:{}";
    CONST: "const", "must be {}", "取值应为{}";
    PATTERN: "pattern", "must match {}", "应符合格式 {}";
    PATTERN_UNMATCHED: "pattern", "could not be matched with its pattern", "无法与规定的格式比对";
    FORMAT: "format", "must have the format {}", "应为 {} 格式";
    TOO_SHORT: "too-short", "must have at least {} characters", "至少应有{}个字符";
    TOO_LONG: "too-long", "must have at most {} characters", "最多可有{}个字符";
    TOO_FEW: "too-few", "must have at least {} items", "至少应有{}项";
    TOO_MANY: "too-many", "must have at most {} items", "最多可有{}项";
    TOO_MANY_UNKNOWN: "too-many", "has more items than the standard knows here", "项数超过标准在此处的规定";
    NOT_UNIQUE: "not-unique", "must not have the same item twice", "不得有重复项";
    CONTAINS: "contains", "lacks an item that it must have", "缺少必须包含的项";
    TOO_FEW_PROPERTIES: "too-few-properties", "must have at least {} members", "至少应有{}个数据项";
    TOO_MANY_PROPERTIES: "too-many-properties", "must have at most {} members", "最多可有{}个数据项";
    PROPERTY_NAME: "property-name",
        "has a member whose name is not of the form it must have", "含有名称不合规定的数据项";
    MINIMUM: "below-minimum", "must be at least {}", "不得小于{}";
    EXCLUSIVE_MINIMUM: "below-minimum", "must be more than {}", "应大于{}";
    MAXIMUM: "above-maximum", "must be at most {}", "不得大于{}";
    EXCLUSIVE_MAXIMUM: "above-maximum", "must be less than {}", "应小于{}";
    MULTIPLE_OF: "multiple-of", "must be a multiple of {}", "应为{}的倍数";
    NOT_ALLOWED: "not-allowed", "is not allowed beside the other members", "不得与其他数据项同时出现";
    NOT: "not", "has a form that it must not have", "属于不允许的形式";
    NO_BRANCH: "no-branch", "fits none of the forms it may have", "不符合任何一种允许的形式";
    MANY_BRANCHES: "many-branches",
        "fits several forms of which it may have one", "同时符合多种形式,只能符合其中一种";
    CONTENT_ENCODING: "content-encoding", "is not encoded as it must be", "编码不合规定";
    CONTENT_MEDIA_TYPE: "content-media-type", "does not hold what it must hold", "内容类型不合规定";
    CUSTOM: "custom", "breaks a rule of its own", "违反专用规则";
    REFERENCE: "reference", "could not be checked: the standard is incomplete", "无法校验:标准不完整";

    // What semantic rules find.
    NO_SUCH_DAY: "impossible-date", "is not a day of the calendar", "不是日历上存在的日期";
    NO_SUCH_MOMENT: "impossible-date",
        "is not a moment of the calendar and the clock", "不是存在的日期和时刻";
    NO_SUCH_BIRTHDAY: "impossible-date",
        "holds a birth date that is not a day of the calendar", "所含出生日期不是日历上存在的日期";
    CITIZEN_SHAPE: "document-shape",
        "is not a citizen identity number: 17 digits and a digit or an upper-case X, or 15 digits",
        "不是公民身份号码:应为17位数字加1位数字或大写X,或15位数字";
    PERMIT_SHAPE: "document-shape",
        "begins with 8 and is no residence permit's number, which begins with 810000, 820000 or 830000 and has 18 characters",
        "以8开头而不是居住证号码:港澳台居民居住证号码以810000、820000或830000开头,共18位";
    PERMANENT_RESIDENCE_SHAPE: "document-shape",
        "is not a permanent residence card's number: 9 and 17 more characters, or 3 letters and 12 digits",
        "不是外国人永久居留身份证号码:应以9开头共18位,或3位字母加12位数字";
    CITIZEN_CHECK: "check-digit",
        "ends with another check character than GB 11643 gives", "末位与GB 11643计算的校验码不符";
    PERMANENT_RESIDENCE_CHECK: "check-digit",
        "ends with another check character than its form gives", "末位与该证件号码规则计算的校验码不符";
    LUHN_CHECK: "check-digit", "ends with another check digit than Luhn's", "末位与Luhn算法计算的校验位不符";
    ACCOUNT_SHAPE: "account-shape", "is not 16 to 19 digits, as on a card", "不是卡号应有的16至19位数字";
    PERIOD_ORDER: "period-order", "is before startsOn", "早于开始日期 startsOn";
    OPEN_END: "open-end",
        "is far away, and an open end is 9999-12-31", "日期过远;没有终止日期时应写9999-12-31";
    SCOPE_SUM: "scope-sum",
        "is not the sum of inScope, fullSelfPay, overLimitSelfPay and preSelfPay",
        "不等于 inScope、fullSelfPay、overLimitSelfPay、preSelfPay 之和";
    PERSONAL_SUM: "personal-sum",
        "is not the sum of accountPaid and cashPaid", "不等于 accountPaid、cashPaid 之和";
    FEE_SUM: "fee-sum",
        "is not the sum of fundTotal, personalTotal and hospitalPart",
        "不等于 fundTotal、personalTotal、hospitalPart 之和";
    FUND_INCLUDES_ACCOUNT: "fund-includes-account",
        "has the personal account in it, which is told beside it", "含有个人账户支付,而个人账户支付应单列";
    FUND_PARTS: "fund-parts", "are together more than fundTotal", "合计大于 fundTotal";
    ROWS_SUM: "batch-sum", "is not the sum of the rows' amounts", "不等于各明细金额之和";
    NET_SUM: "batch-sum",
        "is not the sum of the rows, what was taken back subtracted", "不等于各行之和(冲正为减)";
    ROW_TWICE: "row-twice", "has two rows of the same number", "有两行编号相同";
    BATCH_COUNT: "batch-count", "is not the number of rows", "不等于行数";

    // What rules only warn of.
    UNKNOWN_PROVINCE: "unknown-province",
        "begins with no province of GB/T 2260", "前两位不是GB/T 2260中的省级代码";
    UNKNOWN_ETHNICITY: "unknown-ethnicity",
        "is neither in GB/T 3304 nor among the codes that provinces add", "既不在GB/T 3304中,也不是各省增设的代码";
    BIRTH_DATE_DIFFERS: "birth-date-differs",
        "is another day than the document's number says", "与证件号码中的出生日期不同";
    SEX_DIFFERS: "sex-differs", "is another than the document's number says", "与证件号码中的性别不同";
    CREDIT_CODE_CHECK: "credit-code-check",
        "ends with another check character than GB 32100 gives; such codes are in circulation",
        "末位与GB 32100计算的校验码不符;此类代码仍在使用";
    ROW_PRODUCT: "row-product",
        "is not the quantity times the unit price, rounded half up", "不等于数量乘以单价四舍五入的结果";

    // What a peer of an earlier version is not told.
    NEWER_OPERATION: "newer-operation",
        "is an operation that the peer's version of the standard does not have", "对方使用的标准版本没有此业务";
    NEWER_MEMBER: "newer-member",
        "is a member that the peer's version of the standard does not have", "对方使用的标准版本没有此数据项";
    NEWER_VALUE: "newer-value",
        "has a value that the peer's version of the standard does not have", "对方使用的标准版本没有此取值";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_chooses() {
        for locale in ["zh_CN.UTF-8", "zh", "zh-TW"] {
            assert_eq!(Language::of_locale(locale), Language::Chinese, "{locale}");
        }
        for locale in ["", "C", "en_US.UTF-8", "C.UTF-8"] {
            assert_eq!(Language::of_locale(locale), Language::English, "{locale}");
        }
    }

    #[test]
    fn every_sentence_is_there_in_both_languages_and_once() {
        for (index, one) in SENTENCES.iter().enumerate() {
            assert_eq!(one.english.matches("{}").count(), one.chinese.matches("{}").count(), "{one:?}");
            assert!(one.chinese.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char)), "{one:?}");
            assert!(one.english.is_ascii(), "{one:?}");
            let earlier = &SENTENCES[..index];
            assert!(!earlier.iter().any(|other| other.code == one.code && other.english == one.english));
        }
    }
}
