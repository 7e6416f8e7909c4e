//! What was heard, held against what the gateway still knows and what stands in the books.

use yizhan_conformance::history::{Act, Answer, Breach, Command, Entry, Event, Number, breaches};
use yizhan_conformance::twin::books::{Settlement, SettlementState};
use yizhan_conformance::twin::fhir::Claim;
use yizhan_conformance::twin::{BooksSnapshot, ClaimState, FhirTwin};

use super::Ward;
use crate::house::House;
use crate::wish::Wish;

impl Ward {
    /// Holds a gateway that has just been opened to the word of the one before it: what was told of with 202 is known,
    /// and what was told with 200 is not pending. Says which are not.
    pub(crate) async fn broken_word(&self) -> Vec<String> {
        let fresh = std::mem::take(&mut *self.fresh.lock().unwrap());
        let mut broken = Vec::new();
        for (exchange, told) in fresh {
            let state = match self.look(&exchange, told.0).await {
                Some(Some(shown)) => shown["state"].as_str().unwrap().to_owned(),
                Some(None) => "not known".to_owned(),
                // It has ended again: the next one is held to it.
                None => {
                    self.fresh.lock().unwrap().entry(exchange).or_insert(told);
                    continue;
                }
            };
            let kept = match told.1 {
                200 => matches!(state.as_str(), "succeeded" | "undone"),
                _ => state != "not known",
            };
            if !kept {
                broken.push(format!("{exchange}, a {:?}, told with {}, is {state}", told.0, told.1));
            }
        }
        broken
    }

    /// Exchanges that somebody was told of with 200 or 202, and that the gateway does not know any more.
    pub(crate) async fn forgotten(&self) -> Vec<String> {
        let acknowledged = self.acknowledged.lock().unwrap().clone();
        let mut forgotten = Vec::new();
        for (exchange, (what, _)) in acknowledged {
            if self.look(&exchange, what).await.flatten().is_none() {
                forgotten.push(exchange);
            }
        }
        forgotten
    }

    /// What is wrong, now that everything has come to rest; other wishes are left out.
    pub(crate) fn breaches(&self, wishes: &[Wish], house: &House) -> Vec<Breach> {
        let keys: Vec<_> = wishes.iter().map(|wish| wish.key.as_str()).collect();
        let ours = |about: &str| wishes.iter().any(|wish| wish.about == about);
        let of_ours = |event: &&Event| match event {
            Event::Invoked(command, _) | Event::Told(command, _) => keys.contains(&command.0.as_str()),
        };
        let history: Vec<_> = self.history.lock().unwrap().iter().filter(of_ours).cloned().collect();
        let mut books = settlements(&house.sichuan.books());
        books.extend(settlements(&house.guangdong.books()));
        if house.plan.offices.is_some() {
            let offices = house.offices();
            books.extend([&offices.province, &offices.company].into_iter().flat_map(claims));
        }
        books.retain(|entry| ours(&entry.act.0));
        breaches(&history, &books)
    }

    /// What was heard of one command, for whoever has to find out why.
    pub(crate) fn heard_of(&self, key: &str) -> String {
        let history = self.history.lock().unwrap();
        let of_it = history.iter().filter(|event| match event {
            Event::Invoked(command, _) | Event::Told(command, _) => command.0 == key,
        });
        of_it.map(|event| format!("{event:?}")).collect::<Vec<_>>().join("\n")
    }

    /// The same of all that breaches are about.
    pub(crate) fn heard_of_all(&self, found: &[Breach], wishes: &[Wish]) -> String {
        let named = |wish: &&Wish| {
            let (key, act) = (Command(wish.key.clone()), Act(wish.about.clone()));
            found.iter().any(|breach| match breach {
                Breach::Doubled(about) | Breach::Unasked(about) => *about == act,
                Breach::Lost(command, _)
                | Breach::DoneInSecret(command)
                | Breach::ToldOtherwise(command)
                | Breach::Unsent(command)
                | Breach::Open(command) => *command == key,
            })
        };
        wishes.iter().filter(named).map(|wish| self.heard_of(&wish.key)).collect::<Vec<_>>().join("\n")
    }

    /// How many heard something of this kind.
    pub(crate) fn count(&self, kind: fn(&Answer) -> bool) -> usize {
        let history = self.history.lock().unwrap();
        history.iter().filter(|event| matches!(event, Event::Told(_, answer) if kind(answer))).count()
    }
}

fn settlements(books: &BooksSnapshot) -> Vec<Entry> {
    let entry = |one: &Settlement| Entry {
        act: Act(one.visit.clone()),
        number: Number(one.id.clone()),
        holds: one.state == SettlementState::Settled,
    };
    books.settlements.iter().map(entry).collect()
}

fn claims(office: &FhirTwin) -> Vec<Entry> {
    let entry = |one: &Claim| Entry {
        act: Act(one.identifier.1.clone()),
        number: Number(one.id.clone()),
        holds: one.state != ClaimState::Cancelled,
    };
    office.books().claims.iter().map(entry).collect()
}
