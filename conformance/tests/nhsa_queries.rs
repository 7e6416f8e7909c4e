//! The queries of the NHSA-JSON twin over real mTLS, held to the facts' samples and to the money identities.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails the test that called it")]

mod common;

use common::{Ground, call, fen, message, output, parsed, refusal, s1_for, without_session};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use yizhan_conformance::twin::NhsaVariant;

const ONE: &str = "51000051010000000000000001";
const MSGID: &str = "H51010400001202601021030450009";

fn amounts(info: &Value) -> impl Fn(&str) -> i64 {
    |name| fen(&info[name])
}

#[tokio::test]
async fn the_settlement_of_s3_is_found() {
    let (_twin, client) = Ground::new().nhsa(without_session()).await;
    let ask = async |data: Value| call(&client, &message("5203", MSGID, json!({"data": data}))).await;
    let found = ask(json!({"psn_no": ONE, "setl_id": "510000S0001", "mdtrt_id": "510000M0001"})).await;
    let info = &output(&found)["setlinfo"];
    for (name, amount) in [
        ("medfee_sumamt", 32_050),
        ("fulamt_ownpay_amt", 4_050),
        ("overlmt_selfpay", 1_000),
        ("preselfpay_amt", 2_000),
        ("inscp_scp_amt", 25_000),
        ("act_pay_dedc", 0),
        ("hifp_pay", 17_500),
        ("fund_pay_sumamt", 17_500),
        ("hosp_part_amt", 0),
        ("psn_pay", 14_550),
        ("acct_pay", 10_000),
        ("cash_payamt", 4_550),
        ("balc", 71_235),
    ] {
        assert_eq!(amounts(info)(name), amount, "{name}");
    }
    for (name, text) in [
        ("setl_id", "510000S0001"),
        ("mdtrt_id", "510000M0001"),
        ("psn_no", ONE),
        ("setl_time", "2026-01-02 10:40:11"),
        ("medins_setl_id", "H51010400001202601021040110004"),
        ("clr_optins", "510100"),
        ("clr_type", "11"),
        ("refd_setl_flag", "0"),
    ] {
        assert_eq!(info[name], text, "{name}");
    }
    assert!(info.get("psn_part_amt").is_none() && info.get("psn_cash_pay").is_none());
    let funds = output(&found)["setldetail"].as_array().unwrap();
    assert_eq!((funds[0]["fund_pay_type"].as_str(), fen(&funds[0]["fund_payamt"])), (Some("310101"), 17_500));

    let newest = ask(json!({"psn_no": ONE, "mdtrt_id": "510000M0001"})).await;
    assert_eq!(output(&newest)["setlinfo"]["setl_id"], "510000S0001");
    for (data, word) in [
        (json!({"psn_no": ONE, "setl_id": "510000S0002"}), "未查询到结算信息"),
        (json!({"psn_no": ONE, "setl_id": "510000S0001", "mdtrt_id": "510000M0002"}), "未查询到结算信息"),
        (json!({"psn_no": ONE, "mdtrt_id": "510000M0002"}), "未查询到结算信息"),
        (json!({"psn_no": "51000051010000000000000099", "setl_id": "510000S0001"}), "未查询到人员"),
        (json!({"psn_no": ONE}), "setl_id不能为空"),
        (json!({"psn_no": ONE, "setlId": "510000S0001"}), "data.setlId不是规定的字段"),
    ] {
        let answer = ask(data.clone()).await;
        assert!(refusal(&answer).contains(word), "{data}: {answer}");
    }
}

#[tokio::test]
async fn a_quote_keeps_the_identities_and_enters_nothing() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let before = twin.books();
    let outpatient = json!({"psn_no": ONE, "mdtrt_cert_type": "03", "mdtrt_cert_no": "A00000001", "med_type": "11",
        "medfee_sumamt": 120.00, "psn_setlway": "01", "mdtrt_id": "510000M0002", "chrg_bchno": "PC0002",
        "insutype": "310", "acct_used_flag": "1", "invono": ""});
    let inpatient = json!({"psn_no": "51000051010000000000000002", "mdtrt_cert_type": "02", "mdtrt_cert_no": "511502199003070015",
        "medfee_sumamt": "2156.40", "psn_setlway": "01", "mdtrt_id": "510000M0003", "insutype": "390",
        "acct_used_flag": "0", "mid_setl_flag": "0", "dscg_time": "2026-01-09 10:00:00"});
    for (infno, data, total, insured) in
        [("2206", &outpatient, 12_000, "510199"), ("2303", &inpatient, 215_640, "511599")]
    {
        let mut asked = message(infno, MSGID, json!({"data": data}));
        asked["insuplc_admdvs"] = json!(insured);
        let answer = call(&client, &asked).await;
        let info = &output(&answer)["setlinfo"];
        let amount = amounts(info);
        assert_eq!(amount("medfee_sumamt"), total);
        identities(&amount);
        assert_eq!(amount("fund_pay_sumamt") + amount("psn_part_amt") + amount("hosp_part_amt"), total);
        assert!(info.get("setl_id").is_none());
        let funds: i64 = output(&answer)["setldetail"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| fen(&row["fund_payamt"]))
            .sum();
        assert_eq!(funds, amount("fund_pay_sumamt") + amount("acct_pay"));
    }
    for (field, value, word) in [
        ("medfee_sumamt", json!(120.01), "合计不符"),
        ("medfee_sumamt", json!(null), "medfee_sumamt不能为空"),
        ("medfee_sumamt", json!("120.001"), "medfee_sumamt格式不正确"),
        ("mdtrt_id", json!("510000M0003"), "未查询到就诊信息"),
        ("chrg_bchno", json!("PC0009"), "未查询到费用明细"),
        ("psn_setlway", json!("03"), "psn_setlway格式不正确"),
        ("acct_used_flag", json!(""), "acct_used_flag不能为空"),
        ("total", json!(1), "data.total不是规定的字段"),
    ] {
        let mut data = outpatient.clone();
        data[field] = value;
        let answer = call(&client, &message("2206", MSGID, json!({"data": data}))).await;
        assert!(refusal(&answer).contains(word), "{field}: {answer}");
    }
    let crossed = call(&client, &message("2303", MSGID, json!({"data": outpatient}))).await;
    assert!(refusal(&crossed).contains("就诊类型与交易不符"), "{crossed}");
    let after = twin.books();
    assert_eq!(
        (after.visits.len(), after.settlements.len()),
        (before.visits.len(), before.settlements.len())
    );
    assert_eq!(after.acts.len(), before.acts.len());
}

/// Identities 1 and 2 of par. 1.6.
fn identities(amount: &dyn Fn(&str) -> i64) {
    let parts = ["inscp_scp_amt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt"];
    assert_eq!(amount("medfee_sumamt"), parts.map(amount).iter().sum::<i64>());
    assert_eq!(amount("psn_part_amt"), amount("acct_pay") + amount("psn_cash_pay"));
}

#[tokio::test]
async fn a_purchase_is_quoted_row_by_row() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let row = |number: &str, code: &str, total: f64| {
        json!({"feedetl_sn": number, "rxno": "", "fee_ocur_time": "2026-01-02 10:30:00", "med_list_codg": code,
            "medins_list_codg": "YP001", "det_item_fee_sumamt": total, "cnt": 1, "pric": total})
    };
    let input = json!({"druginfo": {"psn_no": ONE, "mdtrt_cert_type": "01", "mdtrt_cert_no": "TESTTOKENA00000001",
        "begntime": "2026-01-02 10:30:00", "medfee_sumamt": 90.5, "insutype": "310", "acct_used_flag": "1", "med_type": "41"},
        "drugdetail": [row("1", "XA01ABD0750", 50.5), row("2", "T0007000099", 40.0)]});
    let answer = call(&client, &message("2101", MSGID, input.clone())).await;
    let out = output(&answer);
    identities(&amounts(&out["setlinfo"]));
    assert!(out["setlinfo"].get("setl_id").is_none());
    let cut = out["detlcutinfo"].as_array().unwrap();
    let seen: Vec<_> =
        cut.iter().map(|row| (fen(&row["inscp_scp_amt"]), fen(&row["fulamt_ownpay_amt"]))).collect();
    assert_eq!(seen, [(5_050, 0), (0, 4_000)]);
    assert_eq!((&cut[0]["chrgitm_lv"], &cut[1]["chrgitm_lv"]), (&json!("1"), &json!("3")));
    assert!(cut[0].to_string().contains(r#""pric_uplmt_amt":999999"#), "{}", cut[0]);
    let mut wrong = input;
    wrong["druginfo"]["medfee_sumamt"] = json!("90.51");
    assert!(refusal(&call(&client, &message("2101", MSGID, wrong)).await).contains("合计不符"));
    assert!(twin.books().acts.iter().all(|act| act.code != "2101"));
}

#[tokio::test]
async fn entitlement_follows_the_insurance() {
    let (_twin, client) = Ground::new().nhsa(without_session()).await;
    let ask = async |psn_no: &str, insutype: &str| {
        let data = json!({"psn_no": psn_no, "insutype": insutype, "fixmedins_code": "H51010400001", "med_type": "11",
            "begntime": "2026-01-02", "endtime": null});
        call(&client, &message("2001", MSGID, json!({"data": data}))).await
    };
    let answer = ask(ONE, "310").await;
    let rows = output(&answer)["trtinfo"].as_array().unwrap();
    let funds: Vec<_> = rows.iter().map(|row| row["fund_pay_type"].as_str().unwrap()).collect();
    assert_eq!(funds, ["310101", "310200"]);
    assert_eq!((&rows[0]["trt_enjymnt_flag"], &rows[0]["begndate"]), (&json!("1"), &json!("2015-07-01")));
    let paused = ask("51000051010000000000000004", "310").await;
    assert_eq!(output(&paused)["trtinfo"][0]["trt_enjymnt_flag"], "0");
    assert_eq!(output(&paused)["trtinfo"][0]["enddate"], "2025-06-30");
    let without = ask(ONE, "390").await;
    assert_eq!(without["infcode"], 999);
    assert!(refusal(&without).contains("未查询到参保信息"));
}

#[tokio::test]
async fn an_e_certificate_is_decoded() {
    let (_twin, client) = Ground::new().nhsa(without_session()).await;
    let ask = async |code: &str| {
        let data = json!({"orgId": "H51010400001", "businessType": "01301", "ecQrCode": code});
        call(&client, &message("1162", MSGID, json!({"data": data}))).await
    };
    let answer = ask("TESTTOKENA00000001").await;
    let out = output(&answer);
    assert_eq!(
        (&out["baseinfo"]["psn_no"], &out["cardecinfo"]["cardno"]),
        (&json!(ONE), &json!("A00000001"))
    );
    assert_eq!(out["insuinfo"][0]["insuplc_admdvs"], "510199");
    assert_eq!(ask("28000000000000000000000000").await["infcode"], 999);
}

#[tokio::test]
async fn totals_agree_or_say_what_the_platform_has() {
    let (_twin, client) = Ground::new().nhsa(without_session()).await;
    let ask = async |total: &str, fund: &str, account: &str, count: u32| {
        let data = json!({"insutype": "310", "clr_type": "11", "setl_optins": "510100", "stmt_begndate": "2026-01-01",
            "stmt_enddate": "2026-01-31", "medfee_sumamt": total, "fund_pay_sumamt": fund, "acct_pay": account,
            "fixmedins_setl_cnt": count, "refd_setl_flag": "0"});
        let answer = call(&client, &message("3201", MSGID, json!({"data": data}))).await;
        output(&answer)["stmtinfo"].clone()
    };
    assert_eq!(ask("320.50", "175.00", "100", 1).await["stmt_rslt"], "0");
    for (total, fund, account, count) in [
        ("320.51", "175", "100", 1),
        ("320.50", "275", "100", 1),
        ("320.50", "175", "0", 1),
        ("320.50", "175", "100", 2),
    ] {
        let told = ask(total, fund, account, count).await;
        assert_eq!(told["stmt_rslt"], "1");
        assert!(told["stmt_rslt_dscr"].as_str().unwrap().contains("320.50"), "{told}");
    }
}

#[tokio::test]
async fn another_region_writes_texts_and_counts_the_account_into_the_fund() {
    let (_twin, client) = Ground::new().nhsa(NhsaVariant::chongqing("paas01", "secret")).await;
    let mut asked = s1_for("500103198808152330");
    let data = json!({"psn_no": "CQ5000000000000001", "setl_id": "500000S0001"});
    for (field, value) in [
        ("infno", json!("5203")),
        ("recer_sys_code", json!("YBXT")),
        ("infver", json!("1")),
        ("insuplc_admdvs", json!("500000")),
        ("input", json!({"data": data})),
    ] {
        asked[field] = value;
    }
    let at =
        std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let signature = hex::encode(Sha256::digest(format!("{at}secretn-1{at}")));
    let at = at.to_string();
    let headers = [
        common::JSON,
        ("x-tif-paasid", "paas01"),
        ("x-tif-timestamp", &at),
        ("x-tif-nonce", "n-1"),
        ("x-tif-signature", &signature),
    ];
    let path = "/cq/fsi/api/rsfComIfsService/callService/5203";
    let answer = parsed(&client.send("POST", path, &headers, asked.to_string()).await.unwrap());
    let info = &output(&answer)["setlinfo"];
    assert_eq!(info["medfee_sumamt"], "238.80");
    let amount = amounts(info);
    assert_eq!(amount("fund_pay_sumamt"), amount("hifp_pay") + amount("acct_pay"));
    assert_eq!(amount("medfee_sumamt"), amount("fund_pay_sumamt") + amount("cash_payamt"));
}
