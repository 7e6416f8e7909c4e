//! Small constructors for the contract's `fault`.

use crate::contract::{Fault, FaultKind};

/// The requester's native message cannot be read.
#[must_use]
pub fn malformed(text: impl Into<String>) -> Fault {
    fault(FaultKind::Malformed, "", text)
}

/// The dialect cannot express the field at this pointer of the unified message.
#[must_use]
pub fn inexpressible(pointer: &str, text: impl Into<String>) -> Fault {
    Fault { pointer: Some(pointer.to_owned()), ..fault(FaultKind::Inexpressible, "", text) }
}

/// The partner understood and said no.
#[must_use]
pub fn rejected(code: &str, text: impl Into<String>) -> Fault {
    fault(FaultKind::Rejected, code, text)
}

/// What is spoken of does not exist at the partner.
#[must_use]
pub fn not_found(code: &str, text: impl Into<String>) -> Fault {
    fault(FaultKind::NotFound, code, text)
}

/// This operation or case is not offered.
#[must_use]
pub fn unsupported() -> Fault {
    fault(FaultKind::Unsupported, "", "")
}

/// The session, signature or licence was refused: ours by the partner, or the requester's by us.
#[must_use]
pub fn unauthorised(code: &str, text: impl Into<String>) -> Fault {
    fault(FaultKind::Unauthorised, code, text)
}

/// Busy, in maintenance, out of hours, or nothing came back to a query.
#[must_use]
pub fn unavailable(code: &str, text: impl Into<String>, retry_after_ms: Option<u64>) -> Fault {
    Fault { retry_after_ms, ..fault(FaultKind::Unavailable, code, text) }
}

/// The partner's bytes cannot be read.
#[must_use]
pub fn unreadable(text: impl Into<String>) -> Fault {
    fault(FaultKind::Unreadable, "", text)
}

/// The contract takes 64 visible ASCII characters as a code, "else empty": a longer or stranger one is in the
/// text alone.
fn fault(kind: FaultKind, code: &str, text: impl Into<String>) -> Fault {
    let fits = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_graphic());
    let code = if fits { code.to_owned() } else { String::new() };
    Fault { kind, code, text: text.into(), pointer: None, retry_after_ms: None }
}
