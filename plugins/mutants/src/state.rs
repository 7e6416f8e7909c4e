//! What is kept between two steps: a word for what is waited for, and how often it was asked.

/// What the exchange waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The host's session, before a lookup.
    Session,
    /// The answer to a lookup.
    Lookup,
    /// The answer to an act.
    Act,
    /// The answer to the question what became of the act.
    Status,
    /// The next time to ask.
    Pause,
    /// The answer to an undo.
    Undo,
    /// The answer to a sign-in.
    SignIn,
}

const WORDS: [(&str, Phase); 7] = [
    ("session", Phase::Session),
    ("lookup", Phase::Lookup),
    ("act", Phase::Act),
    ("status", Phase::Status),
    ("pause", Phase::Pause),
    ("undo", Phase::Undo),
    ("sign-in", Phase::SignIn),
];

/// A state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State<'a> {
    pub(crate) phase: Phase,
    /// How often the status was asked for.
    pub(crate) asked: u32,
    pub(crate) message: &'a str,
}

impl<'a> State<'a> {
    pub(crate) fn new(phase: Phase, message: &'a str) -> Self {
        Self { phase, asked: 0, message }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let word = WORDS.iter().find(|(_, phase)| *phase == self.phase).map_or("", |(word, _)| word);
        format!("{word} {}\n{}", self.asked, self.message).into_bytes()
    }

    /// None for bytes that [`Self::write`] did not write.
    pub(crate) fn read(state: &'a [u8]) -> Option<Self> {
        let (head, message) = std::str::from_utf8(state).ok()?.split_once('\n')?;
        let (word, asked) = head.split_once(' ')?;
        let (_, phase) = WORDS.iter().find(|(known, _)| *known == word)?;
        Some(Self { phase: *phase, asked: asked.parse().ok()?, message })
    }
}
