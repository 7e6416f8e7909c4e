//! The request: a unified message in the envelope of its transaction (domain 1.1 and 1.5).

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::{LookupRequest, RequestContext};

use super::lookup;
use crate::codes;
use crate::envelope::Request;
use crate::map::{Writing, rest, room};
use crate::settings::Settings;
use crate::transactions::{Output, Transaction};
use crate::values::Losses;

/// Members of the context that the envelope carries, or that are for the gateway alone.
const ENVELOPE: [&str; 9] = [
    "/context/purpose",
    "/context/institution",
    "/context/operator",
    "/context/terminal",
    "/context/target",
    "/context/insuredDivision",
    "/context/issuingDivision",
    "/context/careDivision",
    "/context/businessTime",
];

/// The longest input (domain 1.1). Rows make it longer, and nothing else.
const INPUT_CHARACTERS: usize = 40_000;

/// The input of a request, and what it could not carry.
#[derive(Debug)]
pub(super) struct Input {
    json: String,
    pub(super) losses: Vec<Loss>,
}

impl Input {
    /// One that a step of our own needs: these members of the node `data`.
    pub(super) fn of_data(members: &[(&str, Option<&str>)]) -> Self {
        let mut out = Writer::new();
        out.begin_object().key("data").begin_object();
        for (name, value) in members {
            out.key(name).text_or_null(*value);
        }
        out.end_object().end_object();
        Self { json: out.finish(), losses: Vec::new() }
    }
}

/// Writes the input of a message's transaction.
///
/// # Errors
/// `inexpressible` where the dialect demands what the message does not say.
pub(super) fn input(
    settings: &Settings,
    transaction: &Transaction,
    message: &Value<'_>,
    requester_division: &str,
) -> Result<Input, Fault> {
    let asked = RequestContext::read(message.get("context").unwrap_or(&Value::Null))?;
    if asked.care_division.is_none() && requester_division.is_empty() {
        return Err(fault::inexpressible("/context/careDivision", "the dialect needs the place of care"));
    }
    // Domain 1.1: wherever the input carries a person number, and 1101 is what finds it out.
    if asked.insured_division.is_none() && transaction.output != Output::Lookup && names_person(message) {
        return Err(fault::inexpressible(
            "/context/insuredDivision",
            "the dialect needs the place of insurance of a person number",
        ));
    }
    if Moment::from_rfc3339(&asked.business_time).is_none() {
        return Err(fault::inexpressible("/context/businessTime", "not a moment"));
    }
    let mut losses = Losses::default();
    let mut out = Writer::with_room(room(message));
    input_members(settings, transaction, message, &mut out, &mut losses)?;
    issuing_division(&asked, message, &mut losses);
    let json = out.finish();
    if json.len() > INPUT_CHARACTERS && json.chars().count() > INPUT_CHARACTERS {
        return Err(fault::inexpressible("/rows", "an input has at most 40000 characters"));
    }
    Ok(Input { json, losses: losses.0 })
}

fn names_person(message: &Value<'_>) -> bool {
    message.at("/patient/identifier/id").or_else(|| message.at("/person/id")).is_some()
}

/// What a request is sent with.
#[derive(Debug)]
pub(super) struct Sender<'a> {
    pub(super) requester_division: &'a str,
    pub(super) sign_no: &'a str,
    pub(super) message_id: &'a str,
}

/// The whole request in the name of whoever the message is from.
///
/// # Errors
/// A message without its context.
pub(super) fn write(
    settings: &Settings,
    infno: &str,
    message: &Value<'_>,
    input: &Input,
    sender: &Sender<'_>,
) -> Result<String, Fault> {
    let asked = RequestContext::read(message.get("context").unwrap_or(&Value::Null))?;
    let operator = asked.operator_id.as_deref().unwrap_or(&settings.sign_in_operator);
    let time = Moment::from_rfc3339(&asked.business_time)
        .ok_or_else(|| fault::inexpressible("/context/businessTime", "not a moment"))?;
    let request = Request {
        infno,
        message_id: sender.message_id,
        care_division: asked.care_division.as_deref().unwrap_or(sender.requester_division),
        insured_division: asked.insured_division.as_deref().unwrap_or_default(),
        terminal: asked.terminal_id.as_deref().unwrap_or_default(),
        operator_kind: codes::operator_code(asked.operator_kind),
        operator,
        operator_name: asked.operator_name.as_deref().unwrap_or(operator),
        time: time.seconds(),
        institution: settings.registered(&asked.institution_id),
        institution_name: asked.institution_name.as_deref().unwrap_or(&asked.institution_id),
        sign_no: sender.sign_no,
    };
    Ok(request.write(settings, &input.json))
}

/// The institution that asks, by its own code.
///
/// # Errors
/// A message without it.
pub(super) fn institution<'a>(message: &'a Value<'_>) -> Result<&'a str, Fault> {
    let id = message.at("/context/institution/id").and_then(Value::as_text);
    id.ok_or_else(|| fault::malformed("unified message"))
}

/// The value of `input`.
fn input_members(
    settings: &Settings,
    transaction: &Transaction,
    message: &Value<'_>,
    input: &mut Writer,
    losses: &mut Losses,
) -> Result<(), Fault> {
    let mut handled = ENVELOPE.to_vec();
    input.begin_object();
    if transaction.output == Output::Lookup {
        let lookup = LookupRequest::read(message)?;
        lookup::check(&lookup, losses)?;
        lookup::write(input, &lookup);
        handled.extend(["/credential", "/document", "/personName", "/serviceDate"]);
    } else {
        let issuer = message.get("issuer").and_then(Value::as_text);
        if transaction.output == Output::Credential && issuer != Some("medicalInsurance") {
            return Err(fault::inexpressible("/issuer", "1162 knows medical-insurance codes alone"));
        }
        Writing { settings, negated: false, item: String::new(), losses }.nodes(
            input,
            message,
            transaction.input,
        )?;
        handled.extend(transaction.understood);
    }
    let lists = || transaction.input.iter().filter(|node| !node.list.is_empty());
    handled.extend(lists().map(|node| node.list));
    rest(message, "", &transaction.tables(), &handled, losses);
    for node in lists() {
        for (index, item) in message.at(node.list).map_or(&[][..], Value::items).iter().enumerate() {
            rest(item, &[node.list, "/", &index.to_string()].concat(), &[node.fields], &[], losses);
        }
    }
    input.end_object();
    Ok(())
}

/// It is in `card_sn` alone, where that is sent at all.
fn issuing_division(asked: &RequestContext<'_>, message: &Value<'_>, losses: &mut Losses) {
    let Some(issuing) = &asked.issuing_division else { return };
    let card = message.at("/credential/cardIdentifier").and_then(Value::as_text).unwrap_or_default();
    if card.get(..6) != Some(issuing.as_ref()) {
        losses.add("/context/issuingDivision", "the dialect carries it in card_sn alone");
    }
}
