//! Why an operator's wish is not granted, and what the command line ends with.

use http::StatusCode;
use serde_json::{Value, json};
use yizhan_journal::StoreFault;

/// A wish that is not granted. Nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no such wish.
    #[error("there is no such wish")]
    NoSuchWish,
    /// It is not written as it should be.
    #[error("{0}")]
    Malformed(String),
    /// Not for this user.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// There is no such exchange or partner.
    #[error("{0}")]
    NotFound(&'static str),
    /// It does not stand so that this can be done.
    #[error("{0}")]
    Conflict(String),
    /// The journal refuses.
    #[error("{0}")]
    Journal(#[from] StoreFault),
    /// Too many look at a time.
    #[error("too many pages are being read")]
    Busy,
}

impl Refusal {
    pub(super) fn malformed(why: impl Into<String>) -> Self {
        Self::Malformed(why.into())
    }

    /// The stable code.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchWish => "no-such-wish",
            Self::Malformed(_) => "malformed",
            Self::NotAllowed(_) => "not-allowed",
            Self::NotFound(_) => "not-found",
            Self::Conflict(_) => "conflict",
            Self::Journal(fault) => fault.code(),
            Self::Busy => "busy",
        }
    }

    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchWish | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::NotAllowed(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Journal(_) | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(super) fn body(&self) -> Value {
        json!({"code": self.code(), "message": self.to_string()})
    }
}

/// What the command line ends with, by the code of a refusal: 2 wrong usage, 3 not allowed, 4 no such exchange or
/// partner, 5 it does not stand so that this can be done, 1 everything else.
#[must_use]
pub(crate) fn exit_code(code: &str) -> u8 {
    match code {
        "malformed" => 2,
        "not-allowed" => 3,
        "not-found" => 4,
        "conflict" => 5,
        _ => 1,
    }
}
