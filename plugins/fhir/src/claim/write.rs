//! A unified claim as a `Bundle`: the `Claim`, then the patient, the coverage, and a response for each bill.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{DigestAlgorithm, Loss, Piece};
use yizhan_adapter::json::Writer;
use yizhan_adapter::unified::{
    Attachment, ClaimEvent, ClaimEventKind, ClaimSubmitRequest, Diagnosis, Organization,
};

use super::{attachment, bill};
use crate::names::{
    CLAIM_TYPE, COVERAGE_CLASS, DEPARTMENT, DIAGNOSED_AT, DIAGNOSIS, DIAGNOSIS_TYPE, DOCTOR, EVENT,
    INFORMATION, INSURER, PLACE, PRIORITY,
};
use crate::person::write_patient;
use crate::settings::Settings;
use crate::{context, money, write};

/// What the parts of a bundle usually take: room is given at once, since a guest's heap takes nothing back.
const CLAIM_BYTES: usize = 5 * 1024;
const BILL_BYTES: usize = 3200;
const ROW_BYTES: usize = 400;

/// The body of `Claim/$submit`.
pub(crate) fn write(host: &dyn Host, settings: &Settings, claim: &ClaimSubmitRequest<'_>) -> String {
    let url = |what: &str| full_url(host, settings, claim, what);
    let (patient, coverage) = (url("Patient"), url("Coverage"));
    let bills: Vec<String> =
        (0..claim.bills.len()).map(|place| url(&["Bill/", &place.to_string()].concat())).collect();

    let rows: usize = claim.bills.iter().map(|bill| bill.amounts.fund_parts.len() * ROW_BYTES).sum();
    let files = claim.attachments.len() * ROW_BYTES + claim.diagnoses.len() * ROW_BYTES;
    let mut out = Writer::with_room(CLAIM_BYTES + claim.bills.len() * BILL_BYTES + rows + files);
    write::begin_bundle(&mut out, "collection");
    out.key("entry").begin_array();
    write::begin_entry(&mut out, Some(&url("Claim")));
    write_claim(&mut out, settings, claim, &patient, &coverage, &bills);
    out.end_object();
    write::begin_entry(&mut out, Some(&patient));
    write_patient(&mut out, settings, &claim.insured, claim.contact.as_ref());
    out.end_object();
    write::begin_entry(&mut out, Some(&coverage));
    write_coverage(&mut out, settings, claim, &patient);
    out.end_object();
    for (bill, url) in claim.bills.iter().zip(&bills) {
        write::begin_entry(&mut out, Some(url));
        bill::write(&mut out, settings, bill, &patient);
        out.end_object();
    }
    out.end_array().end_object();
    out.finish()
}

/// A name for an entry, the same however often the claim is sent: a UUID of version 8 out of the claim's own.
fn full_url(host: &dyn Host, settings: &Settings, claim: &ClaimSubmitRequest<'_>, what: &str) -> String {
    let pieces = [&settings.claim_system, "|", &claim.claim_number, "|", what];
    let pieces = pieces.map(|piece| Piece::Bytes(piece.as_bytes().to_vec()));
    // Without a secret among the pieces a digest cannot fail.
    let digest = host.digest(DigestAlgorithm::Sha256, &pieces).unwrap_or_default();
    let mut out = String::from("urn:uuid:");
    for (place, byte) in digest.iter().take(16).enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        let byte = match place {
            6 => 0x80 | (byte & 0x0f),
            8 => 0x80 | (byte & 0x3f),
            _ => *byte,
        };
        out.extend([byte >> 4, byte & 0xf].map(|nibble| char::from_digit(nibble.into(), 16).unwrap_or('0')));
    }
    out
}

fn write_claim(
    out: &mut Writer,
    settings: &Settings,
    claim: &ClaimSubmitRequest<'_>,
    patient: &str,
    coverage: &str,
    bills: &[String],
) {
    let context = &claim.context;
    out.begin_object().key("resourceType").text("Claim");
    context::write_extensions(out, context);
    out.key("identifier").begin_array();
    write::identifier(out, &settings.claim_system, &claim.claim_number, None);
    out.end_array().key("status").text("active");
    write::concept(out, "type", CLAIM_TYPE, &settings.claim_type);
    out.key("use").text("claim");
    write::link(out, "patient", patient);
    out.key("created").text(&context.business_time);
    context::write_enterer(out, context);
    let Organization { id, name } = &claim.insurer;
    write::logical(out, "insurer", "Organization", INSURER, id, name.as_deref());
    context::write_provider(out, context);
    write::concept(out, "priority", PRIORITY, "normal");
    if let Some(report) = &claim.report {
        out.key("related").begin_array().begin_object().key("reference");
        write::issued(out, &settings.report_system, report);
        out.end_object().end_array();
    }
    write_information(out, &claim.event, &claim.attachments);
    if !claim.diagnoses.is_empty() {
        out.key("diagnosis").begin_array();
        for diagnosis in &claim.diagnoses {
            write_diagnosis(out, diagnosis);
        }
        out.end_array();
    }
    write_insurance(out, coverage, bills);
    write_accident(out, &claim.event);
    money::write(out, "total", &claim.applied_amount);
    out.end_object();
}

/// The event as its onset, then the files: one numbered list in R4.
fn write_information(out: &mut Writer, event: &ClaimEvent<'_>, attachments: &[Attachment<'_>]) {
    out.key("supportingInfo").begin_array().begin_object();
    if let Some(place) = &event.place {
        out.key("extension").begin_array();
        write::extension(out, PLACE, "valueString", Some(place));
        out.end_array();
    }
    out.key("sequence").number("1");
    write::concept(out, "category", INFORMATION, "onset");
    write::concept(out, "code", EVENT, event.kind.as_str());
    out.key("timingPeriod").begin_object().key("start").text(&event.occurred_at).end_object();
    write::optional(out, "valueString", event.description.as_deref());
    out.end_object();
    for (attachment, sequence) in attachments.iter().zip(2_u32..) {
        attachment::write(out, attachment, sequence);
    }
    out.end_array();
}

/// What partners look for that know nothing of our onset; R4 has a day here and no time.
fn write_accident(out: &mut Writer, event: &ClaimEvent<'_>) {
    if event.kind != ClaimEventKind::Accident {
        return;
    }
    out.key("accident").begin_object().key("date").text(event.occurred_at.get(..10).unwrap_or_default());
    if let Some(place) = &event.place {
        out.key("locationAddress").begin_object().key("text").text(place).end_object();
    }
    out.end_object();
}

fn write_diagnosis(out: &mut Writer, diagnosis: &Diagnosis<'_>) {
    let members =
        [&diagnosis.diagnosed_at, &diagnosis.department_name, &diagnosis.doctor_id, &diagnosis.doctor_name];
    out.begin_object();
    if members.iter().any(|member| member.is_some()) {
        out.key("extension").begin_array();
        write::extension(out, DIAGNOSED_AT, "valueDateTime", diagnosis.diagnosed_at.as_deref());
        write::extension(out, DEPARTMENT, "valueString", diagnosis.department_name.as_deref());
        if diagnosis.doctor_id.is_some() || diagnosis.doctor_name.is_some() {
            out.begin_object().key("url").text(DOCTOR).key("valueReference").begin_object();
            out.key("type").text("Practitioner");
            if let Some(id) = &diagnosis.doctor_id {
                out.key("identifier");
                write::identifier(out, DOCTOR, id, None);
            }
            write::optional(out, "display", diagnosis.doctor_name.as_deref());
            out.end_object().end_object();
        }
        out.end_array();
    }
    out.key("sequence").number(&diagnosis.order.to_string()).key("diagnosisCodeableConcept").begin_object();
    let system = [DIAGNOSIS, diagnosis.kind.as_str()].concat();
    write::coding(out, &system, &diagnosis.code, Some(&diagnosis.name));
    out.end_object();
    if diagnosis.main {
        out.key("type").begin_array().begin_object();
        write::coding(out, DIAGNOSIS_TYPE, "principal", None);
        out.end_object().end_array();
    }
    out.end_object();
}

fn write_insurance(out: &mut Writer, coverage: &str, bills: &[String]) {
    out.key("insurance").begin_array().begin_object().key("sequence").number("1").key("focal").boolean(true);
    write::link(out, "coverage", coverage);
    out.end_object();
    for (bill, sequence) in bills.iter().zip(2_u32..) {
        out.begin_object().key("sequence").number(&sequence.to_string()).key("focal").boolean(false);
        out.key("coverage").begin_object().key("display").text("basic medical insurance").end_object();
        write::link(out, "claimResponse", bill);
        out.end_object();
    }
    out.end_array();
}

fn write_coverage(out: &mut Writer, settings: &Settings, claim: &ClaimSubmitRequest<'_>, patient: &str) {
    out.begin_object().key("resourceType").text("Coverage").key("identifier").begin_array();
    write::issued(out, &settings.policy_system, &claim.policy);
    out.end_array().key("status").text("active");
    write::link(out, "beneficiary", patient);
    out.key("payor").begin_array().begin_object().key("type").text("Organization").key("identifier");
    write::identifier(out, INSURER, &claim.insurer.id, None);
    out.end_object().end_array();
    if let Some(product) = &claim.product_code {
        out.key("class").begin_array().begin_object();
        write::concept(out, "type", COVERAGE_CLASS, "plan");
        out.key("value").text(product).end_object().end_array();
    }
    out.end_object();
}

/// What a claim says and the bundle does not.
pub(crate) fn losses(claim: &ClaimSubmitRequest<'_>) -> Vec<Loss> {
    let mut losses = context::losses(&claim.context);
    if !claim.extensions.is_empty() {
        losses.push(context::loss("/extensions".to_owned()));
    }
    for (place, attachment) in claim.attachments.iter().enumerate() {
        if attachment.content.is_some() {
            let pointer = ["/attachments/", &place.to_string(), "/content"].concat();
            losses.push(Loss { pointer, reason: "files go by their digest".to_owned() });
        }
    }
    losses
}
