//! A value that must not be seen in passing.

use std::fmt;

/// Holds a name, a card or ID number, a token or a key, and prints as `***`.
///
/// Such values never belong in errors, logs, metrics or traces. What is wrapped can still be logged by
/// accident, as part of a larger structure; then three stars appear. Whoever means it says
/// [`expose`](Self::expose), which is easy to search for. Neither `Serialize` nor `Deref` is implemented, on
/// purpose.
///
/// ```
/// use yizhan_schemas::Sensitive;
///
/// let number = Sensitive::new(String::from("A00000001"));
/// assert_eq!(format!("{number}"), "***");
/// assert_eq!(format!("{number:?} {:#?}", Some(&number)), "*** Some(\n    ***,\n)");
/// assert_eq!(number.expose(), "A00000001");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; the caller answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Unwraps the value; the caller answers for where it goes.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
