//! The transactions of the dialect (domain 4.1), and which operation of the standard each one is.

/// A transaction. Its number is `TransNo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transaction {
    /// 0211: who is this?
    Identify,
    /// 0212: a visit or a stay begins; aka130 tells which of them.
    Register,
    /// 0213: it was registered wrongly.
    Amend,
    /// 0214: it was not.
    CancelVisit,
    /// 0215: a stay ends.
    Discharge,
    /// 0216: it goes on.
    CancelDischarge,
    /// 0301: rows of fees, at most 500.
    UploadFees,
    /// 0302: a batch of them back, or all.
    CancelFees,
    /// 0303: what would 0304 come to?
    Quote,
    /// 0304
    Settle,
    /// 0305: a settlement back, by the transid of its answer.
    CancelSettlement,
}

impl Transaction {
    pub(crate) const ALL: [Self; 11] = [
        Self::Identify,
        Self::Register,
        Self::Amend,
        Self::CancelVisit,
        Self::Discharge,
        Self::CancelDischarge,
        Self::UploadFees,
        Self::CancelFees,
        Self::Quote,
        Self::Settle,
        Self::CancelSettlement,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Identify => "0211",
            Self::Register => "0212",
            Self::Amend => "0213",
            Self::CancelVisit => "0214",
            Self::Discharge => "0215",
            Self::CancelDischarge => "0216",
            Self::UploadFees => "0301",
            Self::CancelFees => "0302",
            Self::Quote => "0303",
            Self::Settle => "0304",
            Self::CancelSettlement => "0305",
        }
    }

    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The operations it is: of two the first is of an outpatient, the second of an inpatient.
    pub(crate) fn operations(self) -> &'static [&'static str] {
        match self {
            Self::Identify => &["card.lookup"],
            Self::Register => &["visit.register", "admission.register"],
            Self::Amend => &["visit.amend", "admission.amend"],
            Self::CancelVisit => &["visit.cancel", "admission.cancel"],
            Self::Discharge => &["discharge.register"],
            Self::CancelDischarge => &["discharge.cancel"],
            Self::UploadFees => &["fees.upload"],
            Self::CancelFees => &["fees.cancel"],
            Self::Quote => &["settlement.quote"],
            Self::Settle => &["settlement.commit"],
            Self::CancelSettlement => &["settlement.cancel"],
        }
    }

    /// The transaction of an operation, and whether it is about a stay where both kinds of care share one.
    pub(crate) fn of_operation(operation: &str) -> Option<(Self, bool)> {
        Self::ALL.into_iter().find_map(|it| {
            let place = it.operations().iter().position(|name| *name == operation)?;
            Some((it, place == 1))
        })
    }

    /// It changes nothing at the partner.
    pub(crate) fn only_asks(self) -> bool {
        matches!(self, Self::Identify | Self::Quote)
    }
}
