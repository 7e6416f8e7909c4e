//! The faults a twin can be told to show, and the plan by which it shows them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One way for a partner to misbehave.
///
/// Faults strike business requests; a sign-in is spared unless the variant says otherwise, and so is a
/// GET. A dialect that has no form for a fault answers HTTP 501 instead; an answer that has nothing a fault
/// could change comes as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The right answer, that much later.
    Delay(Duration),
    /// This HTTP status with an HTML page; the request is not looked at.
    Status(u16),
    /// The TCP connection is reset when the head has come; the body is not read, nothing is done.
    CutBeforeReading,
    /// The request is carried out, then the TCP connection is reset without a word.
    CutAfterReading,
    /// Half of the answer that `Content-Length` promises, then the connection is reset.
    CutInAnswer,
    /// The connection is reset instead of reading the n-th byte of the request, counted from 1; nothing is done.
    /// A shorter request is answered.
    CutRequestAt(usize),
    /// The request is carried out, and so many bytes of the answer come before the connection is closed without
    /// a farewell. A shorter answer comes whole.
    CutAnswerAt(usize),
    /// The request is carried out; no answer comes, and the connection stays open.
    Swallow,
    /// The request is carried out so much later, whether or not anybody still waits, and then answered.
    ActLate(Duration),
    /// The request is carried out, then this HTTP status with an HTML page.
    StatusAfter(u16),
    /// The right answer, and behind it the same once more.
    AnswerTwice,
    /// The body stops in the middle although HTTP is in order.
    Truncated,
    /// Bytes that are no document of any kind.
    Garbage,
    /// The right answer in another charset than the one it declares.
    WrongCharset,
    /// Refused by the partner's business rules.
    BusinessError,
    /// The partner does not know the person.
    MissingPerson,
    /// The answer is about somebody else.
    WrongPerson,
    /// The request is carried out, and the answer is about somebody else's visit and settlement.
    WrongVisit,
    /// The request is carried out, and the answer has one fen too much in the fund's total.
    CentTooMuch,
    /// Success by its code, an error by its text, and no output.
    ErrorTextOnSuccess,
    /// A well-formed answer of at least so many bytes.
    HugeAnswer(usize),
    /// An answer nested so many levels deep.
    DeepNesting(usize),
    /// JSON only: `"err_msg":null,}` at the end.
    TrailingComma,
    /// JSON only: keys without quotes.
    UnquotedKeys,
    /// JSON with sessions only: the session is ended and the request refused.
    SessionExpired,
    /// SOAP only: a document type with entities that expand without end.
    DoctypeBomb,
}

/// The handle to a twin's faults; clones steer the same twin.
#[derive(Clone)]
pub struct Faults {
    plan: Arc<Mutex<Plan>>,
}

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        Self { plan: Arc::new(Mutex::new(Plan { mode: Mode::None, paths: Vec::new(), chance: seed })) }
    }

    /// Shows the fault on every request from now on.
    pub fn set(&self, fault: Fault) {
        self.plan().mode = Mode::Always(fault);
    }

    /// Shows the fault on the next `requests` requests and then no more.
    pub fn set_for(&self, requests: u32, fault: Fault) {
        self.plan().mode = Mode::Next(requests, fault);
    }

    /// Shows one of the faults, each as likely, on so many of a hundred requests. The choice follows from
    /// the twin's seed and the number of requests before.
    pub fn set_random(&self, probability_percent: u8, faults: Vec<Fault>) {
        self.plan().mode = Mode::Random(probability_percent, faults);
    }

    /// Shows each of the faults on so many of a hundred requests; together they are at most a hundred. The
    /// choice follows from the twin's seed and the number of requests before.
    pub fn set_mix(&self, mix: Vec<(u8, Fault)>) {
        self.plan().mode = Mode::Mix(mix);
    }

    /// Shows each of the faults once, in this order, on the next requests, and then no more.
    pub fn set_each(&self, faults: Vec<Fault>) {
        self.plan().mode = Mode::Each(faults.into());
    }

    /// Strikes only requests whose path ends in one of these, such as `/2207`; none of them means all requests.
    /// A service that has one path for everything cannot be told so.
    pub fn only_on(&self, paths: &[&str]) {
        self.plan().paths = paths.iter().map(|path| (*path).to_owned()).collect();
    }

    /// Behaves again, on every path.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.mode = Mode::None;
        plan.paths.clear();
    }

    /// The fault for the request to this path that has just come.
    pub(super) fn draw(&self, path: &str) -> Option<Fault> {
        let mut plan = self.plan();
        if !plan.paths.is_empty() && !plan.paths.iter().any(|end| path.ends_with(end.as_str())) {
            return None;
        }
        let roll = match &plan.mode {
            Mode::Random(..) | Mode::Mix(_) => plan.roll(),
            _ => 0,
        };
        match &mut plan.mode {
            Mode::None | Mode::Next(0, _) => None,
            Mode::Always(fault) => Some(fault.clone()),
            Mode::Each(faults) => faults.pop_front(),
            Mode::Next(left, fault) => {
                *left -= 1;
                Some(fault.clone())
            }
            Mode::Random(percent, faults) => {
                let which = usize::try_from(roll / 100).ok()?.checked_rem(faults.len())?;
                (roll % 100 < u64::from(*percent)).then(|| faults.get(which).cloned()).flatten()
            }
            Mode::Mix(mix) => {
                let mut left = roll % 100;
                for (percent, fault) in mix {
                    match left.checked_sub(u64::from(*percent)) {
                        Some(rest) => left = rest,
                        None => return Some(fault.clone()),
                    }
                }
                None
            }
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Plan {
    mode: Mode,
    paths: Vec<String>,
    chance: u64,
}

impl Plan {
    /// SplitMix64: even enough for faults, and the same everywhere. 32 bits of it.
    fn roll(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) >> 32
    }
}

enum Mode {
    None,
    Always(Fault),
    Next(u32, Fault),
    Each(VecDeque<Fault>),
    Random(u8, Vec<Fault>),
    Mix(Vec<(u8, Fault)>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_ends_and_a_set_one_stays() {
        let faults = Faults::new(1);
        assert_eq!(faults.draw("/1101"), None);
        faults.set_for(2, Fault::Garbage);
        let drawn: Vec<_> = (0..3).map(|_| faults.clone().draw("/1101")).collect();
        assert_eq!(drawn, [Some(Fault::Garbage), Some(Fault::Garbage), None]);
        faults.set_each(vec![Fault::Garbage, Fault::Truncated]);
        let drawn: Vec<_> = (0..3).map(|_| faults.draw("/1101")).collect();
        assert_eq!(drawn, [Some(Fault::Garbage), Some(Fault::Truncated), None]);
        faults.set(Fault::Truncated);
        assert!((0..5).all(|_| faults.draw("/1101") == Some(Fault::Truncated)));
        faults.clear();
        assert_eq!(faults.draw("/1101"), None);
    }

    #[test]
    fn a_mix_keeps_its_shares_and_a_fault_its_paths() {
        let faults = Faults::new(3);
        faults.set_mix(vec![(10, Fault::Garbage), (30, Fault::Swallow)]);
        let drawn: Vec<_> = (0..2000).map(|_| faults.draw("/2207")).collect();
        let count = |wanted: Option<Fault>| drawn.iter().filter(|one| **one == wanted).count();
        assert!((150..250).contains(&count(Some(Fault::Garbage))));
        assert!((530..670).contains(&count(Some(Fault::Swallow))));
        faults.set_for(1, Fault::Swallow);
        faults.only_on(&["/2207", "/2601"]);
        let drawn = ["/1101", "/2207", "/2601"].map(|path| faults.draw(path));
        assert_eq!(drawn, [None, Some(Fault::Swallow), None]);
        faults.clear();
        faults.set(Fault::Garbage);
        assert_eq!(faults.draw("/1101"), Some(Fault::Garbage));
    }

    #[test]
    fn chance_follows_the_seed_and_the_share() {
        let drawn = |seed, percent| {
            let faults = Faults::new(seed);
            faults.set_random(percent, vec![Fault::Garbage, Fault::Truncated]);
            (0..2000).map(|_| faults.draw("/1101")).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7, 30), drawn(7, 30));
        assert_ne!(drawn(7, 30), drawn(8, 30));
        let struck = drawn(7, 30).iter().flatten().count();
        assert!((500..700).contains(&struck), "{struck} of 2000");
        let garbage = drawn(7, 100).iter().flatten().filter(|fault| **fault == Fault::Garbage).count();
        assert!((900..1100).contains(&garbage), "{garbage} of 2000");
        assert!(drawn(7, 0).iter().all(Option::is_none));
    }
}
