//! Rows of fees in inputs, and what they come back as (domain 1.5, 2101 and 2204).

use crate::map::Kind::{
    Amount, Cap, Count, FeeScope, Flag, Identifier, ItemList, ItemName, Moment, Price, Quantity, Ratio, Text,
    Word,
};
use crate::map::{Field, Node, demanded, free, heard, list, object};
use crate::words;

macro_rules! row {
    ($($more:expr),* $(,)?) => {
        [
            demanded("feedetl_sn", "/number", Text(30)),
            demanded("fee_ocur_time", "/occurredAt", Moment),
            free("list_type", "/category", ItemList),
            free("med_list_codg", "/catalogueCode", Text(50)),
            demanded("medins_list_codg", "/itemCode", Text(200)),
            heard("medins_list_name", "/itemName", ItemName("medins_list_codg")),
            demanded("cnt", "/quantity", Quantity),
            demanded("pric", "/unitPrice", Price),
            demanded("det_item_fee_sumamt", "/amount", Amount),
            free("rxno", "/prescriptionNumber", Text(30)),
            free("rx_circ_flag", "/outsidePrescription", Flag),
            free("bilg_dr_codg", "/doctorId", Text(30)),
            free("bilg_dr_name", "/doctorName", Text(50)),
            free("sin_dos_dscr", "/dose", Text(50)),
            free("used_frqu_dscr", "/frequency", Text(50)),
            free("prd_days", "/days", Count),
            free("medc_way_dscr", "/route", Text(50)),
            $($more),*
        ]
    };
}

static DRUG_FIELDS: [Field; 17] = row![];
pub(super) const DRUGS: Node = list("drugdetail", "/rows", &DRUG_FIELDS);

/// Rows of a visit say more: where, and whether the hospital approved.
static FEE_ROWS: [Field; 20] = row![
    free("bilg_dept_codg", "/departmentCode", Text(30)),
    free("bilg_dept_name", "/departmentName", Text(200)),
    free("hosp_appr_flag", "/approval", Word(&words::APPROVALS)),
];

static FEES_OF: [Field; 3] = [
    demanded("psn_no", "/patient/identifier", Identifier("person")),
    demanded("mdtrt_id", "/visit", Identifier("visit")),
    free("chrg_bchno", "/batchNumber", Text(30)),
];
pub(super) const UPLOAD: Node = Node {
    name: "feedetail|data",
    list: "/rows",
    fields: &FEE_ROWS,
    repeated: &FEES_OF,
    sum: Some(("det_item_fee_sumamt", "/feeTotal")),
};

static CANCEL_FIELDS: [Field; 3] = [
    demanded("psn_no", "/patient/identifier", Identifier("person")),
    demanded("mdtrt_id", "/visit", Identifier("visit")),
    demanded("chrg_bchno", "/scope", FeeScope),
];
pub(super) const CANCEL: Node = object("data", &CANCEL_FIELDS);

/// What a row counts for: `result` of the uploads, `detlcutinfo` of a pharmacy.
pub(crate) static FEE_RESULTS: [Field; 13] = [
    demanded("feedetl_sn", "/number", Text(30)),
    demanded("det_item_fee_sumamt", "/amount", Amount),
    free("cnt", "/quantity", Quantity),
    free("pric", "/unitPrice", Price),
    free("pric_uplmt_amt", "/priceCap", Cap),
    free("selfpay_prop", "/selfPayRatio", Ratio),
    free("inscp_scp_amt", "/inScope", Amount),
    free("fulamt_ownpay_amt", "/fullSelfPay", Amount),
    free("overlmt_amt|overlmt_selfpay", "/overLimitSelfPay", Amount),
    free("preselfpay_amt", "/preSelfPay", Amount),
    free("chrgitm_lv", "/level", Word(&words::ITEM_LEVELS)),
    free("med_chrgitm_type", "/chargeCategory", Text(30)),
    free("memo", "/remark", Text(500)),
];
