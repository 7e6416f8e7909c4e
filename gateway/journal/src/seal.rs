//! Sealing: what may hold personal data is encrypted before it comes near a store, under keys that are not in it.
//!
//! Each exchange has a key of its own. While it is under way that key is wrapped under the master key; when it has
//! ended, under the key of the day it ended on. To forget the bodies of a day is to forget one key (crypto-shredding),
//! and an exchange that takes months is not forgotten in the middle. Numbers of persons and idempotency keys are
//! looked up by keyed hash. The master key is a file outside the store; other keys are derived from it by purpose.

mod key;

use aws_lc_rs::hmac;

use crate::fault::{OpenError, StoreFault};
use crate::ids::{ExchangeId, KeyHash, PersonHash, ReferenceHash};

pub use key::{Cipher, Key, Part};

/// Bytes of a master key, a day's key and an exchange's key.
pub const KEY_BYTES: usize = 32;

/// A key that others are wrapped under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// The master key: the exchange is under way.
    Master,
    /// The key of a day: it ended then.
    Day(u32),
}

/// An exchange's key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Under which key.
    pub wrapping: Wrapping,
    /// The sealed key.
    pub bytes: Vec<u8>,
}

/// What follows from the master key: wrapping of exchanges' and days' keys, notes of references, keyed hashes.
pub struct Sealer {
    cipher: Cipher,
    wrapping: Key,
    notes: Key,
    hashing: hmac::Key,
}

impl Sealer {
    /// Derives all keys from a master key.
    ///
    /// # Errors
    /// When it is not [`KEY_BYTES`] long.
    pub fn new(master: &[u8], cipher: Cipher) -> Result<Self, OpenError> {
        let master: &[u8; KEY_BYTES] =
            master.try_into().map_err(|_| OpenError::Key("it is not 32 bytes long"))?;
        let unusable = |_| OpenError::Key("the cipher does not take what follows from it");
        Ok(Self {
            cipher,
            wrapping: Key::from_bytes(derive(master, b"wrapping")).map_err(unusable)?,
            notes: Key::from_bytes(derive(master, b"notes")).map_err(unusable)?,
            hashing: hmac::Key::new(hmac::HMAC_SHA256, &derive(master, b"hashing")),
        })
    }

    /// The cipher new bytes are sealed with.
    #[must_use]
    pub const fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// A key as the master key wraps it, for what has this name.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn wrap(&self, name: &[u8], key: &Key) -> Result<Vec<u8>, StoreFault> {
        self.wrapping.seal(self.cipher, name, Part::Key, key.bytes())
    }

    /// The key that was wrapped for what has this name.
    ///
    /// # Errors
    /// When another master key wrapped it, or it was changed.
    pub fn unwrap(&self, name: &[u8], wrapped: &[u8]) -> Result<Key, StoreFault> {
        key_from(&self.wrapping.unseal(name, Part::Key, wrapped)?)
    }

    /// A reference's note, sealed.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal_note(&self, key: ReferenceHash, note: &[u8]) -> Result<Vec<u8>, StoreFault> {
        self.notes.seal(self.cipher, &key.0, Part::Note, note)
    }

    /// A reference's note, plain.
    ///
    /// # Errors
    /// When another master key sealed it, or it was changed.
    pub fn unseal_note(&self, key: ReferenceHash, sealed: &[u8]) -> Result<Vec<u8>, StoreFault> {
        self.notes.unseal(&key.0, Part::Note, sealed)
    }

    /// The hash of an idempotency key within a requester.
    #[must_use]
    pub fn key_hash(&self, requester: &str, key: &str) -> KeyHash {
        KeyHash(self.hash(b"key", &[requester, key]))
    }

    /// The hash of a person's number.
    #[must_use]
    pub fn person_hash(&self, number: &str) -> PersonHash {
        PersonHash(self.hash(b"person", &[number]))
    }

    /// The hash of something a partner issued.
    #[must_use]
    pub fn reference_hash(&self, partner: &str, kind: &str, id: &str) -> ReferenceHash {
        ReferenceHash(self.hash(b"reference", &[partner, kind, id]))
    }

    /// Bits that are the same for everybody who repeats this exchange's answer.
    #[must_use]
    pub fn answer_bits(&self, id: ExchangeId) -> [u8; 32] {
        self.hash(b"answer", &[&id.to_string()])
    }

    fn hash(&self, purpose: &[u8], parts: &[&str]) -> [u8; 32] {
        let mut hashing = hmac::Context::with_key(&self.hashing);
        hashing.update(purpose);
        for part in parts {
            // Its length first, so that no two lists of parts read the same.
            hashing.update(&(part.len() as u64).to_be_bytes());
            hashing.update(part.as_bytes());
        }
        digest(&hashing.sign())
    }
}

/// A day's key wraps an exchange's.
///
/// # Errors
/// When the system gives no randomness.
pub fn wrap_under_day(cipher: Cipher, day: &Key, id: ExchangeId, key: &Key) -> Result<Vec<u8>, StoreFault> {
    day.seal(cipher, id.bytes(), Part::Key, key.bytes())
}

/// The reverse of [`wrap_under_day`].
///
/// # Errors
/// When it is another day's key, or it was changed.
pub fn unwrap_under_day(day: &Key, id: ExchangeId, wrapped: &[u8]) -> Result<Key, StoreFault> {
    key_from(&day.unseal(id.bytes(), Part::Key, wrapped)?)
}

fn key_from(bytes: &[u8]) -> Result<Key, StoreFault> {
    Key::from_bytes(bytes.try_into().map_err(|_| StoreFault::Sealed)?)
}

fn derive(master: &[u8; KEY_BYTES], purpose: &[u8]) -> [u8; KEY_BYTES] {
    digest(&hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, master), purpose))
}

/// HMAC-SHA256 gives exactly this many bytes.
fn digest(tag: &hmac::Tag) -> [u8; 32] {
    let mut digest = [0; 32];
    for (byte, from) in digest.iter_mut().zip(tag.as_ref()) {
        *byte = *from;
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(byte: u8, cipher: Cipher) -> Sealer {
        Sealer::new(&[byte; KEY_BYTES], cipher).unwrap()
    }

    #[test]
    fn a_key_is_wrapped_under_the_master_then_under_a_day() {
        let (ours, theirs) = (sealer(1, Cipher::Aes256Gcm), sealer(2, Cipher::Aes256Gcm));
        let (id, key, day) = (ExchangeId::fresh(), Key::fresh().unwrap(), Key::fresh().unwrap());
        let wrapped = ours.wrap(id.bytes(), &key).unwrap();
        assert_eq!(ours.unwrap(id.bytes(), &wrapped).unwrap().bytes(), key.bytes());
        assert!(theirs.unwrap(id.bytes(), &wrapped).is_err());
        let wrapped = wrap_under_day(Cipher::Sm4Gcm, &day, id, &key).unwrap();
        assert_eq!(unwrap_under_day(&day, id, &wrapped).unwrap().bytes(), key.bytes());
        assert!(unwrap_under_day(&day, ExchangeId::fresh(), &wrapped).is_err());
    }

    #[test]
    fn hashes_depend_on_key_purpose_and_every_border() {
        let sealer_one = sealer(1, Cipher::Aes256Gcm);
        let hash = sealer_one.key_hash("ab", "c").0;
        assert_ne!(hash, sealer_one.key_hash("a", "bc").0);
        assert_ne!(hash, sealer(2, Cipher::Aes256Gcm).key_hash("ab", "c").0);
        assert_ne!(sealer_one.person_hash("x").0, sealer_one.key_hash("x", "").0);
        assert_eq!(hash, sealer(1, Cipher::Sm4Gcm).key_hash("ab", "c").0);
    }
}
