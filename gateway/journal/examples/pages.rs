//! How long a page of a journal of so many exchanges takes (1 000 000 where nothing is said):
//! `cargo run -p yizhan-journal --example pages -- 1000000`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement ends by panicking, and says what it saw"
)]

use std::time::{Duration, Instant};

use yizhan_journal::record::{Acceptance, Exchange, Filter, Outcome, Pinned, Standing, State, Task};
use yizhan_journal::seal::Cipher;
use yizhan_journal::{Accepted, ExchangeId, Journal, MessageDigest, Millis, Options};

const PAGE: u32 = 50;
const TARGETS: [&str; 5] = ["guangdong", "sichuan", "chongqing", "insurer", "guizhou"];
const OPERATIONS: [&str; 4] = ["settlement.commit", "visit.register", "fees.upload", "claim.submit"];
const MILLISECONDS_APART: u64 = 80_000;
const NOW: Millis = Millis(1_767_321_045_000);

#[tokio::main]
async fn main() {
    let count: u64 = std::env::args().nth(1).map_or(1_000_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        path: folder.path().join("journal.db"),
        bound: None,
        node: "pages".to_owned(),
        cipher: Cipher::Aes256Gcm,
        now: NOW,
    };
    let (journal, _writer) = Journal::open(&options, &[7; 32]).await.unwrap();
    fill(&journal, count).await;
    println!("{count} exchanges, {} MiB", journal.bytes().unwrap() >> 20);
    let person = journal.persons([person(7).as_str()]).first().copied();
    let middle = Some(Millis(NOW.0 + count / 2 * MILLISECONDS_APART));
    let (target, operation) = (Some("guangdong".to_owned()), Some("claim.submit".to_owned()));
    let (rare, common) = (Some(State::Unresolved), Some(State::Succeeded));
    let none = Filter::default;
    for (name, filter) in [
        ("everything", none()),
        ("one partner", Filter { target: target.clone(), ..none() }),
        ("one operation", Filter { operation: operation.clone(), ..none() }),
        ("a common state", Filter { state: common, ..none() }),
        ("a rare state", Filter { state: rare, ..none() }),
        ("a person", Filter { person, ..none() }),
        ("up to the middle", Filter { until: middle, ..none() }),
        ("partner and rare state", Filter { target: target.clone(), state: rare, ..none() }),
        ("partner and common state", Filter { target: target.clone(), state: common, ..none() }),
        ("partner and operation", Filter { target: target.clone(), operation: operation.clone(), ..none() }),
        (
            "partner and an operation it never saw",
            Filter { target: Some("guizhou".to_owned()), operation, ..none() },
        ),
        ("all of it", Filter { target, state: common, person, until: middle, ..none() }),
    ] {
        let (mut slowest, mut pages, mut rows) = (Duration::ZERO, 0, 0);
        let mut next = filter;
        // Page by page as an operator would, at most a hundred.
        while pages < 100 {
            let began = Instant::now();
            let page = journal.list(&next, PAGE).unwrap();
            slowest = slowest.max(began.elapsed());
            pages += 1;
            rows += page.len();
            let Some(Exchange { id, .. }) = page.last() else { break };
            next.before = Some(*id);
        }
        println!(
            "{name:40} slowest page {:8.2} ms ({pages} pages, {rows} rows)",
            slowest.as_secs_f64() * 1e3
        );
    }
}

/// As after years: all but a few have succeeded; one partner has never seen one of the operations.
async fn fill(journal: &Journal, count: u64) {
    let mut number = 0;
    while number < count {
        let mut batch = tokio::task::JoinSet::new();
        for _ in 0..256_u64.min(count - number) {
            let (journal, one) = (journal.clone(), number);
            batch.spawn(async move { accept(&journal, one, count).await });
            number += 1;
        }
        batch.join_all().await;
    }
}

async fn accept(journal: &Journal, number: u64, count: u64) {
    let at = Millis(NOW.0 + number * MILLISECONDS_APART);
    let pick =
        |from: &[&str], by: u64| (*from.get(usize::try_from(by).unwrap() % from.len()).unwrap()).to_owned();
    let target = pick(&TARGETS, number);
    // 20 pairs of partner and operation, less one.
    let operation = match pick(&OPERATIONS, number / 5) {
        operation if target == "guizhou" && operation == "claim.submit" => pick(&OPERATIONS, number / 5 + 1),
        operation => operation,
    };
    // Three unresolved ones, all old.
    let state = if number.is_multiple_of(count / 20 + 1) && number < count / 6 {
        State::Unresolved
    } else {
        State::Succeeded
    };
    let acceptance = Acceptance {
        id: id(at, number),
        task: Task::Command,
        requester: "sc-hospital/H51010400001".to_owned(),
        operation,
        target,
        key: journal.sealer().key_hash("sc-hospital", &number.to_string()),
        digest: MessageDigest([1; 32]),
        about: None,
        persons: journal.persons([person(number % (count / 10 + 1)).as_str()]),
        pinned: Pinned {
            component: "00".repeat(32),
            settings: MessageDigest([2; 32]),
            standard: "1.0".to_owned(),
        },
        standing: Standing { state, attempts: 1, wake_at: None, send_before: None, step: Vec::new() },
        accepted_at: at,
        request: vec![b'x'; 200],
    };
    let outcome =
        Outcome { state, told: vec![b'y'; 200], references: Vec::new(), undid: None, release: false };
    assert!(matches!(journal.accept_ended(acceptance, outcome).await.unwrap(), Accepted::Fresh(_)));
}

/// A UUID of version 7 of that moment.
fn id(at: Millis, number: u64) -> ExchangeId {
    let mut bytes = [0; 16];
    let (time, rest) = bytes.split_at_mut(6);
    time.copy_from_slice(at.0.to_be_bytes().split_at(2).1);
    rest.split_at_mut(2).1.copy_from_slice(&number.to_be_bytes());
    ExchangeId::from_bytes(bytes)
}

fn person(number: u64) -> String {
    format!("P{number:017}")
}
