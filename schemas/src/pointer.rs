//! JSON pointers (RFC 6901) that are fit to be shown.
//!
//! A pointer goes into an error, so it must not carry personal data: the members of the standard are harmless,
//! but a message may have any text as the name of a member.

use std::fmt::Write as _;

/// The longest name of a member that is shown.
const MAX_NAME: usize = 40;

/// The digits a shown name may have: a card's or a telephone's number has more.
const MAX_DIGITS: usize = 5;

/// A place in a message, on the stack of whoever walks it; a pointer is only written once it is needed.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    Root,
    Member(&'a Self, &'a str),
    Item(&'a Self, usize),
}

impl Path<'_> {
    /// The pointer. Members on a path are the standard's own names, so they need no escaping and no hiding.
    pub(crate) fn pointer(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Root => {}
            Self::Member(parent, name) => {
                parent.write(text);
                text.push('/');
                text.push_str(name);
            }
            Self::Item(parent, index) => {
                parent.write(text);
                // Writing to a string cannot fail.
                let _ = write!(text, "/{index}");
            }
        }
    }
}

/// Whether a member's name may be shown: a plain word that cannot be anybody's name in Chinese or number.
pub(crate) fn is_showable(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && name.bytes().filter(u8::is_ascii_digit).count() <= MAX_DIGITS
}

/// The part of a pointer that may be shown: it ends above the first member whose name may not.
pub(crate) fn showable(pointer: &str) -> &str {
    let is_index =
        |step: &str| (1..=MAX_DIGITS).contains(&step.len()) && step.bytes().all(|byte| byte.is_ascii_digit());
    let shown = pointer
        .split('/')
        .skip(1)
        .take_while(|step| is_showable(step) || is_index(step))
        .map(|step| step.len() + 1)
        .sum();
    pointer.get(..shown).unwrap_or_default()
}

/// The pointer to a member, or to the object around it if its name may not be shown.
pub(crate) fn member(object: &str, name: &str) -> String {
    let shown = showable(object);
    if shown.len() == object.len() && is_showable(name) {
        return format!("{shown}/{name}");
    }
    shown.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_names_are_shown() {
        assert_eq!(member("/context", "purpose"), "/context/purpose");
        assert_eq!(member("", "card2"), "/card2");
        assert_eq!(member("/context", "a/b"), "/context");
        for name in ["", "测试甲", "510104199003071237", "A00000001", "a b", "a~1b", "2a", &"a".repeat(41)]
        {
            assert_eq!(member("/context", name), "/context", "{name}");
            assert_eq!(showable(&format!("/extensions/{name}/code")), "/extensions", "{name}");
        }
        assert_eq!(showable("/insurances/12/kind"), "/insurances/12/kind");
        assert_eq!(member("/extensions/13800000000", "name"), "/extensions");
    }

    #[test]
    fn a_path_is_written_from_the_root() {
        let list = Path::Member(&Path::Root, "insurances");
        let item = Path::Item(&list, 3);
        assert_eq!(Path::Member(&item, "kind").pointer(), "/insurances/3/kind");
        assert_eq!(Path::Root.pointer(), "");
    }
}
