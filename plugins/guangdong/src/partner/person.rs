//! The `output` of 0211 (domain 4.1) as the reply of `card.lookup`. It says nothing of the document, the card or
//! dates of insurance, so those are null.

use std::borrow::Cow;

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::time::date_from_compact;
use yizhan_adapter::unified::{Identifier, Insurance, InsuranceStatus, LookupReply, Person, Sex};
use yizhan_adapter::xml::Element;

use crate::codes::{insurance_kind, sex};
use crate::settings::Settings;
use crate::soap::field;

/// The unified reply, and what of the output it does not tell.
///
/// # Errors
/// `unreadable` where it has no name, or a field twice.
pub(super) fn read(settings: &Settings, output: &Element<'_>) -> Result<(String, Vec<Loss>), Fault> {
    let said = |name| field(output, name).map_err(fault::unreadable);
    let known = |name| said(name).map(|text| (!text.is_empty()).then_some(Cow::Borrowed(text)));
    let mut losses = Vec::new();

    let name = known("aac003")?.ok_or_else(|| fault::unreadable("an output without aac003"))?;
    let born = said("aac006")?;
    let birth_date = date_from_compact(born);
    if birth_date.is_none() && !born.is_empty() {
        losses.push(loss("/person/birthDate", "aac006 is not a day"));
    }
    let sex = sex(said("aac004")?);
    if sex == Sex::Unknown && !said("aac004")?.is_empty() {
        losses.push(loss("/person/sex", "aac004 is not of the list"));
    }
    let issuer = Some(Cow::Borrowed(settings.division.as_str()));
    let person = Person {
        identifier: known("aac002")?.map(|id| Identifier { id, issuer }),
        document: None,
        name,
        sex,
        ethnicity: None,
        birth_date: birth_date.map(Cow::Owned),
        age: None,
    };

    let (kind, category, division) = (said("ykc300")?, known("ykc021")?, known("aab301")?);
    let mut insurances = Vec::new();
    if !kind.is_empty() {
        insurances.push(Insurance {
            kind: insurance_kind(kind),
            // 0211 does not say whether it is paused.
            status: InsuranceStatus::Unknown,
            insured_division: division,
            person_category: category,
            started_on: None,
            paused_on: None,
            balance: None,
            civil_servant: None,
            employer_name: None,
        });
    } else if category.is_some() || division.is_some() {
        losses.push(loss("/insurances", "ykc300 is empty, so no insurance can be named"));
    }
    let reply = LookupReply { person, card: None, insurances, identities: Vec::new() };
    Ok((reply.write(), losses))
}

fn loss(pointer: &str, reason: &str) -> Loss {
    Loss { pointer: pointer.to_owned(), reason: reason.to_owned() }
}
