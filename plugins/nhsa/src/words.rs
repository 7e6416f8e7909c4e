//! Dictionaries of the dialect as tables: code and word of the standard (domain 1.5, 1.7). A test holds each to
//! the standard's own table. Of several codes for one word the first is written.

/// One dictionary.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) codes: &'static [(&'static str, &'static str)],
    /// The word for a code that is not in the table, where the standard has one.
    pub(crate) otherwise: Option<&'static str>,
}

impl Words {
    pub(crate) fn word(&self, code: &str) -> Option<&'static str> {
        self.codes.iter().find(|(known, _)| *known == code).map(|(_, word)| *word).or(self.otherwise)
    }

    pub(crate) fn code(&self, word: &str) -> Option<&'static str> {
        self.codes.iter().find(|(_, known)| *known == word).map(|(code, _)| *code)
    }
}

const fn words(codes: &'static [(&'static str, &'static str)]) -> Words {
    Words { codes, otherwise: None }
}

/// `mdtrt_cert_type`
pub(crate) static CREDENTIALS: Words = words(&[
    ("01", "electronicCredential"),
    ("02", "identityDocument"),
    ("03", "socialSecurityCard"),
    ("1", "electronicCredential"),
    ("2", "identityDocument"),
    ("3", "socialSecurityCard"),
]);

/// `med_type`
static CATEGORIES: Words = words(&[
    ("11", "outpatient"),
    ("12", "registration"),
    ("13", "emergency"),
    ("14", "outpatientChronic"),
    ("15", "outpatientSpecialDrug"),
    ("16", "outpatientTraditional"),
    ("21", "inpatient"),
    ("22", "inpatientTrauma"),
    ("23", "inpatientReferred"),
    ("24", "inpatientFromEmergency"),
    ("25", "inpatientElsewhere"),
    ("26", "inpatientSingleDisease"),
    ("27", "inpatientSelfChosen"),
    ("28", "daySurgery"),
    ("41", "pharmacy"),
    ("51", "maternityOutpatient"),
    ("52", "maternityInpatient"),
    ("61", "longTermCare"),
    ("81", "accidentOutpatient"),
]);

/// `businessType`
pub(crate) static SCENARIOS: Words = Words {
    codes: &[
        ("01101", "registration"),
        ("01102", "inpatientFile"),
        ("01103", "admission"),
        ("01104", "prepayment"),
        ("01201", "consultation"),
        ("01202", "examinationBooking"),
        ("01203", "examination"),
        ("01204", "treatment"),
        ("01301", "settlement"),
        ("01302", "collectDrugs"),
        ("01303", "collectReport"),
        ("01304", "printReceipt"),
        ("01305", "copyRecord"),
        ("02121", "pharmacy"),
        ("02122", "outsidePrescription"),
        ("03131", "signIn"),
        ("03132", "applicationSettlement"),
    ],
    otherwise: Some("other"),
};

/// `fund_pay_type`
pub(crate) static FUNDS: Words = words(&[
    ("310101", "basicPool"),
    ("310200", "personalAccount"),
    ("310201", "personalAccount"),
    ("330100", "largeMedicalExpense"),
    ("330101", "largeMedicalExpense"),
    ("390101", "basicPool"),
    ("390102", "basicPool"),
    ("999996", "hospitalAdvance"),
    ("999997", "other"),
]);

/// The fields of a settlement that say what one fund pays, where no list of parts does.
pub(crate) static FUND_FIELDS: Words = words(&[
    ("hifp_pay", "basicPool"),
    ("cvlserv_pay", "civilServantSubsidy"),
    ("hifes_pay", "enterpriseSupplement"),
    ("hifmi_pay", "residentCriticalIllness"),
    ("hifob_pay", "largeMedicalExpense"),
    ("hifdm_pay", "disabledServiceman"),
    ("maf_pay", "medicalAssistance"),
    ("oth_pay", "other"),
]);

/// `gend`
pub(crate) static SEXES: Words = Words {
    codes: &[("1", "male"), ("2", "female"), ("0", "unknown"), ("9", "unspecified")],
    otherwise: Some("unknown"),
};

/// `psn_setlway`
pub(crate) static PAY_METHODS: Words = words(&[("01", "byItem"), ("02", "fixed")]);

/// `mid_setl_flag`
pub(crate) static STAGES: Words = words(&[("0", "final"), ("1", "interim")]);

/// `refd_setl_flag`
pub(crate) static SETTLEMENT_STATES: Words =
    Words { codes: &[("0", "settled"), ("1", "reversed")], otherwise: Some("unknown") };

/// `chrgitm_lv`
pub(crate) static ITEM_LEVELS: Words =
    Words { codes: &[("1", "classA"), ("2", "classB"), ("3", "classC")], otherwise: Some("unknown") };

/// `hosp_appr_flag`
pub(crate) static APPROVALS: Words = words(&[("0", "none"), ("1", "approved"), ("2", "refused")]);

/// `list_type` where there is no Chinese patent medicine.
pub(crate) static ITEM_LISTS: Words = words(&[
    ("101", "westernMedicine"),
    ("102", "chineseHerb"),
    ("103", "selfMadePreparation"),
    ("104", "ethnicMedicine"),
    ("201", "service"),
    ("301", "consumable"),
]);

/// `list_type` where there is.
pub(crate) static ITEM_LISTS_WITH_PATENT: Words = words(&[
    ("101", "westernMedicine"),
    ("102", "chinesePatentMedicine"),
    ("103", "chineseHerb"),
    ("104", "selfMadePreparation"),
    ("105", "ethnicMedicine"),
    ("201", "service"),
    ("301", "consumable"),
]);

/// `stmt_rslt`
pub(crate) static RECONCILE_RESULTS: Words =
    Words { codes: &[("0", "agreed"), ("1", "differs")], otherwise: Some("unknown") };

/// `diag_type`
pub(crate) static DIAGNOSIS_KINDS: Words =
    words(&[("1", "western"), ("2", "traditionalDisease"), ("3", "traditionalSyndrome")]);

/// `dscg_way`
pub(crate) static DISCHARGE_MANNERS: Words = words(&[
    ("1", "ordered"),
    ("2", "transferred"),
    ("3", "transferredToCommunity"),
    ("4", "againstAdvice"),
    ("5", "died"),
    ("9", "other"),
]);

/// A `med_type` and what is finer about it: local codes of four or six digits begin with the national one
/// (domain 1.7).
pub(crate) fn category(code: &str) -> (&'static str, Option<&str>) {
    if let Some(word) = CATEGORIES.word(code) {
        return (word, None);
    }
    let national = code.get(..2).filter(|_| matches!(code.len(), 4 | 6));
    (national.and_then(|national| CATEGORIES.word(national)).unwrap_or("other"), Some(code))
}

/// A finer code is written where it belongs to the word. One that belongs to another word is another dialect's:
/// 41 is work injury in one legacy region and a pharmacy here.
pub(crate) fn category_code<'a>(word: &str, text: Option<&'a str>) -> Option<&'a str> {
    let finer = text.filter(|text| text.len() <= 6 && category(text).0 == word && category(text).1.is_some());
    finer.or_else(|| CATEGORIES.code(word))
}

/// Whether a word is care in a bed: another transaction settles it.
pub(crate) fn is_inpatient(word: &str) -> bool {
    matches!(word, "daySurgery" | "maternityInpatient" | "workInjuryInpatient")
        || word.starts_with("inpatient")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use yizhan_schemas::Standard;

    use super::*;

    fn standard(path: &str, dialect: &str) -> Vec<(String, String, bool)> {
        let (_, text) = Standard::code_tables().iter().find(|(name, _)| *name == path).unwrap();
        let file: serde_json::Value = serde_json::from_str(text).unwrap();
        let tables = file["tables"].as_array().unwrap();
        let table = tables.iter().find(|table| table["dialect"] == dialect).unwrap();
        let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
        let rows = table["codes"].as_array().unwrap().iter();
        rows.map(|row| (text(row, "code"), text(row, "word"), row["only"] != "read")).collect()
    }

    #[test]
    fn every_table_is_the_standard_s() {
        let tables = [
            ("codes/credential-kind.json", "nhsa", &CREDENTIALS),
            ("codes/medical-category.json", "nhsa", &CATEGORIES),
            ("codes/scenario.json", "nhsa", &SCENARIOS),
            ("codes/fund.json", "nhsa", &FUNDS),
            ("codes/fund.json", "nhsa-totals", &FUND_FIELDS),
            ("codes/sex.json", "nhsa", &SEXES),
            ("codes/pay-method.json", "nhsa", &PAY_METHODS),
            ("codes/settlement-stage.json", "nhsa", &STAGES),
            ("codes/settlement-state.json", "nhsa", &SETTLEMENT_STATES),
            ("codes/item-level.json", "nhsa", &ITEM_LEVELS),
            ("codes/approval.json", "nhsa", &APPROVALS),
            ("codes/item-category.json", "nhsa", &ITEM_LISTS),
            ("codes/item-category.json", "nhsa-patent", &ITEM_LISTS_WITH_PATENT),
            ("codes/reconcile-result.json", "nhsa", &RECONCILE_RESULTS),
            ("codes/diagnosis-kind.json", "nhsa", &DIAGNOSIS_KINDS),
            ("codes/discharge-manner.json", "nhsa", &DISCHARGE_MANNERS),
        ];
        for (path, dialect, table) in tables {
            let rows = standard(path, dialect);
            let expected: BTreeSet<_> = rows.iter().map(|(code, word, _)| (&code[..], &word[..])).collect();
            assert_eq!(table.codes.iter().copied().collect::<BTreeSet<_>>(), expected, "{path} {dialect}");
            for (code, word, _) in rows.iter().filter(|(_, _, written)| *written) {
                assert_eq!(table.code(word), Some(&code[..]), "{path} {dialect}");
            }
        }
    }

    #[test]
    fn finer_categories_keep_their_code() {
        for (code, word, text) in [
            ("11", "outpatient", None),
            ("140104", "outpatientChronic", Some("140104")),
            ("2106", "inpatient", Some("2106")),
            ("9901", "other", Some("9901")),
            ("211", "other", Some("211")),
            ("x", "other", Some("x")),
        ] {
            assert_eq!(category(code), (word, text));
            assert_eq!(category_code(word, text), Some(code));
        }
        assert_eq!(category_code("workInjuryInpatient", Some("41")), None, "a pharmacy's code");
        assert_eq!(category_code("other", Some("41")), None);
        assert_eq!(category_code("workInjuryInpatient", None), None);
        assert_eq!(category_code("outpatient", Some("72")), Some("11"));
        assert_eq!(category_code("workInjuryInpatient", Some("72")), None, "no code of this dialect");
    }
}
