//! What has become of an exchange, and taking it back.

use std::sync::Arc;

use serde_json::Value;
use yizhan_schemas::FaultCode;

use super::{Asked, Desk, Exchange, PATIENCE, State};
use crate::told::Told;

impl Desk {
    pub(super) fn look(&self, asked: &Asked, number: &str) -> Told {
        let known = self.known.lock().unwrap().by_number.get(number).cloned();
        let Some(known) = known else {
            let code = if self.errs("unknown-is-500") { FaultCode::Internal } else { FaultCode::NotFound };
            return Told::Fault(code, self.number(), None);
        };
        if known.requester != asked.requester && !self.errs("tells-others") {
            let code = if self.errs("forbids-others") { FaultCode::NotGranted } else { FaultCode::NotFound };
            return Told::Fault(code, self.number(), None);
        }
        let state = known.state.borrow().clone();
        Told::Shown(known, state)
    }

    pub(super) async fn undo_number(&self, asked: &Asked, number: &str) -> Told {
        let known = self.known.lock().unwrap().by_number.get(number).cloned();
        let known = known.filter(|known| known.requester == asked.requester || self.errs("others-undo"));
        match known {
            None => Told::Fault(FaultCode::NotFound, self.number(), None),
            Some(known) if self.errs("number-undoes-nothing") => {
                Told::Undo(known.number.clone(), "nothing-to-undo")
            }
            Some(known) => self.undo(&known).await,
        }
    }

    pub(super) async fn undo_key(&self, asked: &Asked) -> Told {
        let key = self.scoped(&asked.requester, asked.key.as_deref().unwrap_or_default());
        let Some(known) = self.find(&key) else {
            if !self.errs("does-not-bar") {
                let barred = self.fresh(asked, Value::Null, &Value::Null);
                barred.state.send_replace(State::Barred);
                self.insert(&key, &barred);
            }
            return Told::Undo(self.number(), "nothing-to-undo");
        };
        let told = self.undo(&known).await;
        if self.errs("forgets-undone") {
            self.known.lock().unwrap().by_key.remove(&key);
        }
        told
    }

    async fn undo(&self, known: &Arc<Exchange>) -> Told {
        let word = |word| Told::Undo(known.number.clone(), word);
        if self.errs("finishes-after-undo") && *known.state.borrow() == State::Running {
            known.state.send_replace(State::Undone);
            return word("undone");
        }
        self.ended(known, PATIENCE).await;
        let state = known.state.borrow().clone();
        match state {
            State::Running if self.errs("unknown-reads-nothing") => word("nothing-to-undo"),
            State::Running => word("still-unknown"),
            State::Undone if self.errs("undo-again-differs") => word("nothing-to-undo"),
            State::Undone => word("undone"),
            State::Rejected | State::NotSent | State::Barred => word("nothing-to-undo"),
            State::Done(_) => {
                let taken = self.errs("undoes-on-paper") || self.ledger.undo(&known.act).await;
                if taken || self.errs("says-undone-anyway") {
                    known.state.send_replace(State::Undone);
                    return word("undone");
                }
                word("cannot-be-undone")
            }
        }
    }
}
