//! The synthetic people the twins know, kept as data in `holders/*.json`.
//!
//! Nobody in there exists. Every document number passes its checksum, every card identifier begins with
//! the division that issued the card, and no number occurs twice.

use serde::Deserialize;

/// Who a twin knows: everything either dialect says about a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The name in Chinese, a middle dot being U+00B7.
    pub name: String,
    /// The kind of document, two digits: 01 is the citizen ID, 99 any other.
    pub document_kind: String,
    /// The number on the document, which is the social-security number as well.
    pub document_number: String,
    /// GB/T 2261.1: 1 male, 2 female.
    pub sex: String,
    /// GB/T 3304, two digits; 99 when it does not apply.
    pub ethnicity: String,
    /// As `yyyy-MM-dd`.
    pub birth_date: String,
    /// A letter and eight digits.
    pub card_number: String,
    /// 32 hex digits, the first six being the issuing division.
    pub card_sn: String,
    /// What stands for this person's electronic certificate.
    pub ecert_token: String,
    /// The partner's number for the person: opaque, at most 30 characters.
    pub psn_no: String,
    /// Where the person is insured, six digits; `xxxx99` is a city's pool.
    pub insured_division: String,
    /// One row for each insurance, in the order they are answered.
    pub insurances: Vec<Insurance>,
    /// Special identities, mostly none.
    pub identities: Vec<SpecialIdentity>,
    /// The category in the Guangdong dialect: 01 employed, 02 retired, 03 retired cadre, or nothing.
    pub ykc021: String,
    /// The kind of insured in the Guangdong dialect: 1 employee, 2 resident, 3 retired.
    pub ykc300: String,
}

/// One insurance of a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insurance {
    /// The insurance, such as 310, 390 or 340.
    pub code: String,
    /// 1 in force, 2 paused.
    pub status: String,
    /// The category of the person, such as 11.
    pub category: String,
    /// The balance of the account in yuan, as text.
    pub balance: String,
    /// As `yyyy-MM-dd`.
    pub begin_date: String,
    /// As `yyyy-MM-dd`, when paused.
    pub pause_date: Option<String>,
    /// Whether civil servants' rules apply.
    pub civil_servant: bool,
    /// Who pays in; residents have nobody.
    pub employer: String,
}

/// A special identity of a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialIdentity {
    /// The partner's code, three characters at most.
    pub kind: String,
    /// Its level.
    pub level: String,
    /// Free text.
    pub memo: String,
    /// As `yyyy-MM-dd`.
    pub begin: String,
    /// As `yyyy-MM-dd`, when it ended.
    pub end: Option<String>,
}

/// The people insured in Sichuan.
pub fn sichuan() -> Vec<Holder> {
    embedded(include_str!("../holders/sichuan.json"))
}

/// The people insured in Chongqing.
pub fn chongqing() -> Vec<Holder> {
    embedded(include_str!("../holders/chongqing.json"))
}

/// The people insured in Guangdong.
pub fn guangdong() -> Vec<Holder> {
    embedded(include_str!("../holders/guangdong.json"))
}

/// All of them.
pub fn everyone() -> Vec<Holder> {
    [sichuan(), chongqing(), guangdong()].concat()
}

/// Reads people from the text of such a file.
pub fn load(json: &str) -> Result<Vec<Holder>, HoldersError> {
    serde_json::from_str(json).map_err(|source| HoldersError { source })
}

/// Every string that identifies one of these people. None of them may turn up in a log.
pub fn personal_strings() -> Vec<String> {
    everyone()
        .into_iter()
        .flat_map(|holder| {
            [
                holder.name,
                holder.document_number,
                holder.card_number,
                holder.card_sn,
                holder.psn_no,
                holder.ecert_token,
            ]
        })
        .collect()
}

/// A file of people that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read the card holders")]
pub struct HoldersError {
    #[source]
    source: serde_json::Error,
}

/// The embedded files are part of the program; the tests below hold that each of them can be read.
fn embedded(json: &str) -> Vec<Holder> {
    load(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_file_can_be_read() {
        for (file, least) in [
            (include_str!("../holders/sichuan.json"), 8),
            (include_str!("../holders/chongqing.json"), 4),
            (include_str!("../holders/guangdong.json"), 4),
        ] {
            assert!(load(file).unwrap().len() >= least);
        }
    }

    #[test]
    fn every_document_number_passes_gb_11643() {
        for holder in everyone() {
            assert!(gb_11643(&holder.document_number), "{}", holder.name);
            assert_eq!(
                holder.document_number[6..14],
                holder.birth_date.replace('-', ""),
                "{}: birth date",
                holder.name
            );
            let odd = holder.document_number.as_bytes()[16] % 2 == 1;
            assert_eq!(holder.sex, if odd { "1" } else { "2" }, "{}: sex", holder.name);
        }
        assert!(!gb_11643("510104199003071238"), "the check itself must be able to fail");
        assert!(!gb_11643("51010419900307123"));
    }

    #[test]
    fn numbers_have_their_shapes_and_occur_once() {
        let mut seen = HashSet::new();
        for holder in everyone() {
            assert!(holder.card_sn.len() == 32 && hex::decode(&holder.card_sn).is_ok());
            assert_eq!(holder.card_sn[..4], holder.insured_division[..4], "{}", holder.name);
            assert!(holder.card_number.len() == 9 && holder.psn_no.len() <= 30);
            assert!(!holder.insurances.is_empty());
            for one in &holder.insurances {
                assert_eq!(one.status == "2", one.pause_date.is_some(), "{}", holder.name);
            }
            for number in [
                holder.document_number,
                holder.card_number,
                holder.card_sn,
                holder.psn_no,
                holder.ecert_token,
                holder.name,
            ] {
                assert!(seen.insert(number.clone()), "{number} occurs twice");
            }
        }
        assert_eq!(seen.len(), personal_strings().len());
    }

    #[test]
    fn the_special_cases_are_there() {
        let people = everyone();
        let some = |case: &dyn Fn(&Holder) -> bool| people.iter().any(case);
        assert!(some(&|one| one.name.contains('\u{b7}')));
        assert!(some(&|one| one.document_number.ends_with('X')));
        assert!(some(&|one| one.document_number.starts_with("810000")));
        for code in ["310", "390", "340", "510"] {
            assert!(some(&|one| one.insurances.iter().any(|row| row.code == code)), "{code}");
        }
        let rare = |file: Vec<Holder>| file.iter().filter(|one| one.name.contains('𬭩')).count();
        assert_eq!((rare(sichuan()), rare(chongqing()), rare(guangdong())), (1, 0, 1));
    }

    fn gb_11643(number: &str) -> bool {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let (Some(body), Some(check)) = (number.get(..17), number.get(17..)) else { return false };
        let sum: Option<u32> = body.chars().zip(WEIGHTS).map(|(c, w)| Some(c.to_digit(10)? * w)).sum();
        sum.is_some_and(|sum| b"10X98765432".get(sum as usize % 11).copied() == check.bytes().next())
            && check.len() == 1
    }
}
