//! Every type of the contract under one roof, as `adapter.wit` names them.

pub use crate::bindings::exports::yizhan::adapter::about::{
    Capability, Description, Direction, KeyNeed, KeyUse, Route, SettingsProblem,
};
pub use crate::bindings::exports::yizhan::adapter::framing::FrameKind;
pub use crate::bindings::exports::yizhan::adapter::partner::{
    Answer, Call, Delivery, Event, FileAnswer, FileCall, FileEntry, FilePut, FrameCall, HttpAnswer, HttpCall,
    HttpMethod, Intent, NoAnswer, Opened, Outcome, Party, Reached, Sending, Step, Stop, Success, Task,
    Transport, UndoRequest, UnifiedRequest, Waiting, Why, WrappedKey,
};
pub use crate::bindings::exports::yizhan::adapter::requester::{
    Arrival, FileArrival, HttpHead, HttpRequest, HttpResponse, Incoming, IncomingCallback, IncomingUndo,
    Intake, NativeResponse, OwnAnswer, Recall, Refusal, Rendering, RequestKey, SessionWrite,
};
pub use crate::bindings::yizhan::adapter::keyring::{
    Cipher, DigestAlgorithm, Key, KeyError, MacAlgorithm, Piece, SignatureScheme,
};
pub use crate::bindings::yizhan::adapter::text::Charset;
pub use crate::bindings::yizhan::adapter::types::{
    Asking, Blob, Body, Chunk, Context, Effect, Fault, FaultKind, FaultReport, Given, Header, Loss, Message,
    NumberWish, Pending, Question, Reference, ReferenceKey, Secret, SecretForm, Session, SessionWish, Side,
    State, UndoResult, UnifiedResult, Violation,
};
