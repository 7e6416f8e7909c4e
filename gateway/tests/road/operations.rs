//! What operators do: start, look, check, inspect, stop.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use yizhan_conformance::twin::Fault;

use crate::ground::{component, lay_out};
use crate::house::{BINARY, House};
use crate::plan::Plan;
use crate::speak::*;

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_that_it_lives_is_ready_and_what_it_did() {
    let house = House::new().await;
    assert_eq!(house.operator("/livez").await, (200, "alive\n".to_owned()));
    assert_eq!(house.operator("/readyz").await, (200, "ready\n".to_owned()));
    let (_, verbose) = house.operator("/readyz?verbose").await;
    assert!(verbose.contains("[+] standard 1.0") && !verbose.contains("[-]"), "{verbose}");
    for path in ["/", "/metrics/", "/v1/card.lookup", "/livez/../metrics"] {
        assert_eq!(house.operator(path).await.0, 404, "{path}");
    }
    let client = house.client("insurer", "");
    for card in ["A00000001", "A00000001", "G00000001"] {
        about(&ask(&client, LOOKUP, &unified(HOSPITAL, &holder(card))).await, &holder(card));
    }
    let labels = ["requester=\"insurer\"", "target=\"sichuan\"", "outcome=\"succeeded\"", "card.lookup"];
    assert_eq!(house.figure("yizhan_exchanges_total", &labels).await, 2.0);
    assert_eq!(house.figure("yizhan_exchanges_total", &[]).await, 3.0);
    assert_eq!(house.figure("yizhan_upstream_call_duration_seconds_count", &["guangdong"]).await, 1.0);
    // Who is no operator cannot reach it through the partners' door.
    assert_eq!(client.send("GET", "/metrics", &[], "").await.unwrap().status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_what_is_under_way_finish() {
    let mut house = House::new().await;
    house.guangdong.faults().set(Fault::Delay(Duration::from_millis(1500)));
    let asked = holder("G00000001");
    // An idle connection and one that only shook hands hold nothing up.
    let idle = house.client("insurer", "");
    assert_eq!(idle.send("GET", "/nothing", &[], "").await.unwrap().status, 404);
    let silent = idle.connect().await.unwrap();
    let client = house.client("sc-hospital", HOSPITAL);
    let question = native(HOSPITAL, &asked);
    let under_way = tokio::spawn(async move { ask(&client, CALL_1101, &question).await });
    while house.guangdong.hits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let begun = Instant::now();
    house.signal("TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(TcpStream::connect(house.partners).await.is_err(), "new connections are refused");
    assert!(house.alive(), "it waits for what is under way");
    let answer = parsed(&under_way.await.unwrap());
    assert_eq!(answer["output"]["baseinfo"]["psn_name"], asked.name);
    let status = house.ended(Duration::from_secs(5)).await.expect("it ends");
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(6));
    drop(silent);
    let log = house.log();
    for event in ["draining", "stopped"] {
        assert!(log.iter().any(|line| line.contains(event)), "{log:?}");
    }
    assert!(log.iter().any(|line| line.contains("\"outcome\":\"succeeded\"")), "its line is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_ever() {
    let mut house = House::with(|plan| {
        plan.limit("drain = \"1s\"");
    })
    .await;
    house.guangdong.faults().set(Fault::Delay(Duration::from_secs(60)));
    let client = house.client("insurer", "");
    let question = unified(HOSPITAL, &holder("G00000001"));
    let hanging = tokio::spawn(async move { ask_or_not(&client, &question).await });
    while house.guangdong.hits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    house.signal("TERM");
    let status = house.ended(Duration::from_secs(4)).await.expect("the bound is kept");
    assert_eq!(status.code(), Some(0));
    assert!(!hanging.await.unwrap(), "there is no answer to a hanging exchange");
    assert!(house.log().iter().any(|line| line.contains("drain-overdue")));
}

async fn ask_or_not(client: &yizhan_conformance::client::Client, question: &serde_json::Value) -> bool {
    client.send("POST", LOOKUP, &[JSON], question.to_string()).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_stops_it_too() {
    let mut house = House::new().await;
    house.signal("INT");
    let status = house.ended(Duration::from_secs(5)).await.expect("it ends");
    assert_eq!(status.code(), Some(0));
}

fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().unwrap()
}

fn check(plan: &Plan) -> (Option<i32>, String) {
    let ports = crate::plan::TWINS.into_iter().zip(40_001..).collect::<HashMap<_, _>>();
    let root = lay_out(plan, &ports);
    let config = root.path().join("yizhan.toml");
    let output = run(&["check", "--config", config.to_str().unwrap()]);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap().replace(root.path().to_str().unwrap(), "HOUSE");
    (output.status.code(), said)
}

#[test]
fn check_finds_everything_in_one_pass() {
    let (code, said) = check(&Plan::new());
    assert_eq!((code, said.contains("no problems")), (Some(0), true), "{said}");

    let mut plan = Plan::new();
    plan.edit("yizhan.toml", "[limits]\n", "[limits]\ndrian = \"1s\"\n")
        .edit("yizhan.toml", "\"insurance.query\"", "\"insurance.qeury\"")
        .edit("partners/insurer.toml", "language = \"en\"", "language = \"fr\"")
        .edit("partners/guangdong.toml", "key = \"secret:client-key\"", "key = \"hunter2hunter2\"")
        .edit("partners/chongqing.toml", "insured-divisions = [\"50\"]", "insured-divisions = [\"51\"]");
    let (code, said) = check(&plan);
    assert_eq!(code, Some(1), "{said}");
    for (place, what) in [
        ("HOUSE/yizhan.toml:", "drain"),
        ("HOUSE/yizhan.toml:", "insurance.query"),
        ("HOUSE/partners/insurer.toml:", "language"),
        ("HOUSE/partners/guangdong.toml:", "key"),
        ("51", "sichuan"),
    ] {
        assert!(said.contains(place) && said.contains(what), "{place} {what} in {said}");
    }
    assert!(!said.contains("hunter2"), "a secret is not repeated: {said}");
}

#[test]
fn check_shows_an_adapter_s_setting_at_its_place_beside_everything_else() {
    let mut plan = Plan::new();
    plan.edit("partners/sichuan.toml", "infver = \"1.0\"", "infver = 1")
        .append("partners/sc-hospital.toml", "no-code = 0\n")
        .edit("partners/chongqing.toml", "uses = [\"digest\"]", "uses = [\"send\"]");
    let line_of = |plan: &Plan, file: &str, text: &str| {
        let content = String::from_utf8(plan.files[file].clone()).unwrap();
        content.lines().position(|line| line.contains(text)).unwrap() + 1
    };
    let (code, said) = check(&plan);
    assert_eq!(code, Some(1), "{said}");
    for (file, text) in [
        ("partners/sichuan.toml", "infver = 1"),
        ("partners/sc-hospital.toml", "no-code = 0"),
        ("partners/chongqing.toml", "transport-signature"),
    ] {
        let place = format!("HOUSE/{file}:{}:", line_of(&plan, file, text));
        assert!(said.contains(&place), "{place} in {said}");
    }
    // All of it in one pass, whatever else is wrong.
    plan.edit("yizhan.toml", "[limits]\n", "[limits]\ndrian = \"1s\"\n");
    let (_, said) = check(&plan);
    assert!(said.contains("drian") && said.contains("infver"), "{said}");
}

#[test]
fn inspect_tells_what_a_component_wants() {
    for name in ["nhsa", "guangdong"] {
        let output = run(&["adapter", "inspect", component(name).to_str().unwrap()]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}");
        let imports = said.split_once("imports\n").unwrap().1.split_once("exports").unwrap().0;
        assert!(imports.lines().all(|line| line.trim().starts_with("yizhan:adapter/")), "{imports}");
        assert!(!said.contains("wasi") && said.contains("card.lookup"), "{said}");
    }
    let mut garbage = tempfile::NamedTempFile::new().unwrap();
    garbage.write_all(&[0x5a; 4096]).unwrap();
    for path in [garbage.path().to_str().unwrap(), "nowhere.wasm"] {
        let output = run(&["adapter", "inspect", path]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(!output.stderr.is_empty() && !String::from_utf8_lossy(&output.stderr).contains("panicked"));
    }
    assert_eq!(run(&["adapter", "inspcet"]).status.code(), Some(2), "wrong usage is 2");
}
