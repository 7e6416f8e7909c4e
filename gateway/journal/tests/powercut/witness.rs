//! What was acknowledged so far, and whether a journal that is opened anew still says so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use yizhan_journal::record::{Filter, State};
use yizhan_journal::seal::Cipher;
use yizhan_journal::{ExchangeId, Journal, Millis, Options};

use crate::worker::{request, step, told};

pub(crate) const MASTER: [u8; 32] = [9; 32];
/// 2026-01-02, 10:30:45 in China.
pub(crate) const NOW: Millis = Millis(1_767_321_045_000);
pub(crate) const REQUESTER: &str = "sc-hospital/H51010400001";

pub(crate) fn options(folder: &Path) -> Options {
    Options {
        path: folder.join("journal.db"),
        bound: None,
        node: "one".to_owned(),
        cipher: Cipher::Aes256Gcm,
        now: NOW,
    }
}

/// What the journal has said.
#[derive(Default)]
pub(crate) struct Witness {
    exchanges: BTreeMap<ExchangeId, Said>,
    barred: BTreeSet<String>,
    numbers: BTreeSet<u64>,
}

#[derive(Default)]
struct Said {
    name: Option<String>,
    attempts: u32,
    finished: bool,
}

impl Witness {
    /// Takes down one line of the child's.
    pub(crate) fn hear(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (id, more) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "accepted" => {
                let said = self.exchanges.entry(id.parse().unwrap()).or_default();
                (said.name, said.attempts) = (Some(more.to_owned()), 1);
            }
            "advanced" => {
                self.exchanges.entry(id.parse().unwrap()).or_default().attempts = more.parse().unwrap();
            }
            "finished" => {
                let said = self.exchanges.entry(id.parse().unwrap()).or_default();
                (said.finished, said.attempts) = (true, more.parse().unwrap());
            }
            "barred" => {
                self.barred.insert(rest.to_owned());
            }
            "number" => assert!(self.numbers.insert(rest.parse().unwrap()), "the number {rest} came twice"),
            "open" | "failed" | "end" => {}
            other => panic!("the child says {other}"),
        }
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.exchanges.len() + self.barred.len() + self.numbers.len()
    }

    /// Holds a journal in a folder of its own against all that was said.
    pub(crate) async fn check(&self, folder: &Path) {
        let (journal, _thread) = Journal::open(&options(folder), &MASTER).await.unwrap();
        for (id, said) in &self.exchanges {
            let exchange = journal.exchange(*id).unwrap().unwrap_or_else(|| panic!("{id} is lost"));
            if let Some(name) = &said.name {
                let key = journal.sealer().key_hash(REQUESTER, name);
                assert_eq!(journal.recall(key).unwrap().unwrap().id, *id, "the key of {id} leads elsewhere");
                assert_eq!(journal.body(*id).unwrap().request.unwrap(), request(name), "{id}");
                let person = journal.persons([name.as_str()]).first().copied();
                let listed = journal.list(&Filter { person, ..Filter::default() }, 10).unwrap();
                assert!(listed.iter().any(|one| one.id == *id), "nobody finds {id} by its person");
            }
            if said.finished {
                assert_eq!((exchange.state, exchange.attempts), (State::Succeeded, said.attempts), "{id}");
            } else {
                assert!(exchange.attempts >= said.attempts, "an act of {id} is lost");
            }
        }
        for name in &self.barred {
            let key = journal.sealer().key_hash(REQUESTER, name);
            assert_eq!(journal.recall(key).unwrap().unwrap().state, State::Barred, "{name}");
        }
        // Nothing by half, whether it was acknowledged or not.
        let mut page = Filter::default();
        loop {
            let rows = journal.list(&page, 200).unwrap();
            let Some(last) = rows.last() else { break };
            page.before = Some(last.id);
            for exchange in rows.iter().filter(|one| one.state != State::Barred) {
                let body = journal.body(exchange.id).unwrap();
                assert!(body.request.is_some(), "{} has no request", exchange.id);
                let (ended, attempts) = (exchange.state == State::Succeeded, exchange.attempts);
                let whole = if ended { (None, Some(told(attempts))) } else { (Some(step(attempts)), None) };
                assert_eq!((body.step, body.told), whole, "{} is there by half", exchange.id);
                let key = journal.sealer().reference_hash("partner", "settlement", &exchange.id.to_string());
                let left = journal.reference(key).unwrap().map(|reference| reference.exchange);
                assert_eq!(left, ended.then_some(exchange.id), "the outcome of {} is torn", exchange.id);
            }
        }
        let number = journal.number("partner", "msgid", 1 << 40).await.unwrap();
        assert!(!self.numbers.contains(&number), "the number {number} would come twice");
    }
}
