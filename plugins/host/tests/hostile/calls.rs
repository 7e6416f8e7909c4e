//! Calls that do harm: each ends in its own fault, the pool is whole afterwards, and a neighbour's exchange goes
//! well.

use std::time::{Duration, Instant};

use serde_json::json;
use yizhan_host::contract::Step;
use yizhan_host::driver::{Ending, Kind, Unresolved};
use yizhan_host::{CallFault, Keyring, Seat, SeatFault, admission};

use crate::handmade::Handmade;
use crate::road::{all_is_well, drive, succeeded};
use crate::world::{Counted, adapter, context, engine, hostile, roomy, task};

#[tokio::test]
async fn each_harm_is_its_own_fault() {
    let engine = engine(4, 5000, 250);
    for (misbehave, fault, code) in [
        ("trap-in-start", CallFault::Trap, "trap"),
        ("trap-in-resume", CallFault::Trap, "trap"),
        ("dig", CallFault::Trap, "trap"),
        ("loop-in-start", CallFault::Deadline, "deadline"),
        ("loop-in-resume", CallFault::Deadline, "deadline"),
        ("hoard", CallFault::Memory, "memory"),
        ("large-state", CallFault::Output, "output-too-large"),
        ("large-body", CallFault::Output, "output-too-large"),
        ("large-note", CallFault::Output, "output-too-large"),
    ] {
        let ended = drive(&engine, &hostile(&engine, misbehave), Kind::Query).await;
        assert_eq!(ended.fault, Some(fault), "{misbehave}");
        assert_eq!(ended.ending, Ending::AdapterFailed, "{misbehave}");
        assert_eq!(ended.code(), code);
        all_is_well(&engine).await;
    }
}

/// H7: after an act left, a trap is a person's business.
#[tokio::test]
async fn harm_after_an_act() {
    let engine = roomy();
    let ended = drive(&engine, &hostile(&engine, "act-then-trap"), Kind::Command).await;
    assert_eq!(ended.fault, Some(CallFault::Trap));
    assert_eq!(ended.ending, Ending::Unresolved(Unresolved::AdapterFailed));
    all_is_well(&engine).await;
}

#[tokio::test]
async fn notes_are_few_and_plain() {
    let engine = roomy();
    let misused =
        |ended: crate::road::Ended| ended.fault == Some(CallFault::Misuse) && ended.code() == "misuse";
    for (notes, fine) in [(32, true), (33, false)] {
        let settings = json!({"misbehave": "many-notes", "rounds": notes, "reply": crate::world::REPLY});
        let ended = drive(&engine, &adapter(&engine, &settings), Kind::Query).await;
        assert!(if fine { succeeded(&ended) } else { misused(ended) }, "{notes} notes");
        all_is_well(&engine).await;
    }
    let long = "a".repeat(41);
    for note in ["Capitals", "with space", "line\nbreak", "身份证", "", &long] {
        let settings = json!({"misbehave": "note", "note": note});
        assert!(misused(drive(&engine, &adapter(&engine, &settings), Kind::Query).await), "{note}");
        all_is_well(&engine).await;
    }
}

#[tokio::test]
async fn codes_of_notes_are_kept_in_order() {
    let engine = roomy();
    let settings = json!({"misbehave": "note", "note": "seen-1"});
    let mut seat = Seat::new(&engine, &adapter(&engine, &settings));
    assert!(matches!(seat.start(&context("e", 0), &task(10)).await, Ok(Step::Send(_))));
    seat.start(&context("e", 0), &task(10)).await.unwrap();
    assert_eq!(seat.note_codes(), ["seen-1", "seen-1"]);
}

/// H9: exactly one second try, in a fresh instance.
#[tokio::test]
async fn a_deadline_is_a_fault_after_exactly_one_second_try() {
    let (deadline, tick) = (Duration::from_millis(50), Duration::from_millis(10));
    let engine = engine(2, 1000, 50);
    let looping = Counted::new(hostile(&engine, "loop-in-start"));
    let begun = Instant::now();
    let ended = drive(&engine, &(looping.clone() as _), Kind::Query).await;
    assert_eq!(ended.fault, Some(CallFault::Deadline));
    // The clock ticks on its own: the first tick of a call may come at once.
    assert!(begun.elapsed() >= 2 * (deadline - tick), "{:?}", begun.elapsed());
    assert_eq!(looping.instances(), 2);
    assert_eq!(engine.instances_in_use(), 0);

    let trapping = Counted::new(hostile(&engine, "trap-in-start"));
    drive(&engine, &(trapping.clone() as _), Kind::Query).await;
    assert_eq!(trapping.instances(), 1, "a trap is not tried again");
}

#[tokio::test]
async fn slow_is_not_endless() {
    let engine = roomy();
    let settings = json!({"misbehave": "slow", "rounds": 3_000_000, "reply": crate::world::REPLY});
    let ended = drive(&engine, &adapter(&engine, &settings), Kind::Query).await;
    assert!(succeeded(&ended), "{ended:?}");
}

/// No key allows what was refused at admission.
#[tokio::test]
async fn who_signs_without_having_said_so() {
    let engine = roomy();
    let ended = drive(&engine, &hostile(&engine, "sign"), Kind::Query).await;
    assert!(matches!(ended.ending, Ending::Rejected(fault) if fault.code == "may-not-sign"));
}

/// Answers that no honest compiler makes.
#[tokio::test]
async fn harm_by_hand() {
    let engine = roomy();
    let starts = |wat: &str| Handmade::new().with("start", wat);
    let table = "(drop (table.grow (ref.null func) (i32.const 10000)))";
    let inside = "(i32.store8 (i32.const 2048) (i32.const 9))";
    // `finished(succeeded)` whose reply is longer than the memory, or longer than may be handed over.
    let reply = |length: u32| {
        format!(
            "(i32.store8 (i32.const 2048) (i32.const 3)) (i32.store (i32.const 2068) (i32.const {length}))
             (return (i32.const 2048))"
        )
    };
    for (what, handmade, fault) in [
        ("an address beyond the memory", starts("(return (i32.const -16))"), CallFault::Trap),
        ("an odd address", starts("(return (i32.const 2049))"), CallFault::Trap),
        (
            "a step that does not exist",
            starts(&format!("{inside} (return (i32.const 2048))")),
            CallFault::Trap,
        ),
        ("a text beyond the memory", starts(&reply(65536)), CallFault::Trap),
        (
            "room beyond the memory",
            Handmade::new().with("realloc", "(return (i32.const -16))"),
            CallFault::Trap,
        ),
        ("no room", Handmade::new().with("realloc", "(unreachable)"), CallFault::Trap),
        ("a loop while making room", Handmade::new().with("realloc", "(loop (br 0))"), CallFault::Deadline),
        ("a growing table", starts(table).with("items", "(table 1 funcref)"), CallFault::Table),
        ("a large jump", starts("(drop (memory.grow (i32.const 65535)))"), CallFault::Memory),
        ("an endless call", starts("(return_call $again)").with("items", AGAIN), CallFault::Deadline),
        ("an endless descent", starts("(return (call $down))").with("items", DOWN), CallFault::Trap),
    ] {
        let component = admission::admit(&engine, None, &handmade.build()).unwrap();
        let adapter = component.for_partner(&json!({}), Keyring::default()).unwrap();
        let started = Seat::new(&engine, &adapter).start(&context("e", 0), &task(10)).await;
        assert_eq!(started.err(), Some(SeatFault::Adapter(fault)), "{what}");
        all_is_well(&engine).await;
    }
}

const AGAIN: &str = "(func $again (result i32) (return_call $again))";
const DOWN: &str = "(func $down (result i32) (i32.add (call $down) (i32.const 1)))";
