//! One thing that is wrong with a message.

use serde::Serialize;

use crate::sentences::{Language, Sentence};

/// How many violations of one message are told; whoever has more has another problem.
pub const MAX_VIOLATIONS: usize = 100;

/// One thing that is wrong with a message, fit to be sent to whoever wrote it.
///
/// It says where and what, and never repeats a value of the message: the place is a JSON pointer whose members
/// are the standard's own or plain words, the sentence is made of the standard alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// JSON pointer (RFC 6901). For a missing or unknown member it points at that member; where a member's name
    /// could be personal, at the object around it.
    pub pointer: String,
    /// Stable code, in kebab-case: a keyword of the schema (`required`, `pattern`, …) or a semantic rule's
    /// (`check-digit`, `impossible-date`, …).
    pub code: &'static str,
    /// An English sentence for people.
    pub message: String,
    #[serde(skip)]
    chinese: Option<String>,
}

impl Violation {
    /// One that is not the standard's finding, and is told in English alone.
    pub const fn new(pointer: String, code: &'static str, message: String) -> Self {
        Self { pointer, code, message, chinese: None }
    }

    /// The sentence in a language.
    pub fn sentence(&self, language: Language) -> &str {
        match (language, &self.chinese) {
            (Language::Chinese, Some(chinese)) => chinese,
            (Language::Chinese, None) | (Language::English, _) => &self.message,
        }
    }
}

/// Collects violations up to [`MAX_VIOLATIONS`].
#[derive(Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= MAX_VIOLATIONS
    }

    /// Adds one, unless there are enough.
    pub(crate) fn add(&mut self, pointer: String, sentence: &Sentence) {
        self.push(pointer, sentence, sentence.english.to_owned(), sentence.chinese.to_owned());
    }

    /// Adds one whose sentence has a place for a word of the standard's, which is the same in both languages.
    pub(crate) fn add_with(&mut self, pointer: String, sentence: &Sentence, word: &str) {
        self.add_in_both(pointer, sentence, word, word);
    }

    /// Adds one whose sentence has a place for words that are to be translated.
    pub(crate) fn add_in_both(&mut self, pointer: String, sentence: &Sentence, english: &str, chinese: &str) {
        let fill = |sentence: &str, word| sentence.replacen("{}", word, 1);
        self.push(pointer, sentence, fill(sentence.english, english), fill(sentence.chinese, chinese));
    }

    fn push(&mut self, pointer: String, sentence: &Sentence, message: String, chinese: String) {
        if !self.is_full() {
            self.0.push(Violation { pointer, code: sentence.code, message, chinese: Some(chinese) });
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}
