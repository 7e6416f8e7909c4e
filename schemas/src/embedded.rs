//! The files of the standard, inside the binary.
//!
//! A gateway must not depend on files that somebody may edit under it, so the standard travels with the
//! program. A test compares this list with the folder: a file that is forgotten here fails the build's tests.

/// One file of the standard: its path under `schemas/v1/` and its text.
pub(crate) type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../v1/", $path)))),+]
    };
}

/// The table of operations.
pub(crate) const OPERATIONS: &str = include_str!("../v1/operations.json");

/// Every schema of the standard.
pub(crate) const SCHEMAS: &[File] = files![
    "between-regions/reconcile.details.reply.schema.json",
    "between-regions/reconcile.details.request.schema.json",
    "between-regions/reconcile.totals.reply.schema.json",
    "between-regions/reconcile.totals.request.schema.json",
    "card-and-person/card.lookup.reply.schema.json",
    "card-and-person/card.lookup.request.schema.json",
    "card-and-person/card.resume.reply.schema.json",
    "card-and-person/card.resume.request.schema.json",
    "card-and-person/card.status.reply.schema.json",
    "card-and-person/card.status.request.schema.json",
    "card-and-person/card.suspend.reply.schema.json",
    "card-and-person/card.suspend.request.schema.json",
    "card-and-person/credential.verify.reply.schema.json",
    "card-and-person/credential.verify.request.schema.json",
    "card-and-person/person.locate.reply.schema.json",
    "card-and-person/person.locate.request.schema.json",
    "common/care.schema.json",
    "common/claim.schema.json",
    "common/context.schema.json",
    "common/diagnosis.schema.json",
    "common/fee.schema.json",
    "common/identifier.schema.json",
    "common/insurance.schema.json",
    "common/person.schema.json",
    "common/settlement.schema.json",
    "common/types.schema.json",
    "common/visit.schema.json",
    "healthcare/admission.amend.reply.schema.json",
    "healthcare/admission.amend.request.schema.json",
    "healthcare/admission.cancel.reply.schema.json",
    "healthcare/admission.cancel.request.schema.json",
    "healthcare/admission.register.reply.schema.json",
    "healthcare/admission.register.request.schema.json",
    "healthcare/appointment.book.reply.schema.json",
    "healthcare/appointment.book.request.schema.json",
    "healthcare/appointment.cancel.reply.schema.json",
    "healthcare/appointment.cancel.request.schema.json",
    "healthcare/discharge.cancel.reply.schema.json",
    "healthcare/discharge.cancel.request.schema.json",
    "healthcare/discharge.register.reply.schema.json",
    "healthcare/discharge.register.request.schema.json",
    "healthcare/fees.cancel.reply.schema.json",
    "healthcare/fees.cancel.request.schema.json",
    "healthcare/fees.upload.reply.schema.json",
    "healthcare/fees.upload.request.schema.json",
    "healthcare/prescription.collect.reply.schema.json",
    "healthcare/prescription.collect.request.schema.json",
    "healthcare/prescription.issue.reply.schema.json",
    "healthcare/prescription.issue.request.schema.json",
    "healthcare/prescription.verify.reply.schema.json",
    "healthcare/prescription.verify.request.schema.json",
    "healthcare/referral.cancel.reply.schema.json",
    "healthcare/referral.cancel.request.schema.json",
    "healthcare/referral.file.reply.schema.json",
    "healthcare/referral.file.request.schema.json",
    "healthcare/settlement.cancel.reply.schema.json",
    "healthcare/settlement.cancel.request.schema.json",
    "healthcare/settlement.commit.reply.schema.json",
    "healthcare/settlement.commit.request.schema.json",
    "healthcare/settlement.quote.reply.schema.json",
    "healthcare/settlement.quote.request.schema.json",
    "healthcare/settlement.status.reply.schema.json",
    "healthcare/settlement.status.request.schema.json",
    "healthcare/visit.amend.reply.schema.json",
    "healthcare/visit.amend.request.schema.json",
    "healthcare/visit.cancel.reply.schema.json",
    "healthcare/visit.cancel.request.schema.json",
    "healthcare/visit.register.reply.schema.json",
    "healthcare/visit.register.request.schema.json",
    "other-services/claim.cancel.reply.schema.json",
    "other-services/claim.cancel.request.schema.json",
    "other-services/claim.decision.reply.schema.json",
    "other-services/claim.decision.request.schema.json",
    "other-services/claim.status.reply.schema.json",
    "other-services/claim.status.request.schema.json",
    "other-services/claim.submit.reply.schema.json",
    "other-services/claim.submit.request.schema.json",
    "social-security/benefit.query.reply.schema.json",
    "social-security/benefit.query.request.schema.json",
    "social-security/coverage.check.reply.schema.json",
    "social-security/coverage.check.request.schema.json",
    "social-security/injury.settle.reply.schema.json",
    "social-security/injury.settle.request.schema.json",
    "social-security/insurance.query.reply.schema.json",
    "social-security/insurance.query.request.schema.json",
    "social-security/subsidy.apply.reply.schema.json",
    "social-security/subsidy.apply.request.schema.json",
];

/// Every code table: the standard's words and each dialect's codes, and names that people read.
pub(crate) const CODE_TABLES: &[File] = files![
    "codes/approval.json",
    "codes/card-status.json",
    "codes/credential-kind.json",
    "codes/diagnosis-kind.json",
    "codes/discharge-manner.json",
    "codes/discharge-result.json",
    "codes/document-kind.json",
    "codes/fund.json",
    "codes/insurance-kind.json",
    "codes/insurance-status.json",
    "codes/item-category.json",
    "codes/item-level.json",
    "codes/medical-category.json",
    "codes/names/division.json",
    "codes/names/ethnicity.json",
    "codes/operator-kind.json",
    "codes/pay-method.json",
    "codes/prescription-channel.json",
    "codes/reconcile-result.json",
    "codes/scenario.json",
    "codes/settlement-kind.json",
    "codes/settlement-stage.json",
    "codes/settlement-state.json",
    "codes/sex.json",
    "codes/social-insurance-kind.json",
];

/// Which native transaction is which operation.
pub(crate) const NATIVE_CODES: &str = include_str!("../v1/native-codes.json");
