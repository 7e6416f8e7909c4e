//! `Yizhan-Standard: 1.x`: which minor version of the standard a peer speaks. The standard only grows, so a peer with a
//! later one understands ours; to one with an earlier one, a message is brought down before it is sent.

use http::HeaderMap;
use serde_json::Value;
use yizhan_host::contract::Effect;
use yizhan_schemas::{Inexpressible, Kind, Operation, StandardVersion, Violation};

use crate::fault::{Code, Fault};
use crate::underway::{Exchange, Told};

/// The header both sides tell it in.
pub(crate) const HEADER: &str = "yizhan-standard";

/// The version a requester says it speaks, if that is older than ours. Who says nothing speaks ours.
pub(crate) fn of_requester(
    headers: &HeaderMap,
    ours: StandardVersion,
) -> Result<Option<StandardVersion>, Fault> {
    let malformed = |why: String| Fault::new(Code::Malformed).because(format!("Yizhan-Standard: {why}"));
    let mut told = headers.get_all(HEADER).iter();
    let Some(version) = told.next() else { return Ok(None) };
    if told.next().is_some() {
        return Err(malformed("it is there twice".to_owned()));
    }
    // What is not ASCII is no version either.
    let version = version.to_str().unwrap_or_default().trim().parse::<StandardVersion>();
    let version = version.map_err(|error| malformed(error.to_string()))?;
    Ok((version < ours).then_some(version))
}

/// A request as a peer of an older version reads it, and how much was lost.
pub(crate) fn request_for(
    peer: StandardVersion,
    operation: &Operation,
    mut message: Value,
) -> Result<(String, usize), Fault> {
    let lost = operation.bring_request_down(&mut message, peer);
    told(peer, &message, lost)
}

/// What is told, in the version of the standard that its requester reads. What was done stays done: a reply that an
/// older version cannot say is no failure of what it tells of.
pub(crate) fn told_to(exchange: &mut Exchange, operation: &Operation, told: Told) -> Result<Told, Fault> {
    let (Told::Reply(reply), Some(older)) = (&told, exchange.older) else { return Ok(told) };
    match reply_for(older, operation, reply) {
        Ok((reply, lost)) => {
            exchange.record.losses(lost);
            Ok(Told::Reply(reply))
        }
        Err(fault) if operation.kind == Kind::Query => Err(fault),
        Err(fault) => Err(Fault { effect: Effect::Unknown, ..fault }),
    }
}

/// The same of a reply that keeps the standard.
pub(crate) fn reply_for(
    peer: StandardVersion,
    operation: &Operation,
    reply: &str,
) -> Result<(String, usize), Fault> {
    let mut message = yizhan_schemas::parse(reply.as_bytes()).map_err(|_| Fault::new(Code::Internal))?;
    let lost = operation.bring_reply_down(&mut message, peer);
    told(peer, &message, lost)
}

fn told(
    peer: StandardVersion,
    message: &Value,
    lost: Result<Vec<Violation>, Inexpressible>,
) -> Result<(String, usize), Fault> {
    match lost {
        Ok(lost) => Ok((message.to_string(), lost.len())),
        Err(Inexpressible { violations }) => Err(Fault::violating(Code::Inexpressible, violations)
            .because(format!("version {peer} of the standard cannot say this"))),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;
    use yizhan_schemas::Standard;

    use super::*;

    macro_rules! fixture {
        ($($path:literal),+) => {
            &[$(($path, include_str!(concat!("../../schemas/tests/fixtures/1.1/", $path)))),+]
        };
    }

    /// The small standard of the schemas' own tests, in its later version.
    fn later() -> Standard {
        let files = fixture!(
            "common/types.schema.json",
            "halls/hall.rate.reply.schema.json",
            "halls/hall.rate.request.schema.json",
            "halls/hall.visit.reply.schema.json",
            "halls/hall.visit.request.schema.json"
        );
        Standard::compile(include_str!("../../schemas/tests/fixtures/1.1/operations.json"), files).unwrap()
    }

    fn version(text: &str) -> StandardVersion {
        text.parse().unwrap()
    }

    #[test]
    fn a_requester_says_one_version_or_none() {
        let ours = version("1.3");
        let said = |values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, HeaderValue::from_bytes(value).unwrap());
            }
            of_requester(&headers, ours).map_err(|fault| (fault.code, fault.detail.unwrap_or_default()))
        };
        assert_eq!(said(&[]), Ok(None));
        assert_eq!(said(&[b"1.2"]), Ok(Some(version("1.2"))));
        for ours_or_later in [&b"1.3"[..], b"1.4", b"1.65535"] {
            assert_eq!(said(&[ours_or_later]), Ok(None));
        }
        for wrong in
            [&b""[..], b"1", b"2.0", b"0.9", b"1.0.0", b"v1.0", b"1.x", b"1.00", b"1.0, 1.1", b"\xff"]
        {
            let (code, detail) = said(&[wrong]).unwrap_err();
            assert_eq!(code, Code::Malformed);
            assert!(detail.starts_with("Yizhan-Standard: "), "{detail}");
        }
        assert!(said(&[b"1.0", b"1.0"]).is_err());
    }

    #[test]
    fn what_an_older_peer_cannot_read_goes_or_the_message_does_not() {
        let (standard, older) = (later(), version("1.0"));
        let rate = standard.operation("hall.rate").unwrap();
        let fault = request_for(older, rate, json!({})).unwrap_err();
        assert_eq!((fault.code, fault.violations.len()), (Code::Inexpressible, 1));
        assert!(fault.detail.unwrap_or_default().contains("1.0"));
        assert!(request_for(version("1.1"), rate, json!({})).is_ok());

        let visit = standard.operation("hall.visit").unwrap();
        let (reply, lost) = reply_for(older, visit, r#"{"state": "paused"}"#).unwrap();
        assert_eq!((reply.contains("paused"), lost), (false, 1), "{reply}");
        let (same, lost) = reply_for(version("1.1"), visit, r#"{"state":"paused"}"#).unwrap();
        assert_eq!((same.as_str(), lost), (r#"{"state":"paused"}"#, 0));
    }
}
