//! Reads a native request. Strict on charset, tolerant of prefixes, padding and what the message declares.

use std::borrow::Cow;

use yizhan_adapter::contract::{
    Arrival, Body, Context, Fault, HttpRequest, Incoming, Intake, NativeResponse, OwnAnswer, Refusal,
    RequestKey,
};
use yizhan_adapter::time::{Moment, date_from_compact};
use yizhan_adapter::unified::{Credential, CredentialKind, Document, LookupRequest, RequestContext};
use yizhan_adapter::xml::{self, Element, Limits};
use yizhan_adapter::{Host, fault};

use super::memo::Memo;
use super::wsdl;
use crate::TRANSACTION;
use crate::charset;
use crate::codes::{document_kind, request_pointer};
use crate::settings::Settings;
use crate::soap::{self, FaultCode, field};

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
        Err(fault) => refused(fault, &Memo::Read(String::new())),
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
    if field(call, "TransNo").map_err(fault::malformed)? != TRANSACTION {
        return Err(fault::unsupported());
    }
    let carried = field(call, settings.service.parameter()).map_err(fault::malformed)?;
    let text = charset::unpack(host, settings, carried).map_err(fault::malformed)?;
    let input = xml::parse(text.trim_start(), Limits::MESSAGE)
        .map_err(|error| fault::malformed(error.to_string()))?
        .root;
    if input.name() != "input" {
        return Err(fault::malformed("the message is no input"));
    }
    charset::prove(host, settings, &text, &input)
        .map_err(|element| at(element, "a character that the charset does not have"))?;
    read_input(host, context, &input)
}

fn read_input(host: &dyn Host, context: &Context, input: &Element<'_>) -> Result<Incoming, Fault> {
    let said = |name| field(input, name).map_err(|why| at(name, &why));
    let known = |name| said(name).map(|text| (!text.is_empty()).then_some(Cow::Borrowed(text)));
    let needed = |name| known(name)?.ok_or_else(|| at(name, &["0211 needs ", name].concat()));

    let number = needed("aac044")?;
    let service_date = known("ake007")?
        .map(|day| date_from_compact(&day).ok_or_else(|| at("ake007", "ake007 is not a day")))
        .transpose()?;
    let context = RequestContext {
        institution_id: needed("akb026")?,
        insured_division: known("aab301")?,
        care_division: known("aab299")?,
        // The message has a day at most; it is asked about now.
        business_time: Cow::Owned(Moment::from_millis(context.now).rfc3339()),
        ..RequestContext::default()
    };
    // Two fields of 0211 have no member of their own: the branch, and a social-security number beside the number
    // of another document.
    for (name, same) in
        [("yab600", context.care_division.as_deref()), ("yab060", None), ("aac002", Some(number.as_ref()))]
    {
        let value = said(name)?;
        if !value.is_empty() && Some(value) != same {
            host.note("field-not-carried", name);
        }
    }
    // Without its kind a number is what was presented and no more.
    let document = known("aac043")?
        .map(|code| Document { kind: document_kind(&code), number: Cow::Borrowed(number.as_ref()) });
    let asked = known("aac002")?.unwrap_or_else(|| Cow::Borrowed(number.as_ref())).into_owned();
    let request = LookupRequest {
        context,
        credential: Credential {
            kind: CredentialKind::IdentityDocument,
            number: Cow::Borrowed(number.as_ref()),
            card_identifier: None,
        },
        document,
        person_name: None,
        service_date: service_date.map(Cow::Owned),
        extensions: Vec::new(),
    };
    Ok(Incoming {
        operation: "card.lookup".to_owned(),
        message: request.write(),
        purpose: None,
        key: RequestKey::None,
        about: None,
        memo: Memo::Read(asked).write(),
    })
}

fn at(field: &str, why: &str) -> Fault {
    Fault { pointer: request_pointer(field).map(str::to_owned), ..fault::malformed(why) }
}

fn refused(fault: Fault, memo: &Memo) -> Intake {
    Intake::Refused(Refusal { fault, memo: memo.write() })
}
