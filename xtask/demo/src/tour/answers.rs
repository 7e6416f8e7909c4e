//! Questions that are answered: between two dialects, between two variants of one, in the unified standard, and by
//! the asker's own adapter.

use anyhow::Context as _;
use serde_json::Value;
use yizhan_conformance::{Holder, holders};

use super::checks::element;
use super::visitor::{Hop, Visitor};
use super::{Checks, visitor};
use crate::house::{Asker, Region};
use crate::messages;

/// The person of that name.
pub(super) fn named(people: Vec<Holder>, name: &str) -> anyhow::Result<Holder> {
    people.into_iter().find(|one| one.name == name).with_context(|| format!("nobody is called {name}"))
}

/// JSON to SOAP and back.
pub(super) async fn chengdu_asks_guangdong(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'a',
        "成都医院问广东持卡人",
        "1101 → 0211: a Chengdu hospital asks about a Guangdong card",
    );
    let holder = named(holders::guangdong(), "粤测甲")?;
    let hop =
        visitor.ask_and_show(Asker::Sichuan, &messages::person_by_card(&holder), Region::Guangdong).await?;
    let unified = visitor.unified(&messages::unified_by_card(&holder), Region::Guangdong).await?;

    let mut checks = Checks::default();
    national_success(&mut checks, &hop.reply, &holder);
    let answer = hop.reply.json();
    checks.at(&answer, "/output/baseinfo/psn_no", holder.document_number.as_str());
    // 0211 knows less than 1101 asks for: what is unknown is null and not invented.
    checks.at(&answer, "/output/baseinfo/certno", Value::Null);
    checks.at(&answer, "/output/insuinfo/0/psn_insu_stas", Value::Null);
    checks.at(&answer, "/output/insuinfo/0/insutype", "310");
    checks.at(&answer, "/output/insuinfo/0/insuplc_admdvs", "440100");
    checks.at(&answer, "/output/insuinfo/0/balc", Value::Null);
    checks.at(&answer, "/output/insuinfo/1", Value::Null);
    let call = only_call(&mut checks, &hop);
    checks.element(&call, "aac002", &holder.document_number);
    checks.element(&call, "aac043", "90");
    checks.element(&call, "aab301", "440100");
    checks.element(&call, "aab299", "510100");
    checks.element(&call, "akb026", "5101000000001");
    unified_success(&mut checks, &unified, &holder);
    checks.at(&unified.reply.json(), "/insurances/0/kind", "employeeBasic");
    checks.at(&unified.reply.json(), "/insurances/0/status", "unknown");
    Ok(checks.close(visitor.show))
}

/// SOAP to JSON and back; Sichuan wants us signed in first.
pub(super) async fn guangdong_asks_sichuan(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'b',
        "广东医院问四川持卡人",
        "0211 → 1101: a Guangdong hospital asks about a Sichuan holder",
    );
    let holder = named(holders::sichuan(), "测试甲")?;
    let hop = visitor
        .ask_and_show(Asker::Guangdong, &messages::identity_check(&holder, "510100"), Region::Sichuan)
        .await?;

    let mut checks = Checks::default();
    checks.status(&hop.reply, 200);
    let answer = hop.reply.xml();
    checks.element(&answer, "errorcode", "0");
    checks.element(&answer, "aac003", &holder.name);
    checks.element(&answer, "aac002", &holder.document_number);
    checks.element(&answer, "aac004", &holder.sex);
    checks.element(&answer, "aac006", &holder.birth_date.replace('-', ""));
    checks.element(&answer, "ykc300", "1");
    checks.contains("the document inside", &answer, "encoding=\"GBK\"");
    let lines: Vec<&str> = hop.calls.iter().map(|call| call.request_line.as_str()).collect();
    let service = "POST /fsi/api/rsfComIfsService/callService";
    checks.same("calls", vec![format!("{service}/9001 HTTP/1.1"), format!("{service}/1101 HTTP/1.1")], lines);
    let calls: Vec<Value> = hop.calls.iter().map(|call| parsed(&call.body)).collect();
    if let [_, lookup] = calls.as_slice() {
        checks.at(lookup, "/input/data/certno", holder.document_number.as_str());
        checks.at(lookup, "/insuplc_admdvs", "510100");
        checks.at(lookup, "/fixmedins_code", "H44000000001");
        let signed_in = hop.calls.first().map(|call| parsed(&call.answer)).unwrap_or_default();
        let sign_no = signed_in.pointer("/output/signinoutb/sign_no").cloned().unwrap_or_default();
        checks.at(lookup, "/sign_no", sign_no);
    }
    Ok(checks.close(visitor.show))
}

/// The same question without any dialect on our side, and a second one.
pub(super) async fn unified_asks_sichuan(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title('c', "同一问题, 统一 JSON", "the same question in unified JSON, and insurance.query");
    let holder = named(holders::sichuan(), "测试甲")?;
    let lookup = messages::unified_by_document("card.lookup", &holder, "510100");
    let looked = visitor.ask_and_show(Asker::Unified, &lookup, Region::Sichuan).await?;
    let query = messages::unified_by_document("insurance.query", &holder, "510100");
    let queried = visitor.ask(Asker::Unified, &query, Region::Sichuan).await?;
    visitor.show_request(Asker::Unified, &query);
    visitor.show_reply(Asker::Unified, &queried);

    let mut checks = Checks::default();
    for hop in [&looked, &queried] {
        unified_success(&mut checks, hop, &holder);
        let reply = hop.reply.json();
        checks.at(&reply, "/person/identifier/id", holder.psn_no.as_str());
        checks.at(&reply, "/person/identifier/issuer", "510000");
        checks.at(&reply, "/person/document/number", holder.document_number.as_str());
        checks.at(&reply, "/insurances/0/kind", "employeeBasic");
        checks.at(&reply, "/insurances/0/status", "active");
        checks.at(&reply, "/insurances/0/balance", "812.35");
        checks.at(&reply, "/insurances/1/kind", "maternity");
        checks.at(&reply, "/insurances/1/insuredDivision", "510199");
    }
    checks.same(
        "members of insurance.query",
        2,
        queried.reply.json().as_object().map_or(0, serde_json::Map::len),
    );
    Ok(checks.close(visitor.show))
}

/// Two variants of one dialect: other codes, texts for numbers, a transport signature.
pub(super) async fn chengdu_asks_chongqing(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'd',
        "成都医院问重庆持卡人",
        "1101 → 1101: two variants of one dialect, and a signature",
    );
    let holder = named(holders::chongqing(), "渝测甲")?;
    let hop =
        visitor.ask_and_show(Asker::Sichuan, &messages::person_by_card(&holder), Region::Chongqing).await?;
    let unified = visitor.unified(&messages::unified_by_card(&holder), Region::Chongqing).await?;

    let mut checks = Checks::default();
    national_success(&mut checks, &hop.reply, &holder);
    let answer = hop.reply.json();
    checks.at(&answer, "/output/baseinfo/psn_no", holder.psn_no.as_str());
    checks.at(&answer, "/output/baseinfo/certno", holder.document_number.as_str());
    // Text over there, a number here.
    checks.contains("balc", &String::from_utf8_lossy(&hop.reply.body), "\"balc\":256.78,");
    checks.at(&answer, "/output/insuinfo/1/insutype", "330");
    checks.same("calls", 1, hop.calls.len());
    if let Some(call) = hop.calls.first() {
        let sent = parsed(&call.body);
        checks.at(&sent, "/recer_sys_code", "YBXT");
        checks.at(&sent, "/infver", "1");
        checks.at(&sent, "/input/data/card_sn", holder.card_sn.as_str());
        checks.at(&parsed(&call.answer), "/infcode", "0");
        checks.at(&parsed(&call.answer), "/output/insuinfo/0/balc", "256.78");
        for header in ["x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature"] {
            checks.holds(call.headers.contains_key(header), || format!("{header}: missing"));
        }
    }
    unified_success(&mut checks, &unified, &holder);
    checks.at(&unified.reply.json(), "/insurances/0/balance", "256.78");
    Ok(checks.close(visitor.show))
}

/// What the asker's own adapter answers, without any partner.
pub(super) async fn chengdu_signs_in(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title('h', "成都医院签到", "9001: a sign-in, answered by the hospital's own adapter");
    let hop = visitor.ask_and_show(Asker::Sichuan, &messages::sign_in(), Region::Sichuan).await?;

    let mut checks = Checks::default();
    checks.status(&hop.reply, 200);
    let answer = hop.reply.json();
    checks.at(&answer, "/infcode", 0);
    checks.at(&answer, "/err_msg", Value::Null);
    let sign_no = answer.pointer("/output/signinoutb/sign_no").and_then(Value::as_str).unwrap_or_default();
    checks.holds(sign_no.starts_with("510000") && sign_no.len() == 30, || {
        format!("sign_no: expected 30 characters that begin with 510000, found {sign_no:?}")
    });
    let time = answer.pointer("/output/signinoutb/sign_time").and_then(Value::as_str).unwrap_or_default();
    checks.same("length of sign_time", 19, time.len());
    checks.same("calls", 0, hop.calls.len());
    Ok(checks.close(visitor.show))
}

fn national_success(checks: &mut Checks, reply: &visitor::Answered, holder: &Holder) {
    checks.status(reply, 200);
    let answer = reply.json();
    checks.at(&answer, "/infcode", 0);
    checks.at(&answer, "/err_msg", Value::Null);
    checks.at(&answer, "/output/baseinfo/psn_name", holder.name.as_str());
    checks.at(&answer, "/output/baseinfo/gend", holder.sex.as_str());
    checks.at(&answer, "/output/baseinfo/brdy", holder.birth_date.as_str());
}

fn unified_success(checks: &mut Checks, hop: &Hop, holder: &Holder) {
    checks.status(&hop.reply, 200);
    let reply = hop.reply.json();
    checks.at(&reply, "/person/name", holder.name.as_str());
    checks.at(&reply, "/person/birthDate", holder.birth_date.as_str());
}

/// The document inside the one SOAP call of a hop.
fn only_call(checks: &mut Checks, hop: &Hop) -> String {
    checks.same("calls", 1, hop.calls.len());
    let text = hop.calls.first().map(|call| crate::show::unescaped(&String::from_utf8_lossy(&call.body)));
    let text = text.unwrap_or_default();
    checks.holds(element(&text, "input").is_some(), || "the call has no <input>".to_owned());
    text
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}
