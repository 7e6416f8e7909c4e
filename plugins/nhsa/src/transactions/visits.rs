//! Inputs about visits and stays (domain 1.5): 2201 to 2203, 2401 to 2405.

use crate::map::Kind::{
    Category, Count, Date, Flag, HolderNumber, Identifier, Insurance, Moment, Text, Word,
};
use crate::map::{Field, Node, demanded, free, heard, object, said};
use crate::words;

static REGISTER_FIELDS: [Field; 12] = [
    demanded("psn_no", "/patient/identifier", Identifier("person")),
    demanded("mdtrt_cert_type", "/credential/kind", Word(&words::CREDENTIALS)),
    demanded("mdtrt_cert_no", "/credential/number", HolderNumber),
    demanded("insutype", "/insurance", Insurance),
    // The transaction itself says that this is an outpatient; what kind of care follows with 2203 at the latest.
    heard("med_type", "/category", Category),
    demanded("begntime", "/startedAt", Moment),
    demanded("ipt_otp_no", "/localNumber", Text(30)),
    demanded("atddr_no", "/practitioner/id", Text(30)),
    demanded("dr_name", "/practitioner/name", Text(50)),
    demanded("dept_code", "/department/id", Text(30)),
    demanded("dept_name", "/department/name", Text(200)),
    free("caty", "/department/specialty", Text(30)),
];
pub(super) const REGISTER: Node = object("data", &REGISTER_FIELDS);

static AMEND_FIELDS: [Field; 5] = [
    demanded("psn_no", "/patient/identifier", Identifier("person")),
    demanded("mdtrt_id", "/visit", Identifier("visit")),
    demanded("med_type", "/category", Category),
    demanded("begntime", "/startedAt", Moment),
    free("main_cond_dscr", "/complaint", Text(500)),
];
pub(super) const AMEND: Node = object("mdtrtinfo|data", &AMEND_FIELDS);

/// What 2401 and 2403 say alike; the main diagnosis is the first of them, and stands among them too.
macro_rules! stay {
    ($($more:expr),* $(,)?) => {
        [
            demanded("psn_no", "/patient/identifier", Identifier("person")),
            demanded("med_type", "/category", Category),
            demanded("begntime", "/startedAt", Moment),
            free("ipt_no", "/localNumber", Text(30)),
            demanded("atddr_no", "/practitioner/id", Text(30)),
            demanded("chfpdr_name", "/practitioner/name", Text(50)),
            demanded("adm_dept_codg", "/department/id", Text(30)),
            demanded("adm_dept_name", "/department/name", Text(200)),
            free("adm_bed", "/bed", Text(30)),
            demanded("adm_diag_dscr", "/admissionDiagnosis", Text(200)),
            free("dscg_maindiag_code", "/diagnoses/0/code", Text(30)),
            free("dscg_maindiag_name", "/diagnoses/0/name", Text(200)),
            $($more),*
        ]
    };
}

static ADMIT_FIELDS: [Field; 19] = stay![
    demanded("mdtrt_cert_type", "/credential/kind", Word(&words::CREDENTIALS)),
    demanded("mdtrt_cert_no", "/credential/number", HolderNumber),
    demanded("insutype", "/insurance", Insurance),
    free("medrcdno", "/recordNumber", Text(50)),
    free("coner_name", "/contact/name", Text(50)),
    free("tel", "/contact/phone", Text(20)),
    free("trt_dcla_detl_sn", "/referral", Identifier("referral")),
];
pub(super) const ADMIT: Node = object("mdtrtinfo|data", &ADMIT_FIELDS);

static ADMIT_AMEND_FIELDS: [Field; 13] = stay![demanded("mdtrt_id", "/visit", Identifier("visit"))];
pub(super) const ADMIT_AMEND: Node = object("mdtrtinfo|adminfo|data", &ADMIT_AMEND_FIELDS);

static DISCHARGE_FIELDS: [Field; 8] = [
    demanded("psn_no", "/patient/identifier", Identifier("person")),
    demanded("mdtrt_id", "/visit", Identifier("visit")),
    said("insutype", "/insurance", Insurance),
    demanded("endtime", "/dischargedAt", Moment),
    demanded("dscg_dept_codg", "/department/id", Text(30)),
    demanded("dscg_dept_name", "/department/name", Text(200)),
    demanded("dscg_way", "/manner", Word(&words::DISCHARGE_MANNERS)),
    free("die_date", "/diedOn", Date),
];
pub(super) const DISCHARGE: Node = object("dscginfo|data", &DISCHARGE_FIELDS);

static CANCEL_FIELDS: [Field; 3] = [
    demanded("psn_no", "/patient/identifier", Identifier("person")),
    demanded("mdtrt_id", "/visit", Identifier("visit")),
    free("ipt_otp_no", "/localNumber", Text(30)),
];
pub(super) const CANCEL: Node = object("data", &CANCEL_FIELDS);

static DIAGNOSIS_FIELDS: [Field; 9] = [
    demanded("diag_type", "/kind", Word(&words::DIAGNOSIS_KINDS)),
    demanded("maindiag_flag", "/main", Flag),
    demanded("diag_srt_no", "/order", Count),
    demanded("diag_code", "/code", Text(30)),
    demanded("diag_name", "/name", Text(200)),
    free("diag_dept", "/departmentName", Text(200)),
    free("dise_dor_no", "/doctorId", Text(30)),
    free("dise_dor_name", "/doctorName", Text(50)),
    free("diag_time", "/diagnosedAt", Moment),
];
static DIAGNOSIS_OF: [Field; 1] = [demanded("psn_no", "/patient/identifier", Identifier("person"))];
pub(super) const DIAGNOSES: Node = Node {
    name: "diseinfo",
    list: "/diagnoses",
    fields: &DIAGNOSIS_FIELDS,
    repeated: &DIAGNOSIS_OF,
    sum: None,
};
