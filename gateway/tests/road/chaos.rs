//! Partners that fail at random, and a memory that has to stay flat.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::Fault;

use crate::house::House;
use crate::speak::*;
use crate::table::{TABLE, plain_no, problem};

/// What a partner's failure may end as.
const PARTNERS_FAULTS: [&str; 7] = [
    "rejected",
    "not-found",
    "unavailable",
    "timeout",
    "unreadable-answer",
    "answer-violates-standard",
    "no-trust",
];

fn faults(speaks_json: bool) -> Vec<Fault> {
    let mut faults = vec![
        Fault::Delay(Duration::from_millis(50)),
        Fault::Delay(Duration::from_millis(900)),
        Fault::Status(503),
        Fault::Status(500),
        Fault::Status(401),
        Fault::CutBeforeReading,
        Fault::CutAfterReading,
        Fault::CutInAnswer,
        Fault::Truncated,
        Fault::Garbage,
        Fault::WrongCharset,
        Fault::BusinessError,
        Fault::MissingPerson,
        Fault::ErrorTextOnSuccess,
        Fault::HugeAnswer(400_000),
        Fault::DeepNesting(300),
    ];
    faults.extend(if speaks_json {
        vec![Fault::TrailingComma, Fault::UnquotedKeys]
    } else {
        vec![Fault::DoctypeBomb]
    });
    faults
}

/// A success about the right person, or a row of the table.
fn well_formed(response: &Response, voice: usize, name: &str) -> bool {
    let body = String::from_utf8_lossy(&response.body).into_owned();
    match voice {
        0 if response.status == 200 => {
            let reply: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(reply["person"]["name"], name, "{reply}");
            true
        }
        0 => {
            let document: Value = serde_json::from_str(&body).unwrap();
            let code = document["code"].as_str().unwrap();
            assert!(PARTNERS_FAULTS.contains(&code) && TABLE.iter().any(|row| row.0 == code), "{document}");
            problem(response, code);
            false
        }
        1 if body.contains("\"infcode\":0,") => {
            assert_eq!(parsed(response)["output"]["baseinfo"]["psn_name"], name, "{body}");
            true
        }
        1 => {
            plain_no(response);
            false
        }
        _ => {
            let result = result_text(response);
            let succeeded = element(&result, "errorcode") == "0";
            assert!(succeeded || element(&result, "errorcode") == "-2", "{result}");
            assert!(!succeeded || element(&result, "aac003") == name, "{result}");
            succeeded
        }
    }
}

async fn one(clients: &[Client; 3], n: usize) -> bool {
    let voice = n % 3;
    let cards = ["A00000001", "B00000001", "G00000001", "A00000002", "B00000002", "G00000002"];
    // Guangdong's client asks elsewhere.
    let cards = if voice == 2 { [0, 1, 3, 4, 0, 1].map(|at| cards[at]) } else { cards };
    let asked = holder(cards[n / 3 % 6]);
    let response = match voice {
        0 => ask(&clients[0], LOOKUP, &unified(HOSPITAL, &asked)).await,
        1 => ask(&clients[1], CALL_1101, &native(HOSPITAL, &asked)).await,
        _ => ask_soap(&clients[2], soap_text(&input(&asked, "GBK"))).await,
    };
    well_formed(&response, voice, &asked.name)
}

fn clients(house: &House) -> [Client; 3] {
    [house.client("insurer", ""), house.client("sc-hospital", HOSPITAL), house.client("guangdong", "")]
}

#[tokio::test(flavor = "multi_thread")]
async fn partners_that_fail_at_random_are_answered_by_the_table() {
    let mut house = House::with(|plan| {
        plan.seed = 20_260_102;
        for name in ["sichuan", "chongqing", "guangdong"] {
            let file = format!("partners/{name}.toml");
            plan.edit(&file, "[serve]\n", "[serve]\ndeadline = \"500ms\"\nanswer-bytes = \"256KiB\"\n");
        }
    })
    .await;
    house.sichuan.faults().set_random(30, faults(true));
    house.chongqing.faults().set_random(30, faults(true));
    house.guangdong.faults().set_random(30, faults(false));
    let mut asking = JoinSet::new();
    for client in 0..8 {
        let clients = clients(&house);
        asking.spawn(async move {
            let mut succeeded = 0;
            for n in 0..38 {
                succeeded += usize::from(one(&clients, client * 38 + n).await);
            }
            succeeded
        });
    }
    let succeeded: usize = asking.join_all().await.into_iter().sum();
    assert!((150..290).contains(&succeeded), "{succeeded} of 304");
    assert!(house.alive());

    house.sichuan.faults().clear();
    house.chongqing.faults().clear();
    house.guangdong.faults().clear();
    let clients = clients(&house);
    for n in 0..18 {
        assert!(one(&clients, n).await, "afterwards everything works");
    }
    assert_eq!(house.in_use().await, 0);
    assert_eq!(house.figure("yizhan_exchanges_total", &["outcome=\"internal\""]).await, 0.0);
    assert_eq!(house.figure("yizhan_exchanges_total", &["outcome=\"adapter-fault\""]).await, 0.0);
    assert_eq!(house.figure("yizhan_exchanges_total", &[]).await, 304.0 + 18.0);
}

/// Kilobytes of memory that are this process's.
fn resident(house: &House) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", house.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn busy(house: &House, exchanges: usize) {
    let mut asking = JoinSet::new();
    for _ in 0..4 {
        let clients = clients(house);
        asking.spawn(async move {
            for n in 0..exchanges / 4 {
                assert!(one(&clients, n).await);
            }
        });
    }
    asking.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_flat_in_time() {
    let house = House::new().await;
    busy(&house, 500).await;
    let early = resident(&house);
    busy(&house, 1500).await;
    let late = resident(&house);
    assert!(late <= early + early / 10 + 2048, "{early} KiB after 500 exchanges, {late} KiB after 2000");
}
