//! The power goes under the whole gateway, pins and key and journal, from its first start on: what a requester was told
//! with 200 or 202 was synced before.
//!
//! A life ends as soon as somebody has heard so many acknowledgements, and syncs may take long, so that a byte which
//! left before its sync is seen: what was not synced is dropped or torn, and the next life has to know what was told.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use yizhan_conformance::history::Answer;

use crate::disk::{Chance, Disk, Mood, rounds, seed};
use crate::house::House;
use crate::killed::{LATER, REQUESTERS, Seen, crowd};
use crate::ward::{Manner, Ward};
use crate::wish;

/// Cuts of one house, after which everybody must come to know.
const CUTS: u64 = 10;
const SLOW_SYNC_MILLIS: u64 = 40;
/// So many syncs, or fewer, belong to a start.
const FIRST_SYNCS: u64 = 8;
/// A life in which nobody hears anything ends all the same.
const LONGEST_LIFE: Duration = Duration::from_millis(1500);

#[tokio::test(flavor = "multi_thread")]
async fn no_2xx_leaves_before_the_sync_that_covers_it() {
    let (seed, cuts) = (seed(), rounds(40).div_ceil(2));
    println!("{cuts} cuts from seed {seed}");
    let (mut seen, mut told, mut unopened) = (Seen::default(), 0, 0);
    for house in 0..cuts.div_ceil(CUTS) {
        let mut chance = Chance(seed ^ (house << 32) ^ 0xC07);
        let mut disk = None;
        let mut house = House::build_over(wish::plan_with_claims(), |root| {
            disk.insert(Disk::below(&root.join("state"))).environment(slow())
        })
        .await;
        let disk = disk.unwrap();
        let wishes = wish::of_every_kind(&house, REQUESTERS + LATER).await;
        let ward = Ward::new(&house);
        let requesters = crowd(&house, &ward, &wishes, CUTS, &mut chance);
        for cut in 0..CUTS.min(cuts) {
            tokio::select! {
                () = ward.acknowledged(1 + chance.below(8)) => told += 1,
                () = tokio::time::sleep(LONGEST_LIFE) => {}
            }
            house.kill();
            disk.cut(&mut chance);
            if told > 0 {
                pins_are_whole(&house);
            }
            // A sync that fails ends the journal for this life, or keeps it from being opened.
            while house.try_reopen(&disk.environment(mood(&mut chance))).is_err() {
                unopened += 1;
                disk.cut(&mut chance);
            }
            ward.follow(&house);
            assert_eq!(ward.broken_word().await, Vec::<String>::new(), "cut {cut} of seed {seed}");
        }
        house.kill();
        disk.cut(&mut chance);
        house.reopen(&disk.environment(Mood::default()));
        ward.follow(&house);
        seen.hold(&format!("seed {seed}"), &house, &ward, &wishes, requesters).await;
    }
    println!("{seen:?}, {told} lives ended by an acknowledgement, {unopened} that did not begin");
    assert!(
        seen.done > 0 && seen.reversed > 0 && told > cuts / 4,
        "{seen:?} {told}: the cuts struck nothing"
    );
}

/// What accepted commands began with is kept beside the journal, each whole under the name of its digest.
fn pins_are_whole(house: &House) {
    for adapter in ["nhsa", "guangdong", "fhir"] {
        let component = fs::read(house.path(&format!("adapters/{adapter}.wasm"))).unwrap();
        let name = format!("state/journal.pins/{}.wasm", hex::encode(Sha256::digest(&component)));
        let kept = fs::read(house.path(&name)).unwrap_or_else(|error| panic!("{adapter}: {name}: {error}"));
        assert!(kept == component, "{adapter}: {name} is torn");
    }
}

fn slow() -> Mood {
    Mood { sync_millis: SLOW_SYNC_MILLIS, ..Mood::default() }
}

/// Mostly slow; sometimes a sync fails, or the power goes in the middle of a change.
fn mood(chance: &mut Chance) -> Mood {
    match chance.below(4) {
        0 => Mood { fail_sync: Some(1 + chance.below(40)), ..Mood::default() },
        1 => Mood { die_at: Some(20 + chance.any_size(2000)), ..Mood::default() },
        _ => slow(),
    }
}

/// A sync that fails: from then on nothing is acknowledged, queries are served, and the next start goes on.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_nothing_is_acknowledged_and_nothing_is_lost() {
    let mut chance = Chance(seed());
    for round in 0..rounds(40).div_ceil(20) {
        let mut house = House::build(wish::plan()).await;
        let ward = Ward::new(&house);
        // What a first start writes is written.
        for wish in wish::visits(&house, 1).await {
            Arc::clone(&ward).insist(wish, Manner::default()).await;
        }
        house.kill();
        let disk = Disk::below(&house.path("state"));
        let fail_sync = Some(FIRST_SYNCS + chance.below(12));
        house.reopen(&disk.environment(Mood { fail_sync, ..Mood::default() }));
        ward.follow(&house);
        let wishes = wish::visits(&house, 12).await;
        let mut refused = 0;
        let hasty = Manner { hangs_up_after: Some(Duration::from_secs(20)), ..Manner::default() };
        for wish in &wishes {
            ward.invoke(wish);
            match ward.ask(wish, hasty).await {
                Answer::Done(_) => {
                    assert_eq!(refused, 0, "round {round}: the journal goes on after its failure");
                }
                Answer::Nothing | Answer::Pending => refused += 1,
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert!(refused > 0, "round {round}: the sync {fail_sync:?} never came");
        house.kill();
        if chance.one_in(2) {
            disk.cut(&mut chance);
        }
        house.reopen(&disk.environment(Mood::default()));
        ward.follow(&house);
        for wish in &wishes {
            Arc::clone(&ward).insist(wish.clone(), Manner::default()).await;
        }
        let breaches = ward.breaches(&wishes, &house);
        assert!(
            breaches.is_empty(),
            "round {round}: {breaches:?}\n{}",
            ward.heard_of_all(&breaches, &wishes)
        );
        assert_eq!(ward.forgotten().await, Vec::<String>::new(), "round {round}");
    }
}
