//! The partner answers: claims are submitted, asked after and cancelled there, coverage is checked, and decisions and
//! late results are told.
//!
//! A submission can be taken back: R4's task `cancel` does it. A cancellation cannot: R4 has no task that takes one
//! back (cancel, poll, release, reprocess, status are all there are), and a financial resource that is `cancelled`
//! stays it; whoever wants to claim after all submits under another number. Nor can what was told be untold.
//!
//! What comes next is for [`course`]; here its steps are given bodies, and answers are given meanings.

mod answer;
mod begin;
mod call;
mod course;
mod decision;
mod state;

pub(crate) use begin::start;

use yizhan_adapter::contract::{
    Answer, Context, Event, Fault, Given, Outcome, Reached, Sending, Step, Success, Waiting, Why,
};
use yizhan_adapter::json::{Value, parse_strict};
use yizhan_adapter::{Host, fault};

use crate::focus::Focus;
use crate::read::text;
use crate::settings::Settings;
use answer::Judged;
use course::{Job, Next, Seen};
use state::State;

pub(crate) fn resume(host: &dyn Host, context: &Context, state: &[u8], event: Event) -> Step {
    let settings = Settings::read(host);
    let Some(state) = State::read(state) else {
        return Step::Finished(Outcome::Unresolved(fault::malformed("state of another adapter")));
    };
    let exposed = state.course.exposed;
    go_on(host, context, &settings, state, event).unwrap_or_else(|fault| {
        Step::Finished(if exposed { Outcome::Unresolved(fault) } else { Outcome::Rejected(fault) })
    })
}

fn go_on(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    mut state: State<'_>,
    event: Event,
) -> Result<Step, Fault> {
    let message = unified(state.message)?;
    let judged = match event {
        Event::Given(given) => {
            state.focus = Some(looked_up(settings, &message, &given)?);
            return send(host, context, settings, &state, &message);
        }
        Event::Answer(Answer::Http(answer)) => {
            answer::judge(host, context, settings, &state, &message, &answer)
        }
        Event::Answer(_) => Judged::not(Seen::Lost, fault::unreadable("not an answer over HTTP")),
        Event::NoAnswer(none) => {
            let seen = match (none.reached, none.why) {
                (Reached::No, _) => Seen::Unsent,
                (Reached::Maybe, Why::Restarted) => Seen::Restarted,
                (Reached::Maybe, _) => Seen::Lost,
            };
            Judged::not(
                seen,
                fault::unavailable("", ["no answer: ", &format!("{:?}", none.why)].concat(), None),
            )
        }
        Event::Woke | Event::Callback(_) => Judged::not(Seen::Woke, fault::unsupported()),
        Event::Refused(_) => Judged::not(Seen::Broken, fault::unreadable("the reply breaks the standard")),
        Event::Stop(_) => Judged::not(Seen::Stop, fault::unavailable("", "stopped", None)),
    };
    let next = state.course.next(judged.seen);
    Ok(Step::Finished(match next {
        Next::Send(_) => return send(host, context, settings, &state, &message),
        Next::Wait(ms) => {
            let ms = spread(context, ms);
            return Ok(Step::Wait(Waiting { ms, listens_for: Vec::new(), state: state.write() }));
        }
        Next::Succeeded if state.course.job == Job::Deliver => Outcome::Delivered,
        Next::Succeeded => Outcome::Succeeded(Success {
            reply: judged.reply,
            references: judged.references,
            losses: [state.losses, judged.losses].concat(),
        }),
        Next::Rejected => Outcome::Rejected(judged.fault),
        Next::Undone if state.course.job == Job::Undo => Outcome::Undone(None),
        Next::Undone => Outcome::Undone(Some(fault::unavailable("", "taken back: nobody could tell", None))),
        Next::Unresolved => Outcome::Unresolved(judged.fault),
    }))
}

fn send(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    state: &State<'_>,
    message: &Value<'_>,
) -> Result<Step, Fault> {
    let focus = state.focus.as_ref().ok_or_else(|| fault::malformed("no claim to speak of"))?;
    let call = call::build(host, settings, context, state, message, focus)?;
    Ok(Step::Send(Sending { call, state: state.write() }))
}

/// What an earlier exchange left about the claim; else its number alone has to do.
fn looked_up(settings: &Settings, message: &Value<'_>, given: &[Given]) -> Result<Focus<'static>, Fault> {
    let claim = message.get("claim").and_then(|it| text(it, "id"));
    let claim = claim.ok_or_else(|| fault::malformed("a message without claim"))?;
    let left = match given {
        [Given::Reference(Some(note))] => Focus::of_note(note),
        _ => None,
    };
    Ok(left.unwrap_or_else(|| Focus::guess(&settings.claim_system, claim).into_owned()))
}

/// Half to one and a half of it, so that many who wait do not come back at once.
fn spread(context: &Context, ms: u64) -> u64 {
    ms / 2 + context.entropy.0 % ms.max(1)
}

fn unified(message: &str) -> Result<Value<'_>, Fault> {
    parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))
}
