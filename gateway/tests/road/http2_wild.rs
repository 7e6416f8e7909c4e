//! HTTP/2 as nobody should speak it: floods, bombs, and peers that hold things back. The connection ends or the
//! stream is refused, and nobody else notices.

use std::time::{Duration, Instant};

use yizhan_conformance::twin::Fault;

use crate::frames::*;
use crate::house::House;
use crate::speak::*;
use crate::wild::Neighbour;

/// The house's own timeouts are a second, and a farewell takes two.
const PATIENCE: Duration = Duration::from_secs(10);

async fn short_tempered() -> House {
    House::with(|plan| {
        plan.limit("header-timeout = \"1s\"\nbody-timeout = \"1s\"\nstreams = 8");
    })
    .await
}

async fn calm(mut house: House, neighbour: Neighbour) {
    assert!(house.alive());
    neighbour.served().await;
    neighbour.unharmed().await;
    let begun = Instant::now();
    while house.in_use().await > 0 {
        assert!(begun.elapsed() < PATIENCE, "places in the sandbox are still taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn question() -> String {
    unified(HOSPITAL, &holder("G00000001")).to_string()
}

fn ended_by_us(frames: &[Frame]) -> Option<u32> {
    frames.iter().find(|frame| frame.kind == GOAWAY).map(Frame::code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_without_end_is_cut_off() {
    let house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    // One long header, complete: that stream alone is refused, and the next is served.
    let mut wire = Wire::open(&house.client("insurer", "")).await;
    let long = "y".repeat(12_000);
    let block = post(LOOKUP, &[("x-one", &long), ("x-two", &long)]);
    let (first, rest) = block.split_at(16_000);
    wire.send(&[
        Frame::new(HEADERS, END_STREAM, 1, first),
        Frame::new(CONTINUATION, END_HEADERS, 1, rest),
        Frame::new(HEADERS, END_HEADERS | END_STREAM, 3, post(LOOKUP, &[])),
    ])
    .await;
    let refused = wire.find(|frame| frame.stream == 1).await.expect("an answer");
    // 431 in full, since it is in no static table (RFC 7541 Appendix A).
    assert!(refused.kind == HEADERS || refused.kind == RST_STREAM, "{refused:?}");
    assert!(wire.find(|frame| frame.stream == 3 && frame.kind == HEADERS).await.is_some());

    // A header that never ends.
    let mut wire = Wire::open(&house.client("insurer", "")).await;
    wire.send(&[Frame::new(HEADERS, 0, 1, post(LOOKUP, &[]))]).await;
    let piece = headers(&[("x-piece", &"y".repeat(15_000))]);
    let mut sent = 0;
    while sent < 2000 && wire.send(&[Frame::new(CONTINUATION, 0, 1, piece.clone())]).await {
        sent += 1;
    }
    assert!(sent < 2000, "thirty megabytes of header were taken");
    calm(house, neighbour).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_streams_than_allowed_are_refused() {
    let house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    let mut wire = Wire::open(&house.client("insurer", "")).await;
    let settings = wire.find(|frame| frame.kind == SETTINGS && frame.flags == 0).await.unwrap();
    let told: Vec<_> = settings.payload.chunks(6).collect();
    assert!(told.contains(&&[0, 3, 0, 0, 0, 8][..]), "SETTINGS_MAX_CONCURRENT_STREAMS: {told:?}");
    wire.send(&[Frame::new(SETTINGS, ACK, 0, [])]).await;
    let open: Vec<_> =
        (0..9).map(|n| Frame::new(HEADERS, END_HEADERS, 2 * n + 1, post(LOOKUP, &[]))).collect();
    wire.send(&open).await;
    let refused = wire.find(|frame| frame.kind == RST_STREAM).await.expect("the ninth is refused");
    assert_eq!((refused.stream, refused.code()), (17, REFUSED_STREAM));
    calm(house, neighbour).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_begun_and_given_up_at_once_end_the_connection() {
    let house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    let mut wire = Wire::open(&house.client("insurer", "")).await;
    let cancel = 8_u32.to_be_bytes();
    let mut flood = Vec::new();
    for n in 0..5000 {
        let stream = 2 * n + 1;
        flood.push(Frame::new(HEADERS, END_HEADERS, stream, post(LOOKUP, &[])));
        flood.push(Frame::new(RST_STREAM, 0, stream, cancel));
    }
    wire.send(&flood).await;
    let frames = wire.read_out(PATIENCE).await;
    assert!(matches!(ended_by_us(&frames), None | Some(ENHANCE_YOUR_CALM)), "{frames:?}");

    // Slower, so that each is under way, at the partner even, before it is given up.
    house.guangdong.faults().set(Fault::Delay(Duration::from_secs(2)));
    let mut wire = Wire::open(&house.client("insurer", "")).await;
    let mut begun = 0;
    for n in 0..1000 {
        let stream = 2 * n + 1;
        let open = [
            Frame::new(HEADERS, END_HEADERS, stream, post(LOOKUP, &[])),
            Frame::new(DATA, END_STREAM, stream, question()),
        ];
        if !wire.send(&open).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
        if !wire.send(&[Frame::new(RST_STREAM, 0, stream, cancel)]).await {
            break;
        }
        begun += 1;
    }
    assert!((100..400).contains(&begun), "{begun} were taken");
    house.guangdong.faults().clear();
    calm(house, neighbour).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_a_fault_of_its_own_stream() {
    let house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    let mut wire = Wire::open(&house.client("insurer", "")).await;
    wire.send(&[
        Frame::new(HEADERS, END_HEADERS, 1, post(LOOKUP, &[])),
        Frame::new(DATA, 0, 1, "{"),
        Frame::new(HEADERS, END_HEADERS, 3, post(LOOKUP, &[])),
        Frame::new(DATA, END_STREAM, 3, question()),
    ])
    .await;
    let body = wire.find(|frame| frame.kind == DATA && frame.stream == 3).await.expect("the other is served");
    assert!(String::from_utf8_lossy(&body.payload).contains("\"person\""));
    let body = wire.find(|frame| frame.kind == DATA && frame.stream == 1).await.expect("a fault");
    assert!(String::from_utf8_lossy(&body.payload).contains("\"malformed\""), "{body:?}");
    calm(house, neighbour).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_stops_in_a_header_or_reads_nothing_is_closed() {
    let house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    let client = house.client("insurer", "");
    let mut silent = Wire::silent(&client).await;
    let mut idle = Wire::open(&client).await;
    let mut halted = Wire::open(&client).await;
    halted.send(&[Frame::new(HEADERS, 0, 1, post(LOOKUP, &[]))]).await;
    // Takes no byte of an answer: SETTINGS_INITIAL_WINDOW_SIZE is 0.
    let mut closed_window = Wire::silent(&client).await;
    closed_window.preface().await;
    closed_window
        .send(&[
            Frame::new(SETTINGS, 0, 0, [0, 4, 0, 0, 0, 0]),
            Frame::new(HEADERS, END_HEADERS, 1, post(LOOKUP, &[])),
            Frame::new(DATA, END_STREAM, 1, question()),
        ])
        .await;
    silent.read_out(PATIENCE).await;
    assert_eq!(ended_by_us(&idle.read_out(PATIENCE).await), Some(0), "a farewell");
    halted.read_out(PATIENCE).await;
    let came = closed_window.read_out(PATIENCE).await;
    assert!(!came.iter().any(|frame| frame.kind == DATA), "{came:?}");
    calm(house, neighbour).await;
}
