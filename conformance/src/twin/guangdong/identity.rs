//! Transaction 0211: is this person who they say, and insured where they say.

use super::{Platform, Refusal};
use crate::holders::Holder;
use crate::twin::clock;
use crate::twin::xml::{self, Element};

/// What 0211 asks, every field checked.
pub(super) struct Question {
    /// 就医地区划; begins the transaction number.
    pub(super) place: String,
    insured: String,
    number: String,
    document_kind: String,
    document: String,
}

impl Question {
    /// Reads the inner document, which has to declare the charset `label`, or GBK: every message of the facts
    /// declares that, whatever more its partners send under the name.
    pub(super) fn read(text: &str, label: &str) -> Result<Self, Refusal> {
        let document = xml::parse(text).map_err(|_| Refusal::new(-100, "报文不是合法的XML"))?;
        let declares = |declared: &str| [label, "GBK"].iter().any(|one| declared.eq_ignore_ascii_case(one));
        if !document.encoding.as_deref().is_some_and(declares) {
            return Err(Refusal::new(-100, format!("报文声明的编码不是{label}")));
        }
        let input = document.root;
        if input.name != "input" || input.namespace.is_some() {
            return Err(Refusal::new(-100, "报文根元素不是input"));
        }
        if let Some(stray) = input.children.iter().find(|child| !FIELDS.contains(&child.name.as_str())) {
            return Err(Refusal::new(-101, format!("不支持的字段{}", stray.name)));
        }
        let question = Self {
            place: field(&input, "aab299", is_division)?,
            insured: field(&input, "aab301", is_division)?,
            number: field(&input, "aac002", |text| text.len() == 18)?,
            document_kind: field(&input, "aac043", |text| text.len() == 2 && digits(text))?,
            document: field(&input, "aac044", |text| text.len() <= 50)?,
        };
        field(&input, "yab600", is_division)?;
        field(&input, "akb026", |text| text.len() == 13 && digits(text))?;
        field(&input, "ake007", |text| clock::reads(text, "yyyyMMdd"))?;
        let branch = value(&input, "yab060")?;
        if !branch.is_empty() && !is_division(&branch) {
            return Err(Refusal::new(-103, "字段yab060格式不正确"));
        }
        Ok(question)
    }
}

impl Platform {
    /// Whom the question is about.
    pub(super) fn identify(&self, question: &Question) -> Result<&Holder, Refusal> {
        let holder = self
            .holders
            .iter()
            .find(|one| one.document_number == question.number)
            .ok_or_else(|| Refusal::new(-201, NOBODY))?;
        let agrees = match question.document_kind.as_str() {
            // The card as a document: the facts' sample shows the social-security number behind it.
            "90" => [&holder.document_number, &holder.card_number].contains(&&question.document),
            kind => kind == holder.document_kind && question.document == holder.document_number,
        };
        if !agrees {
            return Err(Refusal::new(-202, "证件类型或证件号码与参保信息不一致"));
        }
        // A province asks for any of its cities, anybody else for the city.
        let shared = if question.insured.ends_with("0000") { 2 } else { 4 };
        if question.insured.get(..shared) != holder.insured_division.get(..shared) {
            return Err(Refusal::new(-203, "参保地区划与参保信息不一致"));
        }
        Ok(holder)
    }
}

pub(super) const NOBODY: &str = "未查询到该人员的参保信息";

/// A field that has to be there, have text and hold to its rule.
fn field(input: &Element, name: &str, rule: impl Fn(&str) -> bool) -> Result<String, Refusal> {
    let text = value(input, name)?;
    if text.is_empty() {
        return Err(Refusal::new(-102, format!("字段{name}不能为空")));
    }
    if !rule(&text) {
        return Err(Refusal::new(-103, format!("字段{name}格式不正确")));
    }
    Ok(text)
}

/// The text of the only element of that name.
fn value(input: &Element, name: &str) -> Result<String, Refusal> {
    let found = input.only("", name).filter(|found| found.children.is_empty());
    found.map(|found| found.text.clone()).ok_or_else(|| Refusal::new(-102, format!("字段{name}缺失或重复")))
}

fn is_division(text: &str) -> bool {
    text.len() == 6 && digits(text) && !text.starts_with('0')
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

const FIELDS: [&str; 9] =
    ["aab299", "yab600", "akb026", "aab301", "yab060", "aac002", "aac043", "aac044", "ake007"];
