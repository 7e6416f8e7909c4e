//! The disk and the journal without a gateway: what commands could reach if nothing else cost anything.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use yizhan_journal::record::{Acceptance, NewReference, Outcome, Pinned, Standing, State, Task};
use yizhan_journal::seal::Cipher;
use yizhan_journal::{Accepted, ExchangeId, Journal, MessageDigest, Millis, Options};

/// As the bill of this bench leaves them: the message, the adapter's state at its first call, and the reply.
const REQUEST_BYTES: usize = 900;
const STEP_BYTES: usize = 1200;
const TOLD_BYTES: usize = 1300;
const NOTE_BYTES: usize = 120;
const NOW: Millis = Millis(1_767_321_045_000);

/// How often a second this disk syncs what was appended to a file, one after the other: so many bytes each time.
pub(crate) fn syncs_per_second(folder: &Path, bytes: usize, time: Duration) -> f64 {
    let path = folder.join("syncs");
    let mut file = File::create(&path).unwrap();
    let appended = vec![7; bytes];
    let (begun, mut syncs) = (Instant::now(), 0_u32);
    while begun.elapsed() < time {
        file.write_all(&appended).unwrap();
        file.sync_data().unwrap();
        syncs += 1;
    }
    let rate = f64::from(syncs) / begun.elapsed().as_secs_f64();
    fs::remove_file(path).unwrap();
    rate
}

/// How many commands a second the journal alone accepts and ends on this disk, for so many who each do one after the
/// other: what group commit allows here.
pub(crate) fn commands_per_second(folder: &Path, requesters: usize, time: Duration) -> f64 {
    let folder = tempfile::tempdir_in(folder).unwrap();
    let options = Options {
        path: folder.path().join("journal.db"),
        bound: None,
        node: "bench".to_owned(),
        cipher: Cipher::Aes256Gcm,
        now: NOW,
    };
    // As many threads as the gateway has on its one processor.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let (journal, writer) = Journal::open(&options, &[7; 32]).await.unwrap();
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for requester in 0..requesters {
            let journal = journal.clone();
            tasks.spawn(async move {
                let mut commands = 0_u32;
                while begun.elapsed() < time {
                    command(&journal, &format!("{requester} {commands}")).await;
                    commands += 1;
                }
                commands
            });
        }
        let commands: u32 = tasks.join_all().await.into_iter().sum();
        let rate = f64::from(commands) / begun.elapsed().as_secs_f64();
        drop(journal);
        tokio::task::spawn_blocking(|| writer.join().unwrap()).await.unwrap();
        rate
    })
}

/// A command's two commits.
async fn command(journal: &Journal, name: &str) {
    let key = journal.sealer().key_hash("hospital/H51010400001", name);
    assert!(journal.recall(key).unwrap().is_none());
    let acceptance = Acceptance {
        id: ExchangeId::fresh(),
        task: Task::Command,
        requester: "hospital/H51010400001".to_owned(),
        operation: "settlement.commit".to_owned(),
        target: "sichuan".to_owned(),
        key,
        digest: MessageDigest([1; 32]),
        about: None,
        persons: journal.persons(["51000051010000000000000001", "A00000001"]),
        pinned: Pinned {
            component: "00".repeat(32),
            settings: MessageDigest([2; 32]),
            standard: "1.0".to_owned(),
        },
        standing: Standing {
            state: State::Running,
            attempts: 1,
            wake_at: None,
            send_before: None,
            step: vec![3; STEP_BYTES],
        },
        accepted_at: NOW,
        request: vec![5; REQUEST_BYTES],
    };
    let Accepted::Fresh(kept) = journal.accept(acceptance).await.unwrap() else { panic!("{name} is known") };
    let left = |whose: &str| NewReference {
        key: journal.sealer().reference_hash(whose, "settlement", "510000S0001"),
        note: vec![7; NOTE_BYTES],
        keep_until: Millis(NOW.0 * 2),
    };
    let outcome = Outcome {
        state: State::Succeeded,
        told: vec![9; TOLD_BYTES],
        references: vec![left("sichuan"), left("requester hospital/H51010400001")],
        undid: None,
        release: false,
    };
    assert!(journal.finish(&kept, &outcome, NOW).await.unwrap());
}
