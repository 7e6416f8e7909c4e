//! What the partner answered: an envelope, in it a `result`, in it an `output` (domain 4.1), and how much of an
//! act's fate it tells.

use std::borrow::Cow;

use yizhan_adapter::contract::{Body, Fault, Header, HttpAnswer};
use yizhan_adapter::xml::{self, Element, Limits};
use yizhan_adapter::{Host, fault};

use crate::charset;
use crate::codes::reply_pointer;
use crate::settings::{Service, Settings};
use crate::soap::{self, field};
use crate::transaction::Transaction;

/// What an answer says.
#[derive(Debug)]
pub(super) enum Verdict<T> {
    /// Yes, and what was read of it.
    Done(T),
    /// No, by the partner's own code. `already`: because it was done before.
    Refused { fault: Fault, already: bool },
    /// Turned away before anybody looked at it.
    NotTaken(Fault),
    /// It may have been done.
    Doubtful(Fault),
}

/// A result that says yes.
pub(super) struct Said<'e, 'x> {
    pub(super) transid: &'e str,
    pub(super) output: Option<&'e Element<'x>>,
}

/// Reads an answer, and with `read` what a yes brought.
pub(super) fn judge<T>(
    host: &dyn Host,
    settings: &Settings,
    transaction: Transaction,
    answer: &HttpAnswer,
    read: impl FnOnce(&Said<'_, '_>) -> T,
) -> Verdict<T> {
    match open(host, settings, transaction, answer, read) {
        Ok(verdict) | Err(verdict) => verdict,
    }
}

/// One layer after the other; whichever decides ends it.
fn open<T>(
    host: &dyn Host,
    settings: &Settings,
    transaction: Transaction,
    answer: &HttpAnswer,
    read: impl FnOnce(&Said<'_, '_>) -> T,
) -> Result<Verdict<T>, Verdict<T>> {
    by_status(answer)?;
    let unreadable = |what: String| match answer.status {
        200 => Verdict::Doubtful(fault::unreadable(what)),
        _ => other_status(answer.status),
    };
    let Body::Bytes(bytes) = &answer.body else { return Err(unreadable("larger than a result".to_owned())) };
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
        return Err(other_status(answer.status));
    }
    let text = carried(host, settings, response)?;
    let result =
        xml::parse(text.trim_start(), Limits::MESSAGE).map_err(|error| unreadable(error.to_string()))?.root;
    // An act is told by its numbers; who is asked about has a name, and that must be right.
    if transaction.only_asks() {
        charset::prove(host, settings, &text, &result).map_err(not_of_charset)?;
    }
    by_code(settings, &result)?;
    let transid = field(&result, "transid").map_err(unreadable)?;
    Ok(Verdict::Done(read(&Said { transid, output: result.child("output") })))
}

/// What the status alone decides, whatever the body says.
fn by_status<T>(answer: &HttpAnswer) -> Result<(), Verdict<T>> {
    let code = answer.status.to_string();
    match answer.status {
        401 | 403 => Err(Verdict::NotTaken(fault::unauthorised(&code, ""))),
        429 => Err(Verdict::NotTaken(fault::unavailable(&code, "", retry_after_ms(&answer.headers)))),
        // Whoever says so stands before the partner and does not know how far it came.
        502..=504 => Err(Verdict::Doubtful(fault::unavailable(&code, "", retry_after_ms(&answer.headers)))),
        _ => Ok(()),
    }
}

/// A status that is neither 200 nor decided by itself, over a body that is no soap:Fault.
fn other_status<T>(status: u16) -> Verdict<T> {
    let fault = fault::unreadable(["HTTP ", &status.to_string()].concat());
    match status {
        // A request that took too long may be at work all the same.
        400..=407 | 409..=499 => Verdict::NotTaken(fault),
        _ => Verdict::Doubtful(fault),
    }
}

fn retry_after_ms(headers: &[Header]) -> Option<u64> {
    let header = headers.iter().find(|header| header.name == "retry-after")?;
    core::str::from_utf8(&header.value).ok()?.trim().parse::<u64>().ok()?.checked_mul(1000)
}

/// SOAP 1.1 calls it `Server` where the message itself was not to blame and may succeed later: it was at work.
fn soap_fault<T>(fault_element: &Element<'_>) -> Verdict<T> {
    let text = |name| field(fault_element, name).unwrap_or_default();
    let code = text("faultcode").rsplit(':').next().unwrap_or_default();
    match code.split('.').next() {
        Some("Server") => Verdict::Doubtful(fault::unavailable(code, text("faultstring"), None)),
        Some("Client" | "VersionMismatch" | "MustUnderstand") => {
            Verdict::NotTaken(fault::rejected(code, text("faultstring")))
        }
        _ => Verdict::Doubtful(fault::rejected(code, text("faultstring"))),
    }
}

/// The message out of the response.
fn carried<'a, T>(
    host: &dyn Host,
    settings: &Settings,
    response: &'a Element<'_>,
) -> Result<Cow<'a, str>, Verdict<T>> {
    let unreadable = |what: String| Verdict::Doubtful(fault::unreadable(what));
    let operation = settings.service.operation();
    if response.name().strip_suffix("Response") != Some(operation) {
        return Err(unreadable(["not a response of ", operation].concat()));
    }
    // Some stacks wrap the three values of `DataExchangeServiceEnc` in one `return`.
    let values = match settings.service {
        Service::Bytes => response.child("return").unwrap_or(response),
        Service::Text => response,
    };
    let carried = field(values, settings.service.result()).map_err(unreadable)?;
    if settings.service == Service::Bytes {
        let code = field(values, "syscode").map_err(unreadable)?;
        if code.parse::<i64>().is_ok_and(|code| code < 0) {
            // The system around the transactions failed; whether before or after one, it does not say.
            return Err(Verdict::Doubtful(fault::rejected(
                code,
                field(values, "sysmsg").unwrap_or_default(),
            )));
        }
    }
    charset::unpack(host, settings, carried).map_err(unreadable)
}

fn not_of_charset<T>(element: &str) -> Verdict<T> {
    let fault = fault::unreadable("a character that the partner's charset does not have");
    Verdict::Doubtful(Fault { pointer: reply_pointer(element, 0), ..fault })
}

/// Whether the result says yes.
fn by_code<T>(settings: &Settings, result: &Element<'_>) -> Result<(), Verdict<T>> {
    let unreadable = |what: String| Verdict::Doubtful(fault::unreadable(what));
    if result.name() != "result" {
        return Err(unreadable("the message is no result".to_owned()));
    }
    let code = field(result, "errorcode").map_err(unreadable)?;
    let number: i64 = code.parse().map_err(|_| unreadable("errorcode is not an integer".to_owned()))?;
    let words = field(result, "errormsg").map_err(unreadable)?;
    let refused = |fault| Err(Verdict::Refused { fault, already: settings.is_done(number) });
    match number {
        0.. => Ok(()),
        _ if settings.is_doubt(number) => Err(Verdict::Doubtful(fault::unavailable(code, words, None))),
        _ if settings.is_not_found(number) => refused(fault::not_found(code, words)),
        _ => refused(fault::rejected(code, words)),
    }
}
