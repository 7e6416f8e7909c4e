//! The partner does what it was asked and answers badly, or not at all: an outcome that is unknown is settled before
//! anybody is told.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use yizhan_conformance::history::Answer;
use yizhan_conformance::twin::Fault;

use crate::disk::{Chance, rounds, seed};
use crate::house::House;
use crate::ward::{Manner, Ward};
use crate::wish;

/// Settlements that are struck at once, each in its own way.
const AT_ONCE: usize = 64;

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
    let house = House::build(wish::plan()).await;
    let ward = Ward::new(&house);
    for fault in faults() {
        let wishes = wish::visits(&house, 2).await;
        house.sichuan.faults().only_on(&["/2207"]);
        house.sichuan.faults().set(fault.clone());
        let answers = all_insist(&ward, &wishes).await;
        house.sichuan.faults().clear();
        for wish in &wishes {
            ward.ask(wish, Manner::default()).await;
        }
        let breaches = ward.breaches(&wishes, &house);
        let heard = ward.heard_of_all(&breaches, &wishes);
        assert!(breaches.is_empty(), "{fault:?}: {breaches:?} {answers:?}\n{heard}");
        println!("{fault:?}: {answers:?}");
    }
    assert!(ward.count(|answer| matches!(answer, Answer::Done(_))) > 0);
    assert!(ward.count(|answer| *answer == Answer::Reversed) > 0);
}

/// The partner's line is cut at every byte of a request, and at every byte of its answer.
#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_line_is_cut_a_settlement_ends_once() {
    let house = House::build(wish::plan()).await;
    let ward = Ward::new(&house);
    // The first byte of a request has number 1; of an answer none may come.
    for (cut, first) in [(Fault::CutRequestAt as fn(usize) -> Fault, 1), (Fault::CutAnswerAt, 0)] {
        let mut struck = 0;
        for begin in (first..).step_by(AT_ONCE) {
            let wishes = wish::visits(&house, AT_ONCE).await;
            house.sichuan.faults().only_on(&["/2207"]);
            house.sichuan.faults().set_each((begin..begin + AT_ONCE).map(cut).collect());
            let answers = all_insist(&ward, &wishes).await;
            house.sichuan.faults().clear();
            let breaches = ward.breaches(&wishes, &house);
            let heard = ward.heard_of_all(&breaches, &wishes);
            assert!(breaches.is_empty(), "{:?} and on: {breaches:?}\n{heard}", cut(begin));
            let whole = answers.iter().filter(|answer| matches!(answer, Answer::Done(_))).count();
            struck += AT_ONCE - whole;
            if whole == AT_ONCE {
                break; // all of them are behind its end
            }
        }
        println!("{:?} and on: {struck} settlements struck", cut(first));
        assert!(struck > 500, "{struck} settlements struck");
    }
}

/// The act and what takes it back, cut at random bytes.
#[tokio::test(flavor = "multi_thread")]
async fn wherever_both_lines_are_cut_a_settlement_ends_once() {
    let mut chance = Chance(seed());
    let house = House::build(wish::plan()).await;
    let ward = Ward::new(&house);
    for _ in 0..rounds(40).div_ceil(20) {
        let wishes = wish::visits(&house, AT_ONCE / 2).await;
        let cuts: Vec<_> =
            (0..8).map(|_| (3, Fault::CutRequestAt(1 + chance.below(2000) as usize))).collect();
        let more = (0..8).map(|_| (3, Fault::CutAnswerAt(chance.below(2000) as usize)));
        house.sichuan.faults().only_on(&["/2207", "/2601"]);
        house.sichuan.faults().set_mix(cuts.into_iter().chain(more).collect());
        all_insist(&ward, &wishes).await;
        house.sichuan.faults().clear();
        for wish in &wishes {
            ward.ask(wish, Manner::default()).await;
        }
        let breaches = ward.breaches(&wishes, &house);
        assert!(breaches.is_empty(), "{breaches:?}\n{}", ward.heard_of_all(&breaches, &wishes));
    }
}

async fn all_insist(ward: &Arc<Ward>, wishes: &[wish::Wish]) -> Vec<Answer> {
    let mut requesters = JoinSet::new();
    for wish in wishes.iter().cloned() {
        requesters.spawn(Arc::clone(ward).insist(wish, Manner::default()));
    }
    requesters.join_all().await
}

/// A fault that hides the answer and everything after it: pending, and never a no.
#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_knows_nobody_is_told_that_they_do() {
    let house = House::build(wish::plan()).await;
    let ward = Ward::new(&house);
    let wishes = wish::visits(&house, 2).await;
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
    let breaches = ward.breaches(&wishes, &house);
    assert!(breaches.is_empty(), "{breaches:?}");
}
