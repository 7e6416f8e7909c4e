//! How a component comes in, off the road: size cap, digest, import allow-list, compile with a time bound, link,
//! `describe`, canary. A refused component is a reason and nothing else; its partner alone is out of service.

mod canary;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use sha2::Digest as _;
use wasmparser::{Encoding, Parser, Payload, Validator};

pub use self::canary::{SECTION as VECTORS_SECTION, vectors};
use crate::cache::NativeCodeCache;
use crate::component::Component;
use crate::engine::Engine;
use crate::fault::AdmissionFault;

/// The contract this host speaks.
pub const CONTRACT: &str = "0.9.0";

/// An adapter is some hundred kilobytes.
const COMPONENT_BYTES: u64 = 8 << 20;
const COMPILE_SECONDS: u64 = 60;

const PACKAGE: &str = "yizhan:adapter/";
const IMPORTS: [&str; 6] = ["types", "settings", "keyring", "text", "blobs", "notes"];
const EXPORTS: [&str; 4] = ["about", "partner", "requester", "framing"];

/// What a component wants to be given: the list an operator sees in `yizhan adapter inspect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Names of its imports.
    pub imports: Vec<String>,
    /// Names of its exports.
    pub exports: Vec<String>,
}

/// Reads a file of at most the admitted size.
///
/// # Errors
/// `unreadable` and `too-large`.
pub fn read(path: &Path) -> Result<Vec<u8>, AdmissionFault> {
    let unreadable = |error: std::io::Error| AdmissionFault::Unreadable(error.to_string());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    file.take(COMPONENT_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    check_size(size.max(bytes.len() as u64))?;
    Ok(bytes)
}

/// Admits a component.
///
/// # Errors
/// As [`AdmissionFault`] says, the first reason in the order of the module's text.
pub fn admit(
    engine: &Engine,
    cache: Option<&NativeCodeCache>,
    bytes: &[u8],
) -> Result<Component, AdmissionFault> {
    let component = admit_for_judgement(engine, cache, bytes)?;
    canary::rehearse(&component, &vectors(bytes)?)?;
    Ok(component)
}

/// Admits a component whose vectors somebody else runs: the conformance suite, which shows every difference
/// instead of the first. Nothing that was admitted like this may serve.
///
/// # Errors
/// As [`AdmissionFault`] says, all but the canary's.
pub fn admit_for_judgement(
    engine: &Engine,
    cache: Option<&NativeCodeCache>,
    bytes: &[u8],
) -> Result<Component, AdmissionFault> {
    check_size(bytes.len() as u64)?;
    let digest = hex::encode(sha2::Sha256::digest(bytes));
    check_interface(&interface(bytes)?)?;
    // What is too large to be read is not worth compiling.
    vectors(bytes)?;
    let compiled = match cache.and_then(|cache| cache.load(engine.inner(), &digest)) {
        Some(compiled) => compiled,
        None => {
            let compiled = compile(engine, bytes)?;
            if let Some(cache) = cache {
                cache.store(engine.inner(), &digest, &compiled);
            }
            compiled
        }
    };
    Component::link(engine, &compiled, digest)
}

/// The names a component imports and exports.
///
/// # Errors
/// `not-a-component`.
pub fn interface(bytes: &[u8]) -> Result<Interface, AdmissionFault> {
    let wrong =
        |error: wasmparser::BinaryReaderError| AdmissionFault::NotAComponent(error.message().to_owned());
    let mut found = Interface { imports: Vec::new(), exports: Vec::new() };
    let mut nesting = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(wrong)? {
            Payload::Version { encoding: Encoding::Module, .. } if nesting == 0 => {
                return Err(AdmissionFault::NotAComponent("it is a core module".to_owned()));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => nesting += 1,
            Payload::End(_) => nesting = nesting.saturating_sub(1),
            Payload::ComponentImportSection(section) if nesting == 0 => {
                for import in section {
                    found.imports.push(import.map_err(wrong)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if nesting == 0 => {
                for export in section {
                    found.exports.push(export.map_err(wrong)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn check_size(bytes: u64) -> Result<(), AdmissionFault> {
    if bytes > COMPONENT_BYTES {
        return Err(AdmissionFault::TooLarge { bytes, cap: COMPONENT_BYTES });
    }
    Ok(())
}

fn check_interface(interface: &Interface) -> Result<(), AdmissionFault> {
    for import in &interface.imports {
        let Some((name, version)) = import.strip_prefix(PACKAGE).and_then(|rest| rest.split_once('@')) else {
            return Err(AdmissionFault::ForeignImport(import.clone()));
        };
        if !IMPORTS.contains(&name) {
            return Err(AdmissionFault::ForeignImport(import.clone()));
        }
        check_version(import, version)?;
    }
    for name in EXPORTS {
        let wanted = format!("{PACKAGE}{name}");
        let Some(export) = interface
            .exports
            .iter()
            .find(|export| export.split_once('@').map_or(export.as_str(), |(name, _)| name) == wanted)
        else {
            return Err(AdmissionFault::MissingExport(format!("{wanted}@{CONTRACT}")));
        };
        check_version(export, export.split_once('@').map_or("", |(_, version)| version))?;
    }
    Ok(())
}

fn check_version(found: &str, version: &str) -> Result<(), AdmissionFault> {
    if version == CONTRACT {
        return Ok(());
    }
    Err(AdmissionFault::WrongContractVersion { found: found.to_owned(), ours: CONTRACT })
}

/// Compiles on a thread of its own. A compilation cannot be stopped: one that is too slow is left behind, and its
/// component refused.
fn compile(engine: &Engine, bytes: &[u8]) -> Result<wasmtime::component::Component, AdmissionFault> {
    let (sender, receiver) = mpsc::channel();
    let (inner, copy) = (engine.inner().clone(), bytes.to_vec());
    std::thread::spawn(move || {
        // Nobody listens any more when the bound has passed.
        let _ = sender.send(wasmtime::component::Component::new(&inner, copy));
    });
    match receiver.recv_timeout(Duration::from_secs(COMPILE_SECONDS)) {
        Ok(Ok(compiled)) => Ok(compiled),
        Ok(Err(error)) => Err(refused(bytes, &error)),
        Err(_) => Err(AdmissionFault::CompileTooSlow { seconds: COMPILE_SECONDS }),
    }
}

/// A valid component that cannot be compiled wants what the pool does not have.
fn refused(bytes: &[u8], error: &wasmtime::Error) -> AdmissionFault {
    match Validator::new().validate_all(bytes) {
        Ok(_) => AdmissionFault::TooGreedy(format!("{error:#}")),
        Err(invalid) => AdmissionFault::NotAComponent(invalid.message().to_owned()),
    }
}
