//! Reading the inner document: what has to be there, what it may look like, and whom it is about.

use super::{Platform, Refusal};
use crate::holders::Holder;
use crate::twin::clock;
use crate::twin::money::{Fen, scaled};
use crate::twin::xml::{self, Element};

/// The fields of a transaction, or of one row of it.
pub(super) struct Input {
    root: Element,
}

impl Input {
    /// Reads the inner document, which has to declare the charset `label`, or GBK: every message of the facts
    /// declares that, whatever more its partners send under the name.
    pub(super) fn read(text: &str, label: &str) -> Result<Self, Refusal> {
        let document = xml::parse(text).map_err(|_| Refusal::new(-100, "报文不是合法的XML"))?;
        let declares = |declared: &str| [label, "GBK"].iter().any(|one| declared.eq_ignore_ascii_case(one));
        if !document.encoding.as_deref().is_some_and(declares) {
            return Err(Refusal::new(-100, format!("报文声明的编码不是{label}")));
        }
        let root = document.root;
        if root.name != "input" || root.namespace.is_some() {
            return Err(Refusal::new(-100, "报文根元素不是input"));
        }
        Ok(Self { root })
    }

    /// Refuses fields that are in none of these lists.
    pub(super) fn only(&self, lists: &[&[&str]]) -> Result<(), Refusal> {
        let known = |child: &&Element| lists.iter().any(|list| list.contains(&child.name.as_str()));
        match self.root.children.iter().find(|child| !known(child)) {
            Some(stray) => Err(Refusal::new(-101, format!("不支持的字段{}", stray.name))),
            None => Ok(()),
        }
    }

    /// A field that has to be there, have text and hold to its rule.
    pub(super) fn field(&self, name: &str, rule: impl Fn(&str) -> bool) -> Result<String, Refusal> {
        let text = self.present(name)?;
        if text.is_empty() {
            return Err(Refusal::new(-102, format!("字段{name}不能为空")));
        }
        held(name, text, rule)
    }

    /// A field that has to be there and may be empty.
    pub(super) fn present(&self, name: &str) -> Result<String, Refusal> {
        let found = self.root.only("", name).filter(|found| found.children.is_empty());
        let missing = || Refusal::new(-102, format!("字段{name}缺失或重复"));
        found.map(|found| found.text.clone()).ok_or_else(missing)
    }

    /// A field that may be missing or empty.
    pub(super) fn optional(&self, name: &str, rule: impl Fn(&str) -> bool) -> Result<String, Refusal> {
        if self.root.children.iter().all(|child| child.name != name) {
            return Ok(String::new());
        }
        let text = self.present(name)?;
        if text.is_empty() { Ok(text) } else { held(name, text, rule) }
    }

    /// An amount in yuan, two decimals at most.
    pub(super) fn amount(&self, name: &str) -> Result<Fen, Refusal> {
        self.decimal(name, 2).map(Fen)
    }

    /// A decimal, times ten to its places.
    pub(super) fn decimal(&self, name: &str, places: usize) -> Result<i64, Refusal> {
        let text = self.field(name, |_| true)?;
        scaled(&text, places).ok_or_else(|| Refusal::new(-103, format!("字段{name}格式不正确")))
    }

    /// The rows below `detail`, 500 at most.
    pub(super) fn rows(self) -> Result<Vec<Self>, Refusal> {
        let missing = || Refusal::new(-102, "字段detail缺失或重复");
        let mut root = self.root;
        let places = |root: &Element| root.children.iter().filter(|child| child.name == "detail").count();
        if places(&root) != 1 {
            return Err(missing());
        }
        let detail = root.children.iter().position(|child| child.name == "detail").ok_or_else(missing)?;
        let rows = root.children.swap_remove(detail).children;
        match rows.len() {
            0 => Err(Refusal::new(-102, "明细不能为空")),
            1..=MAX_ROWS if rows.iter().all(|row| row.name == "row") => {
                Ok(rows.into_iter().map(|root| Self { root }).collect())
            }
            1..=MAX_ROWS => Err(Refusal::new(-101, "明细只能包含row")),
            _ => Err(Refusal::new(-105, "明细超过500条")),
        }
    }

    /// 就医地区划, which begins the transaction number.
    pub(super) fn place(&self) -> Result<String, Refusal> {
        self.field("aab299", is_division)
    }

    /// The institution's code.
    pub(super) fn institution(&self) -> Result<String, Refusal> {
        self.optional("yab600", is_division)?;
        self.field("akb026", |text| text.len() == 13 && digits(text))
    }
}

impl Platform {
    /// Whom the message is about: number, document and place of insurance have to agree.
    pub(super) fn identify(&self, input: &Input) -> Result<&Holder, Refusal> {
        let insured = input.field("aab301", is_division)?;
        let number = input.field("aac002", |text| text.len() == 18)?;
        let kind = input.field("aac043", |text| text.len() == 2 && digits(text))?;
        let document = input.field("aac044", |text| text.len() <= 50)?;
        let holder = self
            .holders
            .iter()
            .find(|one| one.document_number == number)
            .ok_or_else(|| Refusal::new(-201, NOBODY))?;
        let agrees = match kind.as_str() {
            // The card as a document: the facts' sample shows the social-security number behind it.
            "90" => [&holder.document_number, &holder.card_number].contains(&&document),
            kind => kind == holder.document_kind && document == holder.document_number,
        };
        if !agrees {
            return Err(Refusal::new(-202, "证件类型或证件号码与参保信息不一致"));
        }
        // A province asks for any of its cities, anybody else for the city.
        let shared = if insured.ends_with("0000") { 2 } else { 4 };
        if insured.get(..shared) != holder.insured_division.get(..shared) {
            return Err(Refusal::new(-203, "参保地区划与参保信息不一致"));
        }
        Ok(holder)
    }
}

fn held(name: &str, text: String, rule: impl Fn(&str) -> bool) -> Result<String, Refusal> {
    if rule(&text) { Ok(text) } else { Err(Refusal::new(-103, format!("字段{name}格式不正确"))) }
}

pub(super) fn is_division(text: &str) -> bool {
    text.len() == 6 && digits(text) && !text.starts_with('0')
}

pub(super) fn is_day(text: &str) -> bool {
    clock::reads(text, "yyyyMMdd")
}

pub(super) fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// At most so many characters.
pub(super) fn within(most: usize) -> impl Fn(&str) -> bool {
    move |text| text.chars().count() <= most
}

pub(super) const NOBODY: &str = "未查询到该人员的参保信息";
/// What begins every message about a person.
pub(super) const PERSON: &[&str] =
    &["aab299", "yab600", "akb026", "akb021", "aab301", "yab060", "aac002", "aac043", "aac044"];
const MAX_ROWS: usize = 500;
