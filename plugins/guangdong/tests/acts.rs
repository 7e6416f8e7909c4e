//! What becomes of an act whose answer is lost, doubtful, refused or unwelcome (domain 7, trap 13): dialogues with
//! the host, over every setting of what the partner does with a second settlement.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{answer, context, golden, header, host, parsed, with};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Answer, Context, Event, Fault, FaultKind, Given, Intake, Intent, NoAnswer, Outcome, Party, Question,
    Reached, Sending, Step, Stop, Task, Transport, UndoRequest, UnifiedRequest, Violation, Why,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_guangdong::Guangdong;

const TRANSID: &str = "4408002601020000000002";

fn sample(name: &str) -> String {
    golden(&format!("commands/{name}"))
}

/// A host at work on one exchange: events in, what the adapter wants out, in a word.
struct Exchange {
    host: NativeHost,
    now: u64,
    step: Step,
}

impl Exchange {
    fn new(settings: &Value, code: &str, operation: &str) -> Self {
        Self::with_message(settings, operation, &sample(&format!("{code}.ask.unified.json")))
    }

    fn with_message(settings: &Value, operation: &str, message: &str) -> Self {
        let task = Task::Operation(request(operation, message));
        Self::task(settings, task)
    }

    fn task(settings: &Value, task: Task) -> Self {
        let host = host(settings);
        let step = Guangdong::start(&host, &context(), task);
        Self { host, now: context().now, step }
    }

    fn settling(settings: &Value) -> Self {
        Self::new(settings, "0304", "settlement.commit")
    }

    fn state(&self) -> Vec<u8> {
        match &self.step {
            Step::Send(sending) => sending.state.clone(),
            Step::Ask(asking) => asking.state.clone(),
            Step::Wait(waiting) => waiting.state.clone(),
            Step::Finished(outcome) => panic!("it is over: {outcome:?}"),
        }
    }

    fn hear(&mut self, event: Event) -> String {
        let context = Context { now: self.now, ..context() };
        self.step = Guangdong::resume(&self.host, &context, self.state(), event);
        self.said()
    }

    /// The step in a word: a call's transaction and intent, or how it ended.
    fn said(&self) -> String {
        match &self.step {
            Step::Send(sending) => {
                let intent = match &sending.call.intent {
                    Intent::Ask => "ask".to_owned(),
                    Intent::Act => "act".to_owned(),
                    Intent::ActOnce(key) => format!("act-once {key}"),
                    Intent::Undo => "undo".to_owned(),
                };
                format!("{} {intent}", transaction(sending))
            }
            Step::Ask(asking) => match asking.questions.as_slice() {
                [Question::Reference(key)] => format!("reference {} {}", key.kind, key.id),
                other => panic!("{other:?}"),
            },
            Step::Wait(_) => "wait".to_owned(),
            Step::Finished(outcome) => match outcome {
                Outcome::Succeeded(_) => "succeeded".to_owned(),
                Outcome::Rejected(fault) => {
                    format!("rejected {} {}", kind(fault), fault.code).trim().to_owned()
                }
                Outcome::Undone(None) => "undone".to_owned(),
                Outcome::Undone(Some(fault)) => format!("undone {}", kind(fault)),
                Outcome::Unresolved(fault) => format!("unresolved {}", fault.code).trim().to_owned(),
                other => panic!("{other:?}"),
            },
        }
    }

    fn sends(&self) -> String {
        let Step::Send(sending) = &self.step else { panic!("{:?}", self.step) };
        body(sending)
    }

    fn run(&mut self, dialogue: &[(Event, &str)]) {
        for (number, (event, expected)) in dialogue.iter().enumerate() {
            assert_eq!(self.hear(event.clone()), *expected, "line {number}");
        }
    }
}

fn request(operation: &str, message: &str) -> UnifiedRequest {
    UnifiedRequest {
        operation: operation.to_owned(),
        standard: "1.0".to_owned(),
        purpose: "medicalTreatment".to_owned(),
        requester: Party { id: "chengdu".to_owned(), division: "510100".to_owned() },
        message: message.to_owned(),
    }
}

fn kind(fault: &Fault) -> String {
    format!("{:?}", fault.kind).rsplit("::").next().unwrap_or_default().to_owned()
}

fn body(sending: &Sending) -> String {
    let Transport::Http(call) = &sending.call.transport else { panic!("{sending:?}") };
    support::body_of(call)
}

fn transaction(sending: &Sending) -> String {
    body(sending).split("TransNo>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

fn http(status: u16, body: &str) -> Event {
    answer(status, vec![header("content-type", "text/xml;charset=UTF-8")], body.as_bytes())
}

/// The golden answer to a transaction.
fn yes(code: &str) -> Event {
    http(200, &sample(&format!("{code}.response.text.xml")))
}

/// A result with this error code.
fn no(code: &str) -> Event {
    let refused = golden("response.refused.text.xml");
    http(200, &refused.replace("errorcode&gt;-2", &format!("errorcode&gt;{code}")))
}

fn silence(reached: Reached, why: Why) -> Event {
    Event::NoAnswer(NoAnswer { reached, why })
}

fn lost() -> Event {
    silence(Reached::Maybe, Why::Timeout)
}

fn given() -> Event {
    Event::Given(vec![Given::Reference(None)])
}

fn breaks() -> Event {
    let violation = Violation { pointer: "/settlement/id".to_owned(), code: "max-length".to_owned() };
    Event::Refused(vec![violation])
}

const ONCE: &str = "0304 act-once 0304:4408002601020001:";
const KEPT: &str = "reference settlement 440800S0001";

#[test]
fn a_settlement_is_kept_by_the_host_before_it_is_told() {
    let mut it = Exchange::settling(&json!({}));
    assert_eq!(it.said(), "0304 act");
    it.run(&[(yes("0304"), KEPT), (given(), "succeeded")]);
}

#[test]
fn a_settlement_that_may_be_made_twice_is_made_once() {
    for event in [lost(), silence(Reached::Maybe, Why::Restarted), http(200, "<html>"), http(500, "")] {
        Exchange::settling(&json!({})).run(&[(event, "unresolved")]);
    }
    Exchange::settling(&json!({})).run(&[(http(504, ""), "unresolved 504")]);
    let server_fault = golden("fault.xml");
    Exchange::settling(&json!({})).run(&[(http(500, &server_fault), "unresolved Server")]);
    Exchange::settling(&json!({"doubt-codes": [-9]})).run(&[(no("-9"), "unresolved -9")]);
    Exchange::settling(&json!({})).run(&[(no("-9"), "rejected Rejected -9")]);
}

#[test]
fn what_certainly_did_not_happen_is_a_plain_no() {
    let client_fault = golden("fault.xml").replace("S:Server", "S:Client");
    for settings in
        [json!({}), json!({"second-settlement": "same-result"}), json!({"second-settlement": "refused"})]
    {
        let ends = |event, expected| Exchange::settling(&settings).run(&[(event, expected)]);
        ends(silence(Reached::No, Why::Refused), "rejected Unavailable");
        ends(http(403, ""), "rejected Unauthorised 403");
        ends(http(429, ""), "rejected Unavailable 429");
        ends(http(404, "<html>"), "rejected Unreadable");
        ends(http(500, &client_fault), "rejected Rejected Client");
        ends(no("-2"), "rejected Rejected -2");
        ends(Event::Stop(Stop::Requester), "rejected Unavailable");
    }
}

#[test]
fn a_partner_that_answers_alike_is_asked_alike() {
    let settings = json!({"second-settlement": "same-result"});
    let mut it = Exchange::settling(&settings);
    assert_eq!(it.said(), ONCE);
    let first = it.sends();
    it.run(&[(lost(), "wait"), (Event::Woke, ONCE)]);
    assert_eq!(it.sends(), first, "the same act, word for word");
    it.run(&[(yes("0304"), KEPT), (given(), "succeeded")]);
    // If there was no first one, the partner's no is a no.
    Exchange::settling(&settings).run(&[
        (lost(), "wait"),
        (Event::Woke, ONCE),
        (no("-2"), "rejected Rejected -2"),
    ]);
    // But one who turns the call away says nothing of the first.
    for away in [http(401, ""), silence(Reached::No, Why::Unreachable), http(429, "")] {
        Exchange::settling(&settings).run(&[(lost(), "wait"), (Event::Woke, ONCE), (away, "wait")]);
    }
}

#[test]
fn a_no_to_the_second_one_proves_nothing_where_a_second_is_refused() {
    let settings = json!({"second-settlement": "refused", "done-codes": [-8]});
    for code in ["-8", "-2"] {
        let end = format!("unresolved {code}");
        Exchange::settling(&settings).run(&[(lost(), "wait"), (Event::Woke, ONCE), (no(code), &end)]);
    }
    // The first never arrived: the second is the settlement.
    let mut it = Exchange::settling(&settings);
    it.run(&[(lost(), "wait"), (Event::Woke, ONCE), (yes("0304"), KEPT), (given(), "succeeded")]);
}

#[test]
fn repetitions_are_few_and_not_late() {
    let settings = json!({"second-settlement": "same-result"});
    let mut it = Exchange::settling(&settings);
    for _ in 0..3 {
        it.run(&[(lost(), "wait"), (Event::Woke, ONCE)]);
    }
    it.run(&[(lost(), "unresolved")]);
    let mut late = Exchange::settling(&settings);
    late.now += 300_001;
    late.run(&[(silence(Reached::Maybe, Why::Restarted), "unresolved")]);
    let mut slept = Exchange::settling(&settings);
    slept.run(&[(lost(), "wait")]);
    slept.now += 300_001;
    slept.run(&[(Event::Woke, "unresolved")]);
}

#[test]
fn in_the_course_of_a_stay_a_second_settlement_is_another_one() {
    for stage in ["interim", "late"] {
        let message = with(&sample("0304.ask.unified.json"), "/stage", Some(json!(stage)));
        let settings = json!({"second-settlement": "same-result"});
        let mut it = Exchange::with_message(&settings, "settlement.commit", &message);
        assert_eq!(it.said(), "0304 act", "{stage}");
        it.run(&[(lost(), "unresolved")]);
    }
}

#[test]
fn what_was_settled_is_taken_back_when_its_reply_is_refused_or_it_is_stopped() {
    for (event, end) in [(breaks(), "undone Unreadable"), (Event::Stop(Stop::Requester), "undone")] {
        let mut it = Exchange::settling(&json!({}));
        it.run(&[(yes("0304"), KEPT), (event.clone(), "0305 undo")]);
        let sent = it.sends();
        for field in [format!("otransid&gt;{TRANSID}&lt;"), "ykc618&gt;440800S0001&lt;".to_owned()] {
            assert!(sent.contains(&field), "{field} in {sent}");
        }
        assert!(sent.contains("aac044&gt;510104199003071237&lt;"), "the person as in the settlement");
        it.run(&[(yes("0305"), end)]);
        // Also after it was said to have succeeded.
        let mut it = Exchange::settling(&json!({}));
        it.run(&[(yes("0304"), KEPT)]);
        let kept = it.state();
        it.run(&[(given(), "succeeded")]);
        it.step = Guangdong::resume(&it.host, &context(), kept, event);
        assert_eq!(it.said(), "0305 undo");
    }
}

#[test]
fn taking_back_is_repeated_until_answered() {
    let mut it = Exchange::settling(&json!({"done-codes": [-8]}));
    it.run(&[
        (yes("0304"), KEPT),
        (Event::Stop(Stop::Overdue), "0305 undo"),
        (lost(), "wait"),
        (Event::Woke, "0305 undo"),
        (silence(Reached::No, Why::Refused), "wait"),
        (Event::Woke, "0305 undo"),
        (no("-8"), "undone"),
    ]);
    let mut it = Exchange::settling(&json!({}));
    it.run(&[(yes("0304"), KEPT), (breaks(), "0305 undo")]);
    for _ in 0..3 {
        it.run(&[(lost(), "wait"), (Event::Woke, "0305 undo")]);
    }
    it.run(&[(lost(), "unresolved")]);
    let mut it = Exchange::settling(&json!({}));
    it.run(&[(yes("0304"), KEPT), (breaks(), "0305 undo"), (no("-2"), "unresolved -2")]);
}

#[test]
fn a_settlement_that_cannot_be_told_is_taken_back_at_once() {
    let body = sample("0304.response.text.xml");
    for (from, to) in [
        ("akc264&gt;320.50", "akc264&gt;"),
        ("akb068&gt;175.00", "akb068&gt;175.001"),
        ("ykc618&gt;440800S0001", "ykc618&gt;"),
    ] {
        let mut it = Exchange::settling(&json!({}));
        it.run(&[(http(200, &body.replace(from, to)), "0305 undo"), (yes("0305"), "undone Unreadable")]);
    }
    // Without its transid nothing takes it back.
    let without = body.replace(&format!("transid&gt;{TRANSID}"), "transid&gt;");
    Exchange::settling(&json!({})).run(&[(http(200, &without), "unresolved")]);
}

#[test]
fn amounts_that_contradict_each_other_are_told_and_noted() {
    let mut it = Exchange::settling(&json!({}));
    let cent = sample("0304.response.text.xml").replace("akb068&gt;175.00", "akb068&gt;175.01");
    it.run(&[(http(200, &cent), KEPT), (given(), "succeeded")]);
    assert!(it.host.notes().contains(&("amounts-contradict".to_owned(), "akb068".to_owned())));
}

#[test]
fn a_registration_whose_answer_is_lost_waits_for_a_person() {
    for (code, operation) in [("0212", "admission.register"), ("0301", "fees.upload")] {
        let settings = json!({"second-settlement": "same-result"});
        Exchange::new(&settings, code, operation).run(&[(lost(), "unresolved")]);
    }
}

#[test]
fn whatever_begins_something_can_be_taken_back() {
    for (code, operation, kept, undo, field) in [
        ("0212", "admission.register", "reference visit 4408002601020001", "0214 undo", "aka130&gt;25&lt;"),
        (
            "0215",
            "discharge.register",
            "reference visit 4408002601020001",
            "0216 undo",
            "ykc700&gt;4408002601020001&lt;",
        ),
        (
            "0301",
            "fees.upload",
            "reference feeBatch 4408002601020000000002",
            "0302 undo",
            "otransid&gt;4408002601020000000002&lt;",
        ),
    ] {
        let mut it = Exchange::new(&json!({}), code, operation);
        it.run(&[(yes(code), kept), (breaks(), undo)]);
        assert!(it.sends().contains(field), "{}", it.sends());
        it.run(&[(yes("0216"), "undone Unreadable")]);
    }
}

#[test]
fn what_has_a_name_is_repeated_and_a_code_tells_that_it_was_done() {
    let settings = json!({"done-codes": [-8]});
    let note = |text: &str| Event::Given(vec![Given::Reference(Some(text.as_bytes().to_vec()))]);
    let visit = note(r#"{"transid":"T0","category":"25"}"#);
    for (code, operation, question) in [
        ("0213", "admission.amend", None),
        ("0214", "admission.cancel", Some(&visit)),
        ("0215", "discharge.register", None),
        ("0216", "discharge.cancel", None),
        ("0302", "fees.cancel", None),
    ] {
        for (answer, end) in [("-8", "succeeded"), ("-2", "unresolved -2")] {
            let mut it = Exchange::new(&settings, code, operation);
            if let Some(given) = question {
                assert_eq!(it.said(), "reference visit 4408002601020001");
                it.hear(given.clone());
            }
            let call = it.said();
            assert!(call.starts_with(&format!("{code} act-once")), "{call}");
            it.run(&[(lost(), "wait"), (Event::Woke, &call), (no(answer), end)]);
        }
        let mut it = Exchange::new(&settings, code, operation);
        if let Some(given) = question {
            it.hear(given.clone());
        }
        it.run(&[(no("-8"), "rejected Rejected -8")]);
    }
}

#[test]
fn a_settlement_is_cancelled_by_the_transid_it_left() {
    let amounts = parsed(&sample("0304.reply.unified.json"))["amounts"].to_string();
    let note = format!("{{\"transid\":\"{TRANSID}\",\"amounts\":{amounts}}}");
    let given = || Event::Given(vec![Given::Reference(Some(note.clone().into_bytes()))]);
    let begin = || {
        let mut it = Exchange::new(&json!({"done-codes": [-8]}), "0305", "settlement.cancel");
        assert_eq!(it.said(), KEPT);
        it.run(&[(given(), "0305 act-once 0305:440800S0001:")]);
        it
    };
    let reply = |it: &Exchange| match &it.step {
        Step::Finished(Outcome::Succeeded(success)) => parsed(&success.reply),
        other => panic!("{other:?}"),
    };
    let expected = parsed(&sample("0305.reply.unified.json"));
    let mut it = begin();
    it.run(&[(yes("0305"), "succeeded")]);
    assert_eq!(reply(&it), expected);
    // An answer without amounts, or one that is lost, is told by the amounts that were kept.
    let mut it = begin();
    let bare = http(200, &sample("0302.response.text.xml"));
    it.run(&[(bare, "succeeded")]);
    assert_eq!(reply(&it)["amounts"], expected["amounts"]);
    let mut it = begin();
    it.run(&[(lost(), "wait"), (Event::Woke, "0305 act-once 0305:440800S0001:"), (no("-8"), "succeeded")]);
    assert_eq!(reply(&it), expected);
    // Without the transid there is nothing to cancel it by.
    let mut it = Exchange::new(&json!({}), "0305", "settlement.cancel");
    it.run(&[(Event::Given(vec![Given::Reference(None)]), "rejected Inexpressible")]);
    let Step::Finished(Outcome::Rejected(fault)) = &it.step else { panic!() };
    assert_eq!(fault.pointer.as_deref(), Some("/settlement/id"));
}

#[test]
fn an_earlier_exchange_is_taken_back_by_what_it_left() {
    let note = |kind: &str, id: &str, note: &str| yizhan_adapter::contract::Reference {
        key: yizhan_adapter::contract::ReferenceKey { kind: kind.to_owned(), id: id.to_owned() },
        note: note.as_bytes().to_vec(),
        keep_days: 1,
    };
    let undo = |code: &str, operation: &str, references| {
        Task::Undo(UndoRequest {
            original_exchange: "01jgy".to_owned(),
            original: request(operation, &sample(&format!("{code}.ask.unified.json"))),
            reply: sample(&format!("{code}.reply.unified.json")),
            references,
        })
    };
    let transid = format!("{{\"transid\":\"{TRANSID}\"}}");
    for (code, operation, reference, call, field) in [
        (
            "0304",
            "settlement.commit",
            note("settlement", "440800S0001", &transid),
            "0305 undo",
            "ykc618&gt;440800S0001&lt;",
        ),
        (
            "0212",
            "admission.register",
            note("visit", "4408002601020001", &transid),
            "0214 undo",
            "ykc700&gt;4408002601020001&lt;",
        ),
        (
            "0301",
            "fees.upload",
            note("feeBatch", TRANSID, &transid),
            "0302 undo",
            "otransid&gt;4408002601020000000002&lt;",
        ),
        (
            "0215",
            "discharge.register",
            note("visit", "4408002601020001", "{}"),
            "0216 undo",
            "ykc700&gt;4408002601020001&lt;",
        ),
    ] {
        let mut it =
            Exchange::task(&json!({"done-codes": [-8]}), undo(code, operation, vec![reference.clone()]));
        assert_eq!(it.said(), call);
        assert!(it.sends().contains(field), "{}", it.sends());
        it.run(&[(lost(), "wait"), (Event::Woke, call), (no("-8"), "undone")]);
        let mut it = Exchange::task(&json!({}), undo(code, operation, vec![reference.clone()]));
        it.run(&[(no("-2"), "rejected Rejected -2")]);
        let mut it = Exchange::task(&json!({}), undo(code, operation, vec![reference]));
        it.run(&[(lost(), "wait"), (Event::Woke, call), (no("-2"), "unresolved -2")]);
    }
    for (code, operation) in
        [("0213", "admission.amend"), ("0305", "settlement.cancel"), ("0304", "settlement.commit")]
    {
        let it = Exchange::task(&json!({}), undo(code, operation, Vec::new()));
        assert_eq!(it.said(), "rejected Unsupported", "{code}");
    }
}

#[test]
fn a_state_of_nobody_waits_for_a_person() {
    let step = Guangdong::resume(&host(&json!({})), &context(), b"{}".to_vec(), lost());
    assert!(
        matches!(&step, Step::Finished(Outcome::Unresolved(fault)) if fault.kind == FaultKind::Malformed)
    );
}

#[test]
fn an_answer_of_another_sort_is_none() {
    let mut it = Exchange::settling(&json!({}));
    it.run(&[(Event::Answer(Answer::Frame(vec![1])), "unresolved")]);
}

#[test]
fn an_answer_cut_anywhere_is_neither_yes_nor_no() {
    let settings = json!({"service": "DataExchangeServiceEnc"});
    for (settings, form) in [(json!({}), "text"), (settings, "bytes")] {
        for body in
            [sample(&format!("0304.response.{form}.xml")), golden(&format!("response.refused.{form}.xml"))]
        {
            for end in 0..body.len() {
                let mut it = Exchange::settling(&settings);
                let cut = answer(200, vec![], &body.as_bytes()[..end]);
                assert_eq!(it.hear(cut), "unresolved", "{end} of {}", body.len());
            }
        }
    }
}

#[test]
fn a_message_bent_anywhere_is_read_or_refused() {
    let host = host(&json!({}));
    for code in ["0212", "0301", "0304", "0305"] {
        let body = sample(&format!("{code}.asked.text.xml")).into_bytes();
        for at in (0..body.len()).step_by(7) {
            for byte in [0, b'<', b'&', b'9', 0xff] {
                let mut bent = body.clone();
                bent[at] = byte;
                let intake = support::accept(&host, &bent);
                assert!(matches!(intake, Intake::Exchange(_) | Intake::Refused(_)), "{code} {at} {byte}");
            }
        }
    }
}
