//! Commands that change somebody's money: done once, told again, taken back, and never left in the dark.

use serde_json::Value;
use yizhan_conformance::holders;
use yizhan_conformance::twin::Fault;
use yizhan_conformance::twin::books::SettlementState;

use super::Checks;
use super::answers::named;
use super::visitor::Visitor;
use crate::house::{Asker, Region};
use crate::messages;

/// A stay in Chengdu, settled by Guangdong.
pub(super) async fn settled_once_and_taken_back(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'i',
        "异地结算: 试算, 结算, 重发, 撤销",
        "0303, 0304, 0305: a Guangdong holder's stay is quoted, settled, sent again, taken back",
    );
    let holder = named(holders::guangdong(), "粤测甲")?;
    let message = |operation| messages::settlement_at_guangdong(operation, &holder);
    let quoted =
        visitor.ask_and_show(Asker::Unified, &message("settlement.quote"), Region::Guangdong).await?;
    let settled =
        visitor.ask_and_show(Asker::Unified, &message("settlement.commit"), Region::Guangdong).await?;
    let again = visitor.ask(Asker::Unified, &message("settlement.commit"), Region::Guangdong).await?;

    let mut checks = Checks::default();
    for hop in [&quoted, &settled, &again] {
        checks.status(&hop.reply, 200);
        checks.at(&hop.reply.json(), "/amounts/feeTotal", "3420.50");
    }
    let reply = settled.reply.json();
    checks.holds(reply.pointer("/settlement/id").is_some_and(Value::is_string), || {
        format!("/settlement/id: expected a number, found {reply}")
    });
    checks.at(
        &reply,
        "/amounts/fundTotal",
        quoted.reply.json().pointer("/amounts/fundTotal").cloned().unwrap_or_default(),
    );
    checks.holds(again.reply.body == settled.reply.body, || "sent again: another answer".to_owned());
    checks.same("calls when it was sent again", 0, again.calls.len());
    checks.same("settlements in the books", 1, at_guangdong(visitor));

    let exchange = settled.reply.exchange.clone().unwrap_or_default();
    let undone = visitor.undo(Asker::Unified, &exchange, Region::Guangdong).await?;
    checks.status(&undone.reply, 200);
    checks.at(&undone.reply.json(), "/undo", "undone");
    checks.same("settlements in the books after the undo", 0, at_guangdong(visitor));
    let shown = visitor.look(Asker::Unified, &exchange).await?.json();
    checks.at(&shown, "/state", "undone");
    Ok(checks.close(visitor.show))
}

/// Sichuan settles, and its answer never arrives.
pub(super) async fn lost_and_taken_back(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title(
        'j',
        "结算应答丢失, 自动冲正",
        "2207, 2601: the answer to a settlement is lost, so it is taken back and said to be",
    );
    let holder = named(holders::sichuan(), "测试甲")?;
    let quote = messages::settlement_at_sichuan("settlement.quote", &holder, None);
    let quoted = visitor.ask(Asker::Unified, &quote, Region::Sichuan).await?;
    let faults = visitor.neighbours.sichuan.faults();
    faults.set_for(1, Fault::CutAfterReading);
    faults.only_on(&["/2207"]);
    let commit = messages::settlement_at_sichuan("settlement.commit", &holder, Some(&quoted.reply.json()));
    let hop = visitor.ask_and_show(Asker::Unified, &commit, Region::Sichuan).await?;
    faults.clear();

    let mut checks = Checks::default();
    checks.status(&quoted.reply, 200);
    let document = hop.reply.json();
    checks.at(&document, "/effect", "reversed");
    let lines: Vec<&str> = hop.calls.iter().map(|call| call.request_line.as_str()).collect();
    checks.holds(lines.first().is_some_and(|line| line.contains("/2207")), || format!("calls: {lines:?}"));
    checks.holds(lines.iter().any(|line| line.contains("/2601")), || format!("no 2601 in {lines:?}"));
    let books = visitor.neighbours.sichuan.books();
    let held = |state: SettlementState| {
        books.settlements.iter().filter(|one| one.visit == "510000M0002" && one.state == state).count()
    };
    checks.same("settlements in the books", 0, held(SettlementState::Settled));
    let again = visitor.ask(Asker::Unified, &commit, Region::Sichuan).await?;
    checks.at(&again.reply.json(), "/effect", "reversed");
    checks.same("calls when it was sent again", 0, again.calls.len());
    Ok(checks.close(visitor.show))
}

/// How many settlements of the stay hold.
fn at_guangdong(visitor: &Visitor<'_>) -> usize {
    let books = visitor.neighbours.guangdong.books();
    let held = |state: SettlementState| state == SettlementState::Settled;
    books.settlements.iter().filter(|one| one.visit == "S4401002601020000001" && held(one.state)).count()
}
