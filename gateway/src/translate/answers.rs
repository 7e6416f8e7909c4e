//! What the host answers to an adapter that asks: a session, a number, what an earlier exchange left.

use yizhan_host::contract::{
    Fault as ToldFault, FaultKind, Given, NumberWish, Question, ReferenceKey, SessionWish,
};
use yizhan_journal::StoreFault;

use super::book::{self, Halt};
use super::run::Run;
use super::sign_in::sign_in;
use crate::clock;
use crate::fault::{Code, Fault};
use crate::recall;
use crate::sessions::SignInFailed;

impl Run<'_> {
    /// The host's answers. What is not built is refused at admission; who asks for it all the same is at fault.
    ///
    /// What was `accepted` waits for a journal that has no room or may not be written for a while: nothing has left in
    /// this step, and it is not given up for want of a number.
    pub(super) async fn answers(
        &mut self,
        questions: Vec<Question>,
        accepted: bool,
    ) -> Result<Vec<Given>, Halt> {
        let mut given = Vec::with_capacity(questions.len());
        for question in questions {
            given.push(match question {
                Question::Session(wish) => self.session(&wish).await?,
                Question::Number(NumberWish { series, below }) => loop {
                    match self.number(&series, below).await? {
                        Ok(number) => break Given::Number(number),
                        Err(fault) => self.without(&fault, accepted).await?,
                    }
                },
                Question::Reference(key) => loop {
                    match self.reference(&key)? {
                        Ok(note) => break Given::Reference(note),
                        Err(fault) => self.without(&fault, accepted).await?,
                    }
                },
                Question::Hold(_) => return Err(self.blamed("unmet-need").into()),
            });
        }
        Ok(given)
    }

    /// The journal refuses: whoever was accepted waits, everybody else is refused.
    async fn without(&mut self, fault: &StoreFault, accepted: bool) -> Result<(), Halt> {
        if !accepted {
            return Err(recall::refused(fault).into());
        }
        self.seat.rest();
        book::pause(fault).await
    }

    async fn session(&mut self, wish: &SessionWish) -> Result<Given, Fault> {
        // A sign-in that waited for a session would wait for itself, and everybody else for it.
        if self.operation.is_none() && self.budget.is_none() {
            return Err(self.blamed("session-in-sign-in"));
        }
        self.seat.rest();
        let now = clock::now_millis();
        let Ok(session) = self.target.partner.sessions.named(&wish.name, now) else {
            return Err(Fault::new(Code::Overloaded).because("too many sign-ins at this partner"));
        };
        // Boxed, because signing in is a run of its own inside this one.
        let opening = Box::pin(sign_in(self.gateway, self.target, &wish.name));
        match session.live(wish, now, opening).await {
            Ok(session) => Ok(Given::Session(session)),
            Err(SignInFailed::Refused(fault)) => Ok(Given::NoSession(fault)),
            // A command decides itself: what it has done must not end in the dark because of a sign-in.
            Err(SignInFailed::Fault(_)) if self.budget.is_some() => Ok(Given::NoSession(ToldFault {
                kind: FaultKind::Unavailable,
                code: String::new(),
                text: String::new(),
                pointer: None,
                retry_after_ms: None,
            })),
            Err(SignInFailed::Fault(fault)) => Err(fault),
        }
    }

    async fn number(&mut self, series: &str, below: u64) -> Result<Result<u64, StoreFault>, Fault> {
        let Some(commands) = &self.gateway.commands else { return Err(self.blamed("unmet-need")) };
        let partner = self.target.partner.name.as_ref();
        Ok(commands.journal.number(partner, series, below).await)
    }

    fn reference(&self, key: &ReferenceKey) -> Result<Result<Option<Vec<u8>>, StoreFault>, Fault> {
        let Some(commands) = &self.gateway.commands else { return Err(self.blamed("unmet-need")) };
        let partner = self.target.partner.name.as_ref();
        let key = commands.journal.sealer().reference_hash(partner, &key.kind, &key.id);
        Ok(commands.journal.reference(key).map(|found| found.map(|reference| reference.note)))
    }
}
