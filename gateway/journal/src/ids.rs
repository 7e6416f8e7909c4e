//! Names of things in the journal, each a type of its own.

use std::fmt;
use std::str::FromStr;

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// The same moment so much later.
    #[must_use]
    pub fn plus(self, duration: std::time::Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Days since 1970-01-01, which is what sealing keys are named by.
    #[must_use]
    pub const fn day(self) -> u32 {
        (self.0 / 86_400_000) as u32
    }
}

/// An exchange, for ever: a UUID of version 7, so that numbers grow with time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId([u8; 16]);

/// What should have been the number of an exchange is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the number of an exchange")]
pub struct IdError;

impl ExchangeId {
    /// A new one.
    #[must_use]
    pub fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().into_bytes())
    }

    /// When it began, to the millisecond: that is what its number starts with.
    #[must_use]
    pub fn began_at(&self) -> Millis {
        let [a, b, c, d, e, f, ..] = self.0;
        Millis(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    /// From the store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// For the store.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for ExchangeId {
    type Err = IdError;

    /// Only the hyphenated form that we write: one exchange has one name.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let id = uuid::Uuid::try_parse(text).map(|uuid| Self(uuid.into_bytes())).map_err(|_| IdError)?;
        if id.to_string() == text { Ok(id) } else { Err(IdError) }
    }
}

impl fmt::Display for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One start of one gateway. Whoever writes to an exchange says which start it belongs to; an exchange that was
/// taken over by a later one is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

macro_rules! digests {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }
    )* };
}

digests! {
    /// An idempotency key within its requester, as a keyed hash: the key itself may name a person.
    KeyHash;
    /// A person's number (ID, card, partner's number), as a keyed hash.
    PersonHash;
    /// What a partner issued (a settlement, a visit, a claim), within that partner, as a keyed hash.
    ReferenceHash;
    /// SHA-256 over operation and canonical unified message, or over settings.
    MessageDigest;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_has_one_name() {
        let id = ExchangeId::fresh();
        assert_eq!(id.to_string().parse(), Ok(id));
        for other in [id.to_string().to_uppercase(), id.to_string().replace('-', ""), "x".to_owned()] {
            assert_eq!(other.parse::<ExchangeId>(), Err(IdError), "{other}");
        }
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a clock has to go on, and nothing else runs here")]
    fn numbers_grow_with_time() {
        let earlier = ExchangeId::fresh();
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(earlier < ExchangeId::fresh());
    }

    #[test]
    fn a_day_ends_at_midnight_utc() {
        assert_eq!((Millis(86_399_999).day(), Millis(86_400_000).day()), (0, 1));
    }
}
