//! Ties an [`Adapter`] to the component's imports and exports. Compiled into components only.

use core::marker::PhantomData;

use crate::adapter::Adapter;
use crate::bindings::exports::yizhan::adapter::{about, framing, partner, requester};
use crate::bindings::yizhan::adapter::{blobs, keyring, notes, settings, text};
use crate::contract::{
    Arrival, Blob, Charset, Cipher, Context, Description, DigestAlgorithm, Event, FrameKind, Given, Intake,
    Key, KeyError, MacAlgorithm, Piece, Recall, Rendering, SettingsProblem, SignatureScheme, Step, Task,
    UnifiedResult,
};
use crate::host::Host;

/// The component's exports, answered by `A`. Named by [`crate::export!`] alone.
#[derive(Debug)]
pub struct Exported<A>(PhantomData<A>);

impl<A: Adapter> about::Guest for Exported<A> {
    fn describe() -> Description {
        A::describe()
    }
    fn check_settings() -> Vec<SettingsProblem> {
        A::check_settings(&Imported)
    }
}

impl<A: Adapter> partner::Guest for Exported<A> {
    fn start(context: Context, task: Task) -> Step {
        A::start(&Imported, &context, task)
    }
    fn resume(context: Context, state: Vec<u8>, event: Event) -> Step {
        A::resume(&Imported, &context, state, event)
    }
}

impl<A: Adapter> requester::Guest for Exported<A> {
    fn accept(context: Context, arrival: Arrival) -> Intake {
        A::accept(&Imported, &context, arrival)
    }
    fn accept_more(context: Context, state: Vec<u8>, given: Vec<Given>) -> Intake {
        A::accept_more(&Imported, &context, state, given)
    }
    fn reply(context: Context, recall: Recall, told: UnifiedResult) -> Rendering {
        A::reply(&Imported, &context, recall, told)
    }
}

impl<A: Adapter> framing::Guest for Exported<A> {
    fn classify(frame: Vec<u8>) -> FrameKind {
        A::classify(&Imported, &frame)
    }
    fn echo(number: u64) -> Option<(Vec<u8>, String)> {
        A::echo(&Imported, number)
    }
}

/// The host behind the component's imports.
struct Imported;

impl Host for Imported {
    fn setting(&self, path: &str) -> Option<String> {
        settings::get(path)
    }
    fn digest(&self, algorithm: DigestAlgorithm, input: &[Piece]) -> Result<Vec<u8>, KeyError> {
        keyring::digest(algorithm, input)
    }
    fn mac(&self, key: &Key, algorithm: MacAlgorithm, input: &[Piece]) -> Result<Vec<u8>, KeyError> {
        keyring::mac(key, algorithm, input)
    }
    fn sign(
        &self,
        key: &Key,
        scheme: SignatureScheme,
        user_id: &[Piece],
        input: &[Piece],
    ) -> Result<Vec<u8>, KeyError> {
        keyring::sign(key, scheme, user_id, input)
    }
    fn verify(
        &self,
        key: &Key,
        scheme: SignatureScheme,
        user_id: &[Piece],
        input: &[Piece],
        signature: &[u8],
    ) -> Result<(), KeyError> {
        keyring::verify(key, scheme, user_id, input, signature)
    }
    fn encrypt(
        &self,
        key: &Key,
        cipher: Cipher,
        iv: &[u8],
        associated: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        keyring::encrypt(key, cipher, iv, associated, plain)
    }
    fn decrypt(
        &self,
        key: &Key,
        cipher: Cipher,
        iv: &[u8],
        associated: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        keyring::decrypt(key, cipher, iv, associated, sealed)
    }
    fn encode(&self, charset: Charset, content: &str) -> Result<Vec<u8>, u32> {
        text::encode(charset, content)
    }
    fn decode(&self, charset: Charset, content: &[u8]) -> Result<String, u32> {
        text::decode(charset, content)
    }
    fn read_blob(&self, digest: &str, offset: u64, length: u32) -> Option<Vec<u8>> {
        blobs::read(digest, offset, length).ok()
    }
    fn put_blob(&self, media_type: &str, content: &[u8]) -> Option<Blob> {
        blobs::put(media_type, content).ok()
    }
    fn note(&self, code: &str, detail: &str) {
        notes::note(code, detail);
    }
}
