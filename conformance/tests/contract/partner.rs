//! A partner in memory, which behaves as it is told and keeps books.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use yizhan_conformance::history::{Act, Entry, Number};
use yizhan_conformance::suite::gateway::{Behaviour, Partner};

/// Nobody answers at once.
const QUICK: Duration = Duration::from_millis(20);

/// Clones are the same partner.
#[derive(Clone)]
pub(crate) struct Ledger {
    behaviour: Arc<watch::Sender<Behaviour>>,
    entries: Arc<Mutex<Vec<Entry>>>,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silent {
    /// It was done.
    Lost,
    /// It was not done.
    Down,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self { behaviour: Arc::new(watch::Sender::new(Behaviour::Well)), entries: Arc::default() }
    }

    pub(crate) fn is_down(&self) -> bool {
        *self.behaviour.borrow() == Behaviour::Down
    }

    /// Does it, and says under which number; `begun` hears when it is in the books.
    pub(crate) async fn act(&self, act: &str) -> Result<String, Silent> {
        let behaviour = *self.behaviour.borrow();
        match behaviour {
            Behaviour::Down => return Err(Silent::Down),
            Behaviour::Slow(pause) => tokio::time::sleep(pause).await,
            _ => tokio::time::sleep(QUICK).await,
        }
        let number = {
            let mut entries = self.entries.lock().unwrap();
            let number = format!("V{}", entries.len() + 1);
            let entry = Entry { act: Act(act.to_owned()), number: Number(number.clone()), holds: true };
            entries.push(entry);
            number
        };
        match behaviour {
            Behaviour::LosesOne => {
                self.behaviour.send_if_modified(|now| {
                    *now = Behaviour::Well;
                    true
                });
                Err(Silent::Lost)
            }
            Behaviour::LosesAll => {
                self.heard_again().await;
                Err(Silent::Lost)
            }
            _ => Ok(number),
        }
    }

    /// Takes back whatever is in force of an act; false where it will not.
    pub(crate) async fn undo(&self, act: &str) -> bool {
        if *self.behaviour.borrow() == Behaviour::KeepsAll {
            return false;
        }
        self.heard_again().await;
        for entry in self.entries.lock().unwrap().iter_mut().filter(|entry| entry.act.0 == act) {
            entry.holds = false;
        }
        true
    }

    async fn heard_again(&self) {
        let mut behaviour = self.behaviour.subscribe();
        behaviour.wait_for(|now| *now != Behaviour::LosesAll).await.unwrap();
    }
}

impl Partner for Ledger {
    fn behave(&self, behaviour: Behaviour) {
        self.behaviour.send_replace(behaviour);
    }

    fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }
}
