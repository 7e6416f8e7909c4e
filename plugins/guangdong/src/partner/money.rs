//! The money of a settlement's `output` (domain 4.1) as the standard's amounts.

use std::borrow::Cow;

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::unified::{Amounts, AmountsKind, Fund, FundPart};
use yizhan_adapter::xml::Element;

use crate::codes::FUND_FIELDS;
use crate::decimal;
use crate::settings::Settings;
use crate::soap::field;

/// What the output says, and what of it cannot be told.
pub(super) struct Reading {
    pub(super) amounts: Amounts<'static>,
    pub(super) lost: Vec<Loss>,
    /// The funds' total and the person's together are more than the whole: the account is counted twice, or
    /// something else is wrong.
    pub(super) adds_up: bool,
}

/// # Errors
/// `unreadable` where the whole is missing, or an amount is none.
pub(super) fn read(settings: &Settings, output: &Element<'_>, kind: AmountsKind) -> Result<Reading, Fault> {
    let fields = Fields { output, kind };
    let total = fields.fen("akc264")?.ok_or_else(|| fault::unreadable("an output without akc264"))?;
    let account = match &settings.account_field {
        Some(name) => fields.fen(name)?,
        None => None,
    };
    let personal = match fields.fen("ykc624")? {
        Some(amount) => Some(amount),
        None => fields.fen("yzz139")?,
    };
    let mut lost = Vec::new();
    let funds = match (fields.fen("akb068")?, account) {
        (Some(funds), Some(account)) if settings.fund_total_has_account => Some(
            funds
                .checked_sub(account)
                .filter(|it| *it >= 0)
                .ok_or_else(|| fault::unreadable("akb068 is less than the account's part of it"))?,
        ),
        (Some(_), None) if settings.fund_total_has_account => {
            let reason = "akb068 has the personal account in it, and nothing says how much";
            lost.push(Loss { pointer: "/amounts/fundTotal".to_owned(), reason: reason.to_owned() });
            None
        }
        (funds, _) => funds,
    };
    let cash = personal.zip(account).and_then(|(personal, account)| personal.checked_sub(account));
    let amounts = Amounts {
        kind,
        fee_total: text(total),
        in_scope: fields.amount("yka319")?,
        full_self_pay: fields.amount("akc253")?,
        over_limit_self_pay: fields.amount("ykc631")?,
        pre_self_pay: fields.amount("akc254")?,
        deductible: fields.amount("aka151")?,
        pool_ratio: None,
        fund_total: funds.map(text),
        fund_parts: parts(&fields)?,
        account_paid: account.map(text),
        cash_paid: cash.filter(|it| *it >= 0).map(text),
        personal_total: personal.map(text),
        hospital_part: None,
        account_mutual_aid: None,
        balance: None,
    };
    let adds_up = funds.zip(personal).is_none_or(|(funds, personal)| funds + personal <= total);
    Ok(Reading { amounts, lost, adds_up })
}

/// What each fund pays; funds that pay nothing are left out, and the three fields of civil servants are one part.
fn parts(fields: &Fields<'_, '_>) -> Result<Vec<FundPart<'static>>, Fault> {
    let mut sums: Vec<(Fund, i64)> = Vec::with_capacity(FUND_FIELDS.len());
    for (name, fund) in FUND_FIELDS {
        let amount = fields.fen(name)?.unwrap_or_default();
        match sums.iter_mut().find(|(listed, _)| *listed == fund) {
            Some((_, sum)) => *sum += amount,
            None => sums.push((fund, amount)),
        }
    }
    let paid = sums.into_iter().filter(|(_, sum)| *sum != 0);
    let part =
        |(kind, sum)| FundPart { kind, kind_text: None, amount: text(sum), in_scope: None, remark: None };
    Ok(paid.map(part).collect())
}

struct Fields<'e, 'x> {
    output: &'e Element<'x>,
    kind: AmountsKind,
}

impl Fields<'_, '_> {
    /// A field in fen, none where it is empty. A reversal's may have a sign natively; the standard has none.
    fn fen(&self, name: &str) -> Result<Option<i64>, Fault> {
        let said = field(self.output, name).map_err(fault::unreadable)?;
        if said.is_empty() {
            return Ok(None);
        }
        let unreadable = || fault::unreadable([name, " is not an amount"].concat());
        let fen = decimal::fen(said).ok_or_else(unreadable)?;
        match self.kind {
            // Sixteen digits are the standard's; with them no sum of a settlement overflows.
            _ if fen.unsigned_abs() >= 10_u64.pow(16) => Err(unreadable()),
            AmountsKind::Reversal => Ok(Some(fen.abs())),
            AmountsKind::Settlement if fen < 0 => Err(unreadable()),
            AmountsKind::Settlement => Ok(Some(fen)),
        }
    }

    fn amount(&self, name: &str) -> Result<Option<Cow<'static, str>>, Fault> {
        Ok(self.fen(name)?.map(text))
    }
}

fn text(fen: i64) -> Cow<'static, str> {
    Cow::Owned(decimal::write(fen, 2))
}
