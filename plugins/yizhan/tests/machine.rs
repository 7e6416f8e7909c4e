//! What is sent when, and what becomes of it: event by event.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Answer, Body, Context, Event, FaultKind, HttpAnswer, Intent, NoAnswer, Outcome, Party, Reached, Step,
    Stop, Task, Transport, UndoRequest, UnifiedRequest, Violation, Why,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_yizhan::Yizhan;
use yizhan_schemas::{Kind, Standard};

const KEY: &str = "0199c0de-0000-7000-8000-000000000001";
const REPLY: &str = r#"{"claim":{"kind":"claim","id":"C1","issuer":"510000"},"status":"received"}"#;
const SILENCE: Event = Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Timeout });

fn context() -> Context {
    Context {
        exchange: KEY.to_owned(),
        turn: 0,
        now: 1_767_321_045_000,
        entropy: (0, 0, 0, 0),
        reply_by: 1_767_321_075_000,
        partner: "sichuan".to_owned(),
        rehearsal: false,
        more: Vec::new(),
    }
}

fn request(operation: &str) -> UnifiedRequest {
    UnifiedRequest {
        operation: operation.to_owned(),
        standard: "1.0".to_owned(),
        purpose: "claimSettlement".to_owned(),
        requester: Party { id: "insurer".to_owned(), division: String::new() },
        message: r#"{"context":{}}"#.to_owned(),
    }
}

fn start(task: Task) -> Step {
    Yizhan::start(&NativeHost::default(), &context(), task)
}

fn go_on(step: Step, event: Event) -> Step {
    let state = match step {
        Step::Send(sending) => sending.state,
        Step::Wait(waiting) => waiting.state,
        other => panic!("{other:?}"),
    };
    Yizhan::resume(&NativeHost::default(), &context(), state, event)
}

fn answered(status: u16, body: &str) -> Event {
    let body = Body::Bytes(body.as_bytes().to_vec());
    Event::Answer(Answer::Http(HttpAnswer { status, headers: Vec::new(), body }))
}

fn problem(status: u16, code: &str, effect: &str) -> Event {
    answered(status, &format!(r#"{{"code":"{code}","effect":"{effect}","title":"no","partnerCode":"-2"}}"#))
}

/// Its intent and target.
fn sent(step: &Step) -> (Intent, String) {
    let Step::Send(sending) = step else { panic!("{step:?}") };
    let Transport::Http(http) = &sending.call.transport else { panic!("{step:?}") };
    (sending.call.intent.clone(), http.target.clone())
}

fn ended(step: Step) -> Outcome {
    let Step::Finished(outcome) = step else { panic!("{step:?}") };
    outcome
}

fn rejected(step: Step) -> (FaultKind, String) {
    let Outcome::Rejected(fault) = ended(step) else { panic!("no rejection") };
    (fault.kind, fault.code)
}

fn claim() -> Step {
    start(Task::Operation(request("claim.submit")))
}

#[test]
fn it_speaks_all_of_the_standard() {
    let described: BTreeSet<_> =
        Yizhan::describe().capabilities.into_iter().map(|capability| capability.operation).collect();
    let standard = Standard::embedded().unwrap();
    assert_eq!(described, standard.operations().map(|operation| operation.name.clone()).collect());
    for operation in standard.operations() {
        let (intent, target) = sent(&start(Task::Operation(request(&operation.name))));
        assert_eq!(intent == Intent::Ask, operation.kind == Kind::Query, "{}", operation.name);
        assert_eq!(target, format!("/v1/{}", operation.name));
    }
}

#[test]
fn a_command_is_sent_again_under_the_same_key_until_it_is_known() {
    let mut step = claim();
    assert_eq!(sent(&step).0, Intent::ActOnce(KEY.to_owned()));
    for event in
        [SILENCE, answered(202, "{}"), problem(502, "adapter-fault", "unknown"), answered(500, "<html>")]
    {
        let waiting = go_on(step, event);
        assert!(matches!(waiting, Step::Wait(_)), "{waiting:?}");
        step = go_on(waiting, Event::Woke);
        assert_eq!(sent(&step).0, Intent::ActOnce(KEY.to_owned()));
    }
    let Outcome::Succeeded(success) = ended(go_on(step, answered(200, REPLY))) else { panic!() };
    assert_eq!(success.reply, REPLY);
    let [left] = &success.references[..] else { panic!("{:?}", success.references) };
    assert_eq!((left.key.kind.as_str(), left.key.id.as_str()), ("claim", "C1"));
}

#[test]
fn who_never_tells_is_left_to_a_person() {
    let mut step = claim();
    for _ in 1..6 {
        step = go_on(go_on(step, SILENCE), Event::Woke);
    }
    assert!(matches!(ended(go_on(step, SILENCE)), Outcome::Unresolved(_)));
}

#[test]
fn a_no_is_told_as_what_it_is() {
    for (status, code, kind) in [
        (422, "rejected", FaultKind::Rejected),
        (404, "not-found", FaultKind::NotFound),
        (501, "not-offered", FaultKind::Unsupported),
        (422, "schema-violation", FaultKind::Inexpressible),
        (503, "unavailable", FaultKind::Unavailable),
        (403, "not-granted", FaultKind::Unauthorised),
        (500, "internal", FaultKind::Unreadable),
    ] {
        for effect in ["nothing", "reversed"] {
            assert_eq!(
                rejected(go_on(claim(), problem(status, code, effect))),
                (kind, "-2".to_owned()),
                "{code}"
            );
        }
    }
    let never_left = Event::NoAnswer(NoAnswer { reached: Reached::No, why: Why::Refused });
    assert_eq!(rejected(go_on(claim(), never_left)).0, FaultKind::Unavailable);
}

/// However often the gateway ends meanwhile: only the peer's silence counts, and that it was sent is not forgotten.
#[test]
fn a_restart_costs_no_try() {
    let restarted = || Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Restarted });
    let mut step = claim();
    for _ in 0..20 {
        step = go_on(go_on(step, restarted()), Event::Woke);
        assert_eq!(sent(&step).0, sent(&claim()).0);
    }
    let never_left = Event::NoAnswer(NoAnswer { reached: Reached::No, why: Why::Refused });
    assert!(matches!(go_on(step.clone(), never_left), Step::Wait(_)), "the first may be there");
    assert!(matches!(ended(go_on(step, answered(200, REPLY))), Outcome::Succeeded(_)));
}

#[test]
fn what_must_end_is_taken_back_by_its_key() {
    let violation = Violation { pointer: "/claim".to_owned(), code: "required".to_owned() };
    for event in [Event::Stop(Stop::Requester), Event::Refused(vec![violation])] {
        let step = go_on(claim(), event);
        assert_eq!(sent(&step), (Intent::Undo, "/v1/exchanges/undo".to_owned()));
        let again = go_on(go_on(step.clone(), SILENCE), Event::Woke);
        assert_eq!(sent(&again).0, Intent::Undo);
        for body in [r#"{"undo":"undone"}"#, r#"{"undo":"nothing-to-undo"}"#] {
            assert!(matches!(ended(go_on(again.clone(), answered(200, body))), Outcome::Undone(None)));
        }
        let cannot = answered(200, r#"{"undo":"cannot-be-undone"}"#);
        assert!(matches!(ended(go_on(again, cannot)), Outcome::Unresolved(_)));
    }
}

#[test]
fn an_earlier_exchange_is_taken_back_by_its_own_key() {
    let undo = UndoRequest {
        original_exchange: "0199c0de-0000-7000-8000-000000000002".to_owned(),
        original: request("claim.submit"),
        reply: REPLY.to_owned(),
        references: Vec::new(),
    };
    let step = start(Task::Undo(undo));
    assert_eq!(sent(&step).0, Intent::Undo);
    let Step::Send(sending) = &step else { panic!() };
    let Transport::Http(http) = &sending.call.transport else { panic!() };
    let key = http.headers.iter().find(|header| header.name == "idempotency-key").unwrap();
    assert_eq!(key.value, b"0199c0de-0000-7000-8000-000000000002");
    let done = go_on(step.clone(), answered(200, r#"{"undo":"undone"}"#));
    assert!(matches!(ended(done), Outcome::Undone(None)));
    let nothing = go_on(step, answered(200, r#"{"undo":"nothing-to-undo"}"#));
    assert_eq!(rejected(nothing).0, FaultKind::NotFound);
}

#[test]
fn a_query_is_asked_once() {
    let step = start(Task::Operation(request("card.lookup")));
    assert_eq!(rejected(go_on(step.clone(), SILENCE)).0, FaultKind::Unavailable);
    assert_eq!(rejected(go_on(step.clone(), answered(202, "{}"))).0, FaultKind::Unreadable);
    assert!(matches!(ended(go_on(step, answered(200, "{}"))), Outcome::Succeeded(_)));
}

#[test]
fn what_nobody_can_read_is_no_answer() {
    for body in ["", "[]", "<html>", "{"] {
        assert_eq!(
            rejected(go_on(start(Task::Operation(request("card.lookup"))), answered(200, body))).0,
            FaultKind::Unreadable
        );
        assert!(matches!(go_on(claim(), answered(200, body)), Step::Wait(_)), "{body}");
    }
}

#[test]
fn an_operation_of_another_standard_is_not_sent() {
    assert_eq!(rejected(start(Task::Operation(request("card.eat")))).0, FaultKind::Unsupported);
}

#[test]
fn another_s_state_is_no_state() {
    for state in [&b""[..], b"act", b"act 1 key\n", b"act x key op\n{}", b"act 1 key op more\n{}", b"\xff\n"]
    {
        let step = Yizhan::resume(&NativeHost::default(), &context(), state.to_vec(), Event::Woke);
        assert_eq!(rejected(step).0, FaultKind::Malformed);
    }
}
