//! Sealing: what may hold personal data is encrypted before it comes near a store, under keys that are not in it.
//!
//! Each exchange has a key of its own. While it is under way that key is wrapped under the master key; when it has
//! ended, under the key of the day it ended on. To forget the bodies of a day is to forget one key (crypto-shredding),
//! and an exchange that takes months is not forgotten in the middle. Numbers of persons and idempotency keys are
//! looked up by keyed hash. The master key is a file outside the store; other keys are derived from it by purpose.

use aws_lc_rs::aead::{AES_256_GCM, Aad, MAX_TAG_LEN, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use gmcrypto_core::sm4::mode_gcm;

use crate::fault::{OpenError, StoreFault};
use crate::ids::{ExchangeId, KeyHash, PersonHash, ReferenceHash};

/// Bytes of a master key, a day's key and an exchange's key.
pub const KEY_BYTES: usize = 32;
const SM4_KEY_BYTES: usize = 16;

/// What sealed bytes begin with, so that a store may hold both and say which.
const AES: u8 = 1;
const SM4: u8 = 2;

/// The cipher new bytes are sealed with; both can be read always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cipher {
    /// AES-256-GCM.
    #[default]
    Aes256Gcm,
    /// SM4-GCM.
    Sm4Gcm,
}

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

/// Seals and unseals under one key.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

/// What a sealed part is, so that no part can stand in another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The unified message and what belongs to it.
    Request,
    /// Driver and adapter state.
    Step,
    /// What the requester is told.
    Told,
    /// An exchange's key.
    Key,
    /// A reference's note.
    Note,
}

impl Part {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Request => b"request",
            Self::Step => b"step",
            Self::Told => b"told",
            Self::Key => b"key",
            Self::Note => b"note",
        }
    }
}

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn fresh() -> Result<Self, StoreFault> {
        let mut bytes = [0; KEY_BYTES];
        rand::fill(&mut bytes).map_err(|_| StoreFault::Sealed)?;
        Ok(Self(bytes))
    }

    /// Seals a part of what has this name.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, cipher: Cipher, name: &[u8], part: Part, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let bound = bound(name, part);
        match cipher {
            Cipher::Aes256Gcm => {
                let key = RandomizedNonceKey::new(&AES_256_GCM, &self.0).map_err(|_| StoreFault::Sealed)?;
                let mut body = Vec::with_capacity(plain.len() + MAX_TAG_LEN);
                body.extend_from_slice(plain);
                let nonce = key
                    .seal_in_place_append_tag(Aad::from(bound), &mut body)
                    .map_err(|_| StoreFault::Sealed)?;
                Ok([&[AES], nonce.as_ref().as_slice(), &body].concat())
            }
            Cipher::Sm4Gcm => {
                let mut nonce = [0; NONCE_LEN];
                rand::fill(&mut nonce).map_err(|_| StoreFault::Sealed)?;
                let (body, tag) =
                    mode_gcm::encrypt(&self.sm4(), &nonce, &bound, plain).ok_or(StoreFault::Sealed)?;
                Ok([&[SM4], &nonce[..], &body, &tag].concat())
            }
        }
    }

    /// The plain bytes of what was sealed as this part of what has this name.
    ///
    /// # Errors
    /// When it was sealed under another key or in another place, or was changed.
    pub fn unseal(&self, name: &[u8], part: Part, sealed: &[u8]) -> Result<Vec<u8>, StoreFault> {
        self.opened(name, part, sealed).ok_or(StoreFault::Sealed)
    }

    fn opened(&self, name: &[u8], part: Part, sealed: &[u8]) -> Option<Vec<u8>> {
        let bound = bound(name, part);
        let (cipher, rest) = sealed.split_first()?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
        match *cipher {
            AES => {
                let key = RandomizedNonceKey::new(&AES_256_GCM, &self.0).ok()?;
                let mut body = body.to_vec();
                let length = key
                    .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(bound), &mut body)
                    .ok()?
                    .len();
                body.truncate(length);
                Some(body)
            }
            SM4 => {
                let (body, tag) = body.split_last_chunk()?;
                mode_gcm::decrypt(&self.sm4(), nonce, &bound, body, tag)
            }
            _ => None,
        }
    }

    /// SM4 takes sixteen bytes: derived, so that no two ciphers share a key.
    fn sm4(&self) -> [u8; SM4_KEY_BYTES] {
        let derived = derive(&self.0, b"sm4");
        let mut key = [0; SM4_KEY_BYTES];
        for (byte, from) in key.iter_mut().zip(derived) {
            *byte = from;
        }
        key
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(***)")
    }
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
        Ok(Self {
            cipher,
            wrapping: Key(derive(master, b"wrapping")),
            notes: Key(derive(master, b"notes")),
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
        self.wrapping.seal(self.cipher, name, Part::Key, &key.0)
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
    day.seal(cipher, id.bytes(), Part::Key, &key.0)
}

/// The reverse of [`wrap_under_day`].
///
/// # Errors
/// When it is another day's key, or it was changed.
pub fn unwrap_under_day(day: &Key, id: ExchangeId, wrapped: &[u8]) -> Result<Key, StoreFault> {
    key_from(&day.unseal(id.bytes(), Part::Key, wrapped)?)
}

fn key_from(bytes: &[u8]) -> Result<Key, StoreFault> {
    bytes.try_into().map(Key).map_err(|_| StoreFault::Sealed)
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

fn bound(name: &[u8], part: Part) -> Vec<u8> {
    [part.label(), b":", name].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealer(byte: u8, cipher: Cipher) -> Sealer {
        Sealer::new(&[byte; KEY_BYTES], cipher).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_unsealed_in_its_own_place_only(
            plain in proptest::collection::vec(any::<u8>(), 0..200),
            sm4: bool,
            at in any::<proptest::sample::Index>(),
        ) {
            let cipher = if sm4 { Cipher::Sm4Gcm } else { Cipher::Aes256Gcm };
            let key = Key::fresh().unwrap();
            let sealed = key.seal(cipher, b"one", Part::Request, &plain).unwrap();
            prop_assert_eq!(key.unseal(b"one", Part::Request, &sealed), Ok(plain));
            prop_assert_eq!(key.unseal(b"two", Part::Request, &sealed), Err(StoreFault::Sealed));
            prop_assert_eq!(key.unseal(b"one", Part::Step, &sealed), Err(StoreFault::Sealed));
            prop_assert_eq!(Key::fresh().unwrap().unseal(b"one", Part::Request, &sealed), Err(StoreFault::Sealed));
            let mut spoilt = sealed.clone();
            spoilt[at.index(sealed.len())] ^= 0x40;
            prop_assert_eq!(key.unseal(b"one", Part::Request, &spoilt), Err(StoreFault::Sealed));
            prop_assert_eq!(key.unseal(b"one", Part::Request, &sealed[..at.index(sealed.len())]), Err(StoreFault::Sealed));
        }
    }

    #[test]
    fn the_same_bytes_are_never_sealed_the_same() {
        let key = Key::fresh().unwrap();
        for cipher in [Cipher::Aes256Gcm, Cipher::Sm4Gcm] {
            let seal = || key.seal(cipher, b"one", Part::Told, b"510104199003071237").unwrap();
            assert_ne!(seal(), seal());
        }
    }

    #[test]
    fn a_key_is_wrapped_under_the_master_then_under_a_day() {
        let (ours, theirs) = (sealer(1, Cipher::Aes256Gcm), sealer(2, Cipher::Aes256Gcm));
        let (id, key, day) = (ExchangeId::fresh(), Key::fresh().unwrap(), Key::fresh().unwrap());
        let wrapped = ours.wrap(id.bytes(), &key).unwrap();
        assert_eq!(ours.unwrap(id.bytes(), &wrapped).unwrap().0, key.0);
        assert!(theirs.unwrap(id.bytes(), &wrapped).is_err());
        let wrapped = wrap_under_day(Cipher::Sm4Gcm, &day, id, &key).unwrap();
        assert_eq!(unwrap_under_day(&day, id, &wrapped).unwrap().0, key.0);
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

    /// GB/T 32907's cipher in RFC 8998's mode and vector: it is SM4-GCM that is spoken, not something like it.
    #[test]
    fn sm4_gcm_is_the_standard_s() {
        let key: [u8; 16] = hex::decode("0123456789abcdeffedcba9876543210").unwrap().try_into().unwrap();
        let nonce = hex::decode("00001234567800000000abcd").unwrap();
        let aad = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
        let plain = hex::decode(concat!(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd",
            "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
        ))
        .unwrap();
        let (body, tag) = mode_gcm::encrypt(&key, &nonce, &aad, &plain).unwrap();
        assert_eq!(
            hex::encode(body),
            concat!(
                "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735",
                "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
            )
        );
        assert_eq!(hex::encode(tag), "83de3541e4c2b58177e065a9bf7b62ec");
    }
}
