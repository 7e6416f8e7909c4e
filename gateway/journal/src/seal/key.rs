//! One key and what it does: bytes that only it can read again, and only in the place they were sealed for.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, MAX_TAG_LEN, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use gmcrypto_core::sm4::mode_gcm;

use super::{KEY_BYTES, derive};
use crate::fault::StoreFault;

const SM4_KEY_BYTES: usize = 16;

/// What sealed bytes begin with, so that a store may hold both and say which.
const AES: u8 = 1;
const SM4: u8 = 2;
/// That, and the nonce.
const HEAD_BYTES: usize = 1 + NONCE_LEN;

/// The cipher new bytes are sealed with; both can be read always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cipher {
    /// AES-256-GCM.
    #[default]
    Aes256Gcm,
    /// SM4-GCM.
    Sm4Gcm,
}

/// Seals and unseals under one key. Cheap to clone.
#[derive(Clone)]
pub struct Key {
    bytes: [u8; KEY_BYTES],
    /// Made ready once: an exchange seals several parts under its key, and every exchange's is wrapped under another's.
    aes: Arc<RandomizedNonceKey>,
}

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
        Self::from_bytes(bytes)
    }

    pub(super) fn from_bytes(bytes: [u8; KEY_BYTES]) -> Result<Self, StoreFault> {
        let aes = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| StoreFault::Sealed)?;
        Ok(Self { bytes, aes: Arc::new(aes) })
    }

    pub(super) const fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    /// Seals a part of what has this name.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, cipher: Cipher, name: &[u8], part: Part, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let bound = bound(name, part);
        match cipher {
            Cipher::Aes256Gcm => {
                let mut sealed = Vec::with_capacity(HEAD_BYTES + plain.len() + MAX_TAG_LEN);
                sealed.extend_from_slice(&[AES; HEAD_BYTES]);
                sealed.extend_from_slice(plain);
                let ([_, place @ ..], body) =
                    sealed.split_first_chunk_mut::<HEAD_BYTES>().ok_or(StoreFault::Sealed)?;
                let (nonce, tag) = self
                    .aes
                    .seal_in_place_separate_tag(Aad::from(bound), body)
                    .map_err(|_| StoreFault::Sealed)?;
                *place = *nonce.as_ref();
                sealed.extend_from_slice(tag.as_ref());
                Ok(sealed)
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
                let mut body = body.to_vec();
                let length = self
                    .aes
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
        let derived = derive(&self.bytes, b"sm4");
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

fn bound(name: &[u8], part: Part) -> Vec<u8> {
    [part.label(), b":", name].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
