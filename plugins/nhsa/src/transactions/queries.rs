//! Inputs of the queries: 1162, 2001, 3201, 5203 (domain 1.5, 1.9).

use crate::map::Kind::{
    Category, Clearing, Count, Division, FundTotal, Identifier, Institution, Insurance, Money, Period, Text,
    Word,
};
use crate::map::{Field, Node, demanded, free, object};
use crate::words;

static CREDENTIAL_FIELDS: [Field; 5] = [
    free("orgId", "/context/institution/id", Institution),
    free("operatorId", "/context/operator/id", Text(30)),
    free("operatorName", "/context/operator/name", Text(50)),
    demanded("ecQrCode", "/code", Text(500)),
    demanded("businessType", "/scenario", Word(&words::SCENARIOS)),
];
pub(super) const CREDENTIAL: Node = object("data", &CREDENTIAL_FIELDS);

static COVERAGE_FIELDS: [Field; 11] = [
    demanded("psn_no", "/person", Identifier("person")),
    demanded("insutype", "/insuranceKind", Insurance),
    free("fixmedins_code", "/context/institution/id", Institution),
    demanded("med_type", "/medicalCategory", Category),
    demanded("begntime", "/period", Period("endtime")),
    free("dise_codg", "/diseaseCode", Text(30)),
    free("dise_name", "/diseaseName", Text(200)),
    free("oprn_oprt_code", "/operationCode", Text(30)),
    free("oprn_oprt_name", "/operationName", Text(200)),
    free("matn_type", "/maternityKind", Text(30)),
    free("birctrl_type", "/birthControlKind", Text(30)),
];
pub(super) const COVERAGE: Node = object("data", &COVERAGE_FIELDS);

static TOTALS_FIELDS: [Field; 8] = [
    demanded("insutype", "/insuranceKind", Insurance),
    demanded("clr_type", "/clearingKind", Clearing),
    demanded("setl_optins", "/office", Division),
    demanded("stmt_begndate", "/period", Period("stmt_enddate")),
    demanded("fixmedins_setl_cnt", "/totals/count", Count),
    demanded("medfee_sumamt", "/totals/feeTotal", Money),
    demanded("fund_pay_sumamt", "/totals/fundTotal", FundTotal { signed: true }),
    demanded("acct_pay", "/totals/accountPaid", Money),
];
pub(super) const TOTALS: Node = object("data", &TOTALS_FIELDS);

static STATUS_FIELDS: [Field; 3] = [
    demanded("psn_no", "/patient/identifier", Identifier("person")),
    demanded("setl_id", "/settlement", Identifier("settlement")),
    free("mdtrt_id", "/visit", Identifier("visit")),
];
pub(super) const STATUS: Node = object("data", &STATUS_FIELDS);
