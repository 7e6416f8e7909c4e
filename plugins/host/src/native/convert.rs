//! One contract, two generated sets of types: the sandbox's and the SDK's. They have the same members by the same
//! names, so a table says which types go which way and a macro writes the rest.

use yizhan_adapter::contract as sdk;

use crate::contract as host;

/// `From` cannot be used: neither tuples nor the generated types are this module's.
pub(super) trait Convert<T> {
    /// The same value in the other set of types.
    fn converted(self) -> T;
}

macro_rules! same {
    ($($type:ty),*) => { $(
        impl Convert<$type> for $type {
            fn converted(self) -> $type { self }
        }
    )* };
}

same!(u8, u16, u32, u64, bool, String, (u64, u64, u64, u64), (String, String));

impl<A: Convert<B>, B> Convert<Vec<B>> for Vec<A> {
    fn converted(self) -> Vec<B> {
        self.into_iter().map(Convert::converted).collect()
    }
}

impl<A: Convert<B>, B> Convert<Option<B>> for Option<A> {
    fn converted(self) -> Option<B> {
        self.map(Convert::converted)
    }
}

impl Convert<(String, host::Secret)> for (String, sdk::Secret) {
    fn converted(self) -> (String, host::Secret) {
        (self.0, self.1.converted())
    }
}

macro_rules! record {
    ($from:ident => $to:ident: $($name:ident { $($field:ident)* })*) => { $(
        impl Convert<$to::$name> for $from::$name {
            fn converted(self) -> $to::$name {
                $to::$name { $($field: self.$field.converted()),* }
            }
        }
    )* };
}

/// Cases with a payload, then `|`, then cases without.
macro_rules! variant {
    ($from:ident => $to:ident: $($name:ident { $($full:ident)* | $($bare:ident)* })*) => { $(
        impl Convert<$to::$name> for $from::$name {
            fn converted(self) -> $to::$name {
                match self {
                    $(Self::$full(value) => $to::$name::$full(value.converted()),)*
                    $(Self::$bare => $to::$name::$bare,)*
                }
            }
        }
    )* };
}

record! { host => sdk:
    Context { exchange turn now entropy reply_by partner rehearsal more }
    Header { name value }
    Blob { digest size media_type }
    ReferenceKey { kind id }
    Reference { key note keep_days }
    Fault { kind code text pointer retry_after_ms }
    Violation { pointer code }
    FaultReport { code http_status side effect retryable retry_after_ms title partner_code partner_text violations }
    Pending { exchange retry_after_ms }
    Session { value version until }
    Party { id division }
    UnifiedRequest { operation standard purpose requester message }
    UndoRequest { original_exchange original reply references }
    Delivery { operation memo told }
    HttpAnswer { status headers body }
    FileEntry { name size modified }
    NoAnswer { reached why }
    HttpHead { method target headers }
    HttpRequest { head body }
    FileArrival { name body }
}

variant! { host => sdk:
    Body { Bytes Blob |  }
    FaultKind { | Rejected Inexpressible Unsupported NotFound Duplicate Unauthorised Unavailable Unreadable Malformed }
    Side { | Requester Gateway Partner }
    Effect { | Nothing Reversed Unknown }
    UndoResult { | Undone NothingToUndo CannotBeUndone StillUnknown }
    UnifiedResult { Reply Fault Pending Undo | Taken }
    Given { Session NoSession Number Reference Held |  }
    KeyError { | UnknownName UseNotAllowed Unavailable BadInput DoesNotVerify }
    Task { Operation OpenSession Undo Deliver |  }
    FileAnswer { Content Listing | Stored Exists Absent }
    Answer { Http Frame File |  }
    Reached { | No Maybe }
    Why { | Refused Unreachable Tls BreakerOpen QueueFull TooLate Timeout Cut Restarted TooLarge Malformed }
    Stop { | Requester Overdue Operator }
    Event { Given Answer NoAnswer Callback Refused Stop | Woke }
    Arrival { Http Frame File |  }
    Recall { Memo Head | Nothing }
}

record! { sdk => host:
    Header { name value }
    Blob { digest size media_type }
    Secret { name form }
    ReferenceKey { kind id }
    Reference { key note keep_days }
    Fault { kind code text pointer retry_after_ms }
    Loss { pointer reason }
    SessionWish { name newer_than }
    NumberWish { series below }
    Asking { questions state }
    Capability { operation direction standard native }
    KeyNeed { alias uses title }
    Route { method path }
    Description { name version dialect capabilities routes settings_schema keys needs state_version reads_state }
    HttpCall { method target headers secret_headers body }
    FrameCall { key content }
    FilePut { name content }
    Call { intent transport within_ms listens_for }
    Sending { call state }
    Waiting { ms listens_for state }
    Success { reply references losses }
    WrappedKey { alias wrapped under method check_value }
    Opened { value until keys }
    Incoming { operation message purpose key about memo }
    IncomingCallback { correlation content memo }
    IncomingUndo { key memo }
    Refusal { fault memo }
    SessionWrite { name value until }
    HttpResponse { status headers body }
    OwnAnswer { response sessions }
    Rendering { response losses fault }
}

variant! { sdk => host:
    Body { Bytes Blob |  }
    SecretForm { | Raw JsonString XmlText FormField Base64 UpperHex }
    Chunk { Bytes Secret Blob |  }
    FaultKind { | Rejected Inexpressible Unsupported NotFound Duplicate Unauthorised Unavailable Unreadable Malformed }
    Question { Session Number Reference Hold |  }
    DigestAlgorithm { | Md5 Sha1 Sha256 Sha512 Sm3 }
    Piece { Bytes Secret |  }
    Charset { | Gbk Gb18030 }
    Direction { | AsPartner AsRequester }
    KeyUse { | Digest Mac Sign Verify Encrypt Decrypt Send Unwrap }
    Intent { ActOnce | Ask Act Undo }
    HttpMethod { | Get Post Put Patch Delete }
    FileCall { Put Get List |  }
    Transport { Http Frame File |  }
    Outcome { Succeeded Opened Rejected Undone Unresolved | Delivered }
    Step { Ask Send Wait Finished |  }
    RequestKey { Native Business | None }
    NativeResponse { Http Frame | Nothing }
    Intake { Ask Exchange Callback Undo OwnAnswer Refused |  }
}
