//! `Claim/$submit`: read, checked, entered once for its identifier, answered.

use std::sync::Arc;

use jiff::Timestamp;

use super::books::{Claim, ClaimState};
use super::bundle::{Bundle, Target};
use super::reader::{Findings, Place, Trouble};
use super::response::{self, Told};
use super::variant::Decision;
use super::{DOCUMENT, INSURANCE, Office, POLICY, PSN_NO};
use crate::holders::Holder;
use crate::twin::Fault;
use crate::twin::answer::Answer;
use crate::twin::benefit::assess;
use crate::twin::money::Fen;

/// What a claim says, checked.
struct Read<'a> {
    key: (String, String),
    kind: (String, String),
    predetermination: bool,
    patient: Target<'a>,
    coverage: Target<'a>,
    total: Fen,
    items: Vec<(String, Fen)>,
}

impl Office {
    pub(super) fn submit(self: &Arc<Self>, body: &[u8], fault: Option<&Fault>) -> Result<Answer, Trouble> {
        let bundle = Bundle::read(body, "Claim")?;
        let read = read(&bundle)?;
        let missing = fault == Some(&Fault::MissingPerson);
        let holder = self.patient(&read.patient).filter(|_| !missing);
        let reason = match (holder, fault) {
            (_, Some(Fault::BusinessError)) => Err("not-possible"),
            (None, _) => Err("patient-unknown"),
            (Some(holder), _) => covered(&read.coverage, holder),
        };
        let (holder, reason) = match (holder, reason) {
            (Some(holder), Ok(reason)) => (holder, reason),
            (_, Err(code)) => return Ok(self.not_taken(&read, code)),
            (None, Ok(_)) => return Ok(self.not_taken(&read, "patient-unknown")),
        };
        let mut claim = claim(&read, holder, reason);
        if read.predetermination {
            claim.state = ClaimState::Decided;
            let told = Told { claim: &claim, insurer: &self.variant.insurer, fault, predetermination: true };
            return Ok(response::answer(&told));
        }
        let mut ledger = self.books.ledger();
        if ledger.barred.contains(&claim.identifier) {
            return Err(Trouble::one(410, "deleted", "", "cancelled before it came".to_owned()));
        }
        let held = match ledger.find(&claim.identifier) {
            Some(held) if held.fingerprint != claim.fingerprint => {
                let text = "another claim has this identifier".to_owned();
                return Err(Trouble::one(409, "duplicate", "Bundle.entry[0].resource.identifier[0]", text));
            }
            Some(held) => {
                held.submitted += 1;
                held.clone()
            }
            None => {
                if self.variant.decision == Decision::AtOnce {
                    (claim.state, claim.decided) = (ClaimState::Decided, Some(claim.at));
                }
                let held = ledger.enter(claim);
                self.schedule(&held.id);
                held
            }
        };
        let shown = match fault {
            Some(Fault::WrongPerson | Fault::WrongVisit) => ledger.another(&held.id).unwrap_or(&held).clone(),
            _ => held,
        };
        let told = Told { claim: &shown, insurer: &self.variant.insurer, fault, predetermination: false };
        Ok(response::answer(&told))
    }

    /// Whom a reference is about, if the office knows them.
    pub(super) fn patient(&self, target: &Target<'_>) -> Option<&Holder> {
        let by = |system, number: fn(&Holder) -> &String| {
            let wanted = target.identifier(system)?;
            self.holders.iter().find(|holder| number(holder) == wanted)
        };
        by(DOCUMENT, |holder| &holder.document_number).or_else(|| by(PSN_NO, |holder| &holder.psn_no))
    }

    fn not_taken(&self, read: &Read<'_>, code: &str) -> Answer {
        let patient = read.patient.logical();
        Answer::fhir(200, response::error(&read.key, &read.kind, &self.variant.insurer, &patient, code))
    }
}

/// Whether the coverage pays: `Ok` with why it does not, `Err` when there is no such coverage.
fn covered(coverage: &Target<'_>, holder: &Holder) -> Result<Option<&'static str>, &'static str> {
    if let Some(policy) = coverage.identifier(POLICY) {
        return Ok(policy.ends_with('9').then_some("保单已失效"));
    }
    let insurance = coverage.kind(INSURANCE).ok_or("coverage-unknown")?;
    let row = holder.insurances.iter().find(|row| row.code == insurance).ok_or("coverage-unknown")?;
    Ok((row.status != "1").then_some("参保状态不正常"))
}

/// The claim as it is entered. Four fifths of what can be paid are paid.
fn claim(read: &Read<'_>, holder: &Holder, reason: Option<&'static str>) -> Claim {
    let not_covered: Fen = read.items.iter().map(|(code, net)| assess(code, *net, 10_000).full_own).sum();
    let eligible = if reason.is_some() { Fen(0) } else { read.total - not_covered };
    let partly = (not_covered != Fen(0)).then_some("部分项目不在保障范围");
    let reason = reason.or(partly);
    let items: Vec<_> = read.items.iter().map(|(code, net)| format!("{code}={net}")).collect();
    Claim {
        id: String::new(),
        identifier: read.key.clone(),
        patient: holder.document_number.clone(),
        total: read.total,
        eligible,
        benefit: eligible.share(8_000),
        state: ClaimState::Queued,
        submitted: 1,
        cancelled: 0,
        at: Timestamp::now(),
        decided: None,
        deliveries: Vec::new(),
        kind: read.kind.clone(),
        reason,
        fingerprint: format!("{} {} {}", holder.psn_no, read.total, items.join(" ")),
    }
}

fn read(bundle: &Bundle) -> Result<Read<'_>, Trouble> {
    let claim = bundle.subject();
    let mut findings = Findings::default();
    let identifier = claim.field("identifier").first();
    let key = (
        identifier.field("system").required(&mut findings).to_owned(),
        identifier.field("value").required(&mut findings).to_owned(),
    );
    claim.field("status").code(&mut findings, &["active"]);
    let coding = claim.field("type").field("coding").first();
    let kind = (
        coding.field("system").text().unwrap_or_default().to_owned(),
        coding.field("code").required(&mut findings).to_owned(),
    );
    let wanted = claim.field("use").code(&mut findings, &["claim", "predetermination"]);
    claim.field("created").required(&mut findings);
    for needed in ["provider", "priority"] {
        let place = claim.field(needed);
        if place.is_missing() {
            findings.add("required", &place, "missing");
        }
    }
    let patient = bundle.follow(&claim.field("patient"), &mut findings);
    let insurance = claim.field("insurance").first();
    for (needed, fits) in [
        ("sequence", insurance.field("sequence").value().is_u64()),
        ("focal", insurance.field("focal").value().is_boolean()),
    ] {
        if !fits {
            findings.add("required", &insurance.field(needed), "missing, or of another type");
        }
    }
    let coverage = bundle.follow(&insurance.field("coverage"), &mut findings);
    let total = claim.field("total").money(&mut findings);
    let items = items(&claim, total, &mut findings);
    findings.end()?;
    Ok(Read { key, kind, predetermination: wanted == "predetermination", patient, coverage, total, items })
}

fn items(claim: &Place<'_>, total: Fen, findings: &mut Findings) -> Vec<(String, Fen)> {
    let mut items = Vec::new();
    for item in claim.field("item").list() {
        if !item.field("sequence").value().is_u64() {
            findings.add("required", &item.field("sequence"), "missing, or not a positive number");
        }
        let code = item.field("productOrService").field("coding").first().field("code");
        items.push((code.required(findings).to_owned(), item.field("net").money(findings)));
    }
    let sum: Fen = items.iter().map(|(_, net)| *net).sum();
    if !items.is_empty() && sum != total {
        findings.add("invariant", &claim.field("total"), "is not the sum of the items");
    }
    items
}
