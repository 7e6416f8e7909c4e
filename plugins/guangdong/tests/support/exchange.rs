//! One exchange of a command, event by event: what the adapter wants each time, in a word.

use serde_json::Value;
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Context, Event, Fault, Given, Intent, NoAnswer, Outcome, Party, Question, Reached, Sending, Step, Task,
    Transport, UnifiedRequest, Violation, Why,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_guangdong::Guangdong;

use super::{answer, body_of, context, golden, header, host};

/// The transid of every golden answer to a command.
pub(crate) const TRANSID: &str = "4408002601020000000002";

/// A hand-made message of a command.
pub(crate) fn sample(name: &str) -> String {
    golden(&format!("commands/{name}"))
}

/// A host at work on one exchange: events in, what the adapter wants out, in a word.
pub(crate) struct Exchange {
    pub(crate) host: NativeHost,
    pub(crate) now: u64,
    pub(crate) step: Step,
}

impl Exchange {
    pub(crate) fn new(settings: &Value, code: &str, operation: &str) -> Self {
        Self::with_message(settings, operation, &sample(&format!("{code}.ask.unified.json")))
    }

    pub(crate) fn with_message(settings: &Value, operation: &str, message: &str) -> Self {
        let task = Task::Operation(request(operation, message));
        Self::task(settings, task)
    }

    pub(crate) fn task(settings: &Value, task: Task) -> Self {
        let host = host(settings);
        let step = Guangdong::start(&host, &context(), task);
        Self { host, now: context().now, step }
    }

    pub(crate) fn settling(settings: &Value) -> Self {
        Self::new(settings, "0304", "settlement.commit")
    }

    pub(crate) fn state(&self) -> Vec<u8> {
        match &self.step {
            Step::Send(sending) => sending.state.clone(),
            Step::Ask(asking) => asking.state.clone(),
            Step::Wait(waiting) => waiting.state.clone(),
            Step::Finished(outcome) => panic!("it is over: {outcome:?}"),
        }
    }

    pub(crate) fn hear(&mut self, event: Event) -> String {
        let context = Context { now: self.now, ..context() };
        self.step = Guangdong::resume(&self.host, &context, self.state(), event);
        self.said()
    }

    /// The step in a word: a call's transaction and intent, or how it ended.
    pub(crate) fn said(&self) -> String {
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

    pub(crate) fn sends(&self) -> String {
        let Step::Send(sending) = &self.step else { panic!("{:?}", self.step) };
        body(sending)
    }

    pub(crate) fn run(&mut self, dialogue: &[(Event, &str)]) {
        for (number, (event, expected)) in dialogue.iter().enumerate() {
            assert_eq!(self.hear(event.clone()), *expected, "line {number}");
        }
    }
}

pub(crate) fn request(operation: &str, message: &str) -> UnifiedRequest {
    UnifiedRequest {
        operation: operation.to_owned(),
        standard: "1.0".to_owned(),
        purpose: "medicalTreatment".to_owned(),
        requester: Party { id: "chengdu".to_owned(), division: "510100".to_owned() },
        message: message.to_owned(),
    }
}

pub(crate) fn kind(fault: &Fault) -> String {
    format!("{:?}", fault.kind).rsplit("::").next().unwrap_or_default().to_owned()
}

pub(crate) fn body(sending: &Sending) -> String {
    let Transport::Http(call) = &sending.call.transport else { panic!("{sending:?}") };
    body_of(call)
}

pub(crate) fn transaction(sending: &Sending) -> String {
    body(sending).split("TransNo>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

pub(crate) fn http(status: u16, body: &str) -> Event {
    answer(status, vec![header("content-type", "text/xml;charset=UTF-8")], body.as_bytes())
}

/// The golden answer to a transaction.
pub(crate) fn yes(code: &str) -> Event {
    http(200, &sample(&format!("{code}.response.text.xml")))
}

/// A result with this error code.
pub(crate) fn no(code: &str) -> Event {
    let refused = golden("response.refused.text.xml");
    http(200, &refused.replace("errorcode&gt;-2", &format!("errorcode&gt;{code}")))
}

pub(crate) fn silence(reached: Reached, why: Why) -> Event {
    Event::NoAnswer(NoAnswer { reached, why })
}

pub(crate) fn lost() -> Event {
    silence(Reached::Maybe, Why::Timeout)
}

pub(crate) fn given() -> Event {
    Event::Given(vec![Given::Reference(None)])
}

pub(crate) fn breaks() -> Event {
    let violation = Violation { pointer: "/settlement/id".to_owned(), code: "max-length".to_owned() };
    Event::Refused(vec![violation])
}

pub(crate) const ONCE: &str = "0304 act-once 0304:4408002601020001:";
pub(crate) const KEPT: &str = "reference settlement 440800S0001";
