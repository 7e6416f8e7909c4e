//! The requester's side: native requests that are read wrongly, native responses that may not go out.

use serde_json::{Value, json};
use yizhan_host::contract::{
    Arrival, Body, HttpHead, HttpRequest, Intake, NativeResponse, Recall, UnifiedResult,
};
use yizhan_host::{CallFault, Engine, Seat, SeatFault, shape};

use crate::road::all_is_well;
use crate::world::{REPLY, adapter, context, engine, hostile, roomy};

fn arrival(body: &[u8]) -> Arrival {
    let head = HttpHead { method: "POST".to_owned(), target: "/hostile/x".to_owned(), headers: Vec::new() };
    Arrival::Http(HttpRequest { head, body: Body::Bytes(body.to_vec()) })
}

async fn accept(engine: &Engine, misbehave: &str) -> Result<Intake, SeatFault> {
    let mut seat = Seat::new(engine, &hostile(engine, misbehave));
    match seat.accept(&context("e", 0), &arrival(b"{}")).await? {
        Intake::Ask(asking) => seat.accept_more(&context("e", 1), &asking.state, &[]).await,
        intake => Ok(intake),
    }
}

async fn reply(engine: &Engine, settings: &Value) -> Result<NativeResponse, SeatFault> {
    let mut seat = Seat::new(engine, &adapter(engine, settings));
    let told = UnifiedResult::Reply(REPLY.to_owned());
    Ok(seat.reply(&context("e", 0), &Recall::Memo(Vec::new()), &told).await?.response)
}

#[tokio::test]
async fn harm_on_the_requester_s_side() {
    let engine = engine(4, 5000, 100);
    for (misbehave, fault) in [
        ("trap-in-accept", CallFault::Trap),
        ("trap-in-accept-more", CallFault::Trap),
        ("loop-in-accept", CallFault::Deadline),
        ("large-memo", CallFault::Output),
    ] {
        let accepted = accept(&engine, misbehave).await;
        assert_eq!(accepted.err(), Some(SeatFault::Adapter(fault)), "{misbehave}");
        all_is_well(&engine).await;
    }
    for (misbehave, fault) in [
        ("trap-in-reply", CallFault::Trap),
        ("loop-in-reply", CallFault::Deadline),
        ("large-response", CallFault::Output),
    ] {
        let replied = reply(&engine, &json!({"misbehave": misbehave})).await;
        assert_eq!(replied.err(), Some(SeatFault::Adapter(fault)), "{misbehave}");
        all_is_well(&engine).await;
    }
}

/// What the road judges reaches it as the adapter made it.
#[tokio::test]
async fn intakes_for_the_road_to_judge() {
    let engine = roomy();
    let is = |intake: Intake, fits: fn(&Intake) -> bool| assert!(fits(&intake), "{intake:?}");
    is(
        accept(&engine, "unknown-operation").await.unwrap(),
        |intake| matches!(intake, Intake::Exchange(incoming) if incoming.operation == "no.such"),
    );
    is(
        accept(&engine, "memo-over-its-bound").await.unwrap(),
        |intake| matches!(intake, Intake::Exchange(incoming) if incoming.memo.len() == (16 << 10) + 1),
    );
    is(accept(&engine, "ask-in-accept").await.unwrap(), |intake| matches!(intake, Intake::Refused(_)));
    is(accept(&engine, "own-answer").await.unwrap(), |intake| matches!(intake, Intake::OwnAnswer(_)));
    for (misbehave, fits) in [
        ("reply-in-a-frame", (|response| matches!(response, NativeResponse::Frame(_))) as fn(&_) -> bool),
        ("reply-nothing", |response| matches!(response, NativeResponse::Nothing)),
        (
            "reply-a-blob",
            |response| matches!(response, NativeResponse::Http(http) if matches!(http.body, Body::Blob(_))),
        ),
    ] {
        assert!(fits(&reply(&engine, &json!({"misbehave": misbehave})).await.unwrap()), "{misbehave}");
    }
}

#[tokio::test]
async fn responses_that_may_not_go_out() {
    let engine = roomy();
    for (settings, code) in [
        (json!({"status": 0}), Some("status-not-allowed")),
        (json!({"status": 101}), Some("status-not-allowed")),
        (json!({"status": 199}), Some("status-not-allowed")),
        (json!({"status": 600}), Some("status-not-allowed")),
        (json!({"status": 65535}), Some("status-not-allowed")),
        (json!({"headers": [["set-cookie", "a=b"]]}), Some("header-not-allowed")),
        (json!({"headers": [["location", "https://elsewhere/"]]}), Some("header-not-allowed")),
        (json!({"headers": [["transfer-encoding", "chunked"]]}), Some("header-not-allowed")),
        (json!({"headers": [["content-encoding", "gzip"]]}), Some("header-not-allowed")),
        (json!({"headers": [["access-control-allow-origin", "*"]]}), Some("header-not-allowed")),
        (json!({"headers": [["x-accel-redirect", "/etc"]]}), Some("header-not-allowed")),
        (json!({"headers": [["x-line", "1\r\n\r\n<html>"]]}), Some("header-not-allowed")),
        (json!({"status": 500, "headers": [["content-type", "text/xml"], ["x-own", "1"]]}), None),
        (json!({}), None),
    ] {
        let NativeResponse::Http(response) = reply(&engine, &settings).await.unwrap() else { panic!() };
        let refused = shape::check_response(response.status, &response.headers).err();
        assert_eq!(refused.map(shape::ShapeError::code), code, "{settings}");
    }
}
