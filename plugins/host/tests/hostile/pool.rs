//! The pool: a hostile adapter costs its own exchange and nobody else's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use yizhan_host::contract::{Answer, Body, Event, HttpAnswer, Step};
use yizhan_host::driver::Kind;
use yizhan_host::{CallFault, Keyring, Seat, SeatFault, admission};

use crate::handmade::Handmade;
use crate::road::{drive, drive_as, succeeded};
use crate::world::{Counted, component, context, engine, hostile, roomy, task, well_behaved};

const LARGE: usize = 80 * 1024;

fn answered() -> Event {
    let body = Body::Bytes(b"pong".to_vec());
    Event::Answer(Answer::Http(HttpAnswer { status: 200, headers: Vec::new(), body }))
}

fn state(step: Step) -> Vec<u8> {
    let Step::Send(sending) = step else { panic!("{step:?}") };
    sending.state
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn neighbours_go_on_while_others_loop_trap_and_hoard() {
    let engine = engine(4, 5000, 150);
    let neighbour = well_behaved(&engine);
    let begin = |misbehave: &'static str, fault: CallFault| {
        let (engine, adapter) = (engine.clone(), hostile(&engine, misbehave));
        tokio::spawn(async move {
            let ended = drive(&engine, &adapter, Kind::Query).await;
            assert_eq!(ended.fault, Some(fault));
        })
    };
    let looping = [begin("loop-in-start", CallFault::Deadline), begin("loop-in-resume", CallFault::Deadline)];
    let mut meanwhile = 0;
    while !looping.iter().all(tokio::task::JoinHandle::is_finished) {
        let short = [begin("trap-in-start", CallFault::Trap), begin("hoard", CallFault::Memory)];
        for number in 0..20 {
            let exchange = format!("neighbour-{number}");
            let ended = drive_as(&engine, &neighbour, Kind::Query, &exchange, 500).await;
            assert!(succeeded(&ended), "{ended:?}");
            meanwhile += usize::from(!looping.iter().any(tokio::task::JoinHandle::is_finished));
        }
        for task in short {
            task.await.unwrap();
        }
    }
    for task in looping {
        task.await.unwrap();
    }
    assert!(meanwhile > 0, "no exchange ended while the others looped");
    assert_eq!(engine.instances_in_use(), 0);
}

#[tokio::test]
async fn who_finds_no_place_is_overloaded_in_time() {
    let queue = Duration::from_millis(60);
    let engine = engine(2, 60, 500);
    let adapter = well_behaved(&engine);
    let mut seats = [Seat::new(&engine, &adapter), Seat::new(&engine, &adapter)];
    for seat in &mut seats {
        seat.start(&context("e", 0), &task(10)).await.unwrap();
    }
    assert_eq!(engine.instances_in_use(), 2);
    let begun = Instant::now();
    let third = Seat::new(&engine, &adapter).start(&context("e", 0), &task(10)).await;
    assert!(matches!(third, Err(SeatFault::Overloaded(_))), "{third:?}");
    assert!(begun.elapsed() >= queue && begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    // The full pool keeps nobody who is in it from going on, nor a new adapter out.
    seats[0].start(&context("e", 0), &task(10)).await.unwrap();
    let admitted = admission::admit(&engine, None, &Handmade::new().build()).unwrap();
    assert!(admitted.for_partner(&json!({}), Keyring::default()).is_ok());
    drop(seats);
    assert_eq!(engine.instances_in_use(), 0);
    Seat::new(&engine, &adapter).start(&context("e", 0), &task(10)).await.unwrap();
}

/// H1: while it waits an exchange keeps its instance only as long as there is room, and goes on in any other.
#[tokio::test]
async fn a_waiting_exchange_makes_room() {
    let engine = engine(4, 1000, 500);
    let adapter = Counted::new(well_behaved(&engine));
    let seat = || Seat::new(&engine, &(adapter.clone() as Arc<dyn yizhan_host::Adapter>));
    let mut first = seat();
    let kept = state(first.start(&context("first", 0), &task(10)).await.unwrap());
    first.rest();
    assert_eq!(engine.instances_in_use(), 1, "there is room");
    assert!(matches!(first.resume(&context("first", 1), &kept, &answered()).await, Ok(Step::Finished(_))));
    assert_eq!(adapter.instances(), 1);

    let mut others = [seat(), seat()];
    for other in &mut others {
        other.start(&context("other", 0), &task(10)).await.unwrap();
    }
    let given_back = state(first.start(&context("first", 0), &task(10)).await.unwrap());
    first.rest();
    assert_eq!((engine.instances_in_use(), adapter.instances()), (2, 3), "there is none");
    let went_on = first.resume(&context("first", 1), &given_back, &answered()).await.unwrap();
    assert_eq!((engine.instances_in_use(), adapter.instances()), (3, 4), "in a fresh one");
    assert!(matches!(went_on, Step::Finished(_)));
}

/// One large message at a time, and it keeps no small one waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn large_messages_wait_for_each_other_alone() {
    let engine = engine(4, 40, 200);
    let neighbour = well_behaved(&engine);
    let (slow, other) = (hostile(&engine, "loop-in-start"), engine.clone());
    let looping =
        tokio::spawn(async move { Seat::new(&other, &slow).start(&context("e", 0), &task(LARGE)).await });
    while engine.instances_in_use() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    let second = Seat::new(&engine, &neighbour).start(&context("e", 0), &task(LARGE)).await;
    assert!(matches!(second, Err(SeatFault::Overloaded(_))), "{second:?}");
    assert_eq!(engine.instances_in_use(), 1, "who is overloaded holds no place");
    assert!(succeeded(&drive(&engine, &neighbour, Kind::Query).await));
    assert!(!looping.is_finished());
    assert_eq!(looping.await.unwrap().err(), Some(SeatFault::Adapter(CallFault::Deadline)));
    for bytes in [LARGE, 1 << 20, 4 << 20] {
        assert!(succeeded(&drive_as(&engine, &neighbour, Kind::Query, "large", bytes).await), "{bytes}");
    }
    assert_eq!(engine.instances_in_use(), 0);
}

/// Partners of one dialect share a component and nothing else.
#[tokio::test]
async fn partners_of_one_component_have_their_own_settings() {
    let engine = roomy();
    let component = component(&engine);
    let partner = |name: &str| {
        let reply = format!(r#"{{"person":{{"name":"{name}"}}}}"#);
        (reply.clone(), component.for_partner(&json!({"reply": reply}), Keyring::default()).unwrap())
    };
    let partners = [partner("one"), partner("two")];
    for (reply, adapter) in partners.iter().chain(&partners) {
        let ended = drive(&engine, adapter, Kind::Query).await;
        let yizhan_host::driver::Ending::Succeeded(success) = ended.ending else { panic!("{ended:?}") };
        assert_eq!(success.reply, *reply);
    }
}
