//! Bytes that mean no good, and bytes that mean nothing: each is a fault, none a trap.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

#[cfg(test)]
mod support;

use proptest::prelude::*;
use support::{accept_at, answer, example, golden, plain, refused, resume, sent, start};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Arrival, Body, FaultKind, HttpHead, HttpRequest, Intake, Recall, UnifiedResult,
};
use yizhan_adapter_fhir::Fhir;

const POSTS: [&str; 5] = [
    "/fhir/Claim/$submit",
    "/fhir/Task",
    "/fhir/ClaimResponse",
    "/fhir/$process-message",
    "/fhir/CoverageEligibilityRequest/$submit",
];

#[test]
fn what_is_no_message_is_malformed() {
    let deep = ["[".repeat(100_000), r#"{"resourceType":"#.repeat(100_000)];
    let wide = format!(r#"{{"resourceType":"Bundle","entry":[{}]}}"#, vec!["{}"; 20_000].join(","));
    for body in [
        "",
        "null",
        "[]",
        "{",
        "\u{feff}{}",
        r#"{"resourceType":7}"#,
        r#"{"resourceType":""}"#,
        r#"{"resourceType":"Claim","resourceType":"Claim"}"#,
        r#"{"resourceType":"Bundle"}"#,
        r#"{"resourceType":"Bundle","entry":{}}"#,
        r#"{"resourceType":"Bundle","entry":[null]}"#,
        r#"{"resourceType":"Bundle","entry":[{"resource":[]}]}"#,
        r#"{"resourceType":"Binary"}"#,
        r#"<Claim xmlns="http://hl7.org/fhir"/>"#,
        &deep[0],
        &deep[1],
        &wide,
    ] {
        for path in POSTS {
            let fault = refused(&plain(), "POST", path, body).fault;
            assert_eq!(fault.kind, FaultKind::Malformed, "{path} {body:.60}");
        }
    }
}

#[test]
fn what_is_no_json_or_no_text_is_not_read() {
    let arrival = |kind: &str, body: Body| {
        Arrival::Http(HttpRequest {
            head: HttpHead {
                method: "POST".to_owned(),
                target: POSTS[0].to_owned(),
                headers: vec![support::header("content-type", kind)],
            },
            body,
        })
    };
    let bundle = golden("claim.bundle.json").into_bytes();
    for arrival in [
        arrival("application/fhir+xml", Body::Bytes(bundle.clone())),
        arrival("application/fhir+json", Body::Bytes(vec![0xff, 0xfe])),
        Arrival::Frame(bundle),
    ] {
        assert!(matches!(Fhir::accept(&plain(), &support::context(), arrival), Intake::Refused(_)));
    }
}

/// A reference that leads back to itself is looked up once, not followed.
#[test]
fn references_in_a_circle() {
    let body = golden("claim.bundle.json").replace(r#""urn:uuid:1""#, r#""urn:uuid:0""#);
    let fault = refused(&plain(), "POST", POSTS[0], &body).fault;
    assert_eq!(fault.pointer.as_deref(), Some("/insured"));
}

/// Every member of a valid message, replaced by something else or cut short.
#[test]
fn no_member_is_trusted() {
    let words =
        ["null", "[]", "{}", "\"\"", "7", "-1e999", "[[]]", "[null]", "{\"coding\":{}}", "\"\\u0000\""];
    for (path, name) in [
        (POSTS[0], "claim.bundle.json"),
        (POSTS[0], "claim.foreign.json"),
        (POSTS[1], "task.json"),
        (POSTS[2], "response.complete.json"),
        (POSTS[4], "eligibility.request.json"),
    ] {
        let text = golden(name);
        let text = text.trim_end();
        for (colon, _) in text.match_indices(": ") {
            for word in words {
                let rest = &text[colon + 2..];
                let end = value_end(rest);
                let body = [&text[..colon + 2], word, &rest[end..]].concat();
                // Either way is right; a panic is not.
                let _ = accept_at(&plain(), "POST", path, &body);
            }
        }
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)).step_by(7) {
            assert!(matches!(accept_at(&plain(), "POST", path, &text[..cut]), Intake::Refused(_)), "{cut}");
        }
    }
}

/// Where the value at the beginning of this text ends.
fn value_end(text: &str) -> usize {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    stream.next().unwrap().unwrap();
    stream.byte_offset()
}

#[test]
fn a_partner_may_answer_anything() {
    for (operation, name) in
        [("claim.submit", "response.queued.json"), ("coverage.check", "eligibility.response.json")]
    {
        let (_, state) = sent(start(operation, &example(operation, "request-valid-full")));
        let text = golden(name);
        for (colon, _) in text.match_indices(": ") {
            for word in ["null", "[]", "{}", "\"\"", "7", "[null]"] {
                let rest = &text[colon + 2..];
                let body = [&text[..colon + 2], word, &rest[value_end(rest)..]].concat();
                let _ = resume(&state, answer(200, &body));
            }
        }
    }
}

proptest! {
    #[test]
    fn no_state_no_memo_and_no_target_is_trusted(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        query in "[ -~]{0,80}",
    ) {
        let _ = resume(&bytes, support::lost());
        let recall = Recall::Memo(bytes.clone());
        let _ = Fhir::reply(&plain(), &support::context(), recall, UnifiedResult::Taken);
        let _ = accept_at(&plain(), "GET", &format!("/fhir/ClaimResponse?{query}"), "");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let _ = accept_at(&plain(), "POST", "/fhir/Task", &body);
    }
}
