//! `Yizhan-Standard`: what a requester says it speaks, and what it is told.

use crate::house::House;
use crate::speak::*;
use crate::table::problem;

const STANDARD: &str = "yizhan-standard";

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_says_its_version_and_is_told_the_answer_s() {
    let house = House::with(|plan| {
        plan.edit("partners/guangdong.toml", "[serve]\n", "[serve]\nstandard = \"1.0\"\n");
    })
    .await;
    let client = house.client("insurer", "");
    let asked = holder("G00000001");
    let question = unified(HOSPITAL, &asked).to_string();
    let none: &[(&str, &str)] = &[];
    for said in [none, &[(STANDARD, "1.0")], &[(STANDARD, "1.7")], &[("Yizhan-Standard", " 1.0 ")]] {
        let headers = [&[JSON], said].concat();
        let response = client.send("POST", LOOKUP, &headers, question.clone()).await.unwrap();
        about(&response, &asked);
        assert_eq!(response.headers[STANDARD], "1.0", "{said:?}");
    }
    let hits = house.guangdong.hits();
    let wrong: [&[(&str, &str)]; 5] = [
        &[(STANDARD, "2.0")],
        &[(STANDARD, "1")],
        &[(STANDARD, "latest")],
        &[(STANDARD, "")],
        &[(STANDARD, "1.0"), (STANDARD, "1.0")],
    ];
    for said in wrong {
        let headers = [&[JSON], said].concat();
        let response = client.send("POST", LOOKUP, &headers, question.clone()).await.unwrap();
        let told = problem(&response, "malformed");
        assert!(told["detail"].as_str().unwrap().starts_with("Yizhan-Standard: "), "{told}");
        assert_eq!(response.headers[STANDARD], "1.0", "{said:?}");
    }
    assert_eq!(house.guangdong.hits(), hits);
    // A native client's dialect has no such word.
    let hospital = house.client("sc-hospital", HOSPITAL);
    let headers = [JSON, (STANDARD, "2.0")];
    let native = native(HOSPITAL, &asked).to_string();
    let response = hospital.send("POST", CALL_1101, &headers, native).await.unwrap();
    assert_eq!(parsed(&response)["infcode"], 0);
    assert!(!response.headers.contains_key(STANDARD));
}
