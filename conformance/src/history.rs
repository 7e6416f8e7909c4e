//! Holds what requesters were told against the books in which it was done: nothing twice, nothing lost, no lie.
//!
//! A history is taken down at the boundary, by whoever asks: every command that was sent, and every answer to it,
//! in the order in which they came. At the end come the books of those who act. Nothing is taken from the gateway but
//! what it says, so a gateway that is wrong about itself is found out.
//!
//! Each command here is about a business act of its own (a visit that is settled, a claim that is paid), which may
//! be in force once at most, however often the command is repeated.

use std::collections::{BTreeMap, BTreeSet};

/// What a requester sent, by its idempotency key; as often as it liked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Command(pub String);

/// What a command is to bring about, as the books name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Act(pub String);

/// The number under which the books keep what was done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub String);

/// What a requester heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done, under this number.
    Done(Number),
    /// It is not done (effect `nothing`); the requester may ask again.
    Nothing,
    /// It was done and taken back, or is taken back on the requester's wish.
    Reversed,
    /// An undo found nothing to take back: the command is refused from now on.
    Barred,
    /// It goes on (202, or effect `unknown`).
    Pending,
    /// No answer that could be read.
    Silence,
}

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A command is about to be sent.
    Invoked(Command, Act),
    /// An answer to it, to a repetition of it, to an undo of it, or to a question what has become of it.
    Told(Command, Answer),
}

/// One line of the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What was done.
    pub act: Act,
    /// Under which number.
    pub number: Number,
    /// It is in force; else it was taken back.
    pub holds: bool,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breach {
    /// An act is in force more than once.
    Doubled(Act),
    /// The requester was told that it is done, and it is not in force although nobody said it was taken back.
    Lost(Command, Number),
    /// The requester was told last that nothing is done, that it was taken back or is refused; yet it is in force.
    DoneInSecret(Command),
    /// The requester was told one final thing, and later another.
    ToldOtherwise(Command),
    /// Nobody asked for this act.
    Unasked(Act),
    /// An answer to something that was never sent.
    Unsent(Command),
    /// The last that was heard of it, after everything had come to rest, is that it goes on.
    Open(Command),
}

/// Everything that is wrong with a history and the books at its end, in order. A history that ends before everything
/// has come to rest has [`Breach::Open`] in it; whether that is wrong is for the caller to say.
#[must_use]
pub fn breaches(history: &[Event], books: &[Entry]) -> Vec<Breach> {
    let mut found = BTreeSet::new();
    let mut commands = BTreeMap::<&Command, Heard<'_>>::new();
    for event in history {
        match event {
            Event::Invoked(command, act) => {
                commands.entry(command).or_insert(Heard { act, last: None, number: None });
            }
            Event::Told(command, answer) => match commands.get_mut(command).map(|heard| heard.hear(answer)) {
                Some(true) => {}
                Some(false) => drop(found.insert(Breach::ToldOtherwise(command.clone()))),
                None => drop(found.insert(Breach::Unsent(command.clone()))),
            },
        }
    }
    let mut in_force = BTreeMap::<&Act, Vec<&Number>>::new();
    for entry in books.iter().filter(|entry| entry.holds) {
        in_force.entry(&entry.act).or_default().push(&entry.number);
    }
    found.extend(in_force.iter().filter(|(_, numbers)| numbers.len() > 1).map(|(act, _)| doubled(act)));
    let asked: BTreeSet<_> = commands.values().map(|heard| heard.act).collect();
    let unasked = books.iter().filter(|entry| !asked.contains(&entry.act));
    found.extend(unasked.map(|entry| Breach::Unasked(entry.act.clone())));
    for (command, heard) in commands {
        let numbers = in_force.get(heard.act).map(Vec::as_slice).unwrap_or_default();
        found.extend(heard.against(command, numbers));
    }
    found.into_iter().collect()
}

fn doubled(act: &Act) -> Breach {
    Breach::Doubled(act.clone())
}

/// What was heard of one command.
struct Heard<'a> {
    act: &'a Act,
    /// The last answer that says something.
    last: Option<&'a Answer>,
    number: Option<&'a Number>,
}

impl<'a> Heard<'a> {
    /// False where it contradicts what was said before.
    fn hear(&mut self, answer: &'a Answer) -> bool {
        let agrees = match (self.last, answer) {
            // Says nothing, so it takes nothing back.
            (_, Answer::Silence) => return true,
            // One who asks again may be late: what is final stays.
            (Some(Answer::Done(_) | Answer::Reversed | Answer::Barred), Answer::Pending)
            | (Some(Answer::Done(_)), Answer::Nothing | Answer::Barred) => false,
            (Some(Answer::Done(first)), Answer::Done(again)) => first == again,
            // Undone is never run again, and what is refused for good stays so.
            (Some(Answer::Reversed), other) => *other == Answer::Reversed,
            (Some(Answer::Barred), other) => matches!(other, Answer::Barred | Answer::Nothing),
            _ => true,
        };
        self.last = Some(answer);
        if let Answer::Done(number) = answer {
            self.number = Some(number);
        }
        agrees
    }

    fn against(&self, command: &Command, in_force: &[&Number]) -> Option<Breach> {
        match self.last {
            Some(Answer::Done(number)) if !in_force.contains(&number) => {
                Some(Breach::Lost(command.clone(), number.clone()))
            }
            Some(Answer::Nothing | Answer::Reversed | Answer::Barred) if !in_force.is_empty() => {
                Some(Breach::DoneInSecret(command.clone()))
            }
            None | Some(Answer::Pending) => Some(Breach::Open(command.clone())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    fn command(number: usize) -> Command {
        Command(format!("key-{number}"))
    }

    fn act(number: usize) -> Act {
        Act(format!("visit-{number}"))
    }

    fn number(number: usize) -> Number {
        Number(format!("settlement-{number}"))
    }

    /// How an honest command may go: what is heard of it, and what is in the books.
    fn honest(at: usize) -> impl Strategy<Value = (Vec<Answer>, Vec<Entry>)> {
        let noise = proptest::collection::vec(
            prop_oneof![Just(Answer::Silence), Just(Answer::Pending), Just(Answer::Nothing)],
            0..4,
        );
        let entry = move |holds| Entry { act: act(at), number: number(at), holds };
        let end = prop_oneof![
            (1..3_usize).prop_map(move |times| (vec![Answer::Done(number(at)); times], vec![entry(true)])),
            Just((vec![Answer::Nothing], Vec::new())),
            Just((vec![Answer::Barred, Answer::Nothing, Answer::Barred], Vec::new())),
            Just((vec![Answer::Reversed, Answer::Reversed], vec![entry(false)])),
            Just((vec![Answer::Done(number(at)), Answer::Reversed], vec![entry(false)])),
        ];
        (noise, end).prop_map(|(mut heard, (end, books))| {
            heard.extend(end);
            heard.push(Answer::Silence);
            (heard, books)
        })
    }

    /// Many at once, their lines mixed.
    fn histories() -> impl Strategy<Value = (Vec<Event>, Vec<Entry>)> {
        let all: Vec<_> = (0..8).map(honest).collect();
        (all, any::<u64>()).prop_map(|(all, mut mix)| {
            let (mut history, mut books) = (Vec::new(), Vec::new());
            let mut left: Vec<_> = all
                .into_iter()
                .enumerate()
                .map(|(at, (heard, done))| {
                    books.extend(done);
                    history.push(Event::Invoked(command(at), act(at)));
                    (at, heard.into_iter())
                })
                .collect();
            while !left.is_empty() {
                mix = mix.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let whose = (mix >> 33) as usize % left.len();
                match left[whose].1.next() {
                    Some(answer) => history.push(Event::Told(command(left[whose].0), answer)),
                    None => drop(left.remove(whose)),
                }
            }
            (history, books)
        })
    }

    proptest! {
        #[test]
        fn an_honest_history_has_no_breach((history, books) in histories()) {
            prop_assert_eq!(breaches(&history, &books), Vec::new());
        }

        #[test]
        fn whatever_is_done_twice_is_found((history, mut books) in histories(), which: Index) {
            let Some(doubled) = books.get(which.index(books.len().max(1))).filter(|entry| entry.holds).cloned()
            else { return Ok(()) };
            books.push(Entry { number: Number("another".to_owned()), ..doubled.clone() });
            prop_assert_eq!(breaches(&history, &books), [Breach::Doubled(doubled.act)]);
        }

        #[test]
        fn an_acknowledgement_that_is_lost_is_found((history, mut books) in histories(), which: Index) {
            let at = which.index(books.len().max(1));
            let Some(lost) = books.get(at).filter(|entry| entry.holds).cloned() else { return Ok(()) };
            books.remove(at);
            let found = breaches(&history, &books);
            prop_assert!(matches!(&found[..], [Breach::Lost(_, number)] if *number == lost.number), "{:?}", found);
        }

        #[test]
        fn what_is_done_behind_a_requester_s_back_is_found((history, mut books) in histories(), which: Index) {
            let at = which.index(8);
            if books.iter().any(|entry| entry.act == act(at) && entry.holds) {
                return Ok(());
            }
            books.push(Entry { act: act(at), number: number(99), holds: true });
            prop_assert_eq!(breaches(&history, &books), [Breach::DoneInSecret(command(at))]);
        }

        #[test]
        fn whoever_says_another_thing_later_is_found((mut history, books) in histories(), which: Index) {
            let at = which.index(8);
            let told = |answer| Event::Told(command(at), answer);
            let done = history.contains(&told(Answer::Done(number(at))));
            history.push(told(if done { Answer::Nothing } else { Answer::Done(number(99)) }));
            prop_assert!(!breaches(&history, &books).is_empty());
        }
    }

    #[test]
    fn what_never_came_to_rest_or_was_never_asked_for_is_found() {
        let open = [
            Event::Invoked(command(1), act(1)),
            Event::Told(command(1), Answer::Nothing),
            Event::Told(command(1), Answer::Pending),
            Event::Told(command(2), Answer::Nothing),
        ];
        let stray = [Entry { act: act(3), number: number(3), holds: false }];
        assert_eq!(
            breaches(&open, &stray),
            [Breach::Unasked(act(3)), Breach::Unsent(command(2)), Breach::Open(command(1))]
        );
    }
}
