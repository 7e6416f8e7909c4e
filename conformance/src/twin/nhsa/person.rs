//! Who is this, and how insured: 1101 by document, card or token, 1162 by the code of an e-certificate.

use jiff::civil::{Date, DateTime};
use serde::Serialize;
use serde_json::value::RawValue;

use super::envelope::Envelope;
use super::fields::{Node, only, optional, required};
use super::variant::Amounts;
use super::{Platform, Refusal};
use crate::holders::Holder;
use crate::twin::writer::Object;
use crate::twin::{clock, money};

impl Platform {
    /// The `output` of 1101, about somebody else if `wrong`.
    pub(super) fn person(&self, envelope: &Envelope, wrong: bool) -> Result<String, Refusal> {
        let asked = find(&self.holders, envelope.node("data")?)?;
        let holder = if wrong { self.other_than(asked) } else { asked };
        self.described(holder)
    }

    /// The `output` of 1162: as of 1101, with the card and the token behind it.
    pub(super) fn credential(&self, envelope: &Envelope, wrong: bool) -> Result<String, Refusal> {
        let data = envelope.node("data")?;
        let code = match optional(data, "ecQrCode", 64)? {
            "" => required(data, "mdtrt_cert_no", 64)?,
            code => code,
        };
        let known = self.holders.iter().find(|one| one.ecert_token == code);
        let asked = known.ok_or(Refusal::NotFound)?;
        let holder = if wrong { self.other_than(asked) } else { asked };
        let card = Object::new(self.variant.amounts)
            .text("cardno", &holder.card_number)
            .text("card_sn", &holder.card_sn)
            .text("ecToken", &holder.ecert_token)
            .done();
        let person = self.described(holder)?;
        let open = person.strip_suffix('}').unwrap_or(&person);
        Ok(format!("{open},\"cardecinfo\":{card}}}"))
    }

    /// The person of this number.
    pub(super) fn holder(&self, psn_no: &str) -> Result<&Holder, Refusal> {
        self.holders.iter().find(|one| one.psn_no == psn_no).ok_or(Refusal::NotFound)
    }

    fn other_than<'a>(&'a self, asked: &'a Holder) -> &'a Holder {
        self.holders.iter().find(|one| one.psn_no != asked.psn_no).unwrap_or(asked)
    }

    /// A person with the balances as they are now: as in the file until something was settled.
    fn described(&self, holder: &Holder) -> Result<String, Refusal> {
        let mut holder = holder.clone();
        let now = {
            let ledger = self.books.ledger();
            let balances = holder.insurances.iter().map(|row| ledger.balance(&holder, &row.code));
            balances.collect::<Vec<_>>()
        };
        for (row, now) in holder.insurances.iter_mut().zip(now) {
            if money::Fen::parse(&row.balance) != Some(now) {
                row.balance = now.to_string();
            }
        }
        output(&holder, self.variant.amounts, clock::local())
            .map_err(|_| Refusal::Broken("人员信息数据异常".to_owned()))
    }
}

fn find<'a>(holders: &'a [Holder], data: &Node) -> Result<&'a Holder, Refusal> {
    let kind = required(data, "mdtrt_cert_type", 3)?;
    let number = required(data, "mdtrt_cert_no", 50)?;
    let card_sn = optional(data, "card_sn", 32)?;
    let begin = optional(data, "begntime", 19)?;
    if !begin.is_empty() && !["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"].iter().any(|one| clock::reads(begin, one))
    {
        return Refusal::broken("begntime格式不正确");
    }
    only(data, "data", &FIELDS)?;
    let found = match kind {
        "01" => holders.iter().find(|one| one.ecert_token == number),
        "02" => holders.iter().find(|one| one.document_number == number),
        "03" if card_sn.is_empty() => return Refusal::broken("card_sn不能为空"),
        "03" => holders.iter().find(|one| one.card_number == number && one.card_sn == card_sn),
        _ => return Refusal::broken("mdtrt_cert_type格式不正确"),
    };
    let holder = found.ok_or(Refusal::NotFound)?;
    for (field, max, held) in [
        ("psn_cert_type", 6, &holder.document_kind),
        ("certno", 50, &holder.document_number),
        ("psn_name", 50, &holder.name),
    ] {
        let given = optional(data, field, max)?;
        if !given.is_empty() && given != held {
            return Refusal::broken(format!("{field}与参保信息不一致"));
        }
    }
    Ok(holder)
}

fn output(holder: &Holder, amounts: Amounts, now: DateTime) -> Result<String, serde_json::Error> {
    let insuinfo = holder
        .insurances
        .iter()
        .map(|row| {
            Ok(Insurance {
                balc: decimal(&row.balance, amounts)?,
                insutype: &row.code,
                psn_type: &row.category,
                psn_insu_stas: &row.status,
                psn_insu_date: &row.begin_date,
                paus_insu_date: row.pause_date.as_deref(),
                cvlserv_flag: if row.civil_servant { "1" } else { "0" },
                insuplc_admdvs: &holder.insured_division,
                emp_name: &row.employer,
            })
        })
        .collect::<Result<_, serde_json::Error>>()?;
    let idetinfo = holder
        .identities
        .iter()
        .map(|one| Identity {
            psn_idet_type: &one.kind,
            psn_type_lv: &one.level,
            memo: &one.memo,
            begntime: &one.begin,
            endtime: one.end.as_deref(),
        })
        .collect();
    let baseinfo = Base {
        psn_no: &holder.psn_no,
        psn_cert_type: &holder.document_kind,
        certno: &holder.document_number,
        psn_name: &holder.name,
        gend: &holder.sex,
        naty: &holder.ethnicity,
        brdy: &holder.birth_date,
        age: decimal(&age(&holder.birth_date, now.date()), amounts)?,
        exp_content: None,
    };
    serde_json::to_string(&Person { baseinfo, insuinfo, idetinfo })
}

/// A decimal as the text it is, in quotes or not; no float in between.
fn decimal(text: &str, amounts: Amounts) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(match amounts {
        Amounts::Numbers => text.to_owned(),
        Amounts::Texts => format!("\"{text}\""),
    })
}

/// Years with one decimal, the tenths being cut off.
pub(super) fn age(birth_date: &str, today: Date) -> String {
    let born = birth_date.parse::<Date>().unwrap_or(today);
    let before_birthday = (today.month(), today.day()) < (born.month(), born.day());
    let years = today.year() - born.year() - i16::from(before_birthday);
    let since = i32::from(today.day_of_year()) - i32::from(born.day_of_year());
    let days = if before_birthday { since + 365 } else { since };
    format!("{}.{}", years, (days * 10 / 366).clamp(0, 9))
}

#[derive(Serialize)]
struct Person<'a> {
    baseinfo: Base<'a>,
    insuinfo: Vec<Insurance<'a>>,
    idetinfo: Vec<Identity<'a>>,
}

#[derive(Serialize)]
struct Base<'a> {
    psn_no: &'a str,
    psn_cert_type: &'a str,
    certno: &'a str,
    psn_name: &'a str,
    gend: &'a str,
    naty: &'a str,
    brdy: &'a str,
    age: Box<RawValue>,
    exp_content: Option<&'a str>,
}

#[derive(Serialize)]
struct Insurance<'a> {
    balc: Box<RawValue>,
    insutype: &'a str,
    psn_type: &'a str,
    psn_insu_stas: &'a str,
    psn_insu_date: &'a str,
    paus_insu_date: Option<&'a str>,
    cvlserv_flag: &'a str,
    insuplc_admdvs: &'a str,
    emp_name: &'a str,
}

#[derive(Serialize)]
struct Identity<'a> {
    psn_idet_type: &'a str,
    psn_type_lv: &'a str,
    memo: &'a str,
    begntime: &'a str,
    endtime: Option<&'a str>,
}

const FIELDS: [&str; 7] =
    ["mdtrt_cert_type", "mdtrt_cert_no", "card_sn", "begntime", "psn_cert_type", "certno", "psn_name"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_as_the_sample_does() {
        let on = |day: &str| age("1990-03-07", day.parse().unwrap());
        assert_eq!(on("2026-01-02"), "35.8");
        assert_eq!((on("2026-03-07").as_str(), on("2026-03-06").as_str()), ("36.0", "35.9"));
    }

    #[test]
    fn amounts_keep_their_digits() {
        let written = |amounts| decimal("100.00", amounts).unwrap().get().to_owned();
        assert_eq!(
            (written(Amounts::Numbers), written(Amounts::Texts)),
            ("100.00".into(), "\"100.00\"".into())
        );
    }
}
