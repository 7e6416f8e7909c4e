//! A stand-in for the gateway in native unit tests and benches.

use std::cell::RefCell;
use std::collections::BTreeMap;

use encoding_rs::{DecoderResult, EncoderResult, GB18030};
use md5::Digest as _;
use serde_json::Value;

use crate::contract::{
    Blob, Charset, Cipher, DigestAlgorithm, Key, KeyError, MacAlgorithm, Piece, SignatureScheme,
};
use crate::host::Host;

/// Settings, secrets and charsets for one adapter under test. Keyed operations other than digests answer
/// `unavailable`: the gateway does not offer them either.
#[derive(Debug, Default)]
pub struct NativeHost {
    settings: Value,
    secrets: BTreeMap<String, Vec<u8>>,
    notes: RefCell<Vec<(String, String)>>,
}

impl NativeHost {
    /// A host with these settings. Defaults of the adapter's `settings_schema` are filled in as the gateway
    /// does it: a top-level `default` for each absent property.
    #[must_use]
    pub fn new(settings_schema: &str, settings: &Value) -> Self {
        let mut filled = settings.as_object().cloned().unwrap_or_default();
        let schema: Value = serde_json::from_str(settings_schema).unwrap_or_default();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if let (None, Some(default)) = (filled.get(name), property.get("default")) {
                filled.insert(name.clone(), default.clone());
            }
        }
        Self { settings: Value::Object(filled), ..Self::default() }
    }

    /// Adds a secret under its alias.
    #[must_use]
    pub fn with_secret(mut self, name: &str, value: &[u8]) -> Self {
        self.secrets.insert(name.to_owned(), value.to_vec());
        self
    }

    /// The notes left so far, as (code, detail).
    #[must_use]
    pub fn notes(&self) -> Vec<(String, String)> {
        self.notes.borrow().clone()
    }

    fn joined(&self, input: &[Piece]) -> Result<Vec<u8>, KeyError> {
        let mut whole = Vec::new();
        for piece in input {
            match piece {
                Piece::Bytes(bytes) => whole.extend_from_slice(bytes),
                Piece::Secret(name) => {
                    whole.extend_from_slice(self.secrets.get(name).ok_or(KeyError::UnknownName)?);
                }
            }
        }
        Ok(whole)
    }
}

impl Host for NativeHost {
    fn setting(&self, path: &str) -> Option<String> {
        let mut value = &self.settings;
        for name in path.split('.').filter(|name| !name.is_empty()) {
            value = value.get(name)?;
        }
        Some(value.to_string())
    }

    fn digest(&self, algorithm: DigestAlgorithm, input: &[Piece]) -> Result<Vec<u8>, KeyError> {
        let whole = self.joined(input)?;
        Ok(match algorithm {
            DigestAlgorithm::Md5 => md5::Md5::digest(&whole).to_vec(),
            DigestAlgorithm::Sha1 => sha1::Sha1::digest(&whole).to_vec(),
            DigestAlgorithm::Sha256 => sha2::Sha256::digest(&whole).to_vec(),
            DigestAlgorithm::Sha512 => sha2::Sha512::digest(&whole).to_vec(),
            DigestAlgorithm::Sm3 => sm3::Sm3::digest(&whole).to_vec(),
        })
    }

    fn mac(&self, _: &Key, _: MacAlgorithm, _: &[Piece]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unavailable)
    }

    fn sign(&self, _: &Key, _: SignatureScheme, _: &[Piece], _: &[Piece]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unavailable)
    }

    fn verify(
        &self,
        _: &Key,
        _: SignatureScheme,
        _: &[Piece],
        _: &[Piece],
        _: &[u8],
    ) -> Result<(), KeyError> {
        Err(KeyError::Unavailable)
    }

    fn encrypt(&self, _: &Key, _: Cipher, _: &[u8], _: &[u8], _: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unavailable)
    }

    fn decrypt(&self, _: &Key, _: Cipher, _: &[u8], _: &[u8], _: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unavailable)
    }

    fn encode(&self, charset: Charset, content: &str) -> Result<Vec<u8>, u32> {
        let mut encoded = Vec::with_capacity(content.len() * 2);
        let mut piece = [0_u8; 8];
        for (index, character) in (0..).zip(content.chars()) {
            let mut utf8 = [0_u8; 4];
            let (result, _, written) = GB18030.new_encoder().encode_from_utf8_without_replacement(
                character.encode_utf8(&mut utf8),
                &mut piece,
                true,
            );
            if result != EncoderResult::InputEmpty || (charset == Charset::Gbk && written > 2) {
                return Err(index);
            }
            encoded.extend(piece.iter().take(written));
        }
        Ok(encoded)
    }

    fn decode(&self, charset: Charset, content: &[u8]) -> Result<String, u32> {
        let mut decoded = String::with_capacity(content.len() * 2);
        let mut rest = content;
        while let Some((&first, tail)) = rest.split_first() {
            let index = (content.len() - rest.len()) as u32;
            let length = match (first, tail.first()) {
                (0x80, _) if charset == Charset::Gbk => return Err(index),
                (0x00..=0x80, _) => 1,
                (_, Some(0x30..=0x39)) if charset == Charset::Gbk => return Err(index),
                (_, Some(0x30..=0x39)) => 4,
                _ => 2,
            };
            let sequence = rest.get(..length).ok_or(index)?;
            let mut buffer = [0_u8; 16];
            let (result, _, written) =
                GB18030.new_decoder().decode_to_utf8_without_replacement(sequence, &mut buffer, true);
            if result != DecoderResult::InputEmpty {
                return Err(index);
            }
            let text =
                buffer.get(..written).and_then(|bytes| core::str::from_utf8(bytes).ok()).ok_or(index)?;
            decoded.push_str(text);
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(decoded)
    }

    fn read_blob(&self, _: &str, _: u64, _: u32) -> Option<Vec<u8>> {
        None
    }

    fn put_blob(&self, _: &str, _: &[u8]) -> Option<Blob> {
        None
    }

    fn note(&self, code: &str, detail: &str) {
        self.notes.borrow_mut().push((code.to_owned(), detail.to_owned()));
    }
}
