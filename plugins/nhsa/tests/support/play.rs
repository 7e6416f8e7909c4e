//! One command, step by step: every step meets the bytes of the step before alone.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

use serde_json::{Value, json};
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{
    Call, Event, Fault, Given, Intent, NoAnswer, Outcome, Question, Reached, Step, Success, Task, Why,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_nhsa::Nhsa;

use crate::support::*;

pub(crate) const TIMEOUT: Event = Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Timeout });

/// One exchange, step by step.
pub(crate) struct Play {
    pub(crate) host: NativeHost,
    pub(crate) step: Step,
    number: u64,
}

impl Play {
    pub(crate) fn of(name: &str, settings: Value) -> Self {
        let case = parsed(&golden(&format!("transactions/{name}.json")));
        let task = operation(case["operation"].as_str().unwrap(), &with_context(&case["message"]));
        Self::task(task, settings)
    }

    pub(crate) fn task(task: Task, settings: Value) -> Self {
        let host = host(settings);
        let step = Nhsa::start(&host, &context(), task);
        Self { host, step, number: 4 }
    }

    pub(crate) fn state(&self) -> Vec<u8> {
        match &self.step {
            Step::Ask(asking) => asking.state.clone(),
            Step::Send(sending) => sending.state.clone(),
            Step::Wait(waiting) => waiting.state.clone(),
            Step::Finished(outcome) => panic!("over: {outcome:?}"),
        }
    }

    pub(crate) fn tell(&mut self, event: Event) -> &mut Self {
        self.step = Nhsa::resume(&self.host, &context(), self.state(), event);
        self
    }

    /// The host gives what is asked for: the next number, and a session.
    pub(crate) fn give(&mut self) -> &mut Self {
        let Step::Ask(asking) = &self.step else { panic!("nothing is asked: {:?}", self.step) };
        let given = asking.questions.iter().map(|question| match question {
            Question::Number(_) => Given::Number(self.number),
            Question::Session(wish) => Given::Session(session("S-1", wish.newer_than.unwrap_or(0) + 1)),
            Question::Reference(_) => Given::Reference(None),
            Question::Hold(_) => panic!("holds nothing"),
        });
        let event = Event::Given(given.collect());
        self.number += 1;
        self.tell(event)
    }

    pub(crate) fn answer(&mut self, body: Value) -> &mut Self {
        self.tell(answer(200, body.to_string().as_bytes()))
    }

    pub(crate) fn call(&self) -> (Call, Value) {
        let Step::Send(sending) = &self.step else { panic!("no call: {:?}", self.step) };
        (sending.call.clone(), call_body(&sending.call))
    }

    /// The call that is out: what it is, and meant as.
    pub(crate) fn is_out(&self, infno: &str, intent: Intent) -> Value {
        let (call, body) = self.call();
        assert_eq!((&body["infno"], &call.intent), (&json!(infno), &intent));
        body
    }

    pub(crate) fn wait(&mut self, ms: u64) -> &mut Self {
        let Step::Wait(waiting) = &self.step else { panic!("no wait: {:?}", self.step) };
        assert_eq!(waiting.ms, ms);
        self.tell(Event::Woke)
    }

    pub(crate) fn outcome(&self) -> Outcome {
        let Step::Finished(outcome) = &self.step else { panic!("goes on: {:?}", self.step) };
        outcome.clone()
    }

    pub(crate) fn undone(&self) -> Fault {
        let Outcome::Undone(Some(fault)) = self.outcome() else { panic!("{:?}", self.outcome()) };
        fault
    }

    pub(crate) fn unresolved(&self) -> Fault {
        let Outcome::Unresolved(fault) = self.outcome() else { panic!("{:?}", self.outcome()) };
        fault
    }

    pub(crate) fn succeeded(&self) -> Success {
        succeeded(self.outcome())
    }
}

pub(crate) fn yes(output: &Value) -> Value {
    json!({"infcode": 0, "err_msg": null, "output": output})
}

pub(crate) fn no(code: i32, text: &str) -> Value {
    json!({"infcode": code, "err_msg": text, "output": null})
}

pub(crate) fn output_of(name: &str) -> Value {
    parsed(&golden(&format!("transactions/{name}.json")))["output"].clone()
}
