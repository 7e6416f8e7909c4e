//! The journal on a real file: what is kept, for whom, for how long, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::thread::JoinHandle;

use yizhan_journal::record::{
    Acceptance, Deed, Filter, NewReference, Outcome, Pinned, Standing, State, Task,
};
use yizhan_journal::seal::Cipher;
use yizhan_journal::{
    Accepted, ExchangeId, Journal, Kept, MessageDigest, Millis, OpenError, Options, StoreFault,
};

const MASTER: [u8; 32] = [7; 32];
const DAY: u64 = 86_400_000;
/// 2026-01-02, 10:30:45 in China.
const NOW: Millis = Millis(1_767_321_045_000);
const SECRET: &str = "510104199003071237";

fn options(folder: &Path) -> Options {
    Options {
        path: folder.join("journal.db"),
        bound: None,
        node: "one".to_owned(),
        cipher: Cipher::Aes256Gcm,
        now: NOW,
    }
}

async fn open(folder: &Path) -> (Journal, JoinHandle<()>) {
    Journal::open(&options(folder), &MASTER).await.unwrap()
}

fn acceptance(journal: &Journal, key: &str) -> Acceptance {
    Acceptance {
        id: ExchangeId::fresh(),
        task: Task::Command,
        requester: "sc-hospital/H51010400001".to_owned(),
        operation: "settlement.commit".to_owned(),
        target: "guangdong".to_owned(),
        key: journal.sealer().key_hash("sc-hospital/H51010400001", key),
        digest: MessageDigest([1; 32]),
        about: None,
        persons: journal.persons([SECRET]),
        pinned: Pinned {
            component: "00".repeat(32),
            settings: MessageDigest([2; 32]),
            standard: "1.0".to_owned(),
        },
        standing: standing(State::Running, 1),
        accepted_at: NOW,
        request: SECRET.as_bytes().to_vec(),
    }
}

fn standing(state: State, attempts: u32) -> Standing {
    let step = format!("step {attempts} of {SECRET}").into_bytes();
    Standing { state, attempts, wake_at: None, send_before: None, step }
}

fn outcome(state: State) -> Outcome {
    Outcome {
        state,
        told: format!("{SECRET} paid").into_bytes(),
        references: Vec::new(),
        undid: None,
        release: false,
    }
}

async fn accepted(journal: &Journal, key: &str) -> Kept {
    match journal.accept(acceptance(journal, key)).await.unwrap() {
        Accepted::Fresh(kept) => kept,
        Accepted::Known(known) => panic!("{known:?}"),
    }
}

#[tokio::test]
async fn a_command_is_accepted_once_goes_on_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let kept = accepted(&journal, "k").await;
    let again = journal.accept(acceptance(&journal, "k")).await.unwrap();
    assert!(
        matches!(again, Accepted::Known(known) if known.id == kept.id() && known.state == State::Running)
    );

    assert!(journal.advance(&kept, &standing(State::Unknown, 2), NOW).await.unwrap());
    let key = journal.sealer().key_hash("sc-hospital/H51010400001", "k");
    let known = journal.recall(key).unwrap().unwrap();
    assert_eq!((known.state, known.attempts), (State::Unknown, 2));
    let body = journal.body(kept.id()).unwrap();
    assert_eq!(body.request.unwrap(), SECRET.as_bytes());
    assert_eq!(body.step.unwrap(), format!("step 2 of {SECRET}").as_bytes());
    assert_eq!(body.told, None);

    assert!(journal.finish(&kept, &outcome(State::Succeeded), NOW).await.unwrap());
    assert_eq!(journal.exchange(kept.id()).unwrap().unwrap().state, State::Succeeded);
    let body = journal.body(kept.id()).unwrap();
    assert_eq!((body.step, body.told.unwrap()), (None, format!("{SECRET} paid").into_bytes()));
    assert!(!journal.advance(&kept, &standing(State::Running, 3), NOW).await.unwrap(), "it has ended");
    assert!(!journal.finish(&kept, &outcome(State::Rejected), NOW).await.unwrap(), "it has ended");
}

#[tokio::test]
async fn what_ends_without_an_act_is_one_commit() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let ended = journal.accept_ended(acceptance(&journal, "k"), outcome(State::Succeeded)).await.unwrap();
    let Accepted::Fresh(kept) = ended else { panic!("{ended:?}") };
    assert_eq!(journal.exchange(kept.id()).unwrap().unwrap().state, State::Succeeded);
    assert!(journal.body(kept.id()).unwrap().told.is_some());
    assert!(journal.under_way().unwrap().is_empty());
}

#[tokio::test]
async fn a_key_whose_command_was_never_sent_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let first = accepted(&journal, "k").await;
    let failed = Outcome { release: true, ..outcome(State::Rejected) };
    assert!(journal.finish(&first, &failed, NOW).await.unwrap());
    let second = accepted(&journal, "k").await;
    assert_ne!(first.id(), second.id());
    assert_eq!(journal.exchange(first.id()).unwrap().unwrap().state, State::Rejected);
}

#[tokio::test]
async fn a_later_start_owns_what_was_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = open(folder.path()).await;
    let (running, ended) = (accepted(&first, "running").await, accepted(&first, "ended").await);
    assert!(first.finish(&ended, &outcome(State::Rejected), NOW).await.unwrap());

    let (second, _) = open(folder.path()).await;
    assert!(!first.advance(&running, &standing(State::Running, 2), NOW).await.unwrap(), "it was taken over");
    assert!(!first.finish(&running, &outcome(State::Succeeded), NOW).await.unwrap(), "it was taken over");
    let left: Vec<_> = second.under_way().unwrap().iter().map(|exchange| exchange.id).collect();
    assert_eq!(left, [running.id()]);
    let (exchange, taken, body) = second.take_up(running.id()).unwrap();
    assert_eq!(exchange.attempts, 1);
    assert_eq!(body.step.unwrap(), format!("step 1 of {SECRET}").as_bytes());
    assert!(second.finish(&taken, &outcome(State::Succeeded), NOW).await.unwrap());
}

#[tokio::test]
async fn an_undo_marks_its_original_and_a_barred_key_stays_barred() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let original = accepted(&journal, "k").await;
    journal.finish(&original, &outcome(State::Succeeded), NOW).await.unwrap();
    let undo = Acceptance { task: Task::Undo, about: Some(original.id()), ..acceptance(&journal, "undo") };
    let Accepted::Fresh(undo) = journal.accept(undo).await.unwrap() else { panic!() };
    let taken_back = Outcome { undid: Some(original.id()), ..outcome(State::Succeeded) };
    assert!(journal.finish(&undo, &taken_back, NOW).await.unwrap());
    assert_eq!(journal.exchange(original.id()).unwrap().unwrap().state, State::Undone);
    assert_eq!(journal.follow_ups(original.id()).unwrap()[0].id, undo.id());

    let key = journal.sealer().key_hash("sc-hospital/H51010400001", "never came");
    assert_eq!(journal.bar("sc-hospital/H51010400001", key, NOW).await.unwrap(), None);
    let late = journal.accept(acceptance(&journal, "never came")).await.unwrap();
    assert!(matches!(late, Accepted::Known(known) if known.state == State::Barred));
    let known = journal.bar("sc-hospital/H51010400001", acceptance(&journal, "k").key, NOW).await.unwrap();
    assert_eq!(known.unwrap().id, original.id());
}

#[tokio::test]
async fn numbers_are_unique_across_restarts_until_the_series_wraps() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let (journal, _) = open(folder.path()).await;
        for _ in 0..100 {
            let number = journal.number("sichuan", "msgid", 10_000).await.unwrap();
            assert!(number < 10_000 && seen.insert(number), "{number} came twice");
        }
    }
    let (journal, _) = open(folder.path()).await;
    let mut short = Vec::new();
    for _ in 0..5 {
        short.push(journal.number("sichuan", "short", 2).await.unwrap());
    }
    assert_eq!(short, [0, 1, 0, 1, 0]);
    assert_eq!(journal.number("chongqing", "msgid", 10_000).await.unwrap(), 0);
}

#[tokio::test]
async fn references_are_left_with_the_outcome_and_found_later() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let key = journal.sealer().reference_hash("guangdong", "settlement", "S1");
    assert_eq!(journal.reference(key).unwrap(), None);
    let kept = accepted(&journal, "k").await;
    let left =
        NewReference { key, note: b"4408002601020000000001".to_vec(), keep_until: Millis(NOW.0 + DAY) };
    journal
        .finish(&kept, &Outcome { references: vec![left], ..outcome(State::Succeeded) }, NOW)
        .await
        .unwrap();
    let found = journal.reference(key).unwrap().unwrap();
    assert_eq!((found.exchange, found.note), (kept.id(), b"4408002601020000000001".to_vec()));
    journal.prune(NOW, Millis(0), Millis(NOW.0 + 2 * DAY), 100).await.unwrap();
    assert_eq!(journal.reference(key).unwrap(), None);
}

#[tokio::test]
async fn operators_see_pages_of_what_they_look_for() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let mut all = Vec::new();
    for number in 0..25 {
        let mut acceptance = acceptance(&journal, &number.to_string());
        if number % 5 == 0 {
            acceptance.target = "sichuan".to_owned();
            acceptance.persons = journal.persons(["someone else"]);
        }
        let Accepted::Fresh(kept) = journal.accept(acceptance).await.unwrap() else { panic!() };
        all.push(kept);
    }
    journal.finish(&all[3], &outcome(State::Unresolved), NOW).await.unwrap();

    let count = |filter: Filter| journal.list(&filter, 100).unwrap().len();
    assert_eq!(count(Filter::default()), 25);
    assert_eq!(count(Filter { target: Some("sichuan".to_owned()), ..Filter::default() }), 5);
    assert_eq!(count(Filter { state: Some(State::Unresolved), ..Filter::default() }), 1);
    assert_eq!(count(Filter { operation: Some("claim.submit".to_owned()), ..Filter::default() }), 0);
    let person = journal.persons([SECRET]).first().copied();
    assert_eq!(count(Filter { person, ..Filter::default() }), 20);
    let mixed = Filter {
        person,
        target: Some("guangdong".to_owned()),
        state: Some(State::Running),
        ..Filter::default()
    };
    assert_eq!(count(mixed), 19);
    assert_eq!(count(Filter { until: Some(Millis(NOW.0)), ..Filter::default() }), 0, "they are of today");
    assert_eq!(count(Filter { since: Some(Millis(NOW.0)), ..Filter::default() }), 25);

    let mut paged = Vec::new();
    let mut filter = Filter::default();
    loop {
        let page = journal.list(&filter, 10).unwrap();
        let Some(last) = page.last() else { break };
        filter.before = Some(last.id);
        paged.extend(page.iter().map(|exchange| exchange.id));
    }
    let newest_first: Vec<_> = all.iter().rev().map(Kept::id).collect();
    assert_eq!(paged, newest_first);
}

#[tokio::test]
async fn a_person_settles_what_nobody_else_can_and_it_is_kept_who_did() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let kept = accepted(&journal, "k").await;
    journal.finish(&kept, &outcome(State::Unresolved), NOW).await.unwrap();
    let deed = Deed {
        at: NOW,
        who: "uid 1000".to_owned(),
        role: "operator".to_owned(),
        action: "retry".to_owned(),
        exchange: Some(kept.id()),
        why: "the partner has confirmed by telephone".to_owned(),
    };
    let retry = |from| journal.settle(kept.id(), from, State::Unknown, deed.clone());
    assert!(!retry(State::Running).await.unwrap(), "it is not in that state");
    assert!(journal.deeds(Some(kept.id()), 10).unwrap().is_empty());
    assert!(retry(State::Unresolved).await.unwrap());
    assert_eq!(journal.deeds(Some(kept.id()), 10).unwrap(), [deed]);
    let (_, taken, body) = journal.take_up(kept.id()).unwrap();
    assert!(body.step.is_some(), "an unresolved exchange keeps how it stood");
    assert!(journal.finish(&taken, &outcome(State::Succeeded), NOW).await.unwrap());
}

#[tokio::test]
async fn bodies_are_forgotten_first_then_the_rest_but_nothing_that_has_not_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let (ended, running) = (accepted(&journal, "ended").await, accepted(&journal, "running").await);
    journal.finish(&ended, &outcome(State::Succeeded), NOW).await.unwrap();
    let later = Millis(NOW.0 + 31 * DAY);
    assert_eq!(journal.prune(NOW, Millis(0), NOW, 100).await.unwrap(), 0, "its day is not over");
    let bodies_before = Millis(NOW.0 + DAY);
    assert!(journal.prune(bodies_before, Millis(0), later, 100).await.unwrap() > 0);
    let body = journal.body(ended.id()).unwrap();
    assert_eq!((body.request, body.told), (None, None));
    assert!(journal.body(running.id()).unwrap().request.is_some());
    assert_eq!(journal.recall(acceptance(&journal, "ended").key).unwrap().unwrap().state, State::Succeeded);

    journal.prune(bodies_before, later, later, 100).await.unwrap();
    assert!(journal.exchange(ended.id()).unwrap().is_none());
    assert!(journal.exchange(running.id()).unwrap().is_some());
    let person = journal.persons([SECRET]).first().copied();
    assert_eq!(journal.list(&Filter { person, ..Filter::default() }, 10).unwrap().len(), 1);
    let (again, _) = open(folder.path()).await;
    assert_eq!(again.under_way().unwrap().len(), 1, "the key still proves itself");
}

#[tokio::test]
async fn no_file_of_it_shows_a_person() {
    for cipher in [Cipher::Aes256Gcm, Cipher::Sm4Gcm] {
        let folder = tempfile::tempdir().unwrap();
        let (journal, thread) =
            Journal::open(&Options { cipher, ..options(folder.path()) }, &MASTER).await.unwrap();
        let kept = accepted(&journal, SECRET).await;
        let key = journal.sealer().reference_hash("guangdong", "person", SECRET);
        let left = NewReference { key, note: SECRET.as_bytes().to_vec(), keep_until: Millis(u64::MAX) };
        let outcome = Outcome { references: vec![left], ..outcome(State::Succeeded) };
        journal.finish(&kept, &outcome, NOW).await.unwrap();
        let shown = |name: &str| {
            let bytes = std::fs::read(folder.path().join(name)).unwrap_or_default();
            bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
        };
        assert!(
            !shown("journal.db-wal")
                && std::fs::read(folder.path().join("journal.db-wal")).unwrap().len() > 1000
        );
        drop(journal);
        thread.join().unwrap();
        assert!(!shown("journal.db"));
    }
}

#[tokio::test]
async fn another_key_is_refused_and_so_is_a_later_layout() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).await);
    for wrong in [&[8; 32][..], &[7; 31]] {
        let opened = Journal::open(&options(folder.path()), wrong).await;
        assert!(matches!(opened.err(), Some(OpenError::Key(_))));
    }
    let file = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    let opened = Journal::open(&options(folder.path()), &MASTER).await;
    assert!(matches!(opened.err(), Some(OpenError::TooNew { found: 99, .. })));
}

#[tokio::test]
async fn a_full_journal_accepts_nothing_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let bounded = Options { bound: Some(400 * 1024), ..options(folder.path()) };
    let (journal, _) = Journal::open(&bounded, &MASTER).await.unwrap();
    let mut kept = Vec::new();
    let refused = loop {
        let mut acceptance = acceptance(&journal, &kept.len().to_string());
        acceptance.request = vec![b'x'; 3000];
        match journal.accept(acceptance).await {
            Ok(Accepted::Fresh(one)) => kept.push(one),
            Ok(Accepted::Known(known)) => panic!("{known:?}"),
            Err(fault) => break fault,
        }
    };
    assert_eq!(refused, StoreFault::Full);
    assert!(!journal.has_failed() && kept.len() > 3, "{}", kept.len());
    for one in &kept {
        assert!(journal.body(one.id()).unwrap().request.is_some());
    }
    // What was accepted has the room to end.
    let (first, rest) = kept.split_first().unwrap();
    assert!(journal.advance(first, &standing(State::Unknown, 2), NOW).await.unwrap());
    assert!(journal.finish(first, &outcome(State::Succeeded), NOW).await.unwrap());
    assert_eq!(journal.accept(acceptance(&journal, "one more")).await.err(), Some(StoreFault::Full));
    let (roomy, _) = open(folder.path()).await;
    assert_eq!(roomy.under_way().unwrap().len(), rest.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_share_commits() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let before = journal.counts();
    let mut all = tokio::task::JoinSet::new();
    for number in 0..400 {
        let journal = journal.clone();
        all.spawn(async move {
            let kept = accepted(&journal, &number.to_string()).await;
            assert!(journal.finish(&kept, &outcome(State::Succeeded), NOW).await.unwrap());
        });
    }
    all.join_all().await;
    let after = journal.counts();
    assert!(after.1 - before.1 >= 800);
    assert!(after.0 - before.0 < (after.1 - before.1) / 4, "{before:?} {after:?}");
    assert_eq!(
        journal.list(&Filter { state: Some(State::Succeeded), ..Filter::default() }, 1000).unwrap().len(),
        400
    );
}

fn deed(action: &str) -> Deed {
    Deed {
        at: NOW,
        who: "uid 1000".to_owned(),
        role: "operator".to_owned(),
        action: action.to_owned(),
        exchange: None,
        why: "their certificate has expired".to_owned(),
    }
}

#[tokio::test]
async fn a_partner_is_held_across_starts_until_somebody_lets_it_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = open(folder.path()).await;
    assert!(first.paused().unwrap().is_empty());
    first.pause("guangdong", deed("pause")).await.unwrap();
    first.pause("guangdong", Deed { at: Millis(NOW.0 + 1), ..deed("pause") }).await.unwrap();
    let (second, _) = open(folder.path()).await;
    let paused = second.paused().unwrap();
    assert_eq!(paused.len(), 1);
    assert_eq!((paused[0].partner.as_str(), paused[0].since), ("guangdong", NOW), "since the first time");
    second.resume("guangdong", deed("resume")).await.unwrap();
    assert!(second.paused().unwrap().is_empty());
    let actions: Vec<_> = second.deeds(None, 9).unwrap().into_iter().map(|deed| deed.action).collect();
    assert_eq!(actions, ["resume", "pause", "pause"]);
}

#[tokio::test]
async fn what_a_person_closes_is_forgotten_like_all_that_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).await;
    let kept = accepted(&journal, "k").await;
    assert!(journal.finish(&kept, &outcome(State::Unresolved), NOW).await.unwrap());
    let long_after = Millis(NOW.0 + 400 * DAY);
    journal.prune(long_after, Millis(0), NOW, 100).await.unwrap();
    assert!(journal.body(kept.id()).unwrap().request.is_some(), "nobody has decided yet");
    let closed = Deed { at: long_after, exchange: Some(kept.id()), ..deed("close") };
    assert!(journal.settle(kept.id(), State::Unresolved, State::Closed, closed).await.unwrap());
    assert!(journal.body(kept.id()).unwrap().request.is_some());
    journal.prune(Millis(long_after.0 + 2 * DAY), Millis(0), NOW, 100).await.unwrap();
    assert!(journal.body(kept.id()).unwrap().request.is_none());
    assert_eq!(journal.exchange(kept.id()).unwrap().unwrap().state, State::Closed);
}
