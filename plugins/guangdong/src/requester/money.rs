//! The standard's amounts as the fields of a settlement's `output` (domain 4.1).

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::unified::{Amounts, AmountsKind, Fund};

use crate::charset::Message;
use crate::codes::{FUND_FIELDS, fund_field};
use crate::decimal;
use crate::losses::Carried;
use crate::settings::Settings;

/// Fields that are an amount of the standard and nothing else.
type Member = fn(&Amounts<'_>) -> Option<String>;
const PLAIN: [(&str, &str, Member); 6] = [
    ("akc264", "feeTotal", |it| Some(it.fee_total.to_string())),
    ("akc253", "fullSelfPay", |it| it.full_self_pay.as_ref().map(ToString::to_string)),
    ("akc254", "preSelfPay", |it| it.pre_self_pay.as_ref().map(ToString::to_string)),
    ("ykc631", "overLimitSelfPay", |it| it.over_limit_self_pay.as_ref().map(ToString::to_string)),
    ("yka319", "inScope", |it| it.in_scope.as_ref().map(ToString::to_string)),
    ("aka151", "deductible", |it| it.deductible.as_ref().map(ToString::to_string)),
];

/// # Errors
/// `malformed` where an amount is none.
pub(super) fn write(
    native: &mut Message,
    settings: &Settings,
    amounts: &Amounts<'_>,
    carried: &mut Carried,
) -> Result<(), Fault> {
    let pen = Pen { negative: amounts.kind == AmountsKind::Reversal };
    carried.add(&["/amounts/kind", "/amounts/personalTotal"]);
    for (name, member, of) in PLAIN {
        let fen = of(amounts).map(|text| fen(&text)).transpose()?;
        native.field(name, &pen.text(fen));
        carried.push(["/amounts/", member].concat());
    }
    funds(native, amounts, carried, &pen)?;
    let (account, cash) =
        (optional(amounts.account_paid.as_deref())?, optional(amounts.cash_paid.as_deref())?);
    let total = match (optional(amounts.fund_total.as_deref())?, account) {
        (Some(funds), Some(account)) if settings.fund_total_has_account => Some(funds + account),
        (Some(_), None) if settings.fund_total_has_account => None,
        (funds, _) => funds,
    };
    carried.add_if(total.is_some(), "/amounts/fundTotal");
    let both = || account.zip(cash).map(|(account, cash)| account + cash);
    let personal = optional(amounts.personal_total.as_deref())?.or_else(both);
    native
        .field("akb068", &pen.text(total))
        .field("yzz139", &pen.text(personal))
        .field("ykc624", &pen.text(personal));
    if let Some(name) = &settings.account_field {
        let text = pen.text(account);
        for piece in ["<", name, ">", &text, "</", name, ">"] {
            native.tag(piece);
        }
        // What the account does not pay of the person's part is cash.
        carried.add(&["/amounts/accountPaid", "/amounts/cashPaid"]);
    }
    Ok(())
}

/// The fields of the funds. What has none is put with the others: a bill must add up.
fn funds(native: &mut Message, amounts: &Amounts<'_>, carried: &mut Carried, pen: &Pen) -> Result<(), Fault> {
    let mut sums = FUND_FIELDS.map(|(name, _)| (name, 0_i64));
    for (place, part) in amounts.fund_parts.iter().enumerate() {
        // Neither is a part of the funds' total.
        if matches!(part.kind, Fund::PersonalAccount | Fund::HospitalAdvance) {
            continue;
        }
        let field = fund_field(part.kind);
        let amount = fen(&part.amount)?;
        let name = field.or_else(|| fund_field(Fund::Other)).unwrap_or_default();
        if let Some((_, sum)) = sums.iter_mut().find(|(listed, _)| *listed == name) {
            *sum += amount;
        }
        carried.add_if(field.is_some(), format!("/amounts/fundParts/{place}/kind"));
        carried.push(format!("/amounts/fundParts/{place}/amount"));
    }
    for (name, sum) in sums {
        native.field(name, &pen.text(Some(sum)));
    }
    Ok(())
}

/// Natively a reversal's amounts are negative.
struct Pen {
    negative: bool,
}

impl Pen {
    fn text(&self, fen: Option<i64>) -> String {
        fen.map(|fen| decimal::write(if self.negative { -fen } else { fen }, 2)).unwrap_or_default()
    }
}

fn optional(text: Option<&str>) -> Result<Option<i64>, Fault> {
    text.map(fen).transpose()
}

fn fen(text: &str) -> Result<i64, Fault> {
    decimal::fen(text).ok_or_else(|| fault::malformed("an amount of the unified message is none"))
}
