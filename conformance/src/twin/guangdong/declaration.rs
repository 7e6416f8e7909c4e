//! The monthly declaration: 0521 says what was settled, 0522 takes it back.

use jiff::Timestamp;

use super::acts::{Done, objected};
use super::input::{Input, digits, is_day, within};
use super::visit::named;
use super::{Platform, Refusal};
use crate::twin::books::{Declaration, Ledger, Objection, SettlementState};

impl Platform {
    /// Every row has to name a settlement that holds, with its amounts; a month is declared once.
    pub(super) fn declare(&self, ledger: &mut Ledger, input: Input, transid: &str) -> Result<Done, Refusal> {
        input.only(&[MONTH, DECLARATION])?;
        let (institution, month, insurance) = month(&input)?;
        input.field("yzz041", is_day)?;
        input.field("yzz042", is_day)?;
        let rows = input.optional("yzz063", digits)?;
        let total =
            if input.optional("yzz064", |_| true)?.is_empty() { None } else { Some(input.amount("yzz064")?) };
        if standing(ledger, &institution, &month, &insurance).is_some() {
            return Err(objected(Objection::Declared));
        }
        let mut settlements = Vec::new();
        let mut sum = crate::twin::money::Fen(0);
        for row in input.rows()? {
            let holder = self.identify(&row)?;
            let id = row.field("ykc618", within(30))?;
            let held = ledger.settlement(&id, &holder.psn_no).map_err(objected)?;
            if held.state != SettlementState::Settled || held.visit != row.field("ykc700", within(30))? {
                return Err(objected(Objection::NotHolding));
            }
            if held.money.total != row.amount("akc264")? || held.money.fund != row.amount("akb068")? {
                return Err(Refusal::new(-332, format!("结算号{id}的金额与中心不符")));
            }
            sum = sum + held.money.total;
            settlements.push(id);
        }
        if total.is_some_and(|total| total != sum)
            || !(rows.is_empty() || rows.parse() == Ok(settlements.len()))
        {
            return Err(Refusal::new(-332, "申报合计与明细不符"));
        }
        ledger.declarations.push(Declaration {
            month,
            institution,
            insurance,
            settlements,
            rolled_back: false,
            act: transid.to_owned(),
            at: Timestamp::now(),
        });
        Ok(Done::plain("", String::new()))
    }

    pub(super) fn roll_declaration_back(&self, ledger: &mut Ledger, input: &Input) -> Result<Done, Refusal> {
        input.only(&[MONTH, &["otransid"]])?;
        let (institution, month, insurance) = month(input)?;
        input.field("otransid", within(40))?;
        let Some(found) = standing(ledger, &institution, &month, &insurance) else {
            return Err(objected(Objection::Declared));
        };
        named(input, &found.act)?;
        found.rolled_back = true;
        Ok(Done::plain("", String::new()))
    }
}

/// Who declares, for which month, about which insurance.
fn month(input: &Input) -> Result<(String, String, String), Refusal> {
    input.place()?;
    let institution = input.institution()?;
    let year = input.field("yzz060", |text| text.len() == 4 && digits(text))?;
    let month = input.field("yzz061", |text| text.len() == 2 && ("01"..="12").contains(&text))?;
    Ok((institution, year + &month, input.field("aae140", within(6))?))
}

fn standing<'a>(
    ledger: &'a mut Ledger,
    institution: &str,
    month: &str,
    insurance: &str,
) -> Option<&'a mut Declaration> {
    ledger.declarations.iter_mut().find(|one| {
        one.institution == institution && one.month == month && one.insurance == insurance && !one.rolled_back
    })
}

const MONTH: &[&str] =
    &["aab299", "yab600", "akb026", "akb021", "yzz060", "yzz061", "yzz062", "aae140", "aae011", "aae036"];
const DECLARATION: &[&str] =
    &["yzz041", "yzz042", "yzz063", "yzz064", "yzz134", "yzz135", "yzz136", "yzz137", "yzz138", "detail"];
