//! The shortest road there can be: it performs the driver's actions for a partner that always answers.

use std::sync::Arc;

use yizhan_host::contract::{Answer, Body, Given, HttpAnswer, Question, Session, Violation};
use yizhan_host::driver::{Action, Driver, Ending, Input, Kind, Limits};
use yizhan_host::{Adapter, CallFault, Engine, Seat, SeatFault};

use crate::world;

/// How an exchange ended.
#[derive(Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) ending: Ending,
    /// What the adapter failed with, where it did.
    pub(crate) fault: Option<CallFault>,
    /// Calls at the partner.
    pub(crate) sent: u32,
}

impl Ended {
    /// The stable code of the fault, or of the rule that was broken.
    pub(crate) fn code(&self) -> &'static str {
        match (&self.ending, self.fault) {
            (_, Some(fault)) => fault.code(),
            (Ending::Misstep(misstep), None) => misstep.code(),
            _ => "none",
        }
    }
}

/// Drives one exchange to its end.
pub(crate) async fn drive(engine: &Engine, adapter: &Arc<dyn Adapter>, kind: Kind) -> Ended {
    drive_as(engine, adapter, kind, "exchange", 100).await
}

/// The same for an exchange of this name with a message of this length.
pub(crate) async fn drive_as(
    engine: &Engine,
    adapter: &Arc<dyn Adapter>,
    kind: Kind,
    exchange: &str,
    bytes: usize,
) -> Ended {
    let mut seat = Seat::new(engine, adapter);
    let mut driver = Driver::new(kind, Limits::default());
    let (mut fault, mut sent) = (None, 0);
    let mut action = driver.begin();
    loop {
        let context = world::context(exchange, driver.turn());
        let input = match action {
            Action::Start => stepped(seat.start(&context, &world::task(bytes)).await, &mut fault),
            Action::Resume { state, event } => {
                stepped(seat.resume(&context, &state, &event).await, &mut fault)
            }
            Action::Answer(questions) => Input::Given(questions.iter().map(given).collect()),
            Action::Send { .. } => {
                sent += 1;
                seat.rest();
                tokio::task::yield_now().await;
                let body = Body::Bytes(b"pong".to_vec());
                Input::Answered(Answer::Http(HttpAnswer { status: 200, headers: Vec::new(), body }))
            }
            Action::Wait { .. } => Input::Woke,
            Action::Check { reply } => Input::Checked(check(&reply)),
            Action::End(ending) => return Ended { ending, fault, sent },
        };
        action = driver.handle(input).unwrap();
    }
}

/// Drives a well-behaved exchange and expects all to be well.
pub(crate) async fn all_is_well(engine: &Engine) {
    let neighbour = world::well_behaved(engine);
    let ended = drive(engine, &neighbour, Kind::Query).await;
    assert!(succeeded(&ended), "{ended:?}");
    assert_eq!(engine.instances_in_use(), 0);
}

pub(crate) fn succeeded(ended: &Ended) -> bool {
    matches!(&ended.ending, Ending::Succeeded(success) if success.reply == world::REPLY)
}

fn stepped(stepped: Result<yizhan_host::contract::Step, SeatFault>, fault: &mut Option<CallFault>) -> Input {
    match stepped {
        Ok(step) => Input::Stepped(step),
        Err(SeatFault::Adapter(failed)) => {
            *fault = Some(failed);
            Input::AdapterFailed
        }
        Err(SeatFault::Overloaded(overloaded)) => panic!("{overloaded}"),
    }
}

fn given(question: &Question) -> Given {
    match question {
        Question::Session(_) => Given::Session(Session { value: Vec::new(), version: 1, until: u64::MAX }),
        Question::Number(_) => Given::Number(0),
        Question::Reference(_) => Given::Reference(None),
        Question::Hold(names) => Given::Held(names[0].clone()),
    }
}

/// As much of the standard as these tests need: JSON, with a person.
fn check(reply: &str) -> Vec<Violation> {
    let wrong =
        |pointer: &str, code: &str| vec![Violation { pointer: pointer.to_owned(), code: code.to_owned() }];
    match serde_json::from_str::<serde_json::Value>(reply) {
        Err(_) => wrong("", "malformed"),
        Ok(reply) if reply.get("person").is_none() => wrong("/person", "required"),
        Ok(_) => Vec::new(),
    }
}
