//! What an adapter may ask for during a call. Everything here is local and immediate: settings, keys that
//! never leave the host, charsets, large content by name, and remarks for the record.

use crate::contract::{
    Blob, Charset, Cipher, DigestAlgorithm, Key, KeyError, MacAlgorithm, Piece, SignatureScheme,
};

/// The host as an adapter sees it: the real one inside a component, [`crate::native::NativeHost`] in unit
/// tests.
pub trait Host {
    /// The setting at a dotted path as JSON text; the empty path is the whole table. None where it is absent
    /// and has no default.
    fn setting(&self, path: &str) -> Option<String>;

    /// A plain digest over pieces; a secret among them is put in by the host and never seen here.
    ///
    /// # Errors
    /// `unknown-name`, `use-not-allowed` or `unavailable` for a secret.
    fn digest(&self, algorithm: DigestAlgorithm, input: &[Piece]) -> Result<Vec<u8>, KeyError>;

    /// A message authentication code.
    ///
    /// # Errors
    /// As the contract's `key-error`.
    fn mac(&self, key: &Key, algorithm: MacAlgorithm, input: &[Piece]) -> Result<Vec<u8>, KeyError>;

    /// A signature; `user_id` is SM2's Z input and is ignored by other schemes.
    ///
    /// # Errors
    /// As the contract's `key-error`.
    fn sign(
        &self,
        key: &Key,
        scheme: SignatureScheme,
        user_id: &[Piece],
        input: &[Piece],
    ) -> Result<Vec<u8>, KeyError>;

    /// Checks a partner's signature.
    ///
    /// # Errors
    /// `does-not-verify`, or as the contract's `key-error`.
    fn verify(
        &self,
        key: &Key,
        scheme: SignatureScheme,
        user_id: &[Piece],
        input: &[Piece],
        signature: &[u8],
    ) -> Result<(), KeyError>;

    /// Encrypts; an authenticated cipher appends its tag.
    ///
    /// # Errors
    /// As the contract's `key-error`.
    fn encrypt(
        &self,
        key: &Key,
        cipher: Cipher,
        iv: &[u8],
        associated: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, KeyError>;

    /// Decrypts.
    ///
    /// # Errors
    /// `does-not-verify`, or as the contract's `key-error`.
    fn decrypt(
        &self,
        key: &Key,
        cipher: Cipher,
        iv: &[u8],
        associated: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, KeyError>;

    /// Text as bytes of a charset; never a substitute for a character it lacks.
    ///
    /// # Errors
    /// The index, in characters, of the first one without a code.
    fn encode(&self, charset: Charset, content: &str) -> Result<Vec<u8>, u32>;

    /// Bytes of a charset as text.
    ///
    /// # Errors
    /// The index, in bytes, of the first malformed sequence.
    fn decode(&self, charset: Charset, content: &[u8]) -> Result<String, u32>;

    /// Part of a blob of this exchange, shorter at its end; none where the exchange has no such blob.
    fn read_blob(&self, digest: &str, offset: u64, length: u32) -> Option<Vec<u8>>;

    /// Keeps content with this exchange and names it; none where the host takes no blobs.
    fn put_blob(&self, media_type: &str, content: &[u8]) -> Option<Blob>;

    /// A remark for the exchange's sealed record. `code` (at most 40 of `a-z0-9-`) also reaches logs and
    /// metrics, so it names a kind of event and never a person; `detail` may (rule H10).
    fn note(&self, code: &str, detail: &str);
}
