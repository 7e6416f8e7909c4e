//! Settlements: counted by 0303, made by 0304, taken back by 0305.

use super::acts::{Done, objected};
use super::input::{Input, PERSON, within};
use super::variant::Repeated;
use super::visit::named;
use super::{Platform, Refusal};
use crate::holders::Holder;
use crate::twin::benefit::Money;
use crate::twin::books::{Bill, Deed, Ledger, Objection, SettlementState};
use crate::twin::clock;
use crate::twin::money::Fen;
use crate::twin::xml::element;

impl Platform {
    pub(super) fn quote(&self, ledger: &Ledger, input: &Input) -> Result<Done, Refusal> {
        let (visit, holder, total) = self.to_settle(input)?;
        let counted = ledger.quote(&bill(&visit, holder, total)).map_err(objected)?;
        let output = self.bill_of(ledger, holder, None, &counted.money);
        Ok(Done { output, before: None, psn_no: holder.psn_no.clone(), deed: None })
    }

    pub(super) fn settle(&self, ledger: &mut Ledger, input: &Input, transid: &str) -> Result<Done, Refusal> {
        let place = input.place()?;
        let (visit, holder, total) = self.to_settle(input)?;
        if let Some(first) = ledger.covering(&visit, None) {
            match self.variant.repeated_settlement {
                Repeated::SameResult if first.psn_no == holder.psn_no => {
                    let output = self.bill_of(ledger, holder, Some(&first.id), &first.money);
                    let before = Some(first.act.clone());
                    return Ok(Done { output, before, psn_no: holder.psn_no.clone(), deed: None });
                }
                Repeated::SameResult | Repeated::Refused => return Err(objected(Objection::Settled)),
                Repeated::Again => {}
            }
        }
        let id = format!("J{place}{}{:07}", clock::local().strftime("%y%m%d"), ledger.issue());
        let made = ledger.settle(&id, "0304", &bill(&visit, holder, total), transid).map_err(objected)?;
        let output = self.bill_of(ledger, holder, Some(&id), &made.money);
        Ok(Done { output, before: None, psn_no: holder.psn_no.clone(), deed: Some(Deed::Settled(id)) })
    }

    /// Needs the number of the settlement and the `transid` it was answered with.
    pub(super) fn cancel_settlement(
        &self,
        ledger: &mut Ledger,
        input: &Input,
        transid: &str,
    ) -> Result<Done, Refusal> {
        input.only(&[PERSON, &["ykc700", "otransid", "ykc618", "aae011", "aae036", "yzz021", "aae013"]])?;
        let (visit, psn_no) = self.of_visit(input)?;
        let id = input.field("ykc618", within(30))?;
        input.field("otransid", |text| text != "0" && text.len() <= 40)?;
        let held = ledger.settlement(&id, &psn_no).map_err(objected)?;
        if held.visit != visit {
            return Err(objected(Objection::NoSettlement));
        }
        named(input, &held.act)?;
        ledger.cancel_settlement(transid, &id, &psn_no, transid).map_err(objected)?;
        Ok(Done::plain(&psn_no, String::new()))
    }

    fn to_settle(&self, input: &Input) -> Result<(String, &Holder, Fen), Refusal> {
        let more = ["ykc700", "ykc675", "akc264", "aae011", "aae036", "akc194", "yzz021", "aae013"];
        input.only(&[PERSON, &more])?;
        let (visit, _) = self.of_visit(input)?;
        input.field("ykc675", |stage| ["0", "1", "3"].contains(&stage))?;
        Ok((visit, self.identify(input)?, input.amount("akc264")?))
    }

    /// The amounts, under the names of the bill that the platform's clients print.
    fn bill_of(&self, ledger: &Ledger, holder: &Holder, id: Option<&str>, money: &Money) -> String {
        let held = |one: &&_| is_held(one, &holder.psn_no);
        let so_far: Vec<_> = ledger.settlements_of(&holder.psn_no).filter(held).collect();
        let sum = |part: fn(&Money) -> Fen| -> Fen { so_far.iter().map(|one| part(&one.money)).sum() };
        let mut output = id.map(|id| element("ykc618", id)).unwrap_or_default();
        let none = Fen(0);
        for (name, amount) in [
            ("akc264", money.total),
            ("akc253", money.full_own),
            ("akc254", money.pre_self),
            ("ykc631", money.over_limit),
            ("yka319", money.in_scope),
            ("aka151", money.deductible),
            ("ake039", money.pool),
            ("ykc630", money.critical),
            ("ykc637", none),
            ("ake035", money.civil_servant),
            ("ykc635", none),
            ("ykc636", none),
            ("ykc639", none),
            ("akb068", money.fund),
            ("akb066", money.account),
            ("yzz139", money.personal),
            ("ykc624", money.personal),
        ] {
            output += &element(name, &amount.to_string());
        }
        output += &element("akc200", &so_far.len().to_string());
        for (name, amount) in [
            ("yka430", sum(|money| money.pool)),
            ("yka431", none),
            ("yka432", sum(|money| money.civil_servant)),
            ("yka433", sum(|money| money.critical)),
            ("yka434", none),
        ] {
            output += &element(name, &amount.to_string());
        }
        output
    }
}

fn is_held(one: &crate::twin::books::Settlement, psn_no: &str) -> bool {
    one.psn_no == psn_no && one.state == SettlementState::Settled
}

/// A settlement takes all fees that stand, and never the account: whether its funds would include it is not known.
fn bill<'a>(visit: &'a str, holder: &'a Holder, total: Fen) -> Bill<'a> {
    Bill { visit, holder, insurance: "", account: false, batch: None, total }
}
