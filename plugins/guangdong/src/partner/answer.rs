//! What the partner answered: an envelope, in it a `result`, in it an `output` (domain 4.1). It says nothing of
//! the document, the card or dates of insurance, so those are null.

use std::borrow::Cow;

use yizhan_adapter::contract::{Body, Fault, HttpAnswer, Loss, Success};
use yizhan_adapter::time::date_from_compact;
use yizhan_adapter::unified::{Identifier, Insurance, InsuranceStatus, LookupReply, Person};
use yizhan_adapter::xml::{self, Element, Limits};
use yizhan_adapter::{Host, fault};

use crate::charset;
use crate::codes::{insurance_kind, reply_pointer, sex};
use crate::settings::{Service, Settings};
use crate::soap::{self, field};

pub(super) fn read(host: &dyn Host, settings: &Settings, answer: &HttpAnswer) -> Result<Success, Fault> {
    let http_fault = || fault::unreadable(["HTTP ", &answer.status.to_string()].concat());
    let unreadable = |what: String| match answer.status {
        200 => fault::unreadable(what),
        _ => http_fault(),
    };
    let Body::Bytes(bytes) = &answer.body else { return Err(fault::unreadable("larger than a result")) };
    if !charset::is_utf8(&answer.headers) {
        return Err(unreadable("the envelope is not in UTF-8".to_owned()));
    }
    let envelope = core::str::from_utf8(bytes).map_err(|_| unreadable("not UTF-8".to_owned()))?;
    let envelope = xml::parse(envelope, Limits::MESSAGE).map_err(|error| unreadable(error.to_string()))?;
    let response = soap::open(&envelope).map_err(|(_, why)| unreadable(why.to_owned()))?;
    if response.name() == "Fault" {
        return Err(soap_fault(response));
    }
    if answer.status != 200 {
        return Err(http_fault());
    }
    let text = carried(host, settings, response)?;
    let result =
        xml::parse(text.trim_start(), Limits::MESSAGE).map_err(|error| unreadable(error.to_string()))?.root;
    charset::prove(host, settings, &text, &result).map_err(|element| Fault {
        pointer: reply_pointer(element, 0),
        ..fault::unreadable("a character that the partner's charset does not have")
    })?;
    read_result(settings, &result)
}

/// The message out of the response.
fn carried<'a>(
    host: &dyn Host,
    settings: &Settings,
    response: &'a Element<'_>,
) -> Result<Cow<'a, str>, Fault> {
    let operation = settings.service.operation();
    if response.name().strip_suffix("Response") != Some(operation) {
        return Err(fault::unreadable(["not a response of ", operation].concat()));
    }
    // Some stacks wrap the three values of `DataExchangeServiceEnc` in one `return`.
    let values = match settings.service {
        Service::Bytes => response.child("return").unwrap_or(response),
        Service::Text => response,
    };
    let carried = field(values, settings.service.result()).map_err(fault::unreadable)?;
    if settings.service == Service::Bytes {
        let code = field(values, "syscode").map_err(fault::unreadable)?;
        if code.parse::<i64>().is_ok_and(|code| code < 0) {
            return Err(fault::rejected(code, field(values, "sysmsg").unwrap_or_default()));
        }
    }
    charset::unpack(host, settings, carried).map_err(fault::unreadable)
}

/// SOAP 1.1 calls it `Server` where the message itself was not to blame and may succeed later.
fn soap_fault(fault_element: &Element<'_>) -> Fault {
    let text = |name| field(fault_element, name).unwrap_or_default();
    let code = text("faultcode").rsplit(':').next().unwrap_or_default();
    if code.split('.').next() == Some("Server") {
        return fault::unavailable(code, text("faultstring"), None);
    }
    fault::rejected(code, text("faultstring"))
}

fn read_result(settings: &Settings, result: &Element<'_>) -> Result<Success, Fault> {
    if result.name() != "result" {
        return Err(fault::unreadable("the message is no result"));
    }
    let said = |name| field(result, name).map_err(fault::unreadable);
    let code = said("errorcode")?;
    let number: i64 = code.parse().map_err(|_| fault::unreadable("errorcode is not an integer"))?;
    if settings.is_not_found(number) {
        return Err(fault::not_found(code, said("errormsg")?));
    }
    if number < 0 {
        return Err(fault::rejected(code, said("errormsg")?));
    }
    let output = result.child("output").ok_or_else(|| fault::unreadable("a result without output"))?;
    read_output(settings, output)
}

fn read_output(settings: &Settings, output: &Element<'_>) -> Result<Success, Fault> {
    let said = |name| field(output, name).map_err(fault::unreadable);
    let known = |name| said(name).map(|text| (!text.is_empty()).then_some(Cow::Borrowed(text)));
    let mut losses = Vec::new();

    let name = known("aac003")?.ok_or_else(|| fault::unreadable("an output without aac003"))?;
    let born = said("aac006")?;
    let birth_date = date_from_compact(born);
    if birth_date.is_none() && !born.is_empty() {
        losses.push(loss("/person/birthDate", "aac006 is not a day"));
    }
    let issuer = Some(Cow::Borrowed(settings.division.as_str()));
    let person = Person {
        identifier: known("aac002")?.map(|id| Identifier { id, issuer }),
        document: None,
        name,
        sex: sex(said("aac004")?),
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
    Ok(Success { reply: reply.write(), references: Vec::new(), losses })
}

fn loss(pointer: &str, reason: &str) -> Loss {
    Loss { pointer: pointer.to_owned(), reason: reason.to_owned() }
}
