//! The steps of an act, one function for each move of `machine`.

use yizhan_adapter::contract::{
    Asking, Fault, Given, Intent, Loss, Outcome, Question, ReferenceKey, Step, Success, Waiting,
};
use yizhan_adapter::fault;
use yizhan_adapter::time::Moment;

use super::call::{body, sending};
use super::machine::{Happening, Phase};
use super::note::Note;
use super::plan;
use super::run::{Heard, Run};
use super::sheet::unwritable;
use super::state::{State, Told};
use super::told::{self, Yes};
use crate::charset::Message;
use crate::settings::TimeForm;
use crate::transaction::Transaction;

/// The longest rest before the first repetition; each further one doubles it.
const REST_MS: u64 = 2_000;

impl Run<'_> {
    /// Calls the act.
    pub(super) fn act(&self, mut state: State) -> Step {
        if state.since == 0 {
            state.since = self.context.now;
        }
        let intent = plan::intent(self.rules(&state).again, state.transaction, &state.subject);
        let message = Message::of_fields(&[&state.head, &state.own]);
        self.call(&state, state.transaction, &message, intent)
    }

    /// Begins to take the act back: because of what was heard, or because it was told to.
    pub(super) fn take_back(&self, mut state: State, heard: Heard) -> Step {
        if let Some(yes) = heard.yes {
            state.undo = yes.undo;
        }
        // Whoever stops it knows why.
        let ours = matches!(heard.happening, Happening::Untold { .. } | Happening::ReplyRefused);
        if let Some(undo) = state.undo.as_mut().filter(|_| ours) {
            undo.why = Some(heard.fault.text);
        }
        self.undo(&state)
    }

    /// Calls what takes the act back.
    pub(super) fn undo(&self, state: &State) -> Step {
        let Some(undo) = &state.undo else {
            let fault = fault::unreadable("it was done, and the answer does not say how to take it back");
            return Step::Finished(Outcome::Unresolved(fault));
        };
        let message = Message::of_fields(&[&state.head, &undo.own]);
        self.call(state, undo.transaction, &message, Intent::Undo)
    }

    fn call(&self, state: &State, transaction: Transaction, message: &Message, intent: Intent) -> Step {
        match body(self.host, self.settings, transaction, message) {
            Ok(body) => sending(self.settings, transaction, body, intent, state.write()),
            // What the request has was proved before: it is a name that the partner gave, and has no code itself.
            Err(culprit) if state.phase == (Phase::Acting { call: 1, doubt: false }) => {
                Step::Finished(Outcome::Rejected(unwritable(transaction, culprit)))
            }
            Err(culprit) => Step::Finished(Outcome::Unresolved(unwritable(transaction, culprit))),
        }
    }

    /// Full jitter, so that those who wait for the same partner do not come back together.
    pub(super) fn rest(&self, state: &State) -> Step {
        let call = match state.phase {
            Phase::ActingLater { call } | Phase::UndoingLater { call, .. } => call,
            _ => 1,
        };
        let longest = REST_MS << call.saturating_sub(1).min(8);
        let ms = self.context.entropy.0 % longest + 1;
        Step::Wait(Waiting { ms, listens_for: Vec::new(), state: state.write() })
    }

    /// A success that is told without the answer.
    pub(super) fn succeed_plainly(&self, state: State) -> Step {
        match told::plain(self.settings, state.transaction, &state.subject) {
            Ok(told) => success(told, state.lost),
            Err(fault) => Step::Finished(Outcome::Unresolved(fault)),
        }
    }

    /// Now, as the settings write it.
    pub(super) fn handled(&self) -> String {
        let now = Moment::from_millis(self.context.now);
        match self.settings.time_form {
            TimeForm::Compact => now.compact(),
            TimeForm::Spaced => now.seconds(),
            TimeForm::Day => now.date_compact(),
        }
    }
}

/// Asks the host what was left under a key.
pub(super) fn ask(key: ReferenceKey, state: &State) -> Step {
    Step::Ask(Asking { questions: vec![Question::Reference(key)], state: state.write() })
}

/// Puts what an earlier exchange left into the act.
///
/// # Errors
/// `inexpressible` where it is needed and was not left.
pub(super) fn inform(state: &mut State, given: &[Given]) -> Result<(), Fault> {
    let note = match given {
        [Given::Reference(Some(note))] => Note::read(note),
        _ => Note::default(),
    };
    let mut fields = Message::new();
    let begin = fields.mark();
    match state.transaction {
        Transaction::CancelSettlement if note.transid.is_empty() => {
            let why = "0305 needs the transid of its 0304, and no exchange here left it";
            return Err(fault::inexpressible("/settlement/id", why));
        }
        Transaction::CancelSettlement => fields.field("otransid", &note.transid),
        _ => fields.field("aka130", &note.category),
    };
    state.own.push_str(fields.between(begin, fields.mark()));
    state.subject.amounts = note.amounts;
    Ok(())
}

/// Gives the receipt to the host with a question whose answer is not needed: if the reply is refused, or the act is
/// to be taken back after all, the state of this step is what is known of it.
pub(super) fn keep(mut state: State, yes: Option<Yes>) -> Step {
    let Some(yes) = yes else { return Step::Finished(Outcome::Unresolved(fault::unsupported())) };
    state.lost.extend(yes.lost);
    state.undo = yes.undo;
    state.told = yes.told.ok();
    let key = state.told.as_ref().and_then(|told| told.references.first()).map(|it| it.key.clone());
    let visit = || ReferenceKey { kind: "visit".to_owned(), id: state.subject.visit.clone() };
    ask(key.unwrap_or_else(visit), &state)
}

/// The act was done: the receipt that was kept, or the answer just read.
pub(super) fn succeed(state: State, yes: Option<Yes>) -> Step {
    let mut lost = state.lost;
    match (state.told, yes) {
        (Some(told), _) => success(told, lost),
        (None, Some(Yes { told: Ok(told), lost: more, .. })) => {
            lost.extend(more);
            success(told, lost)
        }
        (None, _) => Step::Finished(Outcome::Unresolved(fault::unreadable("a success without a receipt"))),
    }
}

fn success(told: Told, losses: Vec<Loss>) -> Step {
    Step::Finished(Outcome::Succeeded(Success { reply: told.reply, references: told.references, losses }))
}
