//! The request envelope, checked field by field.

use serde_json::{Map, Value};

use super::Refusal;
use super::fields::{Node, optional, required};
use super::variant::NhsaVariant;
use crate::twin::clock;

/// What the platform needs of a well-formed envelope.
pub(super) struct Envelope {
    pub(super) infno: String,
    pub(super) msgid: String,
    /// The institution's code.
    pub(super) institution: String,
    pub(super) sign_no: String,
    input: Map<String, Value>,
}

impl Envelope {
    pub(super) fn read(body: &[u8], variant: &NhsaVariant) -> Result<Self, Refusal> {
        let Ok(text) = str::from_utf8(body) else { return Refusal::broken("报文不是UTF-8编码") };
        let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else {
            return Refusal::broken("报文不是JSON对象");
        };
        check_fields(&fields, variant)?;
        check_values(&fields, variant)?;
        let infno = required(&fields, "infno", 5)?.to_owned();
        let msgid = required(&fields, "msgid", 30)?.to_owned();
        let institution = required(&fields, "fixmedins_code", 30)?.to_owned();
        let sign_no = optional(&fields, "sign_no", 30)?.to_owned();
        let insured = optional(&fields, "insuplc_admdvs", 6)?.to_owned();
        let Some(Value::Object(input)) = fields.remove("input") else {
            return Refusal::broken("input应为对象");
        };
        if Value::Object(input.clone()).to_string().chars().count() > MAX_INPUT {
            return Refusal::broken("input长度超过40000");
        }
        let envelope = Self { infno, msgid, institution, sign_no, input };
        if !envelope.person().is_empty() && insured.is_empty() {
            return Refusal::broken("insuplc_admdvs不能为空");
        }
        Ok(envelope)
    }

    /// The person's number, in whichever node says it; empty when none does.
    pub(super) fn person(&self) -> &str {
        self.input.values().find_map(person_in).unwrap_or_default()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.input.contains_key(name)
    }

    /// The one node this transaction takes.
    pub(super) fn node(&self, name: &str) -> Result<&Node, Refusal> {
        self.node_beside(name, &[])
    }

    /// A node of a transaction that takes others beside it.
    pub(super) fn node_beside(&self, name: &str, others: &[&str]) -> Result<&Node, Refusal> {
        match self.input.get(name) {
            Some(Value::Object(_))
                if self.input.keys().any(|key| key != name && !others.contains(&&**key)) =>
            {
                Refusal::broken(format!("input只能包含{name}"))
            }
            Some(Value::Object(node)) => Ok(node),
            _ => Refusal::broken(format!("input.{name}不能为空")),
        }
    }

    /// The rows of a node, which may be one row by itself, or absent.
    pub(super) fn rows(&self, name: &str) -> Result<Vec<&Node>, Refusal> {
        let rows: Vec<&Value> = match self.input.get(name) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(rows)) => rows.iter().collect(),
            Some(one) => vec![one],
        };
        let object = |row: Option<_>| row.ok_or_else(|| Refusal::Broken(format!("input.{name}应为对象数组")));
        rows.into_iter().map(|row| object(row.as_object())).collect()
    }
}

fn person_in(node: &Value) -> Option<&str> {
    let said = match node {
        Value::Array(rows) => rows.first()?.get("psn_no")?,
        node => node.get("psn_no")?,
    };
    said.as_str()
}

fn check_fields(fields: &Map<String, Value>, variant: &NhsaVariant) -> Result<(), Refusal> {
    for (field, max) in REQUIRED {
        required(fields, field, *max)?;
    }
    for (field, max) in OPTIONAL {
        optional(fields, field, *max)?;
    }
    required(fields, "fixmedins_code", variant.fixmedins_code_max)?;
    let known = |name: &str| {
        REQUIRED.iter().chain(OPTIONAL).any(|(field, _)| *field == name)
            || ["fixmedins_code", "input"].contains(&name)
            || variant.extra_fields.iter().any(|field| field == name)
    };
    match fields.keys().find(|name| !known(name)) {
        Some(stray) => Refusal::broken(format!("{stray}不是规定的字段")),
        None => Ok(()),
    }
}

fn check_values(fields: &Map<String, Value>, variant: &NhsaVariant) -> Result<(), Refusal> {
    let value = |field| fields.get(field).and_then(Value::as_str).unwrap_or_default();
    let insured = value("insuplc_admdvs");
    let institution = value("fixmedins_code");
    let rules = [
        ("infno", is_infno(value("infno"))),
        ("mdtrtarea_admvs", is_division(value("mdtrtarea_admvs"))),
        (
            "insuplc_admdvs",
            insured.is_empty() || (is_division(insured) && insured.starts_with(&variant.admdvs_prefix)),
        ),
        ("recer_sys_code", value("recer_sys_code") == variant.recer_sys_code),
        ("infver", value("infver") == variant.infver),
        ("opter_type", ["1", "2", "3"].contains(&value("opter_type"))),
        ("inf_time", clock::reads(value("inf_time"), "yyyy-MM-dd HH:mm:ss")),
        ("fixmedins_code", is_institution(institution)),
        ("msgid", is_msgid(value("msgid"), institution)),
    ];
    match rules.iter().find(|(_, holds)| !holds) {
        Some((field, _)) => Refusal::broken(format!("{field}格式不正确")),
        None => Ok(()),
    }
}

/// `^([0-9]{4}[A-Z]?|D[0-9]{3})$`
fn is_infno(text: &str) -> bool {
    match text.strip_prefix('D') {
        Some(rest) => rest.len() == 3 && digits(rest),
        None => {
            let number = text.strip_suffix(|last: char| last.is_ascii_uppercase()).unwrap_or(text);
            number.len() == 4 && digits(number)
        }
    }
}

/// `^[1-9][0-9]{5}$`; no list of divisions is complete.
pub(super) fn is_division(text: &str) -> bool {
    text.len() == 6 && digits(text) && !text.starts_with('0')
}

/// `[HP][0-9]{6}[0-9]{4,5}`, or a longer code of letters and digits where the region allows one.
fn is_institution(text: &str) -> bool {
    match text.len() {
        11 | 12 => text.strip_prefix(['H', 'P']).is_some_and(digits),
        length => length > 12 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
    }
}

/// The institution's code, the time and four digits. Of institutions whose code is not 12 characters
/// long the facts fix no more than the 30 characters.
fn is_msgid(text: &str, institution: &str) -> bool {
    if institution.len() != 12 {
        return text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    }
    let Some(rest) = text.strip_prefix(institution) else { return false };
    rest.len() == 18
        && digits(rest)
        && rest.get(..14).is_some_and(|time| clock::reads(time, "yyyyMMddHHmmss"))
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

const REQUIRED: &[(&str, usize)] = &[
    ("infno", 5),
    ("msgid", 30),
    ("mdtrtarea_admvs", 6),
    ("recer_sys_code", 10),
    ("infver", 6),
    ("opter_type", 3),
    ("opter", 30),
    ("opter_name", 50),
    ("inf_time", 19),
    ("fixmedins_name", 200),
];
const OPTIONAL: &[(&str, usize)] = &[
    ("insuplc_admdvs", 6),
    ("dev_no", 100),
    ("dev_safe_info", 2000),
    ("cainfo", 1024),
    ("signtype", 10),
    ("sign_no", 30),
];
const MAX_INPUT: usize = 40_000;
