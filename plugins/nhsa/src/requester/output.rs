//! A unified reply as the output of its transaction (domain 1.5); that of 1101 is written here. What is null there is
//! null here.

use yizhan_adapter::contract::{Context, Rendering};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer, parse_strict};
use yizhan_adapter::unified::{Identity, Insurance, LookupReply, Person};

use super::memo::Memo;
use super::{failure, success};
use crate::map::room;
use crate::settings::Settings;
use crate::transactions::Output;
use crate::values::{Losses, Place};
use crate::{codes, output};

/// The output of the memo's transaction.
pub(super) fn render(settings: &Settings, context: &Context, memo: &Memo<'_>, message: &str) -> Rendering {
    let received = memo.received;
    let Ok(value) = parse_strict(message) else {
        return failure::render_untold(settings, context, memo, fault::malformed("unified reply"));
    };
    let Some(transaction) = memo.transaction else {
        return failure::render_untold(settings, context, memo, fault::unsupported());
    };
    if transaction.output == Output::Credential
        && value.get("accepted").and_then(Value::as_bool) == Some(false)
    {
        let reason = value.get("reason").and_then(Value::as_text).unwrap_or_default();
        return failure::render_refused_credential(settings, context, received, reason);
    }
    if transaction.output != Output::Lookup {
        let mut losses = Losses::default();
        let response = success(settings, context, received, room(&value), |out| {
            output::write(transaction, settings, out, &value, &memo.echo, &mut losses);
        });
        return Rendering { response, losses: losses.0, fault: None };
    }
    let reply = match LookupReply::read(&value) {
        Ok(reply) => reply,
        Err(fault) => return failure::render_untold(settings, context, memo, fault),
    };
    let mut losses = Losses::default();
    let response =
        success(settings, context, received, room(&value), |out| write(out, settings, &reply, &mut losses));
    for dialect in value.get("extensions").map_or(&[][..], Value::members) {
        losses.add(["/extensions/", &dialect.0].concat(), "1101 has no field for it");
    }
    Rendering { response, losses: losses.0, fault: None }
}

fn write(out: &mut Writer, settings: &Settings, reply: &LookupReply<'_>, losses: &mut Losses) {
    out.begin_object().key("baseinfo");
    write_person(out, settings, &reply.person, losses);
    out.key("insuinfo").begin_array();
    for (index, insurance) in reply.insurances.iter().enumerate() {
        write_insurance(out, settings, insurance, index, losses);
    }
    out.end_array().key("idetinfo").begin_array();
    for identity in &reply.identities {
        write_identity(out, identity);
    }
    out.end_array().end_object();
    if let Some(card) = &reply.card {
        let members = [
            ("/card/number", &card.number),
            ("/card/cardIdentifier", &card.card_identifier),
            ("/card/issuingDivision", &card.issuing_division),
        ];
        for (pointer, _) in members.iter().filter(|(_, value)| value.is_some()) {
            losses.add(*pointer, "1101 answers without the card");
        }
    }
}

fn write_person(out: &mut Writer, settings: &Settings, person: &Person<'_>, losses: &mut Losses) {
    let identifier = person.identifier.as_ref();
    if identifier.is_some_and(|identifier| identifier.issuer.is_some()) {
        losses.add("/person/identifier/issuer", "1101 has no field for it");
    }
    let coded = person.document.as_ref().map(|document| codes::document_code(&document.kind));
    if coded.as_ref().is_some_and(|coded| coded.text_lost) {
        losses.add("/person/document/kindText", "no code of this dialect");
    }
    out.begin_object().key("psn_no").text_or_null(identifier.map(|identifier| identifier.id.as_ref()));
    out.key("psn_cert_type").text_or_null(coded.and_then(|coded| coded.code));
    out.key("certno").text_or_null(person.document.as_ref().map(|document| document.number.as_ref()));
    out.key("psn_name").text(&person.name);
    out.key("gend").text(codes::sex_code(person.sex));
    out.key("naty").text_or_null(person.ethnicity.as_deref());
    out.key("brdy").text_or_null(person.birth_date.as_deref());
    write_amount(out.key("age"), settings, person.age.as_deref());
    out.key("exp_content").null().end_object();
}

fn write_insurance(
    out: &mut Writer,
    settings: &Settings,
    insurance: &Insurance<'_>,
    index: usize,
    losses: &mut Losses,
) {
    let coded = codes::insurance_code(&insurance.kind);
    if coded.text_lost {
        losses.add(Place::Item("insurances", index, "kindText").pointer(), "no code of this dialect");
    }
    out.begin_object();
    write_amount(out.key("balc"), settings, insurance.balance.as_deref());
    out.key("insutype").text_or_null(coded.code);
    out.key("psn_type").text_or_null(insurance.person_category.as_deref());
    out.key("psn_insu_stas").text_or_null(codes::insurance_status_code(insurance.status));
    out.key("psn_insu_date").text_or_null(insurance.started_on.as_deref());
    out.key("paus_insu_date").text_or_null(insurance.paused_on.as_deref());
    let flag = |civil_servant| if civil_servant { "1" } else { "0" };
    out.key("cvlserv_flag").text_or_null(insurance.civil_servant.map(flag));
    out.key(&settings.insured_division_field).text_or_null(insurance.insured_division.as_deref());
    out.key("emp_name").text_or_null(insurance.employer_name.as_deref()).end_object();
}

fn write_identity(out: &mut Writer, identity: &Identity<'_>) {
    out.begin_object().key("psn_idet_type").text(&identity.kind);
    out.key("psn_type_lv").text_or_null(identity.level.as_deref());
    out.key("memo").text_or_null(identity.memo.as_deref());
    out.key("begntime").text_or_null(identity.started_on.as_deref());
    out.key("endtime").text_or_null(identity.ended_on.as_deref()).end_object();
}

/// A number or a text, as this partner has it; validated decimals are JSON numbers as they stand.
fn write_amount(out: &mut Writer, settings: &Settings, amount: Option<&str>) {
    match amount {
        Some(amount) if settings.amounts_as_text => out.text(amount),
        Some(amount) => out.number(amount),
        None => out.null(),
    };
}
