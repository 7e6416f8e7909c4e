//! Single values of a partner's answer, in the spellings the field knows (domain 7).

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::contract::Outcome;

fn golden_with(change: impl FnOnce(&mut Value)) -> Outcome {
    let mut answer = parsed(&golden("partner-1101.json"));
    change(&mut answer);
    lookup_answered(&host(json!({})), 200, answer.to_string().as_bytes())
}

#[test]
fn numbers_come_as_numbers_or_texts() {
    for (balance, age) in
        [(json!(812.35), json!(35.8)), (json!("812.35"), json!("35.8")), (json!("812.3500"), json!("35.80"))]
    {
        let success = succeeded(golden_with(|answer| {
            answer["output"]["insuinfo"][0]["balc"] = balance;
            answer["output"]["baseinfo"]["age"] = age;
            answer["output"]["baseinfo"]["naty"] = json!(1);
            answer["output"]["baseinfo"]["gend"] = json!(1);
            answer["output"]["insuinfo"][0]["insutype"] = json!(310);
            answer["output"]["insuinfo"][0]["insuplc_admdvs"] = json!(510_199);
            answer["output"]["insuinfo"][0]["cvlserv_flag"] = json!(0);
        }));
        assert_eq!(parsed(&success.reply), parsed(&golden("partner-1101.unified.json")));
        assert!(success.losses.is_empty());
    }
}

#[test]
fn empty_null_and_missing_are_the_same() {
    let replies = [Some(json!("")), Some(Value::Null), None].map(|nothing| {
        let success = succeeded(golden_with(|answer| {
            for (place, names) in [
                (
                    "/output/baseinfo",
                    &["psn_no", "certno", "psn_cert_type", "naty", "brdy", "age", "gend"][..],
                ),
                (
                    "/output/insuinfo/0",
                    &[
                        "balc",
                        "psn_type",
                        "psn_insu_stas",
                        "psn_insu_date",
                        "cvlserv_flag",
                        "insuplc_admdvs",
                        "emp_name",
                    ],
                ),
            ] {
                let object = answer.pointer_mut(place).unwrap().as_object_mut().unwrap();
                for name in names {
                    match &nothing {
                        Some(value) => object.insert((*name).to_owned(), value.clone()),
                        None => object.remove(*name),
                    };
                }
            }
        }));
        assert!(success.losses.is_empty());
        assert_standard_reply("card.lookup", &success.reply);
        success.reply
    });
    let reply = parsed(&replies[0]);
    assert_eq!((&reply["person"]["identifier"], &reply["person"]["document"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&reply["person"]["sex"], &reply["insurances"][0]["status"]),
        (&json!("unknown"), &json!("unknown"))
    );
    assert!(replies.iter().all(|one| *one == replies[0]));
}

#[test]
fn other_spellings_of_a_field_are_read() {
    let success = succeeded(golden_with(|answer| {
        let row = answer["output"]["insuinfo"][0].as_object_mut().unwrap();
        let division = row.remove("insuplc_admdvs").unwrap();
        row.insert("insuplc_admvs".to_owned(), division);
        answer["output"]["baseinfo"]["brdy"] = json!("1990.03.07");
        answer["output"]["insuinfo"][0]["psn_insu_date"] = json!("20150701");
    }));
    assert_eq!(parsed(&success.reply), parsed(&golden("partner-1101.unified.json")));
}

#[test]
fn values_without_a_place_in_the_standard_are_named_losses() {
    let success = succeeded(golden_with(|answer| {
        let base = &mut answer["output"]["baseinfo"];
        base["gend"] = json!("男");
        base["naty"] = json!("汉");
        base["brdy"] = json!("1990-02-30");
        base["age"] = json!("三十五");
        base["psn_no"] = json!("9".repeat(31));
        base["exp_content"] = json!({"card_token": "T"});
        let row = &mut answer["output"]["insuinfo"][1];
        row["balc"] = json!("40.8072");
        row["psn_type"] = json!("1234567");
        row["psn_insu_stas"] = json!("3");
        row["psn_insu_date"] = json!("0000-00-00");
        row["cvlserv_flag"] = json!("是");
        row["insuplc_admdvs"] = json!("本地");
    }));
    assert_standard_reply("card.lookup", &success.reply);
    let mut lost = pointers(&success.losses);
    lost.sort_unstable();
    let expected = [
        "/extensions/nhsa",
        "/insurances/1/balance",
        "/insurances/1/civilServant",
        "/insurances/1/insuredDivision",
        "/insurances/1/personCategory",
        "/insurances/1/startedOn",
        "/insurances/1/status",
        "/person/age",
        "/person/birthDate",
        "/person/ethnicity",
        "/person/identifier",
        "/person/sex",
    ];
    assert_eq!(lost, expected);
}

#[test]
fn more_rows_than_the_standard_takes_are_a_loss() {
    let success = succeeded(golden_with(|answer| {
        let row = answer["output"]["insuinfo"][0].clone();
        answer["output"]["insuinfo"] = Value::Array(vec![row; 60]);
    }));
    assert_eq!(parsed(&success.reply)["insurances"].as_array().unwrap().len(), 50);
    assert_eq!(pointers(&success.losses), ["/insurances"]);
}

#[test]
fn rare_characters_and_the_middle_dot_survive() {
    let success = succeeded(golden_with(|answer| {
        answer["output"]["baseinfo"]["psn_name"] = json!("阿卜杜拉·𬭩");
    }));
    assert_eq!(parsed(&success.reply)["person"]["name"], "阿卜杜拉·𬭩");
}
