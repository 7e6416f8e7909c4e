//! The partner asks: the body of a request is the unified message, and what is told goes back behind its code.

use yizhan_adapter::contract::{
    Arrival, Body, Effect, Fault, Header, HttpRequest, HttpResponse, Incoming, Intake, NativeResponse,
    Recall, Refusal, Rendering, RequestKey, UnifiedResult,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::parse_strict;

use crate::mutant::{Mutant, trap};

/// `incoming.memo` in adapter.wit.
const MEMO_BYTES: usize = 16 << 10;
const LOOKUP: &str = "/reference/card.lookup";

pub(crate) fn accept(mutant: &Mutant, arrival: Arrival) -> Intake {
    let Arrival::Http(HttpRequest { head, body: Body::Bytes(body) }) = arrival else {
        return refused(fault::malformed("not an HTTP request with a body"));
    };
    if head.target != LOOKUP {
        return refused(fault::unsupported());
    }
    let message = match String::from_utf8(body) {
        Ok(message) if parse_strict(&message).is_ok() => message,
        Ok(_) | Err(_) if mutant.is("garbage-request-traps") => trap(),
        Ok(_) | Err(_) => return refused(fault::malformed("not JSON")),
    };
    let message = if mutant.is("request-breaks-standard") { "{}".to_owned() } else { message };
    let memo = if mutant.is("large-memo") { vec![b' '; MEMO_BYTES + 1] } else { b"lookup".to_vec() };
    Intake::Exchange(Incoming {
        operation: "card.lookup".to_owned(),
        message,
        purpose: None,
        key: RequestKey::None,
        about: None,
        memo,
    })
}

/// Nothing is ever asked for on this side.
pub(crate) fn nothing_asked() -> Intake {
    refused(fault::malformed("nothing was asked for"))
}

pub(crate) fn reply(mutant: &Mutant, recall: &Recall, told: UnifiedResult) -> Rendering {
    if mutant.is("recall-traps") && !matches!(recall, Recall::Memo(_)) {
        trap();
    }
    let body = match told {
        UnifiedResult::Reply(message) => format!("0\n{message}"),
        UnifiedResult::Fault(report) => match report.effect {
            Effect::Unknown if !mutant.is("unknown-reads-no") => format!("UNKNOWN\n{}", report.title),
            _ => format!("NO\n{}", report.title),
        },
        UnifiedResult::Pending(_) if mutant.is("pending-traps") => trap(),
        UnifiedResult::Pending(_) => "UNKNOWN\n".to_owned(),
        UnifiedResult::Undo(_) | UnifiedResult::Taken => {
            return rendering(mutant, "NO\n".to_owned(), Some(fault::unsupported()));
        }
    };
    rendering(mutant, body, None)
}

fn rendering(mutant: &Mutant, body: String, fault: Option<Fault>) -> Rendering {
    let name = if mutant.is("cookie") { "set-cookie" } else { "content-type" };
    let headers = vec![Header { name: name.to_owned(), value: b"text/plain".to_vec() }];
    let status = if mutant.is("bad-status") { 100 } else { 200 };
    let response =
        NativeResponse::Http(HttpResponse { status, headers, body: Body::Bytes(body.into_bytes()) });
    Rendering { response, losses: Vec::new(), fault }
}

fn refused(fault: Fault) -> Intake {
    Intake::Refused(Refusal { fault, memo: Vec::new() })
}
