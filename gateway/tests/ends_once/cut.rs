//! The power goes under the whole gateway: what a requester was told with 200 or 202 was synced before.
//!
//! Syncs take long here, so that a byte which left before its sync is seen: the gateway is killed as soon as the
//! requester has the answer, and the disk is put back to what it had synced.

use std::time::Duration;

use yizhan_conformance::history::Answer;

use crate::disk::{Chance, Disk, Mood, rounds, seed};
use crate::house::House;
use crate::ward::{self, Manner, Ward};

const SLOW_SYNC_MILLIS: u64 = 30;
/// So many syncs, or fewer, belong to the start.
const FIRST_SYNCS: u64 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_leaves_before_the_sync_that_covers_it() {
    let mut chance = Chance(seed());
    let mut house = House::build(ward::plan()).await;
    let ward = Ward::new(&house);
    house.kill();
    let disk = Disk::below(&house.path("state"));
    let slow = Mood { sync_millis: SLOW_SYNC_MILLIS, ..Mood::default() };
    house.reopen(&disk.environment(slow));
    ward.follow(&house);
    let mut told = Vec::new();
    for round in 0..rounds(40).div_ceil(4) {
        let wishes = ward::visits(&house, 3).await;
        // Some are on their way when the first is told.
        let (first, others) = wishes.split_first().unwrap();
        wishes.iter().for_each(|wish| ward.invoke(wish));
        let manner = Manner { respond_async: round % 2 == 0, ..Manner::default() };
        let answer = tokio::select! {
            answer = ward.ask(first, manner) => answer,
            never = async { tokio::join!(ward.ask(&others[0], manner), std::future::pending::<()>()) } => {
                panic!("{never:?}")
            }
        };
        house.kill();
        assert!(matches!(answer, Answer::Done(_) | Answer::Pending), "round {round}: {answer:?}");
        disk.cut(&mut chance);
        house.reopen(&disk.environment(slow));
        ward.follow(&house);
        // What was told is known: the same again, or an end of what was pending; never a fresh run.
        let again = std::sync::Arc::clone(&ward).insist(first.clone(), Manner::default()).await;
        let held = house.sichuan.books().settlements.iter().filter(|one| one.visit == first.visit).count();
        match (&answer, &again) {
            (Answer::Done(number), Answer::Done(same)) => assert_eq!(number, same, "round {round}"),
            (Answer::Pending, Answer::Done(_) | Answer::Reversed | Answer::Nothing) => {}
            other => panic!("round {round}: told {other:?}"),
        }
        assert!(held <= 1, "round {round}: acted {held} times");
        for wish in others {
            std::sync::Arc::clone(&ward).insist(wish.clone(), Manner::default()).await;
        }
        told.extend(wishes);
    }
    let breaches = ward.breaches(&told, &house.sichuan.books());
    assert!(breaches.is_empty(), "{breaches:?}");
}

/// A sync that fails: from then on nothing is acknowledged, queries are served, and the next start goes on.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_nothing_is_acknowledged_and_nothing_is_lost() {
    let mut chance = Chance(seed());
    for round in 0..rounds(40).div_ceil(10) {
        let mut house = House::build(ward::plan()).await;
        let ward = Ward::new(&house);
        house.kill();
        let disk = Disk::below(&house.path("state"));
        let fail_sync = Some(FIRST_SYNCS + chance.below(12));
        house.reopen(&disk.environment(Mood { fail_sync, ..Mood::default() }));
        ward.follow(&house);
        let wishes = ward::visits(&house, 12).await;
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
            std::sync::Arc::clone(&ward).insist(wish.clone(), Manner::default()).await;
        }
        let breaches = ward.breaches(&wishes, &house.sichuan.books());
        let heard: Vec<_> = wishes.iter().map(|wish| ward.heard_of(&wish.key)).collect();
        assert!(breaches.is_empty(), "round {round}: {breaches:?}\n{}", heard.join("\n"));
    }
}
