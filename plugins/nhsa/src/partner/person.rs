//! The reply: the output of 1101 (or 1161, which adds the card) as a unified reply (domain 1.5).

use std::borrow::Cow;

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{
    Card, Document, DocumentKind, Identifier, Identity, Insurance, InsuranceKind, InsuranceReply,
    InsuranceStatus, LookupReply, Person, Sex, citizen_number,
};

use super::state::State;
use crate::codes;
use crate::envelope::INSURED_FIELDS;
use crate::settings::Settings;
use crate::values::{
    Losses, Place, age, any_scalar, bounded, date, division, ethnicity, flag, money, scalar,
};

/// The standard's bound on both lists.
const LIST_LENGTH: usize = 50;

/// The unified reply, and everything that was lost in both directions.
pub(super) fn reply(
    settings: &Settings,
    output: &Value<'_>,
    state: &State<'_>,
) -> Result<(String, Vec<Loss>), Fault> {
    let mut losses = Losses(state.losses.clone());
    let person = person(settings, output.get("baseinfo").unwrap_or(&Value::Null), &mut losses)?;
    let insurances = rows(output, "insuinfo", "insurances", &mut losses, insurance);
    let insurances_alone = state.transaction.is_some_and(|one| one.operation == "insurance.query");
    let reply = if insurances_alone {
        InsuranceReply { person, insurances }.write()
    } else {
        let card = output.get("cardecinfo").and_then(|info| card(info, &mut losses));
        let identities = rows(output, "idetinfo", "identities", &mut losses, identity);
        LookupReply { person, card, insurances, identities }.write()
    };
    Ok((reply, losses.0))
}

fn person<'a>(settings: &'a Settings, base: &'a Value<'_>, losses: &mut Losses) -> Result<Person<'a>, Fault> {
    let name = scalar(base, "psn_name").ok_or_else(|| fault::unreadable("baseinfo without psn_name"))?;
    // Which division a number comes from cannot be read from the number, but whom we asked is certain.
    let issuer = division(&settings.division);
    let kind = scalar(base, "psn_cert_type").map_or(DocumentKind::Other(String::new()), codes::document_kind);
    let sex_code = scalar(base, "gend");
    let sex = codes::sex(sex_code);
    if sex == Sex::Unknown && sex_code.is_some_and(|code| code != "0") {
        losses.add("/person/sex", "not a code of GB/T 2261.1");
    }
    if base.get("exp_content").or_else(|| base.get("expContent")).is_some_and(says_something) {
        losses.add("/extensions/nhsa", "exp_content is not part of the standard");
    }
    let keep = Place::Person;
    Ok(Person {
        identifier: losses
            .convert(keep("identifier"), scalar(base, "psn_no"), |id| bounded(id, 30))
            .map(|id| Identifier { id, issuer }),
        document: losses
            .convert(keep("document"), scalar(base, "certno"), |number| bounded(number, 50))
            .map(|number| Document { kind, number: citizen_number(number) }),
        name: Cow::Borrowed(name),
        sex,
        ethnicity: losses.convert(keep("ethnicity"), scalar(base, "naty"), ethnicity),
        birth_date: losses.convert(keep("birthDate"), scalar(base, "brdy"), date),
        age: losses.convert(keep("age"), scalar(base, "age"), age),
    })
}

fn insurance<'a>(row: &'a Value<'_>, index: usize, losses: &mut Losses) -> Option<Insurance<'a>> {
    let status_code = scalar(row, "psn_insu_stas");
    let status = codes::insurance_status(status_code);
    let at = |member| Place::Item("insurances", index, member);
    if status == InsuranceStatus::Unknown && status_code.is_some() {
        losses.add(at("status").pointer(), "a local code");
    }
    let kind = scalar(row, "insutype").map_or(InsuranceKind::Other(String::new()), codes::insurance_kind);
    let civil_servant = match row.get("cvlserv_flag").and_then(Value::as_bool) {
        None => losses.convert(at("civilServant"), scalar(row, "cvlserv_flag"), flag),
        given => given,
    };
    Some(Insurance {
        kind,
        status,
        insured_division: losses.convert(at("insuredDivision"), any_scalar(row, &INSURED_FIELDS), division),
        person_category: losses
            .convert(at("personCategory"), scalar(row, "psn_type"), |text| bounded(text, 6)),
        started_on: losses.convert(at("startedOn"), scalar(row, "psn_insu_date"), date),
        paused_on: losses.convert(at("pausedOn"), scalar(row, "paus_insu_date"), date),
        balance: losses.convert(at("balance"), scalar(row, "balc"), money),
        civil_servant,
        employer_name: losses.convert(at("employerName"), scalar(row, "emp_name"), |text| bounded(text, 200)),
    })
}

/// None for a row without a kind, which the standard cannot do without.
fn identity<'a>(row: &'a Value<'_>, index: usize, losses: &mut Losses) -> Option<Identity<'a>> {
    let at = |member| Place::Item("identities", index, member);
    let kind = losses.convert(at("kind"), scalar(row, "psn_idet_type"), |text| bounded(text, 20))?;
    Some(Identity {
        kind,
        level: losses.convert(at("level"), scalar(row, "psn_type_lv"), |text| bounded(text, 20)),
        memo: losses.convert(at("memo"), scalar(row, "memo"), |text| bounded(text, 500)),
        started_on: losses.convert(at("startedOn"), scalar(row, "begntime"), date),
        ended_on: losses.convert(at("endedOn"), scalar(row, "endtime"), date),
    })
}

/// The card, which 1161 knows; a partner that answers 1101 with it as well is believed.
fn card<'a>(info: &'a Value<'_>, losses: &mut Losses) -> Option<Card<'a>> {
    let number = scalar(info, "cardno").and_then(|text| bounded(text, 50));
    let card_identifier = scalar(info, "card_sn").and_then(|text| bounded(text, 50));
    if scalar(info, "ecToken").is_some() {
        losses.add("/card", "the electronic credential's token has no place in the standard");
    }
    if number.is_none() && card_identifier.is_none() {
        return None;
    }
    let issuing_division = scalar(info, "card_sn").and_then(|text| text.get(..6)).and_then(division);
    Some(Card { number, card_identifier, issuing_division })
}

/// The rows of a list, in their order.
fn rows<'a, 'b, T>(
    output: &'a Value<'b>,
    native: &str,
    member: &str,
    losses: &mut Losses,
    read: impl Fn(&'a Value<'b>, usize, &mut Losses) -> Option<T>,
) -> Vec<T> {
    let items = output.get(native).map_or(&[][..], Value::items);
    let mut rows = Vec::with_capacity(items.len().min(LIST_LENGTH));
    for item in items {
        let index = rows.len();
        if index == LIST_LENGTH {
            losses.add(["/", member].concat(), "more than 50");
            break;
        }
        match read(item, index, losses) {
            Some(row) => rows.push(row),
            None => losses.add(["/", member].concat(), "a row without a kind"),
        }
    }
    rows
}

fn says_something(value: &Value<'_>) -> bool {
    value.scalar().is_some() || !value.members().is_empty() || !value.items().is_empty()
}
