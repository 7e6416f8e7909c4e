//! What an act comes to: the whole of the dialect's behaviour when answers are lost, as one pure table.
//!
//! The dialect has no question "was it done?", and what takes an act back (`otransid`) is known from its answer
//! alone. So an act whose answer is lost can only be made again, where the partner is known to do it once, or
//! waits for a person (domain 7, trap 13). What was answered can be taken back, as often as it takes.

/// How often a call is made before its exchange waits for a person.
pub(super) const MOST_CALLS: u32 = 4;

/// What the partner does with an act it has done already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It does it once more, or nobody knows: an act is made once only.
    DoneTwice,
    /// It answers as it did the first time; if it says no, there was no first time.
    SameResult,
    /// It does it once, and may say no to the second: a no then proves nothing.
    MayRefuse,
}

/// Where an exchange stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The host was asked what an earlier exchange left; nothing was sent.
    Asking,
    /// This call of the act is out. `doubt`: an earlier one may have been done.
    Acting { call: u32, doubt: bool },
    /// It was done, and the reply is with the host.
    Told,
    /// This call of what takes it back is out. `doubt`: an earlier one may have been done.
    Undoing { call: u32, doubt: bool },
    /// Time passes before the act is made again.
    ActingLater { call: u32 },
    /// Time passes before it is taken back again.
    UndoingLater { call: u32, doubt: bool },
}

/// What happened to the last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// The host gave what it was asked for.
    Given,
    /// Done, and the answer says everything.
    Done,
    /// Done, but the answer cannot be told in the standard. `known`: it says enough to take the act back.
    Untold { known: bool },
    /// No. `already`: because it was done before, says the partner.
    Refused { already: bool },
    /// It may or may not have been done: silence, garbage, or the partner's own doubt.
    Doubtful,
    /// The gateway ended while the call was out: as doubtful, and no call that counts.
    Restarted,
    /// The call never left, or was turned away before anybody looked at it.
    NotTaken,
    /// The time is over.
    Woke,
    /// Come to an end.
    Stopped,
    /// The reply breaks the standard.
    ReplyRefused,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Make the act's call.
    Act,
    /// Call what takes it back.
    Undo,
    /// Let time pass.
    Rest,
    /// Have the host keep the receipt, so that it is still known if the reply is refused.
    Keep,
    /// It was done.
    Succeed,
    /// It was done, says the partner of the repetition; what there is to tell is known without its answer.
    SucceedPlainly,
    /// It was not done.
    Reject,
    /// It was taken back.
    Undone,
    /// Nobody can tell without a person.
    GiveUp,
}

/// What the table depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) again: Again,
    /// What was done can be taken back.
    pub(super) reversible: bool,
    /// Its reply needs nothing of the partner's answer.
    pub(super) plain: bool,
    /// The exchange itself only takes something back that another one did.
    pub(super) undo_only: bool,
    /// So long after the first call that a repetition could overtake what others did since.
    pub(super) stale: bool,
}

impl Phase {
    /// The phase after `happening`, and what to do.
    pub(super) fn next(self, happening: Happening, rules: Rules) -> (Self, Move) {
        match self {
            Self::Asking => match happening {
                Happening::Given => (Self::Acting { call: 1, doubt: false }, Move::Act),
                _ => (self, Move::Reject),
            },
            Self::Acting { call, doubt } => acted(call, doubt, happening, rules),
            Self::ActingLater { call } => match happening {
                Happening::Woke if !rules.stale => (Self::Acting { call: call + 1, doubt: true }, Move::Act),
                _ => (self, Move::GiveUp),
            },
            Self::Told => match happening {
                Happening::Given => (self, Move::Succeed),
                Happening::Stopped | Happening::ReplyRefused => UNDOING,
                _ => (self, Move::GiveUp),
            },
            Self::Undoing { call, doubt } => undone(call, doubt, happening, rules),
            Self::UndoingLater { call, doubt } => (Self::Undoing { call: call + 1, doubt }, Move::Undo),
        }
    }
}

/// The first call of what takes an act back.
pub(super) const UNDOING: (Phase, Move) = (Phase::Undoing { call: 1, doubt: false }, Move::Undo);

fn acted(call: u32, doubt: bool, happening: Happening, rules: Rules) -> (Phase, Move) {
    let here = Phase::Acting { call, doubt };
    let repeatable = rules.again != Again::DoneTwice && !rules.stale;
    let more = call < MOST_CALLS;
    match happening {
        Happening::Done if rules.reversible => (Phase::Told, Move::Keep),
        Happening::Done => (here, Move::Succeed),
        Happening::Untold { known: true } => UNDOING,
        // A stop in the state of a call means that it was not made.
        Happening::Refused { .. } | Happening::NotTaken | Happening::Stopped if !doubt => {
            (here, Move::Reject)
        }
        Happening::Refused { .. } if rules.again == Again::SameResult => (here, Move::Reject),
        Happening::Refused { already: true } if rules.plain => (here, Move::SucceedPlainly),
        Happening::Doubtful | Happening::NotTaken if repeatable && more => {
            (Phase::ActingLater { call }, Move::Rest)
        }
        Happening::Restarted if repeatable => {
            (Phase::ActingLater { call: call.saturating_sub(1) }, Move::Rest)
        }
        _ => (here, Move::GiveUp),
    }
}

fn undone(call: u32, doubt: bool, happening: Happening, rules: Rules) -> (Phase, Move) {
    let here = Phase::Undoing { call, doubt };
    let more = call < MOST_CALLS;
    match happening {
        // Whatever the answer lacks: it was taken back.
        Happening::Done | Happening::Untold { .. } | Happening::Refused { already: true } => {
            (here, Move::Undone)
        }
        Happening::Doubtful if more => (Phase::UndoingLater { call, doubt: true }, Move::Rest),
        Happening::Restarted => {
            (Phase::UndoingLater { call: call.saturating_sub(1), doubt: true }, Move::Rest)
        }
        Happening::NotTaken if more => (Phase::UndoingLater { call, doubt }, Move::Rest),
        Happening::Refused { already: false } | Happening::NotTaken if rules.undo_only && !doubt => {
            (here, Move::Reject)
        }
        // That call was not made; a stop wants what it was for.
        Happening::Stopped if more => (Phase::Undoing { call: call + 1, doubt }, Move::Undo),
        _ => (here, Move::GiveUp),
    }
}

#[cfg(test)]
mod tests;
