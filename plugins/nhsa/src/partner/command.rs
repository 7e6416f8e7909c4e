//! What a command does next: pure, without a message, a clock or a setting.
//!
//! An act is sent once. When nobody knows whether it was done, what may have been done is taken back, or asked
//! after where there is something to ask; only an answer ends that, or a person does. The driver of the gateway
//! holds this to its rules (H4); the reasons of each row are beside it.

/// What is being done at the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Doing {
    /// The act itself.
    Act,
    /// Asking what became of it.
    Status,
    /// Taking it back.
    Undo,
}

/// How an act of unknown fate is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Something takes it back: 2601, or the transaction that is its opposite.
    TakeBack,
    /// It takes something back itself, so that doing it again changes nothing more.
    Repeat,
    /// There is none: a person finds out.
    None,
}

/// What holds for the whole exchange.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) remedy: Remedy,
    /// Whether the partner can be asked what became of the act.
    pub(super) can_ask: bool,
    /// How often the remedy is tried.
    pub(super) attempts: u32,
    /// The act was another exchange's and succeeded; only taking it back is wanted.
    pub(super) only_undo: bool,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Progress {
    pub(super) doing: Doing,
    /// A newer session was asked for already.
    pub(super) renewed: bool,
    /// Tries of the remedy that brought no end.
    pub(super) tried: u32,
    /// One of them may have been done without an answer.
    pub(super) silent: bool,
    /// The partner said once that there is nothing to take back.
    pub(super) absent: bool,
    /// The partner did it, but its answer breaks the standard.
    pub(super) claimed: bool,
}

impl Progress {
    pub(super) fn begin(doing: Doing) -> Self {
        Self { doing, renewed: false, tried: 0, silent: false, absent: false, claimed: false }
    }
}

/// What came of the last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// The host answered: number and session are there.
    Ready,
    /// The host could not sign in.
    Unready,
    /// The partner says yes.
    Yes,
    /// The partner understood and says no.
    No,
    /// What is spoken of does not exist there.
    Absent,
    /// The sign-in is over; nothing else was looked at.
    Expired,
    /// The call was turned away before anybody looked at it.
    TurnedAway,
    /// An answer that does not say what became of it.
    Unclear,
    /// No answer, and it may have arrived.
    Silence,
    /// The gateway ended while it was out: silence that is not the partner's.
    Restarted,
    /// It certainly did not arrive.
    NeverLeft,
    /// Time passed.
    Woke,
    /// The reply that was made of the partner's yes breaks the standard.
    Refused,
    /// The exchange is told to end. The call of this state was not made.
    Stopped,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Move {
    /// Ask the host for a number and the session, a newer one where the last was refused.
    Prepare {
        newer: bool,
    },
    Send,
    Wait,
    Succeed,
    /// Not done, nothing left behind.
    Reject,
    /// There was nothing to undo.
    NothingThere,
    Undone,
    Unresolved,
}

pub(super) fn decide(plan: &Plan, progress: Progress, happened: Happened) -> (Progress, Move) {
    if happened == Happened::Ready {
        return (progress, Move::Send);
    }
    match progress.doing {
        Doing::Act => act(plan, progress, happened),
        Doing::Status => status(plan, progress, happened),
        Doing::Undo => undo(plan, progress, happened),
    }
}

fn act(plan: &Plan, progress: Progress, happened: Happened) -> (Progress, Move) {
    match happened {
        Happened::Yes => (progress, Move::Succeed),
        Happened::Refused => taken_back(plan, Progress { claimed: true, ..progress }),
        Happened::Silence | Happened::Restarted | Happened::Unclear => unknown(plan, progress),
        // Nobody looked at it: once more with a new session.
        Happened::Expired if !progress.renewed => {
            (Progress { renewed: true, ..progress }, Move::Prepare { newer: true })
        }
        _ => (progress, Move::Reject),
    }
}

/// Nobody knows whether the act was done.
fn unknown(plan: &Plan, progress: Progress) -> (Progress, Move) {
    if plan.can_ask {
        return (Progress { doing: Doing::Status, ..progress }, Move::Prepare { newer: false });
    }
    match plan.remedy {
        Remedy::None => (progress, Move::Unresolved),
        Remedy::TakeBack | Remedy::Repeat => remedied(progress),
    }
}

/// It was done and cannot be told: only what takes it back helps.
fn taken_back(plan: &Plan, progress: Progress) -> (Progress, Move) {
    match plan.remedy {
        Remedy::TakeBack => remedied(progress),
        Remedy::Repeat | Remedy::None => (progress, Move::Unresolved),
    }
}

fn remedied(progress: Progress) -> (Progress, Move) {
    (Progress { doing: Doing::Undo, ..progress }, Move::Prepare { newer: false })
}

fn status(plan: &Plan, progress: Progress, happened: Happened) -> (Progress, Move) {
    match happened {
        Happened::Yes => (progress, Move::Succeed),
        Happened::Refused => taken_back(plan, Progress { claimed: true, ..progress }),
        // "Not yet" proves nothing: the act may still arrive. What takes it back keeps it out.
        _ => match plan.remedy {
            Remedy::None => (progress, Move::Unresolved),
            Remedy::TakeBack | Remedy::Repeat => remedied(progress),
        },
    }
}

fn undo(plan: &Plan, progress: Progress, happened: Happened) -> (Progress, Move) {
    let repeats = plan.remedy == Remedy::Repeat;
    match happened {
        // What is to be taken away is away: by the first try or by this one.
        Happened::Yes | Happened::Absent if repeats => (progress, Move::Succeed),
        Happened::Yes => (progress, Move::Undone),
        Happened::Absent => absent(plan, progress),
        // A first no to a fresh wish is the answer; after any silence it may be the echo of a yes.
        Happened::No if plan.only_undo && !progress.silent => (progress, Move::Reject),
        Happened::Woke | Happened::Stopped => (progress, Move::Prepare { newer: false }),
        Happened::Refused => (Progress { claimed: true, ..progress }, Move::Unresolved),
        Happened::Silence | Happened::Unclear => again(plan, Progress { silent: true, ..progress }),
        // No try of the partner's patience; the exchange's age bounds it.
        Happened::Restarted => (Progress { silent: true, ..progress }, Move::Wait),
        Happened::Expired if !progress.renewed => {
            (Progress { renewed: true, ..progress }, Move::Prepare { newer: true })
        }
        _ => again(plan, progress),
    }
}

/// Nothing there to take back.
fn absent(plan: &Plan, progress: Progress) -> (Progress, Move) {
    if progress.silent {
        // Then the try without an answer took it back, or it never was: either way nothing is left.
        return (progress, Move::Undone);
    }
    if plan.only_undo {
        return (progress, Move::NothingThere);
    }
    if progress.absent {
        // Said twice, some time apart: an act that was on its way would be there by now.
        return (progress, if progress.claimed { Move::Unresolved } else { Move::Reject });
    }
    again(plan, Progress { absent: true, ..progress })
}

fn again(plan: &Plan, progress: Progress) -> (Progress, Move) {
    let progress = Progress { tried: progress.tried + 1, ..progress };
    if progress.tried < plan.attempts {
        (progress, Move::Wait)
    } else if plan.only_undo && !progress.silent {
        // No wish to undo ever arrived: the original stands.
        (progress, Move::Reject)
    } else {
        (progress, Move::Unresolved)
    }
}

#[cfg(test)]
mod tests;
