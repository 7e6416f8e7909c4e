//! The acts of the NHSA-JSON twin over real mTLS: what stands in the books after each.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};

use common::{Ground, call, fen, message, output, refusal, s1_for, without_session};
use serde_json::{Value, json};
use yizhan_conformance::client::Client;
use yizhan_conformance::holders;
use yizhan_conformance::twin::books::{SettlementState, VisitState};
use yizhan_conformance::twin::{NhsaTwin, NhsaVariant, Repetition, SecondSettlement};

const ONE: &str = "51000051010000000000000001";

/// A message number that has not been used.
fn msgid() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("H5101040000120260102103045{:04}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An act with a message number of its own.
async fn act(client: &Client, infno: &str, input: Value) -> Value {
    call(client, &message(infno, &msgid(), input)).await
}

fn visit_2201(number: &str) -> Value {
    json!({"data": {"psn_no": ONE, "insutype": "310", "begntime": "2026-01-02 10:30:00", "mdtrt_cert_type": "03",
        "mdtrt_cert_no": "A00000001", "ipt_otp_no": number, "atddr_no": "D001", "dr_name": "医师", "dept_code": "01",
        "dept_name": "内科", "caty": "A03"}})
}

fn fee(visit: &str, number: &str, batch: &str, code: &str, total: &Value) -> Value {
    json!({"feedetl_sn": number, "mdtrt_id": visit, "psn_no": ONE, "chrg_bchno": batch, "rxno": "1", "rx_circ_flag": "0",
        "fee_ocur_time": "2026-01-02 10:35:00", "med_list_codg": code, "medins_list_codg": "Y1",
        "det_item_fee_sumamt": total, "cnt": 1, "pric": total, "bilg_dept_codg": "01", "bilg_dept_name": "内科",
        "bilg_dr_codg": "D001", "bilg_dr_name": "医师", "hosp_appr_flag": "0"})
}

fn settle_2207(visit: &str, batch: &str, total: &Value) -> Value {
    json!({"data": {"psn_no": ONE, "mdtrt_cert_type": "03", "mdtrt_cert_no": "A00000001", "med_type": "11",
        "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": visit, "chrg_bchno": batch, "insutype": "310",
        "acct_used_flag": "1", "invono": "1", "fulamt_ownpay_amt": 0, "overlmt_selfpay": 0, "preselfpay_amt": 0,
        "inscp_scp_amt": total}})
}

/// Registers a visit with fees over 200.00 in batch B1, and returns its number.
async fn visited(client: &Client) -> String {
    let registered = act(client, "2201", visit_2201("MZ0100")).await;
    let visit = output(&registered)["data"]["mdtrt_id"].as_str().unwrap().to_owned();
    let rows =
        [fee(&visit, "1", "B1", "XA1", &json!(150.00)), fee(&visit, "2", "B1", "XB8", &json!("50.00"))];
    let entered = act(client, "2204", json!({"feedetail": rows})).await;
    let result = output(&entered)["result"].as_array().unwrap().clone();
    let seen: Vec<_> =
        result.iter().map(|row| (fen(&row["inscp_scp_amt"]), fen(&row["preselfpay_amt"]))).collect();
    assert_eq!(seen, [(15_000, 0), (4_500, 500)]);
    visit
}

async fn balance(client: &Client) -> i64 {
    let person = call(client, &s1_for("510104199003071237")).await;
    fen(&output(&person)["insuinfo"][0]["balc"])
}

#[tokio::test]
async fn an_outpatient_from_registration_to_cancellation() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let visit = visited(&client).await;
    let amended = json!({"mdtrtinfo": {"mdtrt_id": visit, "psn_no": ONE, "med_type": "11", "begntime": "2026-01-02 10:30:00"},
        "diseinfo": [{"diag_type": "1", "diag_srt_no": 1, "diag_code": "J00", "diag_name": "感冒"}]});
    assert_eq!(output(&act(&client, "2203", amended).await), &json!(null));
    assert_eq!(balance(&client).await, 81_235);

    let settled = act(&client, "2207", settle_2207(&visit, "B1", &json!(200))).await;
    let info = output(&settled)["setlinfo"].clone();
    // 195.00 in scope, of which the pool pays 70 %; the account pays what is left.
    for (name, amount) in [
        ("medfee_sumamt", 20_000),
        ("fund_pay_sumamt", 13_650),
        ("psn_part_amt", 6_350),
        ("acct_pay", 6_350),
        ("psn_cash_pay", 0),
        ("balc", 74_885),
    ] {
        assert_eq!(fen(&info[name]), amount, "{name}");
    }
    assert_eq!(balance(&client).await, 74_885);
    let (id, act_key) = (info["setl_id"].as_str().unwrap(), info["medins_setl_id"].as_str().unwrap());
    let books = twin.books();
    let held = books.holding(&visit);
    assert_eq!((held.len(), held[0].id.as_str(), held[0].act.as_str()), (1, id, act_key));

    for (infno, input, word) in [
        ("2202", json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "ipt_otp_no": "MZ0100"}}), "先撤销结算"),
        ("2205", json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "chrg_bchno": "0000"}}), "先撤销结算"),
        ("2207", settle_2207(&visit, "B1", &json!(200)), "不能重复结算"),
        ("2305", json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "setl_id": id}}), "未查询到结算信息"),
    ] {
        let answer = act(&client, infno, input).await;
        assert!(refusal(&answer).contains(word), "{infno}: {answer}");
    }

    let cancel = json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "setl_id": id}});
    let cancelled = act(&client, "2208", cancel.clone()).await;
    let back = &output(&cancelled)["setlinfo"];
    for name in
        ["medfee_sumamt", "inscp_scp_amt", "preselfpay_amt", "hifp_pay", "fund_pay_sumamt", "acct_pay"]
    {
        assert_eq!(fen(&back[name]), -fen(&info[name]), "{name}");
    }
    for name in ["psn_part_amt", "hosp_part_amt", "acct_mulaid_pay"] {
        assert_eq!(back[name], json!(null), "{name}");
    }
    assert_eq!(fen(&output(&cancelled)["setldetail"][0]["fund_payamt"]), -13_650);
    assert_ne!(back["setl_id"], info["setl_id"]);
    assert_eq!(balance(&client).await, 81_235);
    assert!(refusal(&act(&client, "2208", cancel).await).contains("已撤销"));

    let asked = async |setl_id: &Value| {
        let answer =
            act(&client, "5203", json!({"data": {"psn_no": ONE, "setl_id": setl_id, "mdtrt_id": visit}}))
                .await;
        let info = &output(&answer)["setlinfo"];
        (info["refd_setl_flag"].as_str().unwrap().to_owned(), fen(&info["medfee_sumamt"]))
    };
    assert_eq!(asked(&info["setl_id"]).await, ("1".to_owned(), 20_000));
    assert_eq!(asked(&back["setl_id"]).await, ("1".to_owned(), -20_000));
    let books = twin.books();
    assert_eq!(
        (books.settlement_of(act_key).unwrap().state, books.cancellations.len()),
        (SettlementState::Cancelled, 1)
    );

    let fees = json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "chrg_bchno": "B1"}});
    assert_eq!(output(&act(&client, "2205", fees.clone()).await), &json!(null));
    assert!(refusal(&act(&client, "2205", fees).await).contains("未查询到费用明细"));
    act(&client, "2202", json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "ipt_otp_no": "MZ0100"}})).await;
    assert_eq!(twin.books().visits.iter().find(|one| one.id == visit).unwrap().state, VisitState::Cancelled);
}

#[tokio::test]
async fn an_inpatient_from_admission_to_discharge_and_back() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let admission = json!({"mdtrtinfo": {"psn_no": ONE, "insutype": "310", "coner_name": "", "tel": "", "begntime": "2026-01-02 10:30:00",
        "mdtrt_cert_type": "03", "mdtrt_cert_no": "A00000001", "med_type": "21", "ipt_no": "ZY0100", "medrcdno": "1",
        "atddr_no": "D001", "chfpdr_name": "医师", "adm_diag_dscr": "肺炎", "adm_dept_codg": "01", "adm_dept_name": "内科",
        "adm_bed": "1", "dscg_maindiag_code": "J18", "dscg_maindiag_name": "肺炎"},
        "diseinfo": [{"psn_no": ONE, "diag_type": "1", "maindiag_flag": "1", "diag_srt_no": 1, "diag_code": "J18", "diag_name": "肺炎"}]});
    let admitted_by = msgid();
    let admitted = call(&client, &message("2401", &admitted_by, admission.clone())).await;
    let visit = output(&admitted)["result"]["mdtrt_id"].as_str().unwrap().to_owned();
    assert!(refusal(&act(&client, "2401", admission).await).contains("已登记入院"));
    let rows = [fee(&visit, "1", "", "0011", &json!("3000.00"))];
    output(&act(&client, "2301", json!({"feedetail": rows})).await);
    assert!(refusal(&act(&client, "2301", json!({"feedetail": rows})).await).contains("流水号重复"));

    let discharge = json!({"dscginfo": {"mdtrt_id": visit, "psn_no": ONE, "insutype": "310", "endtime": "2026-01-09 09:00:00",
        "dscg_dept_codg": "01", "dscg_dept_name": "内科", "dscg_way": "1"}, "diseinfo": []});
    let plain = json!({"data": {"mdtrt_id": visit, "psn_no": ONE}});
    for (infno, input, word) in [
        ("2405", &plain, "出院状态"),
        ("2402", &discharge, ""),
        ("2402", &discharge, "出院状态"),
        ("2405", &plain, ""),
        ("2402", &discharge, ""),
    ] {
        let answer = act(&client, infno, input.clone()).await;
        if word.is_empty() {
            assert_eq!(output(&answer), &json!(null));
        } else {
            assert!(refusal(&answer).contains(word), "{answer}");
        }
    }
    let settle = json!({"data": {"psn_no": ONE, "mdtrt_cert_type": "03", "mdtrt_cert_no": "A00000001", "medfee_sumamt": "3000.00",
        "psn_setlway": "01", "mdtrt_id": visit, "insutype": "310", "acct_used_flag": "0", "invono": "1", "mid_setl_flag": "0",
        "dscg_time": "2026-01-09 09:00:00"}});
    let settled = act(&client, "2304", settle).await;
    let info = &output(&settled)["setlinfo"];
    // 85 % of what is above 800.00.
    assert_eq!(
        (fen(&info["act_pay_dedc"]), fen(&info["hifp_pay"]), fen(&info["psn_cash_pay"])),
        (80_000, 187_000, 113_000)
    );
    for infno in ["2404", "2405"] {
        assert!(refusal(&act(&client, infno, plain.clone()).await).contains("先撤销结算"), "{infno}");
    }
    let cancel = json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "setl_id": info["setl_id"]}});
    assert_eq!(fen(&output(&act(&client, "2305", cancel).await)["setlinfo"]["psn_cash_pay"]), -113_000);
    let one = json!({"data": [{"feedetl_sn": "1", "mdtrt_id": visit, "psn_no": ONE}]});
    assert_eq!(output(&act(&client, "2302", one).await), &json!(null));
    output(&act(&client, "2405", plain).await);
    let undo = json!({"data": {"psn_no": ONE, "omsgid": admitted_by, "oinfno": "2401"}});
    assert_eq!(output(&act(&client, "2601", undo).await), &json!(null));
    assert_eq!(twin.books().visits.iter().find(|one| one.id == visit).unwrap().state, VisitState::Reversed);
}

#[tokio::test]
async fn a_purchase_is_made_and_taken_back() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let row = json!({"feedetl_sn": "1", "fee_ocur_time": "2026-01-02 10:30:00", "med_list_codg": "XA1", "medins_list_codg": "Y1",
        "det_item_fee_sumamt": "60.00", "cnt": "2.0000", "pric": "30.000000"});
    let input = json!({"druginfo": {"psn_no": ONE, "mdtrt_cert_type": "01", "mdtrt_cert_no": "TESTTOKENA00000001",
        "begntime": "2026-01-02 10:30:00", "medfee_sumamt": "60.00", "invono": "1", "insutype": "310", "acct_used_flag": "1",
        "med_type": "41"}, "drugdetail": [row]});
    let bought = act(&client, "2102", input.clone()).await;
    let out = output(&bought);
    assert_eq!(out["detlcutinfo"][0]["feedetl_sn"], "1");
    let (visit, id) = (out["setlinfo"]["mdtrt_id"].as_str().unwrap(), &out["setlinfo"]["setl_id"]);
    assert_eq!(twin.books().holding(visit).len(), 1);
    let cancelled =
        act(&client, "2103", json!({"data": {"psn_no": ONE, "setl_id": id, "mdtrt_id": visit}})).await;
    let back = &output(&cancelled)["setlinfo"];
    assert_eq!((fen(&back["psn_pay"]), fen(&back["cash_payamt"])), (-1_800, 0));
    assert_eq!(twin.books().holding(visit).len(), 0);
    let again = act(&client, "2102", input).await;
    assert_ne!(output(&again)["setlinfo"]["mdtrt_id"], visit, "another message is another purchase");
}

#[tokio::test]
async fn one_message_is_one_act() {
    for (repeated, same) in [(Repetition::SameAnswer, true), (Repetition::Refused, false)] {
        let variant = NhsaVariant { repeated_message: repeated, ..without_session() };
        let (twin, client) = Ground::new().nhsa(variant).await;
        let visit = visited(&client).await;
        let key = msgid();
        let settle = message("2207", &key, settle_2207(&visit, "B1", &json!(200)));
        let first = call(&client, &settle).await;
        let second = call(&client, &settle).await;
        if same {
            assert_eq!(output(&first), output(&second));
        } else {
            assert!(refusal(&second).contains("重复"), "{second}");
        }
        let crossed = call(&client, &message("2208", &key, json!({"data": {"psn_no": ONE}}))).await;
        assert!(refusal(&crossed).contains("报文ID重复"), "{crossed}");
        let books = twin.books();
        assert_eq!(books.holding(&visit).len(), 1);
        assert_eq!(books.acts.iter().find(|act| act.key == key).unwrap().repeated, 2);
    }
}

#[tokio::test]
async fn settling_twice_is_seen_where_the_platform_lets_it() {
    let variant = NhsaVariant { second_settlement: SecondSettlement::Settled, ..without_session() };
    let (twin, client) = Ground::new().nhsa(variant).await;
    let visit = visited(&client).await;
    for _ in 0..2 {
        output(&act(&client, "2207", settle_2207(&visit, "B1", &json!(200))).await);
    }
    assert_eq!(twin.books().holding(&visit).len(), 2);
    assert_eq!(twin.books().settled_twice(), [visit]);
}

#[tokio::test]
async fn a_reversal_undoes_what_its_keys_name() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let visit = visited(&client).await;
    let key = msgid();
    let settled = call(&client, &message("2207", &key, settle_2207(&visit, "B1", &json!(200)))).await;
    let id = &output(&settled)["setlinfo"]["setl_id"];
    let undo = async |psn_no: &str, omsgid: &str, oinfno: &str| {
        act(&client, "2601", json!({"data": {"psn_no": psn_no, "omsgid": omsgid, "oinfno": oinfno}})).await
    };
    for (psn_no, omsgid, oinfno, word) in [
        ("51000051010000000000000002", key.as_str(), "2207", "未查询到需要冲正"),
        (ONE, "H51010400001202601021030459999", "2207", "未查询到需要冲正"),
        (ONE, &key, "2304", "未查询到需要冲正"),
        (ONE, &key, "2204", "不允许冲正"),
    ] {
        let answer = undo(psn_no, omsgid, oinfno).await;
        assert!(refusal(&answer).contains(word), "{oinfno}: {answer}");
    }
    assert_eq!(twin.books().holding(&visit).len(), 1);
    assert_eq!(output(&undo(ONE, &key, "2207").await), &json!(null));
    let books = twin.books();
    let ended = books.settlement_of(&key).unwrap();
    assert_eq!((ended.state, books.holding(&visit).len()), (SettlementState::Reversed, 0));
    assert!(refusal(&undo(ONE, &key, "2207").await).contains("不能重复冲正"));
    let query = act(&client, "5203", json!({"data": {"psn_no": ONE, "setl_id": id}})).await;
    assert!(refusal(&query).contains("未查询到结算信息"), "what was undone never was");
    let late = call(&client, &message("2207", &key, settle_2207(&visit, "B1", &json!(200)))).await;
    assert!(refusal(&late).contains("已冲正"), "{late}");

    // A cancellation that is undone leaves the settlement as it was.
    let settled = act(&client, "2207", settle_2207(&visit, "B1", &json!(200))).await;
    let id = output(&settled)["setlinfo"]["setl_id"].clone();
    let cancel_key = msgid();
    let cancel = json!({"data": {"psn_no": ONE, "mdtrt_id": visit, "setl_id": id}});
    output(&call(&client, &message("2208", &cancel_key, cancel)).await);
    output(&undo(ONE, &cancel_key, "2208").await);
    let books = twin.books();
    assert_eq!((books.holding(&visit).len(), books.cancellations[0].reversed), (1, true));
    assert_eq!(balance(&client).await, 74_885);
}

#[tokio::test]
async fn a_reversal_before_its_original_bars_it_or_does_not() {
    for bars in [true, false] {
        let variant = NhsaVariant { reversal_bars: bars, ..without_session() };
        let (twin, client) = Ground::new().nhsa(variant).await;
        let visit = visited(&client).await;
        let key = msgid();
        let undo = json!({"data": {"psn_no": ONE, "omsgid": key, "oinfno": "2207"}});
        assert_eq!(act(&client, "2601", undo).await["infcode"], 999);
        let late = call(&client, &message("2207", &key, settle_2207(&visit, "B1", &json!(200)))).await;
        assert_eq!(late["infcode"] != 0, bars, "{late}");
        assert_eq!(twin.books().holding(&visit).len(), usize::from(!bars));
    }
}

#[tokio::test]
async fn books_outlive_their_twin() {
    let ground = Ground::new();
    let (first, client) = ground.nhsa(without_session()).await;
    let visit = visited(&client).await;
    output(&act(&client, "2207", settle_2207(&visit, "B1", &json!(200))).await);
    let books = first.shared_books();
    let mut options = ground.options(holders::everyone());
    options.listen = first.address();
    first.stop().await;
    let again = NhsaTwin::start_with(options, without_session(), books).await.unwrap();
    let refused = act(&client, "2207", settle_2207(&visit, "B1", &json!(200))).await;
    assert!(refusal(&refused).contains("不能重复结算"));
    let registered = act(&client, "2201", visit_2201("MZ0200")).await;
    assert_ne!(output(&registered)["data"]["mdtrt_id"], visit, "numbers go on");
    assert_eq!(again.books().holding(&visit).len(), 1);
}

#[tokio::test]
async fn acts_are_checked_field_by_field() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let before = twin.books().acts.len();
    let with = |mut input: Value, pointer: &str, value: Value| {
        *input.pointer_mut(pointer).unwrap() = value;
        input
    };
    let row = fee("510000M0002", "9", "B9", "XA1", &json!(1));
    for (infno, input, word) in [
        ("2201", with(visit_2201("1"), "/data/insutype", json!("390")), "未参加该险种"),
        ("2201", with(visit_2201("1"), "/data/begntime", json!("20260102")), "begntime格式不正确"),
        ("2201", with(visit_2201("1"), "/data/mdtrt_cert_type", json!("90")), "mdtrt_cert_type格式不正确"),
        ("2201", with(visit_2201("1"), "/data/psn_no", json!("4")), "未查询到人员"),
        ("2204", json!({"feedetail": []}), "feedetail不能为空"),
        ("2204", json!({"feedetail": [with(row.clone(), "/cnt", json!(1.00005))]}), "cnt格式不正确"),
        (
            "2204",
            json!({"feedetail": [with(row.clone(), "/det_item_fee_sumamt", json!(true))]}),
            "应为数值型",
        ),
        (
            "2204",
            json!({"feedetail": [row, with(fee("510000M0001", "8", "B9", "X", &json!(1)), "/rxno", json!(""))]}),
            "同一次就诊",
        ),
        ("2207", settle_2207("510000M0002", "PC0002", &json!(120.005)), "inscp_scp_amt格式不正确"),
        ("2299", json!({"data": {"psn_no": ONE}}), "未开通"),
    ] {
        let answer = act(&client, infno, input).await;
        assert!(refusal(&answer).contains(word), "{infno} {word}: {answer}");
    }
    assert_eq!(twin.books().acts.len(), before, "nothing was entered");
}
