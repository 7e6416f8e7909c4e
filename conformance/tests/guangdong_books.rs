//! The Guangdong twin's visits, fees, settlements and declarations, over real mTLS.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails the test that called it")]

mod common;

use common::{GUANGDONG_PERSON, Ground, text, transact};
use yizhan_conformance::client::Client;
use yizhan_conformance::twin::books::{SettlementState, VisitState};
use yizhan_conformance::twin::{GuangdongTwin, GuangdongVariant, Repeated};

fn code(inner: &str) -> i32 {
    text(inner, "errorcode").parse().unwrap()
}

/// Sends the fields behind those of the person.
async fn act(client: &Client, code: &str, fields: &str) -> String {
    transact(client, code, &format!("{GUANGDONG_PERSON}{fields}")).await
}

const VISIT: &str = "<aka130>25</aka130><akc190>ZY0100</akc190><akf001>01</akf001><akc050>感冒</akc050>\
     <akc193>J00</akc193><ykc701>20260102</ykc701><aae011>测试员</aae011><aae036>20260102</aae036>";

fn row(number: u32, item: &str, total: &str) -> String {
    format!(
        "<row><akc220>1</akc220><ykc610>{number:011}</ykc610><yka111>01</yka111><ake001>{item}</ake001><ake002>项目</ake002>\
         <ake005>Y1</ake005><ake006>项目</ake006><akc226>1</akc226><akc225>{total}</akc225><akc264>{total}</akc264>\
         <akc221>20260103</akc221></row>"
    )
}

fn to_settle(visit: &str, total: &str) -> String {
    format!(
        "<ykc700>{visit}</ykc700><ykc675>1</ykc675><akc264>{total}</akc264><aae011>测试员</aae011><aae036>20260109</aae036>"
    )
}

fn fen(inner: &str, name: &str) -> i64 {
    let amount = text(inner, name);
    let (yuan, decimals) = amount.split_once('.').unwrap();
    assert_eq!(decimals.len(), 2, "{name} {amount}");
    format!("{yuan}{decimals}").parse().unwrap()
}

/// Registers, enters fees over 1000.00 and returns the visit's number.
async fn admitted(client: &Client) -> String {
    let registered = act(client, "0212", VISIT).await;
    assert_eq!(code(&registered), 0, "{registered}");
    let visit = text(&registered, "ykc700").to_owned();
    let fees = format!(
        "<ykc700>{visit}</ykc700><detail>{}{}</detail>",
        row(1, "001102000010", "900.00"),
        row(2, "XB05BAP0678", "100.00")
    );
    assert_eq!(code(&act(client, "0301", &fees).await), 0);
    visit
}

async fn twin(variant: GuangdongVariant) -> (GuangdongTwin, Client) {
    Ground::new().guangdong(variant).await
}

#[tokio::test]
async fn a_quote_has_the_money_map_of_the_bill() {
    let (twin, client) = twin(GuangdongVariant::jk_service()).await;
    // 600 and 2400 of class A, 120.50 of class C, 300 of class B of which 30 are paid first.
    let quoted = act(&client, "0303", &to_settle("S4401002601020000001", "3420.50")).await;
    assert_eq!(code(&quoted), 0, "{quoted}");
    for (name, amount) in [
        ("akc264", 342_050),
        ("akc253", 12_050),
        ("akc254", 3_000),
        ("ykc631", 0),
        ("yka319", 327_000),
        ("aka151", 80_000),
        ("ake039", 209_950),
        ("ykc630", 0),
        ("akb068", 209_950),
        ("ykc624", 132_100),
        ("yzz139", 132_100),
    ] {
        assert_eq!(fen(&quoted, name), amount, "{name}");
    }
    assert!(!quoted.contains("ykc618"));
    assert_eq!(twin.books().holding("S4401002601020000001").len(), 0);
    for (fields, expected) in [
        (to_settle("S4401002601020000001", "3420.51"), -321),
        (to_settle("S4401002601020000009", "3420.50"), -301),
        (to_settle("S4408002601020000002", "5000.00"), -301),
        (to_settle("S4401002601020000001", "3420,50"), -103),
        (to_settle("S4401002601020000001", "3420.50").replace("<ykc675>1", "<ykc675>2"), -103),
        (to_settle("S4401002601020000001", "3420.50").replace("ykc675", "ykc676"), -101),
    ] {
        assert_eq!(code(&act(&client, "0303", &fields).await), expected, "{fields}");
    }
}

#[tokio::test]
async fn a_stay_from_admission_to_declaration_and_back() {
    let (twin, client) = twin(GuangdongVariant::jk_service()).await;
    let visit = admitted(&client).await;
    let number = format!("<ykc700>{visit}</ykc700>");
    assert_eq!(code(&act(&client, "0213", &format!("{VISIT}{number}")).await), 0);
    let leaving = format!(
        "{number}<akf002>01</akf002><akc185>感冒</akc185><akc196>J00</akc196><ykc195>1</ykc195><ykc702>20260109</ykc702><akb063>7</akb063>"
    );
    assert_eq!(code(&act(&client, "0215", &leaving).await), 0);
    assert_eq!(code(&act(&client, "0215", &leaving).await), -303);
    assert_eq!(code(&act(&client, "0216", &number).await), 0);
    assert_eq!(code(&act(&client, "0215", &leaving).await), 0);

    let settled = act(&client, "0304", &to_settle(&visit, "1000.00")).await;
    assert_eq!(code(&settled), 0, "{settled}");
    let (id, transid) = (text(&settled, "ykc618"), text(&settled, "transid"));
    let books = twin.books();
    let held = books.holding(&visit);
    assert_eq!((held.len(), held[0].id.as_str(), held[0].act.as_str()), (1, id, transid));
    assert_eq!(fen(&settled, "akc264"), fen(&settled, "akb068") + fen(&settled, "ykc624"));
    for transaction in ["0214", "0216"] {
        assert_eq!(code(&act(&client, transaction, &number).await), -304, "{transaction}");
    }

    let month = "<aab299>440800</aab299><akb026>4400000000001</akb026><yzz060>2026</yzz060><yzz061>01</yzz061><aae140>310</aae140>";
    let declared = |total: &str| {
        let row = format!(
            "<aab301>440100</aab301><aac002>440106199104180015</aac002><aac043>90</aac043><aac044>440106199104180015</aac044>\
             <ykc700>{visit}</ykc700><ykc618>{id}</ykc618><akc264>{total}</akc264><akb068>{}</akb068>",
            text(&settled, "akb068")
        );
        format!("{month}<yzz041>20260101</yzz041><yzz042>20260131</yzz042><detail><row>{row}</row></detail>")
    };
    assert_eq!(code(&transact(&client, "0521", &declared("1000.01")).await), -332);
    let accepted = transact(&client, "0521", &declared("1000.00")).await;
    assert_eq!(code(&accepted), 0, "{accepted}");
    assert_eq!(code(&transact(&client, "0521", &declared("1000.00")).await), -331);
    let back = format!("{month}<otransid>{}</otransid>", text(&accepted, "transid"));
    assert_eq!(code(&transact(&client, "0522", &back).await), 0);
    assert_eq!(code(&transact(&client, "0522", &back).await), -331);
    assert!(twin.books().declarations[0].rolled_back);

    let undo = |transid: &str| format!("{number}<otransid>{transid}</otransid><ykc618>{id}</ykc618>");
    assert_eq!(code(&act(&client, "0305", &undo("4408002601020000009999")).await), -305);
    assert_eq!(code(&act(&client, "0305", &undo("0")).await), -103);
    assert_eq!(code(&act(&client, "0305", &undo(transid)).await), 0);
    assert_eq!(code(&act(&client, "0305", &undo(transid)).await), -323);
    let all = format!("{number}<otransid>0</otransid><ykc610></ykc610>");
    assert_eq!(code(&act(&client, "0302", &all).await), 0);
    assert_eq!(code(&act(&client, "0214", &number).await), 0);
    let books = twin.books();
    assert!(books.fees.iter().filter(|row| row.visit == visit).all(|row| row.cancelled));
    assert_eq!(books.settlement_of(transid).unwrap().state, SettlementState::Cancelled);
    assert_eq!(books.visits.iter().find(|one| one.id == visit).unwrap().state, VisitState::Cancelled);
}

#[tokio::test]
async fn a_second_settlement_goes_as_the_installation_has_it() {
    for (repeated, rows) in [(Repeated::SameResult, 1), (Repeated::Refused, 1), (Repeated::Again, 2)] {
        let variant = GuangdongVariant { repeated_settlement: repeated, ..GuangdongVariant::jk_service() };
        let (twin, client) = twin(variant).await;
        let visit = admitted(&client).await;
        let first = act(&client, "0304", &to_settle(&visit, "1000.00")).await;
        let second = act(&client, "0304", &to_settle(&visit, "1000.00")).await;
        assert_eq!(twin.books().holding(&visit).len(), rows, "{repeated:?}");
        match repeated {
            Repeated::SameResult => assert_eq!(text(&first, "ykc618"), text(&second, "ykc618")),
            Repeated::Refused => assert_eq!(code(&second), -304),
            Repeated::Again => assert_ne!(text(&first, "ykc618"), text(&second, "ykc618")),
        }
        if repeated == Repeated::SameResult {
            assert_eq!(text(&first, "transid"), text(&second, "transid"), "so that it can be taken back");
        }
    }
}

#[tokio::test]
async fn a_second_registration_goes_as_the_installation_has_it() {
    for (repeated, visits) in [(Repeated::SameResult, 1), (Repeated::Refused, 1), (Repeated::Again, 2)] {
        let variant = GuangdongVariant { repeated_visit: repeated, ..GuangdongVariant::jk_service() };
        let (twin, client) = twin(variant).await;
        act(&client, "0212", VISIT).await;
        let second = act(&client, "0212", VISIT).await;
        assert_eq!(code(&second) < 0, repeated == Repeated::Refused);
        let books = twin.books();
        assert_eq!(books.visits.iter().filter(|one| one.number == "ZY0100").count(), visits, "{repeated:?}");
    }
}

#[tokio::test]
async fn fees_are_entered_whole_or_not_at_all() {
    let (twin, client) = twin(GuangdongVariant::jk_service()).await;
    let visit = admitted(&client).await;
    let upload = |rows: &str| format!("<ykc700>{visit}</ykc700><detail>{rows}</detail>");
    let many: String = (100..601).map(|number| row(number, "X1", "1.00")).collect();
    for (rows, expected) in [
        (row(3, "X1", "1.00") + &row(1, "X1", "1.00"), -311),
        (row(3, "X1", "1.00") + &row(3, "X1", "1.00"), -311),
        (String::new(), -102),
        (many, -105),
        (row(3, "X1", "1.00").replace("<akc264>1.00</akc264>", ""), -102),
    ] {
        assert_eq!(code(&act(&client, "0301", &upload(&rows)).await), expected);
    }
    assert_eq!(twin.books().fees.iter().filter(|row| row.visit == visit).count(), 2);
    let uploaded = act(&client, "0301", &upload(&row(3, "X1", "1.00"))).await;
    let back = format!("<ykc700>{visit}</ykc700><otransid>{}</otransid>", text(&uploaded, "transid"));
    assert_eq!(code(&act(&client, "0302", &back).await), 0);
    assert_eq!(code(&act(&client, "0302", &back).await), -312);
    let quoted = act(&client, "0303", &to_settle(&visit, "1000.00")).await;
    assert_eq!(code(&quoted), 0, "the first rows stand");
}
