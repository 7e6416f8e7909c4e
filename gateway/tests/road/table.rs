//! The table of faults, written down once more from the design, and how an answer is held to it.

use serde_json::Value;
use yizhan_conformance::client::{Client, Response};

use crate::ground::personal;
use crate::house::House;
use crate::speak::{CALL_1101, LOOKUP, ask};

/// code, status, side, whether `Retry-After` is due.
pub(crate) const TABLE: [(&str, u16, &str, bool); 25] = [
    ("unknown-partner", 403, "requester", false),
    ("institution-mismatch", 403, "requester", false),
    ("not-granted", 403, "requester", false),
    ("not-signed-in", 403, "requester", false),
    ("no-such-operation", 404, "requester", false),
    ("no-such-operation", 405, "requester", false),
    ("malformed", 400, "requester", false),
    ("too-large", 413, "requester", false),
    ("unsupported-charset", 415, "requester", false),
    ("too-many-requests", 429, "requester", true),
    ("schema-violation", 422, "requester", false),
    ("key-conflict", 409, "requester", false),
    ("no-route", 404, "gateway", false),
    ("not-offered", 501, "gateway", false),
    ("inexpressible", 422, "gateway", false),
    ("rejected", 422, "partner", false),
    ("not-found", 404, "partner", false),
    ("unavailable", 503, "partner", true),
    ("timeout", 504, "partner", false),
    ("unreadable-answer", 502, "partner", false),
    ("answer-violates-standard", 502, "partner", false),
    ("no-trust", 502, "gateway", false),
    ("adapter-fault", 502, "gateway", false),
    ("overloaded", 503, "gateway", true),
    ("internal", 500, "gateway", false),
];

const RETRYABLE: [&str; 4] = ["unavailable", "timeout", "overloaded", "too-many-requests"];

/// The name under which the gateway tells the exchange's number.
pub(crate) const EXCHANGE: &str = "yizhan-exchange";

/// Holds a problem document to its row, and gives it back.
#[track_caller]
pub(crate) fn problem(response: &Response, code: &str) -> Value {
    problem_with(response, code, "nothing")
}

/// The same of what was done, or may have been.
#[track_caller]
pub(crate) fn problem_with(response: &Response, code: &str, effect: &str) -> Value {
    let shown = String::from_utf8_lossy(&response.body).into_owned();
    let rows: Vec<_> = TABLE.iter().filter(|row| row.0 == code && row.1 == response.status).collect();
    assert_eq!(rows.len(), 1, "{code} does not go with {}: {shown}", response.status);
    let (_, status, side, retry_after) = *rows[0];
    assert_eq!(response.headers["content-type"], "application/problem+json", "{shown}");
    let problem: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(problem["code"], code, "{shown}");
    assert_eq!(problem["status"], status, "{shown}");
    assert_eq!(problem["side"], side, "{shown}");
    assert_eq!(problem["effect"], effect, "{shown}");
    assert_eq!(problem["retryable"], RETRYABLE.contains(&code), "{shown}");
    assert!(problem["type"].as_str().unwrap().ends_with(&format!("/{code}")), "{shown}");
    assert!(!problem["title"].as_str().unwrap().is_empty(), "{shown}");
    assert_eq!(problem["exchange"].as_str(), response.headers[EXCHANGE].to_str().ok(), "{shown}");
    if retry_after {
        assert!(seconds(response) >= 1, "{shown}");
    }
    private(response);
    problem
}

/// The pointers of a fault.
pub(crate) fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

/// `Retry-After` as seconds.
#[track_caller]
pub(crate) fn seconds(response: &Response) -> u64 {
    let header = response.headers.get("retry-after").expect("Retry-After is due");
    header.to_str().unwrap().parse().unwrap()
}

/// A native JSON client is told the same: HTTP 200, the code for a plain no, never the one for "unknown".
/// Gives the text back.
#[track_caller]
pub(crate) fn plain_no(response: &Response) -> String {
    let shown = String::from_utf8_lossy(&response.body).into_owned();
    assert_eq!(response.status, 200, "{shown}");
    assert!(response.headers["content-type"].to_str().unwrap().starts_with("application/json"), "{shown}");
    let envelope: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(envelope["infcode"], -2, "{shown}");
    assert!(envelope["output"].is_null(), "{shown}");
    for field in ["inf_refmsgid", "refmsg_time", "respond_time"] {
        assert!(envelope[field].is_string(), "{shown}");
    }
    private(response);
    envelope["err_msg"].as_str().unwrap().to_owned()
}

/// No fault and no header says who it is about.
#[track_caller]
pub(crate) fn private(response: &Response) {
    let shown = format!("{:?} {}", response.headers, String::from_utf8_lossy(&response.body));
    let leaks = personal(&shown);
    assert!(leaks.is_empty(), "{leaks:?} in {shown}");
}

/// Asks the same in both voices and expects the same row of the table; gives the problem document back.
pub(crate) async fn both(
    house: &House,
    (client, unified): (&Client, &Value),
    (native_client, native): (&Client, &Value),
    code: &str,
) -> Value {
    let problem = problem(&ask(client, LOOKUP, unified).await, code);
    let response = ask(native_client, CALL_1101, native).await;
    plain_no(&response);
    let line = house.line_of(response.headers[EXCHANGE].to_str().unwrap()).await;
    assert_eq!(line["outcome"], code, "{line}");
    assert_eq!(line["requester"], "sc-hospital", "{line}");
    let (_, _, _, retry_after) = TABLE.iter().find(|row| row.0 == code).unwrap();
    if *retry_after {
        seconds(&response);
    }
    problem
}
