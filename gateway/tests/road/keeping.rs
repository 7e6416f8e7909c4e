//! How long the journal keeps what, how it stands, and files of earlier releases.

use std::process::Command;
use std::time::{Duration, Instant};

use yizhan_journal::Millis;
use yizhan_journal::record::State;

use crate::house::{BINARY, House, SOON};
use crate::operators::*;
use crate::peer::*;
use crate::plan::Plan;

const LAYOUT_1: &str = include_str!("../../journal/src/sqlite/layout-1.sql");

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_forgotten_first_then_that_it_was() {
    let mut plan = Plan::new();
    let (mut ids, began) = (Vec::new(), now());
    earlier(&mut plan, None, async |journal| {
        for (days, state) in [
            (1, State::Succeeded),
            (40, State::Succeeded),
            (40, State::Unresolved),
            (1200, State::Succeeded),
            (1200, State::Unresolved),
        ] {
            let at = Millis(began.0 - days * DAY);
            ids.push(ended(journal, exchange(journal, at, "guangdong", "claim.submit"), state).await);
        }
    })
    .await;
    let house = House::build(plan).await;
    let begun = Instant::now();
    while ends(&house, &["exchanges", "show", &ids[3]]) != 4 {
        assert!(begun.elapsed() < SOON);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let kept = |id: &str| told(&house, &["exchanges", "show", id])["bodyIsKept"].as_bool().unwrap();
    let kept: Vec<bool> = [0, 1, 2, 4].iter().map(|index| kept(&ids[*index])).collect();
    assert_eq!(kept, [true, false, true, true], "what nobody has decided is kept whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_journal_is_told_and_refuses_commands_only() {
    const BOUND: u64 = 1 << 20;
    let neighbours = {
        let mut files = Plan::new();
        earlier(&mut files, Some(BOUND), async |journal| {
            loop {
                let mut one = exchange(journal, now(), "guangdong", "claim.submit");
                one.request = vec![b'x'; 3000];
                one.persons = Vec::new();
                if journal.accept(one).await.is_err() {
                    break;
                }
            }
        })
        .await;
        let kept = ["state/journal.db", "state/journal.key"].map(|file| (file, files.files[file].clone()));
        Neighbours::with(&[registered()], |plan| {
            for (file, content) in kept {
                plan.write(file, content);
            }
            plan.append("yizhan.toml", "\n[journal]\nmax-bytes = \"1MiB\"\n");
        })
        .await
    };
    let house = &neighbours.house;
    assert_eq!(house.figure("yizhan_journal_alarm", &[]).await, 1.0);
    assert!(house.figure("yizhan_journal_bytes", &[]).await > 0.8 * 1_048_576.0);
    assert_eq!(house.operator("/readyz").await.0, 200, "queries are answered");
    // Small rows still fit here and there; soon none does.
    let begun = Instant::now();
    let mut number = 0;
    loop {
        let response = neighbours.register(&number.to_string(), true).await;
        if response.status == 503 {
            let said = String::from_utf8_lossy(&response.body).into_owned();
            assert!(said.contains("overloaded") && said.contains("the journal has no room"), "{said}");
            break;
        }
        number += 1;
        assert!(begun.elapsed() < SOON);
    }
    let calls = neighbours.calls();
    assert_eq!(neighbours.register("one-more", true).await.status, 503);
    assert_eq!(neighbours.calls(), calls, "what is not written down does not leave");
    let (status, said) = house.operator("/readyz?verbose").await;
    assert!(status == 200 && said.contains("[-] journal"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_failed_is_not_ready_until_the_next_start() {
    let mut house = House::new().await;
    assert!(house.operator("/readyz?verbose").await.1.contains("[+] journal"));
    let pause = ["partners", "pause", "guangdong", "--why", "to see what happens"];
    assert_eq!(ends(&house, &pause), 0);
    // Started anew, nothing of the file is in memory; then it is spoilt under its hands.
    house.restart().await;
    // Whatever it reads next is in the file or in its log.
    let files = [("state/journal.db", 4096), ("state/journal.db-wal", 32)]
        .map(|(file, from)| (house.path(file), from));
    let whole: Vec<_> = files.iter().map(|(file, _)| std::fs::read(file).unwrap_or_default()).collect();
    for ((file, from), whole) in files.iter().zip(&whole) {
        let mut bytes = whole.clone();
        bytes.iter_mut().skip(*from).for_each(|byte| *byte = 0xff);
        spoil(file, &bytes);
    }
    assert_eq!(ends(&house, &pause), 1);
    let (status, said) = house.operator("/readyz").await;
    assert!(status == 503 && said.contains("[-] journal"), "{said}");
    assert_eq!(house.figure("yizhan_journal_alarm", &[]).await, 1.0);
    for ((file, _), whole) in files.iter().zip(&whole) {
        spoil(file, whole);
    }
    assert_eq!(house.operator("/readyz").await.0, 503, "nobody knows what is on disk");
    house.restart().await;
    assert_eq!(house.operator("/readyz").await.0, 200);
}

/// Over the same file, not in its place.
fn spoil(file: &std::path::Path, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let mut file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_of_an_earlier_release_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    let connection = rusqlite::Connection::open(&journal).unwrap();
    connection.execute_batch(LAYOUT_1).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection.close().unwrap();
    let earlier = std::fs::read(&journal).unwrap();
    let mut house = House::with(|plan| {
        plan.write("state/journal.db", earlier.clone());
        plan.write("state/journal.key", hex::encode([7; 32]));
    })
    .await;
    assert_eq!(
        ends(&house, &["partners", "pause", "guangdong", "--why", "the new layout has a place for it"]),
        0
    );
    house.signal("TERM");
    assert!(house.ended(SOON).await.unwrap().success());

    let migrate = || {
        let config = house.path("yizhan.toml");
        let output = Command::new(BINARY).arg("migrate").arg("--config").arg(config).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(migrate().contains("layout 2, which is up to date"));
    std::fs::write(house.path("state/journal.db"), &earlier).unwrap();
    assert!(migrate().contains("layout 1 → 2"));
    assert!(migrate().contains("layout 2, which is up to date"));
    std::fs::remove_file(house.path("state/journal.db")).unwrap();
    assert!(migrate().contains("not there yet"));
    assert!(!house.path("state/journal.db").exists());
}
