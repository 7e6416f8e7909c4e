//! A call is a function of its arguments: nothing of an earlier tenant shows, and anybody gets the same bytes.

use serde_json::json;
use yizhan_host::contract::{Event, Outcome, Step};
use yizhan_host::{Engine, Seat};

use crate::world::{REPLY, adapter, context, engine, roomy, task};

/// Which mark is kept and looked for.
const MARK: u64 = 0x5ec7_e700;

/// How many marks a search came upon.
fn found(step: Step) -> u64 {
    let Step::Finished(Outcome::Rejected(fault)) = step else { panic!("{step:?}") };
    fault.code.parse().unwrap()
}

async fn look(engine: &Engine) -> u64 {
    let looking = adapter(engine, &json!({"misbehave": "look-for-secrets", "rounds": MARK}));
    found(Seat::new(engine, &looking).start(&context("second", 0), &task(10)).await.unwrap())
}

#[tokio::test]
async fn nothing_of_an_earlier_tenant_is_in_memory() {
    // One instance: the next tenant gets the very memory of the one before.
    let engine = engine(1, 1000, 5000);
    let keeping = adapter(&engine, &json!({"misbehave": "keep-secrets", "rounds": MARK}));
    for _ in 0..3 {
        let mut seat = Seat::new(&engine, &keeping);
        let step = seat.start(&context("first", 0), &task(10)).await.unwrap();
        assert!(matches!(step, Step::Wait(_)));
        // In its own memory they are, or the search would prove nothing.
        let own = seat.resume(&context("first", 1), &Vec::new(), &Event::Woke).await.unwrap();
        assert!(found(own) > 90_000);
        drop(seat);
        assert_eq!(look(&engine).await, 0);
    }
}

/// H1 says that any call may meet a fresh instance: what was in memory is then not there either.
#[tokio::test]
async fn nothing_of_an_earlier_call_is_in_a_fresh_instance() {
    let engine = engine(1, 1000, 5000);
    let keeping = adapter(&engine, &json!({"misbehave": "keep-secrets", "rounds": MARK}));
    let mut seat = Seat::new(&engine, &keeping);
    seat.start(&context("first", 0), &task(10)).await.unwrap();
    seat.rest();
    assert_eq!(engine.instances_in_use(), 0);
    assert_eq!(found(seat.resume(&context("first", 1), &Vec::new(), &Event::Woke).await.unwrap()), 0);
}

#[tokio::test]
async fn the_same_call_gives_the_same_bytes() {
    let engines = [roomy(), engine(1, 1000, 500)];
    for settings in [
        json!({"reply": REPLY}),
        json!({"misbehave": "act-once"}),
        json!({"misbehave": "endless-ask"}),
        json!({"misbehave": "state-at-its-bound"}),
        json!({"misbehave": "unresolved"}),
        json!({"headers": [["x-a", "1"], ["x-b", "2"]], "target": "/a?b=c"}),
    ] {
        let mut steps = Vec::new();
        for engine in &engines {
            let adapter = adapter(engine, &settings);
            for _ in 0..2 {
                let mut instance = adapter.instance().unwrap();
                for _ in 0..2 {
                    steps.push(instance.start(&context("e", 0), &task(1000)).unwrap());
                }
            }
        }
        assert_eq!(steps.len(), 8);
        assert!(steps.windows(2).all(|pair| pair[0] == pair[1]), "{settings}");
    }
}
