//! What an operation comes to in this dialect: its message, what it is about, and how it may be repeated.

use yizhan_adapter::contract::{Context, Fault, Intent, ReferenceKey};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};

use super::machine::Again;
use super::sheet::{Sheet, Written};
use super::{fees, identify, settle, visit};
use crate::settings::{SecondSettlement, Settings};
use crate::transaction::Transaction;

/// Bytes of an `input` without rows, and what rows make of each byte of theirs.
const SHEET_BYTES: usize = 2048;
const ROW_BYTES: usize = 384;

/// What an act is about: ids as the partner gave them, empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Subject {
    /// ykc700
    pub(super) visit: String,
    /// ykc618
    pub(super) settlement: String,
    /// otransid of a 0302
    pub(super) batch: String,
    /// aka130
    pub(super) category: String,
    /// The amounts that a cancelled settlement had, as the standard has them of its reversal.
    pub(super) amounts: String,
    /// The visit is settled once and for all.
    pub(super) settles_once: bool,
}

/// A unified request as a message of the dialect.
///
/// # Errors
/// `unsupported` for an operation without a transaction, `inexpressible` for what has no place in its message.
pub(super) fn write(
    settings: &Settings,
    context: &Context,
    operation: &str,
    message: &str,
) -> Result<(Transaction, Subject, Written), Fault> {
    let (transaction, stay) = Transaction::of_operation(operation).ok_or_else(fault::unsupported)?;
    let value = parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))?;
    let rows = value.get("rows").map_or(0, |rows| rows.items().len());
    let mut sheet = Sheet::new(settings, transaction, SHEET_BYTES + rows * ROW_BYTES);
    let subject = fill(&mut sheet, context, &value, stay)?;
    Ok((transaction, subject, sheet.finish(&value)))
}

fn fill(sheet: &mut Sheet<'_>, context: &Context, message: &Value<'_>, stay: bool) -> Result<Subject, Fault> {
    match sheet.transaction {
        Transaction::Identify => identify::write(sheet, context, message).map(|()| Subject::default()),
        Transaction::Register => visit::register(sheet, message, stay),
        Transaction::Amend => visit::amend(sheet, message, stay),
        Transaction::CancelVisit | Transaction::CancelDischarge => visit::cancel(sheet, message),
        Transaction::Discharge => visit::leave(sheet, message),
        Transaction::UploadFees => fees::upload(sheet, message),
        Transaction::CancelFees => fees::cancel(sheet, message),
        Transaction::Quote | Transaction::Settle => settle::settle(sheet, message),
        Transaction::CancelSettlement => settle::cancel(sheet, message),
    }
}

/// What an earlier exchange must have left for this one to be written.
pub(super) fn question(transaction: Transaction, subject: &Subject) -> Option<ReferenceKey> {
    let key = |kind: &str, id: &str| Some(ReferenceKey { kind: kind.to_owned(), id: id.to_owned() });
    match transaction {
        Transaction::CancelVisit => key("visit", &subject.visit),
        Transaction::CancelSettlement => key("settlement", &subject.settlement),
        _ => None,
    }
}

/// What the partner does with the same act again.
pub(super) fn again(settings: &Settings, transaction: Transaction, subject: &Subject) -> Again {
    match transaction {
        // A second visit, or the rows twice: neither names what makes it the same.
        Transaction::Register | Transaction::UploadFees => Again::DoneTwice,
        Transaction::Settle if !subject.settles_once => Again::DoneTwice,
        Transaction::Settle => match settings.second_settlement {
            SecondSettlement::SameResult => Again::SameResult,
            SecondSettlement::Refused => Again::MayRefuse,
            SecondSettlement::Unknown => Again::DoneTwice,
        },
        // They say how something that has a name is to be, or that it is to be no more.
        _ => Again::MayRefuse,
    }
}

/// What its call does at the partner (rule H4).
pub(super) fn intent(again: Again, transaction: Transaction, subject: &Subject) -> Intent {
    let about = match transaction {
        _ if transaction.only_asks() => return Intent::Ask,
        Transaction::CancelSettlement => &subject.settlement,
        _ => &subject.visit,
    };
    match again {
        Again::DoneTwice => Intent::Act,
        _ => Intent::ActOnce([transaction.code(), ":", about, ":", &subject.batch].concat()),
    }
}

/// How long its answer is waited for; the host takes less where less is left.
pub(super) fn within_ms(transaction: Transaction) -> u32 {
    match transaction {
        Transaction::Identify => 8_000,
        Transaction::UploadFees | Transaction::Settle | Transaction::CancelSettlement => 60_000,
        _ => 30_000,
    }
}
