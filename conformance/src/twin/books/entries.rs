//! What stands in the books.

use jiff::Timestamp;

use crate::twin::benefit::{Assessment, Money};
use crate::twin::money::Fen;

/// A visit, an admission, or a purchase in a pharmacy.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The platform's number: `mdtrt_id`, `ykc700`.
    pub id: String,
    /// Of which kind.
    pub kind: VisitKind,
    /// The platform's number for the person.
    pub psn_no: String,
    /// The institution's code.
    pub institution: String,
    /// The insurance, such as 310.
    pub insurance: String,
    /// The medical category of the dialect: `med_type`, `aka130`.
    pub category: String,
    /// The institution's own number: `ipt_otp_no`, `ipt_no`, `akc190`.
    pub number: String,
    /// When it began, as the dialect writes it.
    pub began: String,
    /// When the discharge was, as the dialect writes it.
    pub ended: Option<String>,
    /// Where it stands.
    pub state: VisitState,
    /// How often it was amended.
    pub amended: u32,
    /// The act that made it: `msgid` or `transid`.
    pub act: String,
    /// When it was entered.
    pub at: Timestamp,
}

/// What kind of visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitKind {
    /// 门诊.
    Outpatient,
    /// 住院.
    Inpatient,
    /// 药店: made by the purchase itself.
    Pharmacy,
}

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitState {
    /// Registered, and no more.
    Open,
    /// The patient has been discharged.
    Discharged,
    /// Cancelled by its own transaction.
    Cancelled,
    /// Undone by a reversal of the registration.
    Reversed,
}

/// One row of fees.
#[derive(Clone, Debug)]
pub struct FeeRow {
    /// The visit's number.
    pub visit: String,
    /// The row's number, given by the institution: `feedetl_sn`, `ykc610`.
    pub number: String,
    /// The batch: `chrg_bchno`, or the `transid` of the upload.
    pub batch: String,
    /// The item's code in the catalogue.
    pub code: String,
    /// What it costs in all.
    pub total: Fen,
    /// How many, in ten-thousandths.
    pub pieces: i64,
    /// The unit price in millionths of a yuan.
    pub price: i64,
    /// What the benefit rule says.
    pub assessment: Assessment,
    /// Whether it was taken back.
    pub cancelled: bool,
    /// The act that entered it.
    pub act: String,
    /// When it was entered.
    pub at: Timestamp,
}

/// A settlement.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The platform's number: `setl_id`, `ykc618`.
    pub id: String,
    /// The visit's number.
    pub visit: String,
    /// The platform's number for the person.
    pub psn_no: String,
    /// The act that made it: `msgid` or `transid`.
    pub act: String,
    /// The transaction, such as `2207` or `0304`.
    pub code: String,
    /// The insurance it was settled under.
    pub insurance: String,
    /// The batch of fees it covers, or all of them.
    pub batch: Option<String>,
    /// The amounts, always positive.
    pub money: Money,
    /// What the account held afterwards.
    pub balance: Fen,
    /// Whether it holds.
    pub state: SettlementState,
    /// When it was made.
    pub at: Timestamp,
    /// Which act ended it and when, if one did.
    pub ended: Option<(String, Timestamp)>,
    /// Whether it was there when the twin started.
    pub preloaded: bool,
}

/// Whether a settlement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettlementState {
    /// It holds.
    Settled,
    /// Cancelled by a transaction of its own: 2208, 2305, 2103, 0305.
    Cancelled,
    /// Undone by a reversal: 2601.
    Reversed,
}

/// The cancellation of a settlement.
#[derive(Clone, Debug)]
pub struct Cancellation {
    /// Its own number as a settlement, where the dialect gives it one.
    pub id: String,
    /// The settlement cancelled.
    pub settlement: String,
    /// The act that did it.
    pub act: String,
    /// Whether it was undone by a reversal, so that the settlement holds again.
    pub reversed: bool,
    /// When it was made.
    pub at: Timestamp,
}

/// A monthly declaration: what an institution says it settled.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Year and month, such as `202601`.
    pub month: String,
    /// The institution's code.
    pub institution: String,
    /// The insurance it is about: `aae140`.
    pub insurance: String,
    /// The settlements named.
    pub settlements: Vec<String>,
    /// Whether it was rolled back.
    pub rolled_back: bool,
    /// The act that made it.
    pub act: String,
    /// When it was made.
    pub at: Timestamp,
}

/// An act that was carried out.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its handle: the caller's `msgid`, or the `transid` that was issued.
    pub key: String,
    /// The transaction.
    pub code: String,
    /// The person.
    pub psn_no: String,
    /// How often the same message was asked for again and not carried out again.
    pub repeated: u32,
    /// Whether a reversal undid it.
    pub reversed: bool,
    /// When it was carried out.
    pub at: Timestamp,
    pub(in crate::twin) deed: Deed,
    /// What was answered, for the platforms that answer it again.
    pub(in crate::twin) answer: String,
}

/// What an act did, as far as it can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::twin) enum Deed {
    /// Registered the visit of this number.
    Registered(String),
    /// Made the settlement of this number.
    Settled(String),
    /// Made the cancellation of this number.
    Cancelled(String),
    /// Anything else: visits amended or ended, fees, declarations.
    Other,
}

/// A visit before it has a number.
pub(in crate::twin) struct Draft {
    pub(in crate::twin) kind: VisitKind,
    pub(in crate::twin) psn_no: String,
    pub(in crate::twin) institution: String,
    pub(in crate::twin) insurance: String,
    pub(in crate::twin) category: String,
    pub(in crate::twin) number: String,
    pub(in crate::twin) began: String,
}

impl Draft {
    /// The visit, open, under the number `id`.
    pub(in crate::twin) fn visit(self, id: &str, act: &str) -> Visit {
        Visit {
            id: id.to_owned(),
            kind: self.kind,
            psn_no: self.psn_no,
            institution: self.institution,
            insurance: self.insurance,
            category: self.category,
            number: self.number,
            began: self.began,
            ended: None,
            state: VisitState::Open,
            amended: 0,
            act: act.to_owned(),
            at: Timestamp::now(),
        }
    }
}
