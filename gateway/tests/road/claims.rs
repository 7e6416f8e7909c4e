//! Claims over the whole road: an insurer's to a province, a hospital's to an insurer, and what is decided later.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::{ClaimState, Decision, Fault, FhirVariant};

use crate::claims_house::*;
use crate::house::SOON;
use crate::speak::*;
use crate::table::{private, problem};

const NUMBER: &str = "CLM20260102000001";

/// What a claim came to, natively.
fn response(told: &Response) -> Value {
    let bundle = parsed(told);
    assert_eq!(bundle["resourceType"], "Bundle", "{bundle}");
    bundle["entry"][0]["resource"].clone()
}

fn shown_to(told: &Response) -> String {
    String::from_utf8_lossy(&told.body).into_owned()
}

/// Looks until it is so.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < SOON, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The exchange as its requester sees it, once what follows it has ended.
async fn followed(client: &Client, submitted: &Response) -> Value {
    let number = submitted.headers["yizhan-exchange"].to_str().unwrap();
    let begun = Instant::now();
    loop {
        let path = format!("/v1/exchanges/{number}");
        let shown = parsed(&client.send("GET", &path, &[], "").await.unwrap());
        if shown["followUps"][0]["state"] == "succeeded" {
            return shown;
        }
        assert!(begun.elapsed() < SOON, "{shown}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insurers_claim_is_decided_later_and_it_is_told() {
    let house = ClaimsHouse::new(FhirVariant::province(), FhirVariant::insurer()).await;
    let insurer = house.client("insurer");
    let submitted = submit(&insurer, &bundle()).await;
    let queued = response(&submitted);
    assert_eq!((&queued["outcome"], &queued["status"]), (&json!("queued"), &json!("active")), "{queued}");
    assert_eq!(queued["request"]["identifier"]["value"], NUMBER, "{queued}");

    // The office decides, and tells the gateway; the gateway tells who submitted.
    until("the decision is told", || !house.company().books().notices.is_empty()).await;
    until("the office hears that it was taken", || {
        house.province().books().of(NUMBER)[0].deliveries.last().is_some_and(|one| one.status == Some(200))
    })
    .await;
    let notices = house.company().books().notices;
    let (notice, claim) = (&notices[0], house.province().books().of(NUMBER)[0].clone());
    assert_eq!((notices.len(), notice.claim.1.as_str(), notice.told), (1, NUMBER, 1));
    assert_eq!((notice.outcome.as_str(), notice.benefit), ("complete", Some(claim.benefit)));
    let shown = followed(&insurer, &submitted).await;
    let follow = &shown["followUps"][0];
    assert_eq!((&follow["operation"], &follow["target"]), (&json!("claim.decision"), &json!("insurer")));
    assert_eq!(shown["followUps"].as_array().unwrap().len(), 1, "{shown}");

    // Told again by the office, it is told once; as another decision of the same number it is refused.
    let office = house.client("sichuan-claims");
    let told = recorded_notice(&house, &claim.id);
    for _ in 0..2 {
        assert_eq!(post(&office, "/fhir/ClaimResponse", &told).await.status, 200);
    }
    let other = with(told, "/entry/0/resource/disposition", json!("something else"));
    assert_eq!(post(&office, "/fhir/ClaimResponse", &other).await.status, 409);
    let notices = house.company().books().notices;
    assert_eq!((notices.len(), notices[0].told), (1, 1));

    // Its state, by the number it was given; and what is decided is not cancelled there any more.
    let found = response(&search(&insurer, &claim.id).await);
    assert_eq!(
        (&found["outcome"], &found["payment"]["amount"]["currency"]),
        (&json!("complete"), &json!("CNY"))
    );
    let refused = post(&insurer, "/fhir/Task", &cancel(&claim.id)).await;
    assert_eq!(refused.status, 422, "{}", shown_to(&refused));
    assert_eq!(house.province().books().of(NUMBER)[0].state, ClaimState::Decided);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_nobody_waits_for_is_refused() {
    let house = ClaimsHouse::new(FhirVariant::province(), FhirVariant::insurer()).await;
    let insurer = house.client("insurer");
    submit(&insurer, &bundle()).await;
    until("the decision is told", || !house.company().books().notices.is_empty()).await;
    let office = house.client("sichuan-claims");
    let told = recorded_notice(&house, "1");
    let unknown = with(told.clone(), "/entry/0/resource/request/reference", json!("Claim/99"));
    let unknown = with(unknown, "/entry/0/resource/identifier/0/value", json!("another"));
    let refused = post(&office, "/fhir/ClaimResponse", &unknown).await;
    assert_eq!(refused.status, 404, "{}", shown_to(&refused));
    // Nor may anybody else decide it.
    let refused = post(&insurer, "/fhir/ClaimResponse", &told).await;
    assert!(refused.status >= 400, "{}", shown_to(&refused));
    private(&refused);
    assert_eq!(house.company().books().notices.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_told_in_the_standard_itself() {
    let house = ClaimsHouse::new(FhirVariant::province(), FhirVariant::insurer()).await;
    let platform = house.client("platform");
    let message = to(claim(NUMBER), "sichuan-claims");
    let submitted = command(&platform, "/v1/claim.submit", "p1", &message).await;
    let reply = parsed(&submitted);
    assert_eq!((&reply["status"], &reply["claimNumber"]), (&json!("received"), &json!(NUMBER)), "{reply}");
    let shown = followed(&platform, &submitted).await;
    assert_eq!(shown["followUps"][0]["target"], "platform", "{shown}");
    let requests = house.platform.requests();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert!(request.starts_with("POST /v1/claim.decision HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("idempotency-key: "), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let told: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&told["claim"], &told["claimNumber"]), (&reply["claim"], &json!(NUMBER)), "{told}");
    assert_eq!(told["decision"]["outcome"], "approved", "{told}");
    assert_eq!(told["decision"]["approvedAmount"], "36.40", "{told}");
    assert_eq!(told["context"]["purpose"], "claimSettlement", "{told}");

    let status =
        json!({"context": message["context"], "claim": reply["claim"], "insured": message["insured"]});
    let found = parsed(&ask(&platform, "/v1/claim.status", &status).await);
    assert_eq!(
        (&found["status"], &found["decision"]["approvedAmount"]),
        (&json!("approved"), &json!("36.40"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospitals_claim_goes_to_the_insurer_and_back() {
    let never = FhirVariant { decision: Decision::Never, ..FhirVariant::insurer() };
    for (variant, status, decided) in [(FhirVariant::insurer(), "approved", true), (never, "received", false)]
    {
        let house = ClaimsHouse::new(FhirVariant::province(), variant).await;
        let hospital = house.client("sc-hospital");
        let message = with(claim(NUMBER), "/context/institution/id", json!("H51010400001"));
        let reply = parsed(&command(&hospital, "/v1/claim.submit", "h1", &message).await);
        assert_eq!(reply["claimNumber"], NUMBER, "{reply}");
        let ask_for =
            json!({"context": message["context"], "claim": reply["claim"], "insured": message["insured"]});
        let found = parsed(&ask(&hospital, "/v1/claim.status", &ask_for).await);
        assert_eq!((&found["status"], found["decision"].is_null()), (&json!(status), !decided), "{found}");
        // By what the claim left, although nothing else says whose it is.
        let wish = with(ask_for, "/reason", json!("被保险人撤回申请"));
        for _ in 0..2 {
            let gone = parsed(&command(&hospital, "/v1/claim.cancel", "h2", &wish).await);
            assert_eq!((&gone["status"], &gone["claim"]), (&json!("cancelled"), &reply["claim"]), "{gone}");
        }
        let books = house.company().books();
        let held = books.of(NUMBER);
        assert_eq!((held.len(), held[0].state, held[0].cancelled), (1, ClaimState::Cancelled, 1));
    }
}

/// The hospital has no system that could be called: it looks, and finds what was decided with its claim.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_for_who_cannot_be_called_is_found_with_the_claim() {
    let later = FhirVariant { decision: Decision::Never, ..FhirVariant::insurer() };
    let house = ClaimsHouse::new(FhirVariant::province(), later).await;
    let hospital = house.client("sc-hospital");
    let message = with(claim(NUMBER), "/context/institution/id", json!("H51010400001"));
    let submitted = command(&hospital, "/v1/claim.submit", "h1", &message).await;
    let reply = parsed(&submitted);
    let insurer = house.client("insurer");
    let decision = json!({
        "context": {"purpose": "claimSettlement", "institution": {"id": "TESTINS"},
            "businessTime": "2026-01-12T10:00:00+08:00"},
        "claim": reply["claim"], "claimNumber": NUMBER, "insurer": message["insurer"],
        "notice": "N-20260112-0001", "status": "partlyApproved",
        "insured": {"name": "测**", "document": "510***********237"},
        "decision": {"outcome": "partlyApproved", "appliedAmount": "45.50", "lossAmount": "45.50",
            "approvedAmount": "36.40", "paidAmount": null, "decidedAt": "2026-01-12T10:00:00+08:00",
            "paidAt": null, "reasons": ["自费药品不在保障范围内"]}});
    let first = command(&insurer, "/v1/claim.decision", "d1", &decision).await;
    let receipt = parsed(&first);
    assert_eq!((&receipt["claim"], &receipt["notice"]), (&reply["claim"], &decision["notice"]), "{receipt}");
    let again = command(&insurer, "/v1/claim.decision", "d1", &decision).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let shown = followed(&hospital, &submitted).await;
    let notice = &shown["followUps"][0];
    assert_eq!(
        (&notice["operation"], &notice["message"]["decision"]),
        (&json!("claim.decision"), &decision["decision"])
    );
    assert_eq!(shown["followUps"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_claim_is_one_claim_whatever_is_lost() {
    let later = FhirVariant { decision: Decision::Never, ..FhirVariant::province() };
    let house = ClaimsHouse::new(later, FhirVariant::insurer()).await;
    let insurer = house.client("insurer");
    let first = response(&submit(&insurer, &bundle()).await);
    for _ in 0..2 {
        assert_eq!(response(&submit(&insurer, &bundle()).await)["request"], first["request"]);
    }
    let held =
        |number: &str| house.province().books().of(number).iter().map(|one| one.submitted).sum::<u32>();
    assert_eq!(
        (house.province().books().of(NUMBER).len(), held(NUMBER)),
        (1, 1),
        "told again, not asked again"
    );
    let other = with(bundle(), "/entry/0/resource/total/value", json!(45.40));
    assert_eq!(submit(&insurer, &other).await.status, 409);

    // The answer is lost: asked after, or sent again under the same number, it is one claim there.
    for (number, fault) in [
        ("CLM-CUT", Fault::CutAfterReading),
        ("CLM-HALF", Fault::CutAnswerAt(60)),
        ("CLM-502", Fault::StatusAfter(502)),
        ("CLM-GARBLED", Fault::Garbage),
    ] {
        house.province().faults().set_for(1, fault);
        house.province().faults().only_on(&["$submit"]);
        let named = with(bundle(), "/entry/0/resource/identifier/0/value", json!(number));
        let told = submit(&insurer, &named).await;
        assert_eq!(response(&told)["outcome"], "queued", "{number}: {}", shown_to(&told));
        assert_eq!(house.province().books().of(number).len(), 1, "{number}");
        assert_eq!(house.province().books().of(number)[0].state, ClaimState::Queued, "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_consent_or_with_files_that_are_too_much() {
    let house = ClaimsHouse::new(FhirVariant::province(), FhirVariant::insurer()).await;
    let (insurer, platform) = (house.client("insurer"), house.client("platform"));
    let mut silent = bundle();
    silent["entry"][0]["resource"].as_object_mut().unwrap().remove("extension");
    let refused = submit(&insurer, &silent).await;
    assert!(
        refused.status == 400 && shown_to(&refused).contains("/context/consent"),
        "{}",
        shown_to(&refused)
    );
    let mut silent = to(claim(NUMBER), "sichuan-claims");
    silent["context"].as_object_mut().unwrap().remove("consent");
    let told = problem(&command(&platform, "/v1/claim.submit", "c", &silent).await, "schema-violation");
    assert_eq!(told["errors"][0]["pointer"], "/context/consent", "{told}");
    assert!(house.province().books().claims.is_empty());

    // A file goes by its digest, whatever else came along.
    let file = claim(NUMBER)["attachments"][0]["sha256"].clone();
    let told = command(&platform, "/v1/claim.submit", "f", &to(claim(NUMBER), "sichuan-claims")).await;
    parsed(&told);
    let sent = house.province().recorded();
    let body = String::from_utf8_lossy(&sent.last().unwrap().body).into_owned();
    assert!(body.contains(file.as_str().unwrap()) && !body.contains("\"data\""), "{body}");
}

/// What the office said, told by its own system and number: as the insurer got it, but for the gateway's system.
fn recorded_notice(house: &ClaimsHouse, id: &str) -> Value {
    let told = house.company().recorded();
    let heard = told.iter().rfind(|one| one.request_line.starts_with("POST /fhir/ClaimResponse ")).unwrap();
    let notice: Value = serde_json::from_slice(&heard.body).unwrap();
    let notice = with(notice, "/entry/0/resource/request/reference", json!(format!("Claim/{id}")));
    with(notice, "/entry/0/resource/identifier/0/system", json!("urn:yizhan:claim-response"))
}
