//! Bringing a message down to the minor version that a peer speaks.
//!
//! What is newer than the peer goes: a member, if the message is whole without it; a value, if an older one says
//! the same (`before` beside its title), or the list has `other`, which then says the new word in the text beside
//! it (`kind` and `kindText`). Each of these is told, for something was lost. What cannot go is told as well, and
//! then the message is not sent: a peer must never read less than a requester meant as if it were all.
//!
//! First everything is found, then everything is changed, so a message that cannot be brought down stays whole.

use serde_json::Value;

use crate::pointer::Path;
use crate::sentences;
use crate::shape::Shape;
use crate::version::StandardVersion;
use crate::violation::{Violation, Violations};

/// The word of lists that may grow, and what the name of the text beside them ends with.
const OTHER: &str = "other";
const TEXT: &str = "Text";

/// A message has something in it that the peer's version cannot say and that cannot be left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the peer's version of the standard cannot say this")]
pub struct Inexpressible {
    /// Everything that stands in the way, by pointer; the codes are `newer-operation`, `newer-member` and
    /// `newer-value`.
    pub violations: Vec<Violation>,
}

impl Inexpressible {
    /// The operation itself is newer than the peer.
    pub(crate) fn operation() -> Self {
        let mut violations = Violations::default();
        violations.add(String::new(), &sentences::NEWER_OPERATION);
        Self { violations: violations.into_vec() }
    }
}

/// One change of a message.
enum Step {
    Remove { object: String, member: String },
    Insert { object: String, member: String, text: String },
    Replace { pointer: String, word: String },
}

impl Step {
    fn take(self, message: &mut Value) {
        match self {
            Self::Remove { object, member } => {
                if let Some(object) = message.pointer_mut(&object).and_then(Value::as_object_mut) {
                    object.remove(&member);
                }
            }
            Self::Insert { object, member, text } => {
                if let Some(object) = message.pointer_mut(&object).and_then(Value::as_object_mut) {
                    object.insert(member, Value::String(text));
                }
            }
            Self::Replace { pointer, word } => {
                if let Some(place) = message.pointer_mut(&pointer) {
                    *place = Value::String(word);
                }
            }
        }
    }
}

/// Brings a message down to a peer's version and tells what was lost. Costs nothing where nothing in the shape is
/// newer than the peer.
pub(crate) fn descend(
    shape: &Shape,
    message: &mut Value,
    peer: StandardVersion,
) -> Result<Vec<Violation>, Inexpressible> {
    if shape.newest <= peer {
        return Ok(Vec::new());
    }
    let mut descent =
        Descent { peer, steps: Vec::new(), lost: Violations::default(), kept: Violations::default() };
    descent.walk(shape, message, Path::Root);
    if !descent.kept.is_empty() {
        return Err(Inexpressible { violations: descent.kept.into_vec() });
    }
    for step in descent.steps {
        step.take(message);
    }
    Ok(descent.lost.into_vec())
}

struct Descent {
    peer: StandardVersion,
    steps: Vec<Step>,
    lost: Violations,
    /// What cannot go.
    kept: Violations,
}

impl Descent {
    fn walk(&mut self, shape: &Shape, value: &Value, path: Path<'_>) {
        let peer = self.peer;
        match value {
            Value::Object(object) => {
                for (name, member) in &shape.members {
                    let Some(value) = object.get(name).filter(|_| member.newest > self.peer) else {
                        continue;
                    };
                    let place = Path::Member(&path, name);
                    if member.since > self.peer {
                        self.leave_out(member, value, name, path);
                    } else if let Some(word) = self.newer_word(member, value) {
                        self.say_otherwise(member, word, place, || {
                            let text = format!("{name}{TEXT}");
                            let is_known = shape.members.get(&text).is_some_and(|text| text.since <= peer);
                            let is_free = object.get(&text).is_none_or(Value::is_null);
                            (is_known && is_free).then(|| (path.pointer(), text))
                        });
                    } else {
                        self.walk(member, value, place);
                    }
                }
            }
            Value::Array(array) => {
                let Some(items) = shape.items.as_deref().filter(|items| items.newest > self.peer) else {
                    return;
                };
                for (index, value) in array.iter().enumerate() {
                    let place = Path::Item(&path, index);
                    match self.newer_word(items, value) {
                        Some(word) => self.say_otherwise(items, word, place, || None),
                        None => self.walk(items, value, place),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// A newer member goes, unless the message is not whole without it. A null says nothing and may always go.
    fn leave_out(&mut self, member: &Shape, value: &Value, name: &str, object: Path<'_>) {
        let pointer = Path::Member(&object, name).pointer();
        if member.required && !value.is_null() {
            self.kept.add(pointer, &sentences::NEWER_MEMBER);
            return;
        }
        self.steps.push(Step::Remove { object: object.pointer(), member: name.to_owned() });
        self.lost.add(pointer, &sentences::NEWER_MEMBER);
    }

    /// The value, if it is a word that the peer does not know.
    fn newer_word<'a>(&self, shape: &Shape, value: &'a Value) -> Option<&'a str> {
        let word = value.as_str()?;
        shape.words.get(word).filter(|known| known.since > self.peer).map(|_| word)
    }

    /// A newer word becomes the older one that says the same, or `other` with its text beside it.
    fn say_otherwise(
        &mut self,
        shape: &Shape,
        word: &str,
        place: Path<'_>,
        text: impl FnOnce() -> Option<(String, String)>,
    ) {
        let pointer = place.pointer();
        let known = |word: &&str| shape.words.get(*word).is_some_and(|word| word.since <= self.peer);
        // Each is older than the one before it, so this ends.
        let older =
            std::iter::successors(Some(word), |word| shape.words.get(*word)?.before.as_deref()).find(known);
        let Some(older) = older.or_else(|| Some(OTHER).filter(known)) else {
            self.kept.add(pointer, &sentences::NEWER_VALUE);
            return;
        };
        if older == OTHER
            && let Some((object, member)) = text()
        {
            self.steps.push(Step::Insert { object, member, text: word.to_owned() });
        }
        self.steps.push(Step::Replace { pointer: pointer.clone(), word: older.to_owned() });
        self.lost.add(pointer, &sentences::NEWER_VALUE);
    }
}
