//! A `ClaimResponse`, read.

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{ClaimStatus, Decision, DecisionOutcome, IssuedIdentifier, Organization};

use crate::money;
use crate::names::{ADJUDICATION, OWN_ADJUDICATION, PAID_AT, STATUS};
use crate::person::read_organization;
use crate::read::{
    Papers, code_in, date_time, extension, first, for_people, items, malformed, resource_type, text,
};
use crate::settings::Settings;

/// The longest identifier of the standard.
const LONGEST_ID: usize = 50;
const MOST_REASONS: usize = 20;

/// What a response says of its claim.
#[derive(Debug)]
pub(crate) struct Response<'v> {
    /// The number the partner gave the claim: the end of `request.reference`.
    pub(crate) claim: Option<&'v str>,
    /// The submitter's own number: `request.identifier`.
    pub(crate) number: Option<&'v str>,
    /// Whoever handles the claim.
    pub(crate) insurer: Option<Organization<'v>>,
    /// `identifier`: the same for the same decision, however often it comes.
    pub(crate) notice: Option<&'v str>,
    pub(crate) status: ClaimStatus,
    /// Why the claim was not taken, code and words, where it was not.
    pub(crate) error: Option<(&'v str, &'v str)>,
    pub(crate) created: Option<Cow<'v, str>>,
    /// None while nothing is decided; a fault with a pointer where an amount of it cannot be taken over.
    pub(crate) decision: Result<Option<Decision<'v>>, Fault>,
    pub(crate) reasons: Vec<Cow<'v, str>>,
}

impl<'v> Response<'v> {
    /// The response a body begins with, or the one of a search; none where a search found nothing.
    pub(crate) fn find(whole: &'v Value<'_>) -> Result<Option<Self>, Fault> {
        if text(whole, "type") == Some("searchset") && items(whole, "entry").is_empty() {
            return Ok(None);
        }
        let papers = Papers::open(whole, "ClaimResponse").ok_or_else(|| {
            let found = resource_type(whole).unwrap_or_default();
            fault::malformed(["no ClaimResponse: ", found].concat())
        })?;
        Ok(Some(Self::read(&papers)))
    }

    pub(crate) fn read(papers: &Papers<'v, '_>) -> Self {
        let response = papers.focus;
        let request = response.get("request");
        let named = request.and_then(|it| it.get("identifier"));
        let reference = request.and_then(|it| text(it, "reference"));
        let insurer = read_organization(papers, response.get("insurer"));
        let number = named.and_then(|it| text(it, "value"));
        let claim = reference.and_then(|it| it.rsplit('/').next()).filter(|it| !it.is_empty());
        let outcome = text(response, "outcome").unwrap_or_default();
        let told = extension(response, STATUS).and_then(|it| text(it, "valueCode"));
        let told: Option<ClaimStatus> = told.and_then(|it| it.parse().ok());
        let amounts = Amounts::read(response);
        let status = match (text(response, "status"), told) {
            (Some("cancelled"), _) => ClaimStatus::Cancelled,
            (_, Some(told)) => told,
            _ => amounts.as_ref().map_or(ClaimStatus::Unknown, |amounts| status_of(outcome, amounts)),
        };
        let error = (outcome == "error" && told.is_none()).then(|| {
            let code = first(response, "error").and_then(|it| items(it.get("code")?, "coding").first());
            let said =
                text(response, "disposition").or_else(|| text(first(response, "processNote")?, "text"));
            (code.and_then(|it| text(it, "code")).unwrap_or_default(), said.unwrap_or_default())
        });
        let created = text(response, "created").and_then(date_time);
        let reasons = reasons(response);
        Self {
            claim: claim.filter(|it| it.chars().count() <= LONGEST_ID),
            number: number.filter(|it| it.chars().count() <= LONGEST_ID),
            insurer,
            notice: first(response, "identifier").and_then(|it| text(it, "value")),
            decision: amounts.map(|it| decision(response, status, it, created.clone(), reasons.clone())),
            status,
            error,
            created,
            reasons,
        }
    }

    /// The claim as the standard names it: by the partner's number, else by the submitter's own.
    pub(crate) fn claim_identifier(&self, settings: &Settings) -> Option<IssuedIdentifier<'v>> {
        let id = self.claim.or(self.number)?;
        Some(IssuedIdentifier::new("claim", id, self.issuer(settings)))
    }

    /// Only what the standard takes for a code.
    fn issuer(&self, settings: &Settings) -> Option<Cow<'v, str>> {
        let fits = |id: &Cow<'_, str>| id.len() <= 30 && id.bytes().all(|byte| byte.is_ascii_graphic());
        let said = self.insurer.as_ref().map(|it| it.id.clone());
        said.or_else(|| settings.insurer.clone().map(Cow::Owned)).filter(fits)
    }
}

/// What `total` and `payment` say.
#[derive(Debug, Default)]
struct Amounts {
    submitted: Option<String>,
    eligible: Option<String>,
    benefit: Option<String>,
    paid: Option<String>,
}

impl Amounts {
    fn read(response: &Value<'_>) -> Result<Self, Fault> {
        let mut amounts = Self::default();
        for total in items(response, "total") {
            let category = total.get("category");
            let (place, member) = match (code_in(category, ADJUDICATION), code_in(category, OWN_ADJUDICATION))
            {
                (Some("submitted"), _) => (&mut amounts.submitted, "appliedAmount"),
                (Some("eligible"), _) => (&mut amounts.eligible, "lossAmount"),
                (Some("benefit"), _) => (&mut amounts.benefit, "approvedAmount"),
                (_, Some("paid")) => (&mut amounts.paid, "paidAmount"),
                _ => continue,
            };
            let pointer = ["/decision/", member].concat();
            *place = money::amount(total.get("amount"))
                .map_err(|_| malformed(&pointer, "not an amount of yuan with two places"))?;
        }
        if amounts.benefit.is_none() {
            let payment = response.get("payment").and_then(|it| it.get("amount"));
            amounts.benefit = money::amount(payment).map_err(|_| {
                malformed("/decision/approvedAmount", "not an amount of yuan with two places")
            })?;
        }
        Ok(amounts)
    }

    fn pays(&self) -> bool {
        self.benefit.as_deref().is_some_and(|it| !money::is_zero(it))
    }
}

/// `complete` without anything to pay is a no; `partial` is one only half where something is paid.
fn status_of(outcome: &str, amounts: &Amounts) -> ClaimStatus {
    match (outcome, amounts.pays()) {
        ("queued", _) => ClaimStatus::Received,
        ("complete", true) => ClaimStatus::Approved,
        ("complete", false) | ("error", _) => ClaimStatus::Refused,
        ("partial", true) => ClaimStatus::PartlyApproved,
        ("partial", false) => ClaimStatus::Assessing,
        _ => ClaimStatus::Unknown,
    }
}

fn decision<'v>(
    response: &'v Value<'_>,
    status: ClaimStatus,
    amounts: Amounts,
    decided_at: Option<Cow<'v, str>>,
    reasons: Vec<Cow<'v, str>>,
) -> Option<Decision<'v>> {
    let partly = text(response, "outcome") == Some("partial");
    let outcome = match status {
        ClaimStatus::Paid if partly => DecisionOutcome::PartlyApproved,
        ClaimStatus::Approved | ClaimStatus::Paid => DecisionOutcome::Approved,
        ClaimStatus::PartlyApproved => DecisionOutcome::PartlyApproved,
        ClaimStatus::Refused => DecisionOutcome::Refused,
        ClaimStatus::MaterialNeeded => DecisionOutcome::MaterialNeeded,
        ClaimStatus::Received | ClaimStatus::Assessing | ClaimStatus::Cancelled | ClaimStatus::Unknown => {
            return None;
        }
    };
    let payment = response.get("payment");
    let exactly = payment.and_then(|it| text(extension(it, PAID_AT)?, "valueDateTime"));
    let paid_at = exactly.or_else(|| text(payment?, "date")).and_then(date_time);
    // R4's date of a payment may lie ahead: only what is paid was paid on it.
    let paid = status == ClaimStatus::Paid;
    Some(Decision {
        outcome,
        applied_amount: amounts.submitted.map(Cow::Owned),
        loss_amount: amounts.eligible.map(Cow::Owned),
        paid_amount: amounts.paid.or_else(|| amounts.benefit.clone().filter(|_| paid)).map(Cow::Owned),
        approved_amount: amounts.benefit.map(Cow::Owned),
        decided_at,
        paid_at: paid_at.filter(|_| paid),
        reasons,
    })
}

fn reasons<'v>(response: &'v Value<'_>) -> Vec<Cow<'v, str>> {
    let notes = items(response, "processNote").iter().filter_map(|note| text(note, "text"));
    let mut reasons: Vec<_> = notes.take(MOST_REASONS).filter_map(for_people).collect();
    if reasons.is_empty() {
        reasons.extend(text(response, "disposition").and_then(for_people));
    }
    reasons
}
