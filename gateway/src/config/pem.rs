//! Certificates, revocation lists and keys out of PEM, parsed now and not at the first connection.

use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use x509_parser::parse_x509_crl;

use super::codes::Code;
use super::files::Files;
use super::reader::{Item, Reader};
use super::secret;

/// How many certificates a file may hold.
const CERTIFICATES: usize = 16;
/// How many revocation lists a file may hold: one for each anchor, and one of each anchor's deltas.
const LISTS: usize = 2 * CERTIFICATES;

/// A certificate with its chain, and the key that belongs to it.
pub(super) type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The trust anchors in the file that a value names.
pub(super) fn anchors(item: &Item<'_>, files: &Files) -> Option<Vec<CertificateDer<'static>>> {
    let anchors: Vec<CertificateDer<'static>> = sections(item, files, "certificate", CERTIFICATES)?;
    for (index, anchor) in anchors.iter().enumerate() {
        if RootCertStore::empty().add(anchor.clone()).is_err() {
            return unparsed(item, "certificate", index);
        }
    }
    Some(anchors)
}

/// The revocation lists in the file that a value names.
pub(super) fn revocation_lists(
    item: &Item<'_>,
    files: &Files,
) -> Option<Vec<CertificateRevocationListDer<'static>>> {
    let lists: Vec<CertificateRevocationListDer<'static>> = sections(item, files, "revocation list", LISTS)?;
    for (index, list) in lists.iter().enumerate() {
        if parse_x509_crl(list).is_err() {
            return unparsed(item, "revocation list", index);
        }
    }
    Some(lists)
}

/// `certificate` and `key` of a table. Both are read, whatever is wrong with the other.
pub(super) fn pair(table: &mut Reader<'_>, files: &Files, owner: &str) -> Option<Pair> {
    let (certificate, key) = (table.required("certificate"), table.required("key"));
    let chain = certificate.as_ref().and_then(|item| sections(item, files, "certificate", CERTIFICATES));
    let secret = key.as_ref().and_then(|item| Some((item, secret::resolve(item, files, owner)?)));
    let (key, secret) = secret?;
    let Ok(private) = PrivateKeyDer::from_pem_slice(secret.expose()) else {
        let problem = key
            .problem(Code::Pem, format!("the secret of `{}` holds no private key", key.name))
            .label("wanted is PEM: PKCS #8, PKCS #1 or SEC 1, not encrypted");
        return key.fail(problem);
    };
    let (certificate, chain) = (certificate?, chain?);
    match CertifiedKey::from_der(chain.clone(), private.clone_key(), &default_provider()) {
        Ok(_) => Some((chain, private)),
        Err(rustls::Error::InconsistentKeys(_)) => {
            let problem = key
                .problem(Code::KeyMismatch, format!("`{}` does not belong to its certificate", key.name))
                .other(&certificate.spot, "this certificate has another public key");
            key.fail(problem)
        }
        Err(rustls::Error::InvalidCertificate(_)) => unparsed(&certificate, "certificate", 0),
        Err(_) => {
            let message = format!("the private key of `{}` is of no kind that can be used", key.name);
            key.fail(key.problem(Code::Pem, message).label("wanted is an RSA, ECDSA or Ed25519 key"))
        }
    }
}

fn sections<T: PemObject>(item: &Item<'_>, files: &Files, kind: &str, most: usize) -> Option<Vec<T>> {
    let content = files.read(item)?;
    let wrong = |why: String| {
        let message = format!("the file of `{}` does not hold what is wanted", item.name);
        item.fail(item.problem(Code::Pem, message).label(why))
    };
    let found: Result<Vec<T>, _> = T::pem_slice_iter(&content).take(most + 1).collect();
    match found {
        Err(_) => wrong("a section of the PEM file is broken".to_owned()),
        Ok(found) if found.is_empty() => wrong(format!("there is no {kind} in PEM in this file")),
        Ok(found) if found.len() > most => wrong(format!("there are more than {most} {kind}s in this file")),
        Ok(found) => Some(found),
    }
}

fn unparsed<T>(item: &Item<'_>, kind: &str, index: usize) -> Option<T> {
    let message = format!("the file of `{}` does not hold what is wanted", item.name);
    item.fail(
        item.problem(Code::Pem, message).label(format!("{kind} {} of the file cannot be parsed", index + 1)),
    )
}
