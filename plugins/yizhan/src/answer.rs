//! What an answer means: a reply, something pending, or a problem document and what it says became of the purpose.

use yizhan_adapter::contract::{Body, Fault, FaultKind, HttpAnswer};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};

/// What the peer says.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is done; the body.
    Reply(String),
    /// It is accepted, or may be, and nobody knows more yet.
    Pending,
    /// It was not done, or taken back: nothing is left behind.
    No(Fault),
}

/// Reads an answer. One that nobody can read says nothing of what was done.
pub(crate) fn read(answer: &HttpAnswer) -> Verdict {
    let Body::Bytes(bytes) = &answer.body else { return Verdict::Pending };
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Pending };
    match answer.status {
        200 if matches!(parse_strict(text), Ok(Value::Object(_))) => Verdict::Reply(text.to_owned()),
        200 | 202 => Verdict::Pending,
        status => problem(status, text),
    }
}

fn problem(status: u16, text: &str) -> Verdict {
    let document = parse_strict(text).unwrap_or(Value::Null);
    let word = |name: &str| document.get(name).and_then(Value::as_text).unwrap_or_default();
    match word("effect") {
        "unknown" => return Verdict::Pending,
        "nothing" | "reversed" => {}
        // No problem document: somebody in between, who knows nothing of commands.
        _ => return unexplained(status),
    }
    let code = word("code");
    let kind = match code {
        "rejected" | "key-conflict" | "no-route" => FaultKind::Rejected,
        "not-found" => FaultKind::NotFound,
        "not-offered" | "no-such-operation" => FaultKind::Unsupported,
        "inexpressible" | "schema-violation" | "too-large" => FaultKind::Inexpressible,
        "unavailable" | "timeout" | "overloaded" | "too-many-requests" => FaultKind::Unavailable,
        "unknown-partner" | "institution-mismatch" | "not-granted" | "no-trust" => FaultKind::Unauthorised,
        _ => FaultKind::Unreadable,
    };
    let pointer = document.at("/errors/0/pointer").and_then(Value::as_text);
    let partner_code = word("partnerCode");
    Verdict::No(Fault {
        kind,
        code: if partner_code.is_empty() { code } else { partner_code }.to_owned(),
        text: [word("title"), " ", word("detail"), " ", word("partnerText")].concat().trim().to_owned(),
        pointer: pointer.filter(|pointer| !pointer.is_empty()).map(str::to_owned),
        retry_after_ms: None,
    })
}

fn unexplained(status: u16) -> Verdict {
    match status {
        401 | 403 => Verdict::No(fault::unauthorised("", "refused without a problem document")),
        429 => Verdict::No(fault::unavailable("", "too many requests", None)),
        _ => Verdict::Pending,
    }
}

/// What a wish to undo came to.
pub(crate) enum Undone {
    Yes,
    Nothing,
    Cannot,
    Unknown,
}

/// Reads the answer to one.
pub(crate) fn undone(answer: &HttpAnswer) -> Undone {
    let Body::Bytes(bytes) = &answer.body else { return Undone::Unknown };
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let document = parse_strict(text).unwrap_or(Value::Null);
    match document.get("undo").and_then(Value::as_text) {
        Some("undone") if answer.status == 200 => Undone::Yes,
        Some("nothing-to-undo") if answer.status == 200 => Undone::Nothing,
        Some("cannot-be-undone") if answer.status == 200 => Undone::Cannot,
        _ => Undone::Unknown,
    }
}
