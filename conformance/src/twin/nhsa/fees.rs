//! Fee details: 2204 and 2301 enter them, 2205 and 2302 take them back.

use super::acts::{Done, objected};
use super::envelope::Envelope;
use super::fields::{Node, amount, decimal, only, optional, required, required_moment};
use super::variant::Amounts;
use super::{Platform, Refusal};
use crate::twin::books::{Deed, FeeRow, Item, Ledger};
use crate::twin::writer::{Object, list, places};

impl Platform {
    pub(super) fn upload_fees(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let details = envelope.rows("feedetail")?;
        let Some(first) = details.first() else { return Refusal::broken("feedetail不能为空") };
        let (psn_no, visit) = (required(first, "psn_no", 30)?, required(first, "mdtrt_id", 30)?);
        let mut items = Vec::new();
        for row in &details {
            if required(row, "psn_no", 30)? != psn_no || required(row, "mdtrt_id", 30)? != visit {
                return Refusal::broken("费用明细不属于同一次就诊");
            }
            for (field, max) in [("bilg_dept_codg", 30), ("bilg_dept_name", 100)] {
                required(row, field, max)?;
            }
            let batch = match envelope.infno.as_str() {
                "2204" => required(row, "chrg_bchno", 30)?,
                _ => ALL,
            };
            items.push(item(row, batch)?);
        }
        let rows = ledger.enter_fees(visit, psn_no, items, &envelope.msgid).map_err(objected)?;
        let result = list(rows.iter().map(|row| assessed(row, self.variant.amounts)));
        Ok(Done { deed: Deed::Other, output: format!(r#"{{"result":{result}}}"#) })
    }

    pub(super) fn cancel_fees(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let outpatient = envelope.infno == "2205";
        let name = if outpatient { "chrg_bchno" } else { "feedetl_sn" };
        let rows = if outpatient { vec![envelope.node("data")?] } else { envelope.rows("data")? };
        let mut named = Vec::new();
        let mut of = None;
        for data in rows {
            only(data, "data", &["mdtrt_id", "psn_no", name])?;
            let visit = (required(data, "mdtrt_id", 30)?, required(data, "psn_no", 30)?);
            if *of.get_or_insert(visit) != visit {
                return Refusal::broken("费用明细不属于同一次就诊");
            }
            named.push(required(data, name, 30)?);
        }
        let Some((visit, psn_no)) = of else { return Refusal::broken("data不能为空") };
        let wanted = |row: &FeeRow| named.contains(&if outpatient { &*row.batch } else { &*row.number });
        ledger.cancel_fees(visit, psn_no, named.contains(&ALL), wanted).map_err(objected)?;
        Ok(self.nothing_more())
    }
}

/// One row of fees, as both uploads and a pharmacy's purchase write it.
pub(super) fn item(row: &Node, batch: &str) -> Result<Item, Refusal> {
    let missing = |field: &str| Refusal::Broken(format!("{field}不能为空"));
    required_moment(row, "fee_ocur_time")?;
    required(row, "medins_list_codg", 150)?;
    optional(row, "hosp_appr_flag", 3)?;
    Ok(Item {
        number: required(row, "feedetl_sn", 30)?.to_owned(),
        batch: batch.to_owned(),
        code: required(row, "med_list_codg", 50)?.to_owned(),
        total: amount(row, "det_item_fee_sumamt")?,
        pieces: decimal(row, "cnt", 4)?.ok_or_else(|| missing("cnt"))?,
        price: decimal(row, "pric", 6)?.ok_or_else(|| missing("pric"))?,
    })
}

/// What the rule says about a row, as the `result` of an upload and the `detlcutinfo` of a purchase.
pub(super) fn assessed(row: &FeeRow, amounts: Amounts) -> String {
    let judged = &row.assessment;
    let kind = match row.code.chars().next() {
        Some('X') => "09",
        Some('Z') => "11",
        Some('T') => "10",
        Some('C') => "08",
        _ => "14",
    };
    let cap = judged.cap.map_or_else(|| NO_CAP.to_owned(), |cap| cap.to_string());
    Object::new(amounts)
        .text("feedetl_sn", &row.number)
        .fen("det_item_fee_sumamt", row.total)
        .decimal("cnt", &places(row.pieces, 4))
        .decimal("pric", &places(row.price, 6))
        .decimal("pric_uplmt_amt", &cap)
        .decimal("selfpay_prop", &places(judged.first_share, 4))
        .fen("fulamt_ownpay_amt", judged.full_own)
        .fen("overlmt_amt", judged.over_limit)
        .fen("preselfpay_amt", judged.pre_self)
        .fen("inscp_scp_amt", judged.in_scope)
        .text("chrgitm_lv", &judged.class.to_string())
        .text("med_chrgitm_type", kind)
        .text("bas_medn_flag", "0")
        .text("hi_nego_drug_flag", "0")
        .text("chld_medc_flag", "0")
        .text("list_sp_item_flag", "0")
        .text("drt_reim_flag", "0")
        .null("memo")
        .done()
}

/// As a batch or a row: all of them.
const ALL: &str = "0000";
const NO_CAP: &str = "999999";
