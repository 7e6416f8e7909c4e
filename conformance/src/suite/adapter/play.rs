//! Plays one exchange to its end with the gateway's own driver, and with answers a script gives: the partner's as
//! in a vector, silence, garbage, for ever the same, a stop, a refusal.

use std::collections::VecDeque;

use yizhan_host::contract::{Answer, Context, Event, Given, NoAnswer, Question, Reached, Stop, Task, Why};
use yizhan_host::driver::{Action, Driver, Ending, Input, Kind, Limits, Misstep, Unresolved};
use yizhan_host::transcript::{Call, Expected, Kept, PlainHost, Returned, perform};
use yizhan_host::{Adapter, CallFault};

/// Far beyond what the driver allows; a bound for the bench itself.
const MOST_TURNS: usize = 512;

/// Where an exchange begins, and what its partner said in the vector.
#[derive(Clone)]
pub(super) struct Beginning {
    pub(super) place: String,
    pub(super) adapter: std::sync::Arc<dyn Adapter>,
    pub(super) context: Context,
    pub(super) task: Task,
    pub(super) kind: Kind,
    /// Events of the vector, in order.
    pub(super) events: Vec<Event>,
    /// Calls at the partner when all goes as in the vector.
    pub(super) sends: usize,
}

/// What is done otherwise than in the vector.
#[derive(Clone, Default)]
pub(super) struct Script {
    /// From this call at the partner on (counted from 0), nothing comes back.
    pub(super) silent_from: Option<(usize, Reached, Why)>,
    /// Every call at the partner is answered with this.
    pub(super) answer: Option<Answer>,
    /// Told to stop at some time.
    pub(super) stop: Option<(StopAt, Stop)>,
}

/// When a stop comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StopAt {
    /// While this call at the partner is out, counted from 0.
    Send(usize),
    /// While the host answers or waits, the first time.
    Idle,
    /// While this call of the adapter computes, counted from 0: its step is then not made.
    Call(u32),
}

/// An exchange that came to its end.
pub(super) struct Played {
    pub(super) ending: Ending,
    pub(super) fault: Option<CallFault>,
}

impl Beginning {
    pub(super) fn play(&self, script: &Script) -> Played {
        let mut driver = Driver::new(self.kind, Limits::default());
        let events = self.events.iter().cloned().collect();
        let host = PlainHost::default();
        let mut partner = Partner { script, events, host, last: None, stopped: false, sends: 0 };
        let mut played = Played { ending: Ending::AdapterFailed, fault: None };
        let mut action = driver.begin();
        for _ in 0..MOST_TURNS {
            let input = match &action {
                Action::End(ending) => {
                    played.ending = ending.clone();
                    break;
                }
                Action::Start => self.call(&driver, Call::Start(self.task.clone()), &mut played),
                Action::Resume { state, event } => {
                    let call = Call::Resume { state: Some(state.clone()), event: event.clone() };
                    self.call(&driver, call, &mut played)
                }
                other => {
                    // A stop takes the place of a question or a wait; a call that is out ends first.
                    let stop = partner.stop(other);
                    if let Some(next) = stop.and_then(|stop| driver.handle(Input::Stop(stop))) {
                        action = next;
                        continue;
                    }
                    partner.input(other)
                }
            };
            // While the adapter computes a stop is only noted.
            if let (Input::Stepped(_), Some(stop)) = (&input, partner.stop_at_call(driver.turn())) {
                driver.handle(Input::Stop(stop));
            }
            match driver.handle(input) {
                Some(next) => action = next,
                None => break,
            }
        }
        played
    }

    /// One call of the adapter, in a fresh instance.
    fn call(&self, driver: &Driver, call: Call, played: &mut Played) -> Input {
        let mut kept = Kept { turn: driver.turn(), ..Kept::default() };
        match perform(&*self.adapter, &Expected::of(call, self.context.clone()), &mut kept).returned {
            Ok(Returned::Step(step)) => Input::Stepped(step),
            Ok(_) => Input::AdapterFailed,
            Err(fault) => {
                played.fault = Some(fault);
                Input::AdapterFailed
            }
        }
    }
}

impl Played {
    /// How it ended, in few words.
    pub(super) fn told(&self) -> String {
        match (&self.ending, &self.fault) {
            (_, Some(fault)) => format!("the adapter {fault}"),
            (Ending::Succeeded(_), _) => "succeeded".to_owned(),
            (Ending::Opened(_), _) => "a session was opened".to_owned(),
            (Ending::Delivered, _) => "delivered".to_owned(),
            (Ending::Rejected(fault), _) => format!("rejected as {:?}", fault.kind).to_lowercase(),
            (Ending::Undone(_), _) => "undone".to_owned(),
            (Ending::Misstep(misstep) | Ending::Unresolved(Unresolved::Misstep(misstep)), _) => {
                format!("{}: {misstep}", misstep.code())
            }
            (Ending::Unresolved(Unresolved::ReplyBreaksStandard(_)) | Ending::ReplyBreaksStandard(_), _) => {
                "the reply breaks the standard".to_owned()
            }
            (Ending::Unresolved(_), _) => "left to a person".to_owned(),
            (Ending::AdapterFailed, None) => "no end".to_owned(),
        }
    }

    /// The rule that was broken.
    pub(super) fn misstep(&self) -> Option<&Misstep> {
        match &self.ending {
            Ending::Misstep(misstep) | Ending::Unresolved(Unresolved::Misstep(misstep)) => Some(misstep),
            _ => None,
        }
    }
}

/// The partner and the host, as the script has them.
struct Partner<'a> {
    script: &'a Script,
    events: VecDeque<Event>,
    host: PlainHost,
    /// What is said when the vector has no more to say: the last answer again.
    last: Option<Answer>,
    stopped: bool,
    sends: usize,
}

impl Partner<'_> {
    fn stop(&mut self, action: &Action) -> Option<Stop> {
        let (at, stop) = self.script.stop?;
        let now = match (at, action) {
            (StopAt::Send(place), Action::Send { .. }) => place == self.sends,
            (StopAt::Idle, Action::Answer(_) | Action::Wait { .. }) => true,
            _ => false,
        };
        (now && !std::mem::replace(&mut self.stopped, true)).then_some(stop)
    }

    fn stop_at_call(&mut self, turn: u32) -> Option<Stop> {
        let (at, stop) = self.script.stop?;
        (at == StopAt::Call(turn) && !std::mem::replace(&mut self.stopped, true)).then_some(stop)
    }

    fn input(&mut self, action: &Action) -> Input {
        match action {
            Action::Answer(questions) => Input::Given(self.given(questions)),
            Action::Send { .. } => self.answer(),
            Action::Wait { .. } => Input::Woke,
            _ => Input::Checked(Vec::new()),
        }
    }

    /// The vector's answers where they fit the questions, else plain ones.
    fn given(&mut self, questions: &[Question]) -> Vec<Given> {
        if let Some(Event::Given(given)) = self.events.front()
            && given.len() == questions.len()
        {
            let given = given.clone();
            self.events.pop_front();
            return given;
        }
        questions.iter().map(|question| self.host.answer(question, &Kept::default())).collect()
    }

    fn answer(&mut self) -> Input {
        let place = self.sends;
        self.sends += 1;
        if let Some((from, reached, why)) = self.script.silent_from
            && place >= from
        {
            return Input::NoAnswer(NoAnswer { reached, why });
        }
        if let Some(answer) = &self.script.answer {
            return Input::Answered(answer.clone());
        }
        while let Some(event) = self.events.pop_front() {
            match event {
                Event::Answer(answer) => {
                    self.last = Some(answer.clone());
                    return Input::Answered(answer);
                }
                Event::NoAnswer(none) => return Input::NoAnswer(none),
                _ => {}
            }
        }
        match &self.last {
            Some(answer) => Input::Answered(answer.clone()),
            None => Input::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Timeout }),
        }
    }
}
