//! Steps and outcomes that break a rule: the driver names the rule, and nothing more happens at the partner.

use serde_json::{Value, json};
use yizhan_host::contract::{Question, Step, Transport};
use yizhan_host::driver::{Action, Driver, Ending, Input, Kind, Limits, Misstep, Unresolved};
use yizhan_host::{Engine, Seat};

use crate::road::{Ended, all_is_well, drive};
use crate::world::{adapter, context, hostile, roomy, task};

async fn ends(engine: &Engine, kind: Kind, settings: Value) -> Ended {
    let ended = drive(engine, &adapter(engine, &settings), kind).await;
    all_is_well(engine).await;
    ended
}

// A large state runs on the lane for large messages, which a runtime of one thread does not have.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_query_may_not_do() {
    let engine = roomy();
    for (misbehave, code, sent) in [
        ("act", "act-not-allowed", 0),
        ("act-once", "act-not-allowed", 0),
        ("undo", "intent-not-allowed", 0),
        ("opened", "outcome-not-allowed", 0),
        ("delivered", "outcome-not-allowed", 0),
        ("undone", "outcome-not-allowed", 0),
        ("unresolved", "outcome-not-allowed", 0),
        ("endless-ask", "endless-ask", 0),
        ("endless-send", "endless-send", 8),
        ("endless-wait", "endless-wait", 0),
        ("ask-nothing", "empty-ask", 0),
        ("ask-number-below-zero", "empty-ask", 0),
        ("hold-nothing", "empty-ask", 0),
        ("ask-too-much", "too-many-questions", 0),
        ("hold", "second-hold", 0),
        ("hold-twice", "second-hold", 0),
        ("listens-for-too-much", "listens-for-too-much", 0),
        ("state-over-its-bound", "state-too-large", 0),
        ("state-at-its-bound", "endless-send", 8),
    ] {
        let ended = ends(&engine, Kind::Query, json!({"misbehave": misbehave})).await;
        assert_eq!((ended.code(), ended.sent), (code, sent), "{misbehave}");
    }
}

#[tokio::test]
async fn what_other_tasks_may_not_do() {
    let engine = roomy();
    for (kind, misbehave, code) in [
        (Kind::Command, "opened", "outcome-not-allowed"),
        (Kind::Command, "delivered", "outcome-not-allowed"),
        (Kind::OpenSession, "act-once", "intent-not-allowed"),
        (Kind::OpenSession, "undone", "outcome-not-allowed"),
        (Kind::Undo, "act", "act-not-allowed"),
        (Kind::Undo, "undone", "not-settled"),
        (Kind::Deliver, "undo", "intent-not-allowed"),
        (Kind::Deliver, "opened", "outcome-not-allowed"),
    ] {
        let ended = ends(&engine, kind, json!({"misbehave": misbehave})).await;
        assert_eq!((ended.code(), ended.sent), (code, 0), "{kind:?} {misbehave}");
    }
    let endless = ends(&engine, Kind::Command, json!({"misbehave": "act"})).await;
    let unresolved = Ending::Unresolved(Unresolved::Misstep(Misstep::EndlessSend));
    assert_eq!(endless.ending, unresolved, "after an act nobody says that nothing happened");
}

#[tokio::test]
async fn targets_that_leave_the_base() {
    let engine = roomy();
    let long = format!("/{}", "a".repeat(4096));
    for target in [
        "/a/../b",
        "/a/%2e%2e/b",
        "/a/%252e%252e/b",
        "/./a",
        "https://elsewhere/a",
        "//elsewhere/a",
        "a",
        "",
        "*",
        "/a b",
        "/a\r\nx-injected: 1",
        "/a#b",
        "/a\\..\\b",
        "/%0d%0a",
        &long,
    ] {
        let ended = ends(&engine, Kind::Query, json!({"target": target})).await;
        assert_eq!((ended.code(), ended.sent), ("target-not-allowed", 0), "{target}");
    }
}

#[tokio::test]
async fn headers_that_are_not_the_adapter_s() {
    let engine = roomy();
    let (name, value) = ("x".repeat(65), "x".repeat(8193));
    let many: Vec<_> = (0..65).map(|number| json!([format!("x-{number}"), "1"])).collect();
    let mut lists: Vec<Value> = [
        ("host", "elsewhere"),
        ("cookie", "a=b"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x_forwarded_for", "127.0.0.1"),
        ("forwarded", "for=1"),
        ("content-length", "0"),
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("proxy-authorization", "x"),
        ("X-Capital", "1"),
        ("x header", "1"),
        ("x-injected:", "1"),
        ("", "1"),
        ("x-line", "1\r\nx-injected: 1"),
        ("x-nothing", "\0"),
        (&name, "1"),
        ("x-long", &value),
    ]
    .map(|(name, value)| json!([[name, value]]))
    .into();
    lists.push(json!([["content-type", "text/xml"], ["content-type", "application/json"]]));
    lists.push(json!(many));
    for headers in lists {
        let ended = ends(&engine, Kind::Query, json!({"headers": headers})).await;
        assert_eq!((ended.code(), ended.sent), ("header-not-allowed", 0), "{headers}");
    }
}

#[tokio::test]
async fn file_names_that_are_paths() {
    let engine = roomy();
    for name in ["../a", "a/b", "/a", ".a", "", "a\\b", "a\nb", "c:a"] {
        let ended = ends(&engine, Kind::Query, json!({"misbehave": "file", "target": name})).await;
        assert_eq!((ended.code(), ended.sent), ("file-name-not-allowed", 0), "{name}");
    }
}

#[tokio::test]
async fn replies_that_break_the_standard() {
    let engine = roomy();
    for (reply, code) in [("no json", "malformed"), ("", "malformed"), ("{}", "required"), ("[]", "required")]
    {
        let ended = ends(&engine, Kind::Query, json!({"reply": reply})).await;
        let Ending::ReplyBreaksStandard(violations) = &ended.ending else { panic!("{ended:?}") };
        assert_eq!(violations[0].code, code, "{reply}");
        assert_eq!(ended.sent, 1);
    }
}

/// The partner's code reaches logs: what is none is dropped.
#[tokio::test]
async fn a_code_that_is_none() {
    let engine = roomy();
    let ended = ends(&engine, Kind::Query, json!({"misbehave": "code-of-another"})).await;
    assert!(matches!(ended.ending, Ending::Rejected(fault) if fault.code.is_empty()));
}

/// Whoever asks for what it did not declare: the driver hands it to the road, which knows what it can do and
/// answers `unmet-need`.
#[tokio::test]
async fn what_was_not_declared_reaches_the_road_as_it_is() {
    let engine = roomy();
    for misbehave in ["ask-number", "ask-reference", "hold", "frame"] {
        let mut seat = Seat::new(&engine, &hostile(&engine, misbehave));
        let step: Step = seat.start(&context("e", 0), &task(10)).await.unwrap();
        let mut driver = Driver::new(Kind::Query, Limits::default());
        assert_eq!(driver.begin(), Action::Start);
        let action = driver.handle(Input::Stepped(step)).unwrap();
        let fits = match (misbehave, &action) {
            ("frame", Action::Send { call, .. }) => matches!(call.transport, Transport::Frame(_)),
            (_, Action::Answer(questions)) => {
                matches!(questions[..], [Question::Number(_) | Question::Reference(_) | Question::Hold(_)])
            }
            _ => false,
        };
        assert!(fits, "{misbehave}: {action:?}");
    }
}
