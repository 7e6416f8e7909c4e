//! The partner does what it was asked and answers badly, or not at all: an outcome that is unknown is settled before
//! anybody is told.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use yizhan_conformance::history::{Answer, Breach};
use yizhan_conformance::twin::Fault;

use crate::disk::{Chance, rounds, seed};
use crate::house::House;
use crate::ward::{self, Manner, Ward};

/// Each way in which an answer goes wrong.
fn faults() -> Vec<Fault> {
    vec![
        Fault::Delay(Duration::from_millis(300)),
        Fault::Status(503),
        Fault::StatusAfter(500),
        Fault::StatusAfter(502),
        Fault::CutBeforeReading,
        Fault::CutAfterReading,
        Fault::CutInAnswer,
        Fault::ActLate(Duration::from_millis(300)),
        Fault::AnswerTwice,
        Fault::Truncated,
        Fault::Garbage,
        Fault::WrongCharset,
        Fault::BusinessError,
        Fault::WrongVisit,
        Fault::CentTooMuch,
        Fault::ErrorTextOnSuccess,
        Fault::HugeAnswer(8 << 20),
        Fault::DeepNesting(100_000),
        Fault::TrailingComma,
        Fault::UnquotedKeys,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_partner_answers_a_settlement_ends_once() {
    let house = House::build(ward::plan()).await;
    let ward = Ward::new(&house);
    for fault in faults() {
        let wishes = ward::visits(&house, 2).await;
        house.sichuan.faults().only_on(&["/2207"]);
        house.sichuan.faults().set(fault.clone());
        let mut requesters = JoinSet::new();
        for wish in wishes.clone() {
            requesters.spawn(Arc::clone(&ward).insist(wish, Manner::default()));
        }
        let answers = requesters.join_all().await;
        house.sichuan.faults().clear();
        for wish in &wishes {
            ward.ask(wish, Manner::default()).await;
        }
        let breaches = of(ward.breaches(&wishes, &house.sichuan.books()), &wishes);
        let heard: Vec<_> = wishes.iter().map(|wish| ward.heard_of(&wish.key)).collect();
        assert!(breaches.is_empty(), "{fault:?}: {breaches:?} {answers:?}\n{}", heard.join("\n"));
        println!("{fault:?}: {answers:?}");
    }
    assert!(ward.count(|answer| matches!(answer, Answer::Done(_))) > 0);
    assert!(ward.count(|answer| *answer == Answer::Reversed) > 0);
}

/// Every byte of a request and of an answer, as far as chance and the rounds lead.
#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_line_is_cut_a_settlement_ends_once() {
    let mut chance = Chance(seed());
    let house = House::build(ward::plan()).await;
    let ward = Ward::new(&house);
    for _ in 0..rounds(40).div_ceil(8) {
        let wishes = ward::visits(&house, 8).await;
        let mut requesters = JoinSet::new();
        let cuts: Vec<_> =
            (0..8).map(|_| (3, Fault::CutRequestAt(1 + chance.below(2000) as usize))).collect();
        let more = (0..8).map(|_| (3, Fault::CutAnswerAt(chance.below(2000) as usize)));
        house.sichuan.faults().only_on(&["/2207", "/2601"]);
        house.sichuan.faults().set_mix(cuts.into_iter().chain(more).collect());
        for wish in wishes.clone() {
            requesters.spawn(Arc::clone(&ward).insist(wish, Manner::default()));
        }
        requesters.join_all().await;
        house.sichuan.faults().clear();
        for wish in &wishes {
            ward.ask(wish, Manner::default()).await;
        }
        let breaches = of(ward.breaches(&wishes, &house.sichuan.books()), &wishes);
        let heard: Vec<_> = wishes.iter().map(|wish| ward.heard_of(&wish.key)).collect();
        assert!(breaches.is_empty(), "{breaches:?}\n{}", heard.join("\n"));
    }
}

/// A fault that hides the answer and everything after it: pending, and never a no.
#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_knows_nobody_is_told_that_they_do() {
    let house = House::build(ward::plan()).await;
    let ward = Ward::new(&house);
    let wishes = ward::visits(&house, 2).await;
    house.sichuan.faults().only_on(&["/2207", "/2601"]);
    house.sichuan.faults().set(Fault::CutAfterReading);
    let hasty = Manner { hangs_up_after: Some(Duration::from_millis(500)), ..Manner::default() };
    for wish in &wishes {
        ward.invoke(wish);
        for _ in 0..3 {
            let answer = ward.ask(wish, hasty).await;
            assert!(matches!(answer, Answer::Silence | Answer::Pending), "{answer:?}");
        }
    }
    house.sichuan.faults().clear();
    for wish in &wishes {
        Arc::clone(&ward).insist(wish.clone(), Manner::default()).await;
    }
    let breaches = of(ward.breaches(&wishes, &house.sichuan.books()), &wishes);
    assert!(breaches.is_empty(), "{breaches:?}");
}

/// The books are of these visits; of earlier ones everything was said in its own round.
fn of(breaches: Vec<Breach>, wishes: &[ward::Wish]) -> Vec<Breach> {
    let ours = |key: &str| wishes.iter().any(|wish| wish.key == key);
    let about = |breach: &Breach| match breach {
        Breach::Doubled(_) | Breach::Unasked(_) => true,
        Breach::Lost(command, _)
        | Breach::DoneInSecret(command)
        | Breach::ToldOtherwise(command)
        | Breach::Unsent(command)
        | Breach::Open(command) => ours(&command.0),
    };
    breaches.into_iter().filter(about).collect()
}
