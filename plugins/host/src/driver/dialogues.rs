//! Example dialogues: on the left what happens, on the right what the driver then wants. The state of a step is
//! written with it, so that one sees which state the adapter goes on from.

mod bounds;
mod commands;
mod kinds;
mod stops;

use super::*;
use crate::contract::Intent::{Act, Ask, Undo};
use crate::contract::{
    Answer, Asking, Call, Fault, FaultKind, FrameCall, Given, HttpCall, HttpMethod, NoAnswer, NumberWish,
    Opened, Outcome, Reached, Sending, Step, Transport, Waiting, Why,
};

fn talk(kind: Kind, dialogue: &[(Input, &str)]) -> Driver {
    talk_within(Limits::default(), kind, dialogue)
}

fn talk_within(limits: Limits, kind: Kind, dialogue: &[(Input, &str)]) -> Driver {
    let mut driver = Driver::new(kind, limits);
    assert_eq!(driver.begin(), Action::Start);
    for (number, (input, expected)) in dialogue.iter().enumerate() {
        let action = driver.handle(input.clone());
        assert_eq!(action.map_or_else(|| "-".to_owned(), short), *expected, "line {number}: {input:?}");
    }
    driver
}

fn short(action: Action) -> String {
    match action {
        Action::Start => "start".to_owned(),
        Action::Resume { state, event } => {
            format!("resume {} {}", String::from_utf8(state).unwrap(), name(&event))
        }
        Action::Answer(questions) => format!("answer {}", questions.len()),
        Action::Send { call, durable } => {
            format!("{} {}", if durable { "commit, send" } else { "send" }, name(&call.intent))
        }
        Action::Wait { duration, .. } => format!("wait {}", duration.as_millis()),
        Action::Check { reply } => format!("check {reply}"),
        Action::End(Ending::Misstep(misstep)) => format!("end: {}", misstep.code()),
        Action::End(Ending::Unresolved(Unresolved::Misstep(misstep))) => {
            format!("unresolved: {}", misstep.code())
        }
        Action::End(Ending::Unresolved(why)) => format!("unresolved: {}", name(&why)),
        Action::End(ending) => format!("end {}", name(&ending)),
    }
}

/// The name of a variant, without its content.
fn name(value: &impl std::fmt::Debug) -> String {
    let full = format!("{value:?}");
    let end =
        full.find(|character: char| !character.is_alphanumeric() && character != ':').unwrap_or(full.len());
    full[..end].rsplit("::").next().unwrap().to_owned()
}

fn send(state: &str, intent: Intent) -> Input {
    let transport = Transport::Frame(FrameCall { key: None, content: Vec::new() });
    let call = Call { intent, transport, within_ms: 1000, listens_for: Vec::new() };
    Input::Stepped(Step::Send(Sending { call, state: state.into() }))
}

fn once(key: &str) -> Intent {
    Intent::ActOnce(key.to_owned())
}

fn wait(state: &str) -> Input {
    Input::Stepped(Step::Wait(Waiting { ms: 100, listens_for: Vec::new(), state: state.into() }))
}

fn ask_host(state: &str, questions: &[Question]) -> Input {
    Input::Stepped(Step::Ask(Asking { questions: questions.to_vec(), state: state.into() }))
}

fn number() -> Question {
    Question::Number(NumberWish { series: "msgid".to_owned(), below: 10 })
}

fn finished(outcome: Outcome) -> Input {
    Input::Stepped(Step::Finished(outcome))
}

fn succeeded(reply: &str) -> Input {
    finished(Outcome::Succeeded(Success {
        reply: reply.to_owned(),
        references: Vec::new(),
        losses: Vec::new(),
    }))
}

fn rejected() -> Input {
    finished(Outcome::Rejected(fault("")))
}

fn fault(code: &str) -> Fault {
    let (code, text) = (code.to_owned(), String::new());
    Fault { kind: FaultKind::Rejected, code, text, pointer: None, retry_after_ms: None }
}

fn answered() -> Input {
    Input::Answered(Answer::Frame(Vec::new()))
}

fn lost() -> Input {
    Input::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Timeout })
}

fn not_sent() -> Input {
    Input::NoAnswer(NoAnswer { reached: Reached::No, why: Why::Refused })
}

fn good() -> Input {
    Input::Checked(Vec::new())
}

fn bad() -> Input {
    Input::Checked(vec![Violation { pointer: "/total".to_owned(), code: "required".to_owned() }])
}

fn given(numbers: &[u64]) -> Input {
    Input::Given(numbers.iter().copied().map(Given::Number).collect())
}

/// The gateway ends, and another goes on from what was committed.
fn restarted(driver: &Driver) -> (Driver, Option<Action>) {
    let (mut driver, left) = Driver::restore(driver.snapshot().expect("it was committed"));
    assert_eq!(left, Left::Call);
    let action = driver.handle(Input::NoAnswer(Left::no_answer()));
    (driver, action)
}

fn stop() -> Input {
    Input::Stop(Stop::Requester)
}

fn overdue() -> Input {
    Input::Stop(Stop::Overdue)
}

fn callback() -> Input {
    Input::Callback(Vec::new())
}

fn unresolved() -> Input {
    finished(Outcome::Unresolved(fault("")))
}

fn undone() -> Input {
    finished(Outcome::Undone(None))
}
