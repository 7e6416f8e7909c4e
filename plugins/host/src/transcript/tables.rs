//! Every record and variant of the contract that a transcript may hold. After a bar stand what is a unified
//! message.

use super::form::{Form, FormError, Members, case, name_of, push, read_message, write_message};
use super::node::Node;
use crate::contract;

macro_rules! record {
    ($($name:ident { $($field:ident)* $(| $($message:ident)*)? })*) => { $(
        impl Form for contract::$name {
            fn write(&self) -> Node {
                let mut members = Vec::new();
                $(push(&mut members, stringify!($field), &self.$field);)*
                $($(members.push((name_of(stringify!($message)), write_message(&self.$message)));)*)?
                Node::Object(members)
            }

            fn read(node: &Node, at: &str) -> Result<Self, FormError> {
                let known = [$(stringify!($field),)* $($(stringify!($message),)*)?];
                let members = Members::of(node, at, &known)?;
                Ok(Self {
                    $($field: members.take(stringify!($field))?,)*
                    $($($message: members.message(stringify!($message))?,)*)?
                })
            }
        }
    )* };
}

/// Cases with a payload, then `|`, cases without, then `|`, cases whose payload is a message.
macro_rules! variant {
    ($($name:ident { $($full:ident)* | $($bare:ident)* $(| $($message:ident)*)? })*) => { $(
        impl Form for contract::$name {
            fn write(&self) -> Node {
                match self {
                    $(Self::$full(value) => {
                        Node::Object(vec![(name_of(stringify!($full)), value.write())])
                    })*
                    $(Self::$bare => Node::Text(name_of(stringify!($bare))),)*
                    $($(Self::$message(text) => {
                        Node::Object(vec![(name_of(stringify!($message)), write_message(text))])
                    })*)?
                }
            }

            fn read(node: &Node, at: &str) -> Result<Self, FormError> {
                let (name, payload) = case(node, at)?;
                match payload {
                    $(Some(_value) if name == name_of(stringify!($full)) => {
                        Form::read(_value, &format!("{at}/{name}")).map(Self::$full)
                    })*
                    $(None if name == name_of(stringify!($bare)) => Ok(Self::$bare),)*
                    $($(Some(value) if name == name_of(stringify!($message)) => {
                        Ok(Self::$message(read_message(value)))
                    })*)?
                    _ => Err(FormError::new(at, format!("`{name}` does not belong here"))),
                }
            }
        }
    )* };
}

record! {
    Blob { digest size media_type }
    Secret { name form }
    ReferenceKey { kind id }
    Reference { key note keep_days }
    Fault { kind code text pointer retry_after_ms }
    Loss { pointer reason }
    Violation { pointer code }
    FaultReport { code http_status side effect retryable retry_after_ms title partner_code partner_text violations }
    Pending { exchange retry_after_ms }
    Session { value version until }
    SessionWish { name newer_than }
    NumberWish { series below }
    Asking { questions state }
    Party { id division }
    UnifiedRequest { operation standard purpose requester | message }
    UndoRequest { original_exchange original references | reply }
    Delivery { operation memo told }
    HttpCall { method target headers secret_headers body }
    FrameCall { key content }
    FilePut { name content }
    Call { intent transport within_ms listens_for }
    Sending { call state }
    Waiting { ms listens_for state }
    Success { references losses | reply }
    WrappedKey { alias wrapped under method check_value }
    Opened { value until keys }
    HttpAnswer { status headers body }
    FileEntry { name size modified }
    NoAnswer { reached why }
    HttpHead { method target headers }
    HttpRequest { head body }
    FileArrival { name body }
    Incoming { operation purpose key about memo | message }
    IncomingCallback { correlation content memo }
    IncomingUndo { key memo }
    Refusal { fault memo }
    SessionWrite { name value until }
    HttpResponse { status headers body }
    OwnAnswer { response sessions }
    Rendering { response losses fault }
}

variant! {
    SecretForm { | Raw JsonString XmlText FormField Base64 UpperHex }
    KeyUse { | Digest Mac Sign Verify Encrypt Decrypt Send Unwrap }
    FaultKind { | Rejected Inexpressible Unsupported NotFound Duplicate Unauthorised Unavailable Unreadable Malformed }
    Side { | Requester Gateway Partner }
    Effect { | Nothing Reversed Unknown }
    UndoResult { | Undone NothingToUndo CannotBeUndone StillUnknown }
    UnifiedResult { Fault Pending Undo | Taken | Reply }
    Question { Session Number Reference Hold | }
    Given { Session NoSession Number Reference Held | }
    Task { Operation OpenSession Undo Deliver | }
    Intent { ActOnce | Ask Act Undo }
    HttpMethod { | Get Post Put Patch Delete }
    FileCall { Put Get List | }
    Transport { Http Frame File | }
    Outcome { Succeeded Opened Rejected Undone Unresolved | Delivered }
    Step { Ask Send Wait Finished | }
    FileAnswer { Content Listing | Stored Exists Absent }
    Answer { Http Frame File | }
    Reached { | No Maybe }
    Why { | Refused Unreachable Tls BreakerOpen QueueFull TooLate Timeout Cut Restarted TooLarge Malformed }
    Stop { | Requester Overdue Operator }
    Event { Given Answer NoAnswer Callback Refused Stop | Woke }
    Arrival { Http Frame File | }
    RequestKey { Native Business | None }
    NativeResponse { Http Frame | Nothing }
    Intake { Ask Exchange Callback Undo OwnAnswer Refused | }
    Recall { Memo Head | Nothing }
}
