//! Every fault of the NHSA-JSON twin, seen from the caller's side.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails the test that called it")]

mod common;

use std::time::{Duration, Instant};

use common::{Ground, JSON, PATH_1101, PATH_9001, ask, parsed, s1, s1_with, without_session};
use serde_json::{Value, json};
use yizhan_conformance::client::{Client, ClientError, Response};
use yizhan_conformance::twin::{Fault, NhsaVariant};

async fn struck(client: &Client) -> Result<Response, ClientError> {
    client.send("POST", PATH_1101, &[JSON], s1().to_string()).await
}

#[tokio::test]
async fn the_transport_fails_as_told() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let faults = twin.faults();

    faults.set(Fault::CutBeforeReading);
    assert!(matches!(struck(&client).await, Err(ClientError::Exchange { .. })));
    faults.set(Fault::CutAfterReading);
    assert!(matches!(struck(&client).await, Err(ClientError::Exchange { .. })));
    faults.set(Fault::CutInAnswer);
    assert!(matches!(struck(&client).await, Err(ClientError::Body { .. })));
    let recorded = twin.recorded();
    let seen: Vec<_> = recorded.iter().map(|one| (one.body.is_empty(), one.status)).collect();
    assert_eq!(seen, [(true, None), (false, None), (false, Some(200))]);

    faults.set_for(1, Fault::Status(503));
    let page = struck(&client).await.unwrap();
    assert_eq!(page.status, 503);
    assert_eq!(page.headers["content-type"], "text/html;charset=UTF-8");
    assert!(page.body.starts_with(b"<!DOCTYPE html>"));

    faults.set(Fault::Delay(Duration::from_millis(300)));
    let begun = Instant::now();
    assert_eq!(parsed(&struck(&client).await.unwrap())["infcode"], 0);
    assert!(begun.elapsed() >= Duration::from_millis(300));

    faults.clear();
    let begun = Instant::now();
    assert_eq!(parsed(&struck(&client).await.unwrap())["infcode"], 0);
    assert!(begun.elapsed() < Duration::from_millis(300));
    assert_eq!(twin.hits(), 6, "nothing was sent twice");
}

#[tokio::test]
async fn the_document_fails_as_told() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let faults = twin.faults();
    let text = async |fault| {
        faults.set(fault);
        let response = struck(&client).await.unwrap();
        assert_eq!(response.status, 200);
        response.body
    };
    let is_json = |body: &[u8]| serde_json::from_slice::<Value>(body).is_ok();

    let trailing = text(Fault::TrailingComma).await;
    assert!(trailing.ends_with(b",\"err_msg\":null,}") && !is_json(&trailing));
    let unquoted = text(Fault::UnquotedKeys).await;
    assert!(unquoted.starts_with(b"{infcode:0,") && !is_json(&unquoted));
    let truncated = text(Fault::Truncated).await;
    assert!(truncated.starts_with(b"{\"infcode\":0,") && !is_json(&truncated));
    assert!(!is_json(&text(Fault::Garbage).await));
    let gbk = text(Fault::WrongCharset).await;
    assert!(str::from_utf8(&gbk).is_err());
    assert!(gbk.windows(6).any(|six| six == b"\xb2\xe2\xca\xd4\xbc\xd7"), "the name in GBK");
    let huge = text(Fault::HugeAnswer(2 << 20)).await;
    assert!(huge.len() > 2 << 20 && is_json(&huge));
    let deep = text(Fault::DeepNesting(5000)).await;
    assert!(deep.windows(5000).any(|run| run.iter().all(|byte| *byte == b'[')));

    let trap: Value = serde_json::from_slice(&text(Fault::ErrorTextOnSuccess).await).unwrap();
    assert_eq!((&trap["infcode"], &trap["output"]), (&json!(0), &json!(null)));
    assert!(trap["err_msg"].as_str().unwrap().starts_with("FSI-文件查询号不能为空[fileBO_156]"));
    let refused: Value = serde_json::from_slice(&text(Fault::BusinessError).await).unwrap();
    assert_eq!((&refused["infcode"], &refused["output"]), (&json!(-1), &json!(null)));
    let missing: Value = serde_json::from_slice(&text(Fault::MissingPerson).await).unwrap();
    assert_eq!(missing["infcode"], 999);
    let wrong: Value = serde_json::from_slice(&text(Fault::WrongPerson).await).unwrap();
    assert_eq!(wrong["infcode"], 0);
    assert_ne!(wrong["output"]["baseinfo"]["certno"], "510104199003071237");
}

#[tokio::test]
async fn a_fault_the_dialect_has_no_form_for_is_loud() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    for fault in [Fault::DoctypeBomb, Fault::SessionExpired] {
        twin.faults().set(fault);
        assert_eq!(struck(&client).await.unwrap().status, 501);
    }
}

#[tokio::test]
async fn an_expired_session_needs_a_new_sign_in_which_faults_spare() {
    let (twin, client) = Ground::new().nhsa(NhsaVariant::sichuan()).await;
    let sign_in = async || {
        let mut message = s1_with("/input", json!({"signIn": {"opter_no": "0001", "mac": "0", "ip": "::1"}}));
        message["infno"] = json!("9001");
        let response = client.send("POST", PATH_9001, &[JSON], message.to_string()).await.unwrap();
        parsed(&response)["output"]["signinoutb"]["sign_no"].clone()
    };
    twin.faults().set_for(1, Fault::SessionExpired);
    let first = s1_with("/sign_no", sign_in().await);
    for _ in 0..2 {
        let refused = ask(&client, &first).await;
        assert!(refused["err_msg"].as_str().unwrap().contains("已失效"), "{refused}");
    }
    assert_eq!(ask(&client, &s1_with("/sign_no", sign_in().await)).await["infcode"], 0);

    let variant = NhsaVariant { faults_on_sign_in: true, ..NhsaVariant::sichuan() };
    let (twin, client) = Ground::new().nhsa(variant).await;
    twin.faults().set(Fault::Status(500));
    let response = client.send("POST", PATH_9001, &[JSON], "{}").await.unwrap();
    assert_eq!(response.status, 500);
}

#[tokio::test]
async fn random_faults_repeat_with_the_seed() {
    let ground = Ground::new();
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (twin, client) = ground.nhsa(without_session()).await;
        twin.faults().set_random(40, vec![Fault::Status(500), Fault::Status(503)]);
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(struck(&client).await.unwrap().status);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    for status in [200, 500, 503] {
        assert!(runs[0].contains(&status), "{status} never came");
    }
}
