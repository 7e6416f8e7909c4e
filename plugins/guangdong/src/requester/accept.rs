//! Reads a native request. Strict on charset, tolerant of prefixes, padding and what the message declares.

use yizhan_adapter::contract::{
    Arrival, Body, Context, Fault, HttpRequest, Incoming, Intake, NativeResponse, OwnAnswer, ReferenceKey,
    Refusal, RequestKey,
};
use yizhan_adapter::xml::{self, Element, Limits};
use yizhan_adapter::{Host, fault};

use super::input::Input;
use super::memo::Memo;
use super::{fees, identify, settle, visit, wsdl};
use crate::charset;
use crate::partner;
use crate::settings::Settings;
use crate::soap::{self, FaultCode, field};
use crate::transaction::Transaction;

pub(crate) fn accept(host: &dyn Host, settings: &Settings, context: &Context, arrival: Arrival) -> Intake {
    let Arrival::Http(request) = arrival else {
        return refused(fault::unsupported(), &Memo::Unread(FaultCode::Client));
    };
    let query = request.head.target.split_once('?').map_or("", |(_, query)| query);
    match request.head.method.as_str() {
        "GET" if query.eq_ignore_ascii_case("wsdl") => Intake::OwnAnswer(OwnAnswer {
            response: NativeResponse::Http(soap::http(200, wsdl::write(settings.service))),
            sessions: Vec::new(),
        }),
        "POST" => match read_envelope(host, settings, context, &request) {
            Ok(intake) => intake,
            Err((code, why)) => refused(fault::malformed(why), &Memo::Unread(code)),
        },
        _ => refused(fault::unsupported(), &Memo::Unread(FaultCode::Client)),
    }
}

/// # Errors
/// There is no envelope: whose fault, and why.
fn read_envelope(
    host: &dyn Host,
    settings: &Settings,
    context: &Context,
    request: &HttpRequest,
) -> Result<Intake, (FaultCode, String)> {
    let client = |why: &str| (FaultCode::Client, why.to_owned());
    let Body::Bytes(bytes) = &request.body else { return Err(client("larger than a message")) };
    if !charset::is_utf8(&request.head.headers) {
        return Err(client("the envelope is not in UTF-8"));
    }
    let text = core::str::from_utf8(bytes).map_err(|_| client("the envelope is not in UTF-8"))?;
    let envelope = xml::parse(text, Limits::MESSAGE).map_err(|error| client(&error.to_string()))?;
    let call = soap::open(&envelope).map_err(|(code, why)| (code, why.to_owned()))?;
    Ok(match read_call(host, settings, context, call) {
        Ok(incoming) => Intake::Exchange(incoming),
        Err(fault) => refused(fault, &Memo::Read { transaction: None, asked: String::new() }),
    })
}

fn read_call(
    host: &dyn Host,
    settings: &Settings,
    context: &Context,
    call: &Element<'_>,
) -> Result<Incoming, Fault> {
    if call.name() != settings.service.operation() {
        return Err(fault::unsupported());
    }
    let code = field(call, "TransNo").map_err(fault::malformed)?;
    let transaction = Transaction::of_code(code).ok_or_else(fault::unsupported)?;
    let carried = field(call, settings.service.parameter()).map_err(fault::malformed)?;
    let text = charset::unpack(host, settings, carried).map_err(fault::malformed)?;
    let root = xml::parse(text.trim_start(), Limits::MESSAGE)
        .map_err(|error| fault::malformed(error.to_string()))?
        .root;
    if root.name() != "input" {
        return Err(fault::malformed("the message is no input"));
    }
    let input = Input::new(settings, context, transaction, &root);
    charset::prove(host, settings, &text, &root)
        .map_err(|element| input.at(element, "a character that the charset does not have"))?;
    let incoming = read_input(&input)?;
    input.note_rest(host);
    Ok(incoming)
}

/// Which operation it is, and how a repetition of it is known.
fn read_input(input: &Input<'_>) -> Result<Incoming, Fault> {
    let (mut stay, mut asked, mut name) = (false, String::new(), Vec::new());
    let mut of = |(message, named, is_stay): visit::Read| {
        (name, stay) = (named, is_stay);
        message
    };
    let message = match input.transaction {
        Transaction::Identify => {
            let (message, number) = identify::read(input)?;
            asked = number;
            message
        }
        Transaction::Register => of(visit::register(input)?),
        Transaction::Amend => of(visit::amend(input)?),
        Transaction::CancelVisit => of(visit::cancel(input, true)?),
        Transaction::Discharge => of(visit::leave(input)?),
        Transaction::CancelDischarge => of(visit::cancel(input, false)?),
        Transaction::UploadFees => of(never_a_stay(fees::upload(input)?)),
        Transaction::CancelFees => of(never_a_stay(fees::cancel(input)?)),
        Transaction::Quote | Transaction::Settle => of(never_a_stay(settle::settle(input)?)),
        Transaction::CancelSettlement => of(never_a_stay(settle::cancel(input)?)),
    };
    let operations = input.transaction.operations();
    let operation =
        operations.get(usize::from(stay)).or_else(|| operations.first()).copied().unwrap_or_default();
    Ok(Incoming {
        operation: operation.to_owned(),
        message,
        purpose: None,
        key: key(input, &name)?,
        about: about(input)?,
        memo: Memo::Read { transaction: Some(input.transaction), asked }.write(),
    })
}

/// 0301 to 0305 are of either kind of care.
fn never_a_stay((message, name): (String, Vec<String>)) -> visit::Read {
    (message, name, false)
}

/// The dialect has no key: the business act itself is one. What can happen once only is named by what it is about;
/// of everything else the handling time tells the next one from a repetition.
fn key(input: &Input<'_>, name: &[String]) -> Result<RequestKey, Fault> {
    if input.transaction.only_asks() {
        return Ok(RequestKey::None);
    }
    let once = match input.transaction {
        Transaction::CancelVisit | Transaction::CancelSettlement => true,
        Transaction::CancelFees => name.last().is_some_and(|batch| batch != partner::ALL),
        _ => false,
    };
    // Empty in a 0301 without it: its rows have numbers, and each comes once.
    let handled = if once || !input.settings.handling_time_identifies { "" } else { input.said("aae036")? };
    let mut parts = vec![input.transaction.code(), input.said("akb026")?];
    parts.extend(name.iter().map(String::as_str));
    parts.push(handled);
    Ok(RequestKey::Business(parts.join("|")))
}

/// What the partner gave the requester, by which the gateway finds who it was.
fn about(input: &Input<'_>) -> Result<Option<ReferenceKey>, Fault> {
    let (kind, name) = match input.transaction {
        Transaction::Identify | Transaction::Register => return Ok(None),
        Transaction::CancelSettlement => ("settlement", "ykc618"),
        _ => ("visit", "ykc700"),
    };
    Ok(input.known(name)?.map(|id| ReferenceKey { kind: kind.to_owned(), id: id.into_owned() }))
}

fn refused(fault: Fault, memo: &Memo) -> Intake {
    Intake::Refused(Refusal { fault, memo: memo.write() })
}
