//! A unified reply as the `output` of 0211 (domain 4.1), which has room for one insurance and little else.

use yizhan_adapter::contract::Loss;
use yizhan_adapter::time::date_to_compact;
use yizhan_adapter::unified::{DocumentKind, Insurance, InsuranceStatus, LookupReply, Sex};

use crate::charset::Message;
use crate::codes::{chosen, insurance_code, reply_pointer, sex_code};

/// `asked` is the number the request asked about: aac002, where the reply names no document.
pub(super) fn write(native: &mut Message, reply: &LookupReply<'_>, asked: &str) {
    let person = &reply.person;
    let insurance = reply.insurances.get(chosen(&reply.insurances));
    let born = person.birth_date.as_deref().and_then(date_to_compact);
    let division = insurance.and_then(|it| it.insured_division.as_deref());
    let category = insurance.and_then(|it| it.person_category.as_deref());
    native
        .tag("<output>")
        .field("aab301", division.unwrap_or_default())
        .field("aac002", number(reply, asked))
        .field("aac003", &person.name)
        .field("aac004", sex_code(person.sex))
        .field("aac006", born.as_deref().unwrap_or_default())
        .field("ykc021", category.unwrap_or_default())
        .field("ykc300", insurance.and_then(|it| insurance_code(&it.kind)).unwrap_or_default())
        .tag("</output>");
}

fn number<'a>(reply: &'a LookupReply<'_>, asked: &'a str) -> &'a str {
    reply.person.document.as_ref().map_or(asked, |document| document.number.as_ref())
}

/// The member of the reply that a field of `output` stands for.
pub(super) fn pointer(reply: &LookupReply<'_>, field: &str) -> Option<String> {
    match field {
        "aac002" => Some("/person/document/number".to_owned()),
        field => reply_pointer(field, chosen(&reply.insurances)),
    }
}

/// Everything the reply says and `output` has no field for.
pub(super) fn losses(reply: &LookupReply<'_>, asked: &str) -> Vec<Loss> {
    let person = &reply.person;
    let mut losses = Vec::new();
    let mut lose = |is_lost: bool, pointer: &str| {
        if is_lost {
            losses.push(loss(pointer));
        }
    };
    let document = person.document.as_ref();
    let told = number(reply, asked);
    lose(person.identifier.as_ref().is_some_and(|it| it.id != told), "/person/identifier");
    lose(document.is_some_and(|it| it.kind != DocumentKind::ResidentIdentityCard), "/person/document/kind");
    lose(person.sex == Sex::Unknown, "/person/sex");
    lose(person.ethnicity.is_some(), "/person/ethnicity");
    lose(person.age.is_some(), "/person/age");
    lose(reply.card.is_some(), "/card");
    let told = chosen(&reply.insurances);
    for (place, insurance) in reply.insurances.iter().enumerate() {
        if place == told {
            for (member, is_lost) in lost_members(insurance) {
                lose(is_lost, &format!("/insurances/{place}/{member}"));
            }
        } else {
            lose(true, &format!("/insurances/{place}"));
        }
    }
    for place in 0..reply.identities.len() {
        lose(true, &format!("/identities/{place}"));
    }
    losses
}

pub(super) fn loss(pointer: &str) -> Loss {
    Loss { pointer: pointer.to_owned(), reason: "the output of 0211 has no field for it".to_owned() }
}

fn lost_members(insurance: &Insurance<'_>) -> [(&'static str, bool); 7] {
    [
        ("kind", insurance_code(&insurance.kind).is_none()),
        // Whoever is named with an insurance passes for insured.
        ("status", matches!(insurance.status, InsuranceStatus::Paused | InsuranceStatus::Ended)),
        ("startedOn", insurance.started_on.is_some()),
        ("pausedOn", insurance.paused_on.is_some()),
        ("balance", insurance.balance.is_some()),
        ("civilServant", insurance.civil_servant.is_some()),
        ("employerName", insurance.employer_name.is_some()),
    ]
}
