//! Inputs of settlements: asked for, made, taken back (domain 1.5).

use crate::map::Kind::{
    Amount, Category, Disease, Flag, HolderNumber, Identifier, Insurance, Moment, Text, Word,
};
use crate::map::{Field, Node, demanded, free, object};
use crate::words;

/// What every settlement begins with.
macro_rules! settlement {
    ($($more:expr),* $(,)?) => {
        [
            demanded("psn_no", "/patient/identifier", Identifier("person")),
            demanded("mdtrt_cert_type", "/credential/kind", Word(&words::CREDENTIALS)),
            demanded("mdtrt_cert_no", "/credential/number", HolderNumber),
            demanded("insutype", "/insurance", Insurance),
            demanded("med_type", "/category", Category),
            demanded("acct_used_flag", "/useAccount", Flag),
            demanded("medfee_sumamt", "/feeTotal", Amount),
            $($more),*
        ]
    };
}

/// What a settlement of a registered visit says besides.
macro_rules! visit_settlement {
    ($($more:expr),* $(,)?) => {
        settlement![
            demanded("mdtrt_id", "/visit", Identifier("visit")),
            free("psn_setlway", "/payMethod", Word(&words::PAY_METHODS)),
            free("chrg_bchno", "/batchNumber", Text(30)),
            free("inscp_scp_amt", "/inScope", Amount),
            free("fulamt_ownpay_amt", "/fullSelfPay", Amount),
            free("overlmt_selfpay", "/overLimitSelfPay", Amount),
            free("preselfpay_amt", "/preSelfPay", Amount),
            $($more),*
        ]
    };
}

static QUOTE_FIELDS: [Field; 14] = visit_settlement![];
pub(super) const QUOTE: Node = object("data", &QUOTE_FIELDS);

static STAY_QUOTE_FIELDS: [Field; 16] = visit_settlement![
    free("mid_setl_flag", "/stage", Word(&words::STAGES)),
    free("dscg_time", "/dischargedAt", Moment),
];
pub(super) const STAY_QUOTE: Node = object("data", &STAY_QUOTE_FIELDS);

static COMMIT_FIELDS: [Field; 15] = visit_settlement![free("invono", "/invoiceNumber", Text(20))];
pub(super) const COMMIT: Node = object("data", &COMMIT_FIELDS);

static STAY_COMMIT_FIELDS: [Field; 17] = visit_settlement![
    free("mid_setl_flag", "/stage", Word(&words::STAGES)),
    free("dscg_time", "/dischargedAt", Moment),
    free("invono", "/invoiceNumber", Text(20)),
];
pub(super) const STAY_COMMIT: Node = object("data", &STAY_COMMIT_FIELDS);

/// What a pharmacy says besides; when is a member of its own in each operation.
macro_rules! drug_settlement {
    ($when:literal) => {
        settlement![
            free("begntime", $when, Moment),
            free("dise_codg", "/diagnoses", Disease("dise_name")),
            free("invono", "/invoiceNumber", Text(20)),
        ]
    };
}

/// A quote has no invoice.
static DRUG_QUOTE_FIELDS: [Field; 9] = settlement![
    free("begntime", "/startedAt", Moment),
    free("dise_codg", "/diagnoses", Disease("dise_name")),
];
pub(super) const DRUG_QUOTE: Node = object("druginfo", &DRUG_QUOTE_FIELDS);

static DRUG_COMMIT_FIELDS: [Field; 10] = drug_settlement!("/startedAt");
pub(super) const DRUG_COMMIT: Node = object("druginfo", &DRUG_COMMIT_FIELDS);

static COLLECT_FIELDS: [Field; 10] = drug_settlement!("/dispensedAt");
pub(super) const COLLECT: Node = object("druginfo", &COLLECT_FIELDS);
