//! What one instance carries with it on the host's side: its partner's settings and keys, its limits, its notes.
//! The functions a guest may call are answered from here; all of them are local.

use std::sync::Arc;

use wasmtime::{ResourceLimiter, Result};

use crate::bindings::yizhan::adapter::{blobs, keyring, notes, settings, text, types};
use crate::charset;
use crate::contract::{
    Blob, Charset, Cipher, DigestAlgorithm, Key, KeyError, MacAlgorithm, Piece, SignatureScheme,
};
use crate::engine::{MEMORY_BYTES, TABLE_ELEMENTS};
use crate::fault::CallFault;
use crate::keyring::Keyring;
use crate::settings::Settings;
use crate::shape;

/// Notes one call may leave.
const NOTES_PER_CALL: usize = 32;

/// The host's side of one instance.
pub(crate) struct Tenant {
    settings: Arc<Settings>,
    keyring: Arc<Keyring>,
    /// The limit that was hit, told apart from an ordinary trap.
    pub(crate) limit: Option<CallFault>,
    pub(crate) note_codes: Vec<String>,
    notes_in_call: usize,
}

impl Tenant {
    pub(crate) fn new(settings: Arc<Settings>, keyring: Arc<Keyring>) -> Self {
        Self { settings, keyring, limit: None, note_codes: Vec::new(), notes_in_call: 0 }
    }

    /// To be said before each call.
    pub(crate) fn begin_call(&mut self) {
        self.limit = None;
        self.notes_in_call = 0;
    }

    fn over(&mut self, fault: CallFault) -> wasmtime::Error {
        self.limit = Some(fault);
        wasmtime::Error::msg(fault.code())
    }
}

impl ResourceLimiter for Tenant {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        if desired > MEMORY_BYTES { Err(self.over(CallFault::Memory)) } else { Ok(true) }
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        if desired > TABLE_ELEMENTS { Err(self.over(CallFault::Table)) } else { Ok(true) }
    }
}

impl types::Host for Tenant {}

impl settings::Host for Tenant {
    fn get(&mut self, path: String) -> Result<Option<String>> {
        Ok(self.settings.get(&path))
    }
}

impl text::Host for Tenant {
    fn encode(&mut self, charset: Charset, content: String) -> Result<Result<Vec<u8>, u32>> {
        Ok(charset::encode(charset, &content))
    }

    fn decode(&mut self, charset: Charset, content: Vec<u8>) -> Result<Result<String, u32>> {
        Ok(charset::decode(charset, &content))
    }
}

impl notes::Host for Tenant {
    /// The detail belongs to the sealed record, which queries do not leave; only the code goes on (rule H10).
    fn note(&mut self, code: String, _detail: String) -> Result<()> {
        self.notes_in_call += 1;
        if self.notes_in_call > NOTES_PER_CALL || !shape::note_code_is_allowed(&code) {
            return Err(self.over(CallFault::Misuse));
        }
        self.note_codes.push(code);
        Ok(())
    }
}

/// Adapters that need blobs are not admitted, so nobody has one.
impl blobs::Host for Tenant {
    fn read(&mut self, _: String, _: u64, _: u32) -> Result<Result<Vec<u8>, ()>> {
        Ok(Err(()))
    }

    fn put(&mut self, _: String, _: Vec<u8>) -> Result<Result<Blob, ()>> {
        Ok(Err(()))
    }
}

/// Adapters that need other uses than `digest` and `send` are not admitted, so no alias allows them.
impl keyring::Host for Tenant {
    fn digest(&mut self, algorithm: DigestAlgorithm, input: Vec<Piece>) -> Result<Result<Vec<u8>, KeyError>> {
        Ok(self.keyring.digest(algorithm, &input))
    }

    fn mac(&mut self, _: Key, _: MacAlgorithm, _: Vec<Piece>) -> Result<Result<Vec<u8>, KeyError>> {
        Ok(Err(KeyError::UseNotAllowed))
    }

    fn sign(
        &mut self,
        _: Key,
        _: SignatureScheme,
        _: Vec<Piece>,
        _: Vec<Piece>,
    ) -> Result<Result<Vec<u8>, KeyError>> {
        Ok(Err(KeyError::UseNotAllowed))
    }

    fn verify(
        &mut self,
        _: Key,
        _: SignatureScheme,
        _: Vec<Piece>,
        _: Vec<Piece>,
        _: Vec<u8>,
    ) -> Result<Result<(), KeyError>> {
        Ok(Err(KeyError::UseNotAllowed))
    }

    fn encrypt(
        &mut self,
        _: Key,
        _: Cipher,
        _: Vec<u8>,
        _: Vec<u8>,
        _: Vec<u8>,
    ) -> Result<Result<Vec<u8>, KeyError>> {
        Ok(Err(KeyError::UseNotAllowed))
    }

    fn decrypt(
        &mut self,
        _: Key,
        _: Cipher,
        _: Vec<u8>,
        _: Vec<u8>,
        _: Vec<u8>,
    ) -> Result<Result<Vec<u8>, KeyError>> {
        Ok(Err(KeyError::UseNotAllowed))
    }
}
