//! What a partner does when its caller may have gone: late acts, decisions, callbacks.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

/// Tasks that end with the twin.
#[derive(Default)]
pub(super) struct Late(Mutex<JoinSet<()>>);

impl Late {
    pub(super) fn spawn(&self, act: impl Future<Output = ()> + Send + 'static) {
        let mut acts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while acts.try_join_next().is_some() {}
        acts.spawn(act);
    }

    /// Ends them all where they wait.
    pub(super) fn end(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}
