//! Insurers' claims, both ways: an insurer's to a province that decides later, and a hospital's to the insurer.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};
use yizhan_conformance::holders;

use super::Checks;
use super::answers::named;
use super::visitor::Visitor;
use crate::house::{Asker, Region};
use crate::messages;

const TO_PROVINCE: &str = "DEMO20260110000001";
const TO_INSURER: &str = "DEMO20260110000002";
/// The office thinks for half a second.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// FHIR on both sides; the decision is an exchange of its own, the other way round.
pub(super) async fn decided_later(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'k',
        "保险公司向四川提交理赔, 稍后收到结论",
        "FHIR: an insurer's claim to Sichuan is decided later, and the decision comes to the insurer",
    );
    let holder = named(holders::sichuan(), "测试甲")?;
    let message = messages::claim_bundle(&holder, TO_PROVINCE);
    let before = visitor.neighbours.hits(Region::Insurer);
    let hop = visitor.ask_and_show(Asker::Insurer, &message, Region::Claims).await?;
    let again = visitor.ask(Asker::Insurer, &message, Region::Claims).await?;
    let exchange = hop.reply.exchange.clone().unwrap_or_default();
    let begun = Instant::now();
    let shown = loop {
        let shown = visitor.look(Asker::Insurer, &exchange).await?.json();
        if shown.pointer("/followUps/0/state") == Some(&Value::from("succeeded"))
            || begun.elapsed() > PATIENCE
        {
            break shown;
        }
        sleep(BETWEEN_LOOKS).await;
    };
    visitor.show_recorded(Region::Insurer, &visitor.neighbours.since(Region::Insurer, before));
    visitor.show.message("GET /v1/exchanges/… 后续 followUps", shown.to_string().as_bytes());

    let mut checks = Checks::default();
    for hop in [&hop, &again] {
        checks.status(&hop.reply, 200);
        let reply = hop.reply.json();
        checks.at(&reply, "/entry/0/resource/outcome", "queued");
        checks.at(&reply, "/entry/0/resource/request/identifier/value", TO_PROVINCE);
    }
    checks.same("calls when it was sent again", 0, again.calls.len());
    let claims = visitor.neighbours.claims.books();
    checks.same("claims in the office's books", 1, claims.of(TO_PROVINCE).len());
    checks.at(&shown, "/followUps/0/operation", "claim.decision");
    checks.at(&shown, "/followUps/0/target", "insurer");
    let notices = visitor.neighbours.insurer.books().notices;
    checks.same("decisions told to the insurer", 1, notices.len());
    if let (Some(notice), Some(claim)) = (notices.first(), claims.of(TO_PROVINCE).first()) {
        checks.same("the claim it is about", TO_PROVINCE, notice.claim.1.as_str());
        checks.same(
            "what is paid",
            claim.benefit.to_string(),
            notice.benefit.unwrap_or_default().to_string(),
        );
        checks.same("how often it was told", 1, notice.told);
    }
    Ok(checks.close(visitor.show))
}

/// FHIR on one side, national JSON on the other.
pub(super) async fn covered(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'm',
        "保险公司先问四川: 此人参保是否有效",
        "CoverageEligibilityRequest → 2001: an insurer asks Sichuan whether somebody is covered",
    );
    let holder = named(holders::sichuan(), "测试甲")?;
    let message = messages::coverage_question(&holder);
    let hop = visitor.ask_and_show(Asker::Insurer, &message, Region::Sichuan).await?;

    let mut checks = Checks::default();
    checks.status(&hop.reply, 200);
    let reply = hop.reply.json();
    let response = reply.pointer("/entry/0/resource").cloned().unwrap_or_default();
    checks.at(&response, "/resourceType", "CoverageEligibilityResponse");
    checks.at(&response, "/outcome", "complete");
    checks.at(&response, "/request/identifier/value", "DEMO-E1");
    checks.at(&response, "/patient/identifier/value", holder.psn_no.as_str());
    checks.at(&response, "/insurance/0/inforce", true);
    checks.at(&response, "/insurance/0/item/0/category/coding/0/code", "basicPool");
    let asked = hop.calls.last().map(|call| call.request_line.as_str()).unwrap_or_default();
    checks.contains("what Sichuan was asked", asked, "/callService/2001 ");
    Ok(checks.close(visitor.show))
}

/// The unified standard on one side, FHIR on the other.
pub(super) async fn claimed_of_the_insurer(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'l',
        "医院向保险公司提交理赔",
        "claim.submit → FHIR: a hospital claims of the insurer what its patient is covered for",
    );
    let holder = named(holders::sichuan(), "测试甲")?;
    let message = messages::unified_claim(&holder, TO_INSURER);
    let hop = visitor.ask_and_show(Asker::Unified, &message, Region::Insurer).await?;

    let mut checks = Checks::default();
    checks.status(&hop.reply, 200);
    let reply = hop.reply.json();
    checks.at(&reply, "/claimNumber", TO_INSURER);
    checks.at(&reply, "/claim/kind", "claim");
    let lines: Vec<&str> = hop.calls.iter().map(|call| call.request_line.as_str()).collect();
    checks.same("calls", vec!["POST /fhir/Claim/$submit HTTP/1.1"], lines);
    let held = visitor.neighbours.insurer.books();
    checks.same("claims in the insurer's books", 1, held.of(TO_INSURER).len());
    if let Some(claim) = held.of(TO_INSURER).first() {
        checks.same("what is claimed", "145.50", claim.total.to_string());
    }
    Ok(checks.close(visitor.show))
}
