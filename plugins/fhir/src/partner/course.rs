//! What comes next at a partner: the whole of the state machine, without a byte of FHIR in it.
//!
//! An act is repeated with its key alone, and after silence only once the partner was asked and knew nothing.
//! What may have been done and cannot be told is taken back; what cannot even be taken back for certain waits for
//! a person.

/// What the exchange is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    /// A claim is submitted: it can be asked after, and cancelled.
    Submit,
    /// A claim is cancelled: it can be asked whether it is.
    Cancel,
    /// A decision is told: nobody can be asked whether it came.
    Tell,
    /// The result of an earlier request of this partner's is handed over: told in the same way.
    Deliver,
    /// Where a claim stands: reads only.
    Status,
    /// Whether somebody is covered: reads only, and may be answered later.
    Check,
    /// An earlier submission is taken back.
    Undo,
}

/// The call that is out, or that a wait is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Act,
    Ask,
    /// A question of its own, which a later [`Doing::Ask`] looks for the answer of.
    Check,
    TakeBack,
}

/// What happened to the last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// The answer fulfils the purpose (of a question: shows that it is fulfilled).
    Done,
    /// A plain no: nothing is changed by this call.
    No,
    /// The partner knows of no such claim.
    Absent,
    /// It knows it, and what we want of it is not done yet.
    Open,
    /// Not now; perhaps after so many milliseconds.
    Busy(Option<u64>),
    /// The call certainly never left.
    Unsent,
    /// No answer, or none that can be read: anything may have happened.
    Lost,
    /// The gateway ended while the call was out: as lost, and no call that counts.
    Restarted,
    /// The wait is over.
    Woke,
    /// Come to an end.
    Stop,
    /// What was answered breaks the standard.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Send(Doing),
    /// Milliseconds, before spreading.
    Wait(u64),
    Succeeded,
    /// Not done, and nothing is left behind.
    Rejected,
    Undone,
    Unresolved,
}

/// Calls of one exchange stay within the host's eight: 3 acts, 3 questions, 2 cancellations. One question is kept
/// for after a cancellation that was refused.
const ACTS: u8 = 3;
const ASKS: u8 = 2;
const LAST_ASK: u8 = 3;
const TAKE_BACKS: u8 = 2;
/// A question and the looks after its answer.
const LOOKS: u8 = 6;
/// Where nothing but repeating helps.
const TELLS: u8 = 5;
const UNDOS: u8 = 4;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    pub(super) job: Job,
    pub(super) doing: Doing,
    pub(super) waiting: bool,
    /// Something may have been changed by a call without an answer.
    pub(super) exposed: bool,
    /// Told to come to an end: nothing is begun any more.
    pub(super) stopping: bool,
    pub(super) acts: u8,
    pub(super) asks: u8,
    pub(super) take_backs: u8,
}

impl Course {
    /// The course and its first call.
    pub(super) fn begin(job: Job) -> (Self, Next) {
        let doing = match job {
            Job::Submit | Job::Cancel | Job::Tell | Job::Deliver => Doing::Act,
            Job::Status => Doing::Ask,
            Job::Check => Doing::Check,
            Job::Undo => Doing::TakeBack,
        };
        let mut course = Self {
            job,
            doing,
            waiting: false,
            exposed: false,
            stopping: false,
            acts: 0,
            asks: 0,
            take_backs: 0,
        };
        let next = course.send(doing);
        (course, next)
    }

    /// The step after `seen`.
    pub(super) fn next(&mut self, seen: Seen) -> Next {
        match (seen, self.doing) {
            (Seen::Woke, doing) => self.send(doing),
            (Seen::Stop, _) => self.stop(),
            (Seen::Broken, _) => self.broken(),
            (Seen::Restarted, doing) => self.restarted(doing),
            (seen, Doing::Act) => self.after_act(seen),
            (seen, Doing::Ask | Doing::Check) => self.after_ask(seen),
            (seen, Doing::TakeBack) => self.after_take_back(seen),
        }
    }

    /// What was out is asked after, or made again where nothing can be asked; that question does not count either. The
    /// exchange's age bounds it.
    fn restarted(&mut self, doing: Doing) -> Next {
        match doing {
            Doing::Act => (self.acts, self.asks) = (self.acts.saturating_sub(1), 0),
            // What only reads is not written down, and is not met by a restart.
            Doing::Ask | Doing::Check => {}
            Doing::TakeBack => self.take_backs = self.take_backs.saturating_sub(1),
        }
        self.next(Seen::Lost)
    }

    fn after_act(&mut self, seen: Seen) -> Next {
        let tells = matches!(self.job, Job::Tell | Job::Deliver);
        let left = self.acts < if tells { TELLS } else { ACTS };
        match seen {
            Seen::Done => Next::Succeeded,
            Seen::No | Seen::Absent => Next::Rejected,
            Seen::Busy(after) if left => self.wait(Doing::Act, self.acts, after),
            Seen::Unsent if left => self.wait(Doing::Act, self.acts, None),
            Seen::Busy(_) | Seen::Unsent => self.give_up(),
            _ => {
                self.exposed = true;
                match self.job {
                    Job::Submit | Job::Cancel if self.asks < ASKS => self.wait(Doing::Ask, self.asks, None),
                    Job::Tell | Job::Deliver if left => self.wait(Doing::Act, self.acts, None),
                    _ => self.give_up(),
                }
            }
        }
    }

    fn after_ask(&mut self, seen: Seen) -> Next {
        let acts_left = self.acts < ACTS && !self.stopping;
        match (seen, self.job) {
            (Seen::Done, _) => Next::Succeeded,
            // Somebody waits: not longer each time.
            (Seen::Open, Job::Check) if self.asks < LOOKS => self.wait(Doing::Ask, 0, None),
            (_, Job::Status | Job::Check) | (Seen::No, _) | (Seen::Absent, Job::Cancel) => Next::Rejected,
            (Seen::Absent | Seen::Open, _) if acts_left => self.wait(Doing::Act, self.acts, None),
            (Seen::Absent | Seen::Open, _) => self.give_up(),
            (Seen::Busy(after), _) if self.asks < ASKS => self.wait(Doing::Ask, self.asks, after),
            _ if self.asks < ASKS => self.wait(Doing::Ask, self.asks, None),
            _ => self.give_up(),
        }
    }

    fn after_take_back(&mut self, seen: Seen) -> Next {
        let left = self.take_backs < if self.job == Job::Undo { UNDOS } else { TAKE_BACKS };
        match (seen, self.job) {
            // Nothing to undo, or it stays.
            (Seen::Absent | Seen::No, Job::Undo) => Next::Rejected,
            // A claim that was never there was taken back for certain.
            (Seen::Done | Seen::Absent, _) => Next::Undone,
            // It is decided: then it is there, and its response can be had.
            (Seen::No, _) if self.asks < LAST_ASK => self.send(Doing::Ask),
            (Seen::No, _) => Next::Unresolved,
            (Seen::Busy(after), _) if left => self.wait(Doing::TakeBack, self.take_backs, after),
            (Seen::Unsent, _) if left => self.wait(Doing::TakeBack, self.take_backs, None),
            (Seen::Busy(_) | Seen::Unsent, Job::Undo) if !self.exposed => Next::Rejected,
            (seen, _) => {
                self.exposed |= !matches!(seen, Seen::Busy(_) | Seen::Unsent);
                if left { self.wait(Doing::TakeBack, self.take_backs, None) } else { Next::Unresolved }
            }
        }
    }

    /// Nothing more can be tried.
    fn give_up(&mut self) -> Next {
        match self.job {
            _ if !self.exposed => Next::Rejected,
            Job::Submit if self.take_backs < TAKE_BACKS => self.send(Doing::TakeBack),
            _ => Next::Unresolved,
        }
    }

    fn stop(&mut self) -> Next {
        self.stopping = true;
        self.take_backs = 0;
        match self.job {
            _ if !self.exposed => Next::Rejected,
            Job::Submit => self.send(Doing::TakeBack),
            Job::Cancel => {
                self.asks = 0;
                self.send(Doing::Ask)
            }
            Job::Tell | Job::Deliver | Job::Status | Job::Check | Job::Undo => Next::Unresolved,
        }
    }

    fn broken(&mut self) -> Next {
        match self.job {
            Job::Status | Job::Check => Next::Rejected,
            Job::Submit if self.take_backs < TAKE_BACKS => {
                self.exposed = true;
                self.send(Doing::TakeBack)
            }
            _ => Next::Unresolved,
        }
    }

    fn send(&mut self, doing: Doing) -> Next {
        let count = match doing {
            Doing::Act => &mut self.acts,
            Doing::Ask | Doing::Check => &mut self.asks,
            Doing::TakeBack => &mut self.take_backs,
        };
        *count = count.saturating_add(1);
        (self.doing, self.waiting) = (doing, false);
        Next::Send(doing)
    }

    /// Longer each time: half a second, two, eight …
    fn wait(&mut self, doing: Doing, tries: u8, after: Option<u64>) -> Next {
        (self.doing, self.waiting) = (doing, true);
        let own = 500_u64 << (2 * u32::from(tries.min(4)));
        Next::Wait(after.map_or(own, |after| after.clamp(500, 60_000)))
    }
}

#[cfg(test)]
mod tests;
