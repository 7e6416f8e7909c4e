//! The child: many tasks that use the journal at once, and say what it has acknowledged.
//!
//! One line for each acknowledgement, written whole: what it is about, and what must be true of it from then on.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use yizhan_journal::record::{Acceptance, NewReference, Outcome, Pinned, Standing, State, Task};
use yizhan_journal::{Accepted, ExchangeId, Journal, Kept, MessageDigest, Millis, StoreFault};

use crate::witness::{MASTER, NOW, REQUESTER, options};

const TASKS: usize = 24;
/// More than any round needs; a child that is not killed ends by itself.
const COMMANDS_OF_A_TASK: u64 = 80;

/// Runs until it is killed, the journal refuses, or everything is done. Never closes the journal.
pub(crate) fn work(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let opened = Journal::open(&options(folder), &MASTER).await;
        let journal = match opened {
            Ok((journal, _thread)) => journal,
            Err(error) => {
                say(&format!("refused-open {error}"));
                std::process::abort();
            }
        };
        say("open");
        let shift = Arc::new(Shift { journal, failed: AtomicBool::new(false), life: AtomicU64::new(0) });
        for exchange in shift.journal.under_way().unwrap() {
            let (_, kept, body) = shift.journal.take_up(exchange.id).unwrap();
            assert_eq!(body.step.unwrap(), step(exchange.attempts));
            shift.end(&kept, exchange.attempts).await;
        }
        let tasks: Vec<_> =
            (0..TASKS).map(|task| tokio::spawn(Arc::clone(&shift).toil(task as u64))).collect();
        for task in tasks {
            task.await.unwrap();
        }
        if shift.failed.load(Ordering::SeqCst) {
            // Whatever comes after the failure is refused, and refused the same way.
            assert!(shift.journal.has_failed());
            let late = shift.journal.accept(shift.acceptance("late")).await;
            assert_eq!(late.unwrap_err(), StoreFault::Shut);
        }
        say("end");
    });
    // Whoever closes a file in order tidies up; a process that dies does not.
    std::process::abort();
}

struct Shift {
    journal: Journal,
    failed: AtomicBool,
    life: AtomicU64,
}

impl Shift {
    async fn toil(self: Arc<Self>, task: u64) {
        for turn in 0..COMMANDS_OF_A_TASK {
            if self.failed.load(Ordering::SeqCst) {
                return;
            }
            let nonce = self.life.fetch_add(1, Ordering::SeqCst);
            match (task + turn) % 12 {
                0 => self.bar(&format!("bar {} {nonce}", std::process::id())).await,
                1 => self.number().await,
                _ => self.command(&format!("key {} {nonce}", std::process::id()), turn).await,
            }
        }
    }

    async fn command(&self, name: &str, turn: u64) {
        let Some(accepted) = self.told(self.journal.accept(self.acceptance(name)).await) else { return };
        let Accepted::Fresh(kept) = accepted else { panic!("{name} is known: {accepted:?}") };
        say(&format!("accepted {} {name}", kept.id()));
        let mut attempts = 1;
        while attempts < 1 + turn as u32 % 3 {
            attempts += 1;
            let standing = standing(attempts);
            let Some(ours) = self.told(self.journal.advance(&kept, &standing, NOW).await) else { return };
            assert!(ours);
            say(&format!("advanced {} {attempts}", kept.id()));
        }
        // Some are left under way for the next life.
        if turn % 5 != 4 {
            self.end(&kept, attempts).await;
        }
    }

    async fn end(&self, kept: &Kept, attempts: u32) {
        let key = self.journal.sealer().reference_hash("partner", "settlement", &kept.id().to_string());
        let left = NewReference { key, note: kept.id().bytes().to_vec(), keep_until: Millis(NOW.0 * 2) };
        let outcome = Outcome {
            state: State::Succeeded,
            told: told(attempts),
            references: vec![left],
            undid: None,
            release: false,
        };
        let Some(ours) = self.told(self.journal.finish(kept, &outcome, NOW).await) else { return };
        assert!(ours);
        say(&format!("finished {} {attempts}", kept.id()));
    }

    async fn bar(&self, name: &str) {
        let key = self.journal.sealer().key_hash(REQUESTER, name);
        if let Some(known) = self.told(self.journal.bar(REQUESTER, key, NOW).await) {
            assert_eq!(known, None);
            say(&format!("barred {name}"));
        }
    }

    async fn number(&self) {
        if let Some(number) = self.told(self.journal.number("partner", "msgid", 1 << 40).await) {
            say(&format!("number {number}"));
        }
    }

    /// None once the journal has failed. Any other refusal is a fault of its own.
    fn told<T>(&self, answer: Result<T, StoreFault>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(StoreFault::Failed | StoreFault::Shut) => {
                if !self.failed.swap(true, Ordering::SeqCst) {
                    say("failed");
                }
                None
            }
            Err(fault) => panic!("{fault}"),
        }
    }

    fn acceptance(&self, name: &str) -> Acceptance {
        Acceptance {
            id: ExchangeId::fresh(),
            task: Task::Command,
            requester: REQUESTER.to_owned(),
            operation: "settlement.commit".to_owned(),
            target: "partner".to_owned(),
            key: self.journal.sealer().key_hash(REQUESTER, name),
            digest: MessageDigest([1; 32]),
            about: None,
            persons: self.journal.persons([name]),
            pinned: Pinned {
                component: "00".repeat(32),
                settings: MessageDigest([2; 32]),
                standard: "1.0".to_owned(),
            },
            standing: standing(1),
            accepted_at: NOW,
            request: request(name),
        }
    }
}

/// What a request holds; longer than a page, so that one may be torn.
pub(crate) fn request(name: &str) -> Vec<u8> {
    name.bytes().cycle().take(6000).collect()
}

pub(crate) fn step(attempts: u32) -> Vec<u8> {
    format!("step {attempts}").into_bytes()
}

pub(crate) fn told(attempts: u32) -> Vec<u8> {
    format!("told after {attempts}").into_bytes()
}

fn standing(attempts: u32) -> Standing {
    Standing { state: State::Running, attempts, wake_at: None, send_before: None, step: step(attempts) }
}

fn say(line: &str) {
    // One system call for a line, so that none is there by half.
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}
