//! What is kept from call to call: what was sent last, how often, and the message.

/// What was asked for last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A query.
    Ask,
    /// A command, by its key.
    Act,
    /// This exchange's own command is to be taken back, by its key.
    Back,
    /// An earlier exchange's is.
    Undo,
}

/// The whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State<'a> {
    pub(crate) phase: Phase,
    /// How often that was sent.
    pub(crate) tries: u8,
    /// The key: the exchange that acts, or acted.
    pub(crate) key: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) message: &'a str,
}

impl<'a> State<'a> {
    /// One line of words, then the message.
    pub(crate) fn write(&self) -> Vec<u8> {
        let phase = match self.phase {
            Phase::Ask => "ask",
            Phase::Act => "act",
            Phase::Back => "back",
            Phase::Undo => "undo",
        };
        let tries = self.tries.to_string();
        [phase, " ", &tries, " ", self.key, " ", self.operation, "\n", self.message].concat().into_bytes()
    }

    /// The reverse.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (line, message) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
        let mut words = line.split(' ');
        let phase = match words.next()? {
            "ask" => Phase::Ask,
            "act" => Phase::Act,
            "back" => Phase::Back,
            "undo" => Phase::Undo,
            _ => return None,
        };
        let tries = words.next()?.parse().ok()?;
        let state = Self { phase, tries, key: words.next()?, operation: words.next()?, message };
        words.next().is_none().then_some(state)
    }
}
