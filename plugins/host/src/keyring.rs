//! A partner's keys and secrets, under the aliases its file gives them. They never enter the sandbox.

use std::collections::BTreeMap;

use crate::contract::{DigestAlgorithm, KeyError, KeyUse, Piece};

/// Aliases, what each may be used for, and the bytes.
#[derive(Default, Clone)]
pub struct Keyring(BTreeMap<String, Entry>);

#[derive(Clone)]
struct Entry {
    uses: Vec<KeyUse>,
    bytes: Vec<u8>,
}

impl Keyring {
    /// Adds a secret.
    pub fn insert(&mut self, alias: &str, uses: Vec<KeyUse>, bytes: Vec<u8>) {
        self.0.insert(alias.to_owned(), Entry { uses, bytes });
    }

    /// The secret behind `alias`, for this use.
    ///
    /// # Errors
    /// `unknown-name` and `use-not-allowed`.
    pub fn secret(&self, alias: &str, wanted: KeyUse) -> Result<&[u8], KeyError> {
        let entry = self.0.get(alias).ok_or(KeyError::UnknownName)?;
        if entry.uses.contains(&wanted) { Ok(&entry.bytes) } else { Err(KeyError::UseNotAllowed) }
    }

    /// A digest over pieces, secrets put in here.
    ///
    /// # Errors
    /// As [`Self::secret`].
    pub fn digest(&self, algorithm: DigestAlgorithm, input: &[Piece]) -> Result<Vec<u8>, KeyError> {
        match algorithm {
            DigestAlgorithm::Md5 => self.hashed::<md5::Md5>(input),
            DigestAlgorithm::Sha1 => self.hashed::<sha1::Sha1>(input),
            DigestAlgorithm::Sha256 => self.hashed::<sha2::Sha256>(input),
            DigestAlgorithm::Sha512 => self.hashed::<sha2::Sha512>(input),
            DigestAlgorithm::Sm3 => self.hashed::<sm3::Sm3>(input),
        }
    }

    fn hashed<D: sha2::Digest>(&self, input: &[Piece]) -> Result<Vec<u8>, KeyError> {
        let mut hash = D::new();
        for piece in input {
            match piece {
                Piece::Bytes(bytes) => hash.update(bytes),
                Piece::Secret(alias) => hash.update(self.secret(alias, KeyUse::Digest)?),
            }
        }
        Ok(hash.finalize().to_vec())
    }
}

/// Says which aliases there are, never what they hold.
impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn a_secret_is_hashed_in_the_middle_and_only_for_its_use() {
        let mut keyring = Keyring::default();
        keyring.insert("token", vec![KeyUse::Digest], b"s3cret".to_vec());
        keyring.insert("paasid", vec![KeyUse::Send], b"id".to_vec());
        let around = |alias: &str| {
            [Piece::Bytes(b"1".to_vec()), Piece::Secret(alias.to_owned()), Piece::Bytes(b"2".to_vec())]
        };
        assert_eq!(
            keyring.digest(DigestAlgorithm::Sha256, &around("token")),
            Ok(sha2::Sha256::digest(b"1s3cret2").to_vec())
        );
        assert_eq!(keyring.digest(DigestAlgorithm::Sha256, &around("paasid")), Err(KeyError::UseNotAllowed));
        assert_eq!(keyring.digest(DigestAlgorithm::Sha256, &around("other")), Err(KeyError::UnknownName));
        assert!(!format!("{keyring:?}").contains("s3cret"));
    }

    #[test]
    fn sm3_is_the_standard_s() {
        let digest =
            Keyring::default().digest(DigestAlgorithm::Sm3, &[Piece::Bytes(b"abc".to_vec())]).unwrap();
        assert_eq!(hex::encode(digest), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
}
