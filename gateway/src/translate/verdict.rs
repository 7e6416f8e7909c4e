//! What an ended command comes to: what is kept of it, what is told, and what it leaves for later messages.

use yizhan_host::contract::{Effect, Fault as ToldFault, Success};
use yizhan_host::driver::{Ending, Kind, Unresolved};
use yizhan_journal::record::State;

use super::book::{self, Halt};
use super::journey::Journey;
use super::run::Run;
use super::steps::Command;
use crate::fault::{Code, Fault};
use crate::outcome::{Ended, KeptFault, Told};
use crate::recall;

impl Journey {
    /// The partner did it.
    pub(super) async fn succeed(
        &self,
        run: &mut Run<'_>,
        command: &mut Command,
        success: Success,
    ) -> Result<Ended, Halt> {
        let reply = run.take_reply().ok_or_else(|| Fault::new(Code::Internal))?;
        let left: Vec<_> = success.references.into_iter().map(Into::into).collect();
        let partner = self.target.name.as_ref();
        let references = book::references(&command.book.journal(), partner, &self.requester, &left);
        let flags = std::mem::take(&mut run.flags);
        let told = Told::Reply { reply, references: left, flags };
        let ending = book::Ending { state: State::Succeeded, references, undid: None, release: false };
        command.book.finish(&told, ending).await?;
        Ok(told.ended())
    }

    /// Taken back: by the adapter for a reason of its own, on somebody's wish, or because that was the task.
    pub(super) async fn undone(
        &self,
        run: &mut Run<'_>,
        command: &mut Command,
        why: Option<ToldFault>,
    ) -> Result<Ended, Halt> {
        let fault = match why {
            Some(why) => {
                let fault = run.fault(Ending::Rejected(why));
                Fault { effect: Effect::Reversed, ..fault }
            }
            None => recall::taken_back(),
        };
        let told = Told::Fault(KeptFault::from(&fault));
        let state = if self.kind == Kind::Undo { State::Succeeded } else { State::Undone };
        let ending = book::Ending { state, references: Vec::new(), undid: self.undoes, release: false };
        command.book.finish(&told, ending).await?;
        Ok(told.ended())
    }

    /// The partner said no; or nothing was done at all, and the key is free again.
    pub(super) async fn fail(&self, command: &mut Command, fault: Fault, acted: bool) -> Result<Ended, Halt> {
        let told = Told::Fault(KeptFault::from(&fault));
        let ending =
            book::Ending { state: State::Rejected, references: Vec::new(), undid: None, release: !acted };
        command.book.finish(&told, ending).await?;
        Ok(Ended::Fault(Box::new(fault)))
    }
}

/// Nobody can tell: a person finds out.
pub(super) async fn unresolved(command: &mut Command, why: &Unresolved) -> Result<Ended, Halt> {
    let (word, text) = match why {
        Unresolved::ByAdapter(fault) => (fault.code.clone(), fault.text.clone()),
        Unresolved::AdapterFailed => ("adapter-failed".to_owned(), String::new()),
        Unresolved::ReplyBreaksStandard(violations) => {
            let broken =
                violations.iter().map(|violation| format!("{} {}", violation.code, violation.pointer));
            ("reply-breaks-standard".to_owned(), broken.collect::<Vec<_>>().join("; "))
        }
        Unresolved::Misstep(misstep) => (misstep.code().to_owned(), String::new()),
        Unresolved::Overdue => ("overdue".to_owned(), String::new()),
    };
    leave_to_a_person(command, word, text).await
}

/// The same, for a reason of ours or of the adapter's.
pub(super) async fn leave_to_a_person(
    command: &mut Command,
    why: String,
    text: String,
) -> Result<Ended, Halt> {
    let told = Told::Unresolved { why, text };
    let ending =
        book::Ending { state: State::Unresolved, references: Vec::new(), undid: None, release: false };
    command.book.finish(&told, ending).await?;
    Ok(Ended::Unresolved)
}
