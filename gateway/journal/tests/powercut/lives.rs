//! One round: some lives of a process over one disk, each ended in a bad moment, and what the journal says after each.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::disk::{Chance, Disk, Mood};
use crate::witness::Witness;

/// Changes in one life, at most; enough for the log to be written back and begun anew.
const MOST_CHANGES: u64 = 16_000;
/// Syncs in one life, at most.
const MOST_SYNCS: u64 = 250;

/// What all rounds together have shown.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    lives: u64,
    cuts: u64,
    failed_syncs: u64,
    went_on_after_a_failed_sync: u64,
    acknowledged: usize,
}

impl Seen {
    /// Rounds in which nothing happens prove nothing.
    pub(crate) fn assert_it_was_worth_it(&self) {
        assert!(self.cuts > 0 && self.failed_syncs > 0 && self.went_on_after_a_failed_sync > 0);
        assert!(self.acknowledged > 1000);
    }
}

/// One round from its seed.
pub(crate) fn round(seed: u64, seen: &mut Seen) {
    let mut chance = Chance(seed);
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("state");
    std::fs::create_dir(&folder).unwrap();
    let disk = Disk::below(&folder);
    let mut witness = Witness::default();
    let mut failed_before = false;
    for life in 0..2 + chance.below(3) {
        let fails = chance.one_in(3);
        let mood = Mood {
            die_at: (!fails || chance.one_in(2)).then(|| chance.any_size(MOST_CHANGES)),
            fail_sync: fails.then(|| chance.any_size(MOST_SYNCS)),
            sync_millis: 0,
        };
        let context = format!("round {seed}, life {life}, {mood:?}");
        println!("  {context}");
        let lines = live(&disk, mood);
        let refused = lines.iter().any(|line| line == "failed" || line.starts_with("refused-open"));
        assert!(!refused || fails, "{context}: the journal refused on a sound disk: {:?}", lines.last());
        seen.lives += 1;
        seen.failed_syncs += u64::from(refused);
        seen.went_on_after_a_failed_sync += u64::from(failed_before && lines.len() > 1);
        lines.iter().filter(|line| !line.starts_with("refused-open")).for_each(|line| witness.hear(line));
        // Else only the process has died, and the next one finds what the system still has in memory.
        if chance.one_in(2) {
            disk.cut(&mut chance);
            seen.cuts += 1;
            failed_before = false;
        } else {
            failed_before |= refused;
        }
        check(&disk, &witness);
    }
    disk.cut(&mut chance);
    check(&disk, &witness);
    seen.cuts += 1;
    seen.acknowledged += witness.acknowledged();
}

/// Runs the child until it dies; every line it said.
fn live(disk: &Disk, mood: Mood) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env("POWERCUT_WORKER", disk.folder())
        .envs(disk.environment(mood))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap).collect();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    child.wait().unwrap();
    assert!(said.is_empty(), "{said}");
    lines
}

/// On a copy, because whoever opens a journal writes to it.
fn check(disk: &Disk, witness: &Witness) {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(disk.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "db-shm") {
            std::fs::copy(&path, copy.path().join(Path::new(path.file_name().unwrap()))).unwrap();
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(witness.check(copy.path()));
}
