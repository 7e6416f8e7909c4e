//! The table of operations (`operations.json`), as it is written.
//!
//! Everything the gateway needs to know about an operation before it reads a message: who may ask for what,
//! how a partner is found, how long it may take and how large it may be.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::version::StandardVersion;

/// What an operation does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Reads; may be answered from a cache and asked again.
    Query,
    /// Changes something at a partner; journaled before anything leaves, never lost, never doubled.
    Command,
    /// Tells somebody that something happened; delivered at least once.
    Notification,
}

/// Where in a request, or about it, the partner to ask is found. An operation lists its keys in order; the
/// first that is present and does not lead back to the requester decides alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RoutingKey {
    /// `/context/target`: the partner's name.
    Target,
    /// A reference that an earlier exchange left: whoever gave it out.
    About,
    /// `/context/insuredDivision`: where the person is insured.
    InsuredDivision,
    /// `/context/issuingDivision`: where the card was issued.
    IssuingDivision,
    /// `/context/careDivision`: where the service is given.
    CareDivision,
    /// An institution named in the message.
    Institution,
    /// A commercial insurer named in the message.
    Insurer,
    /// A bank named in the message.
    Bank,
    /// A biller named in the message.
    Biller,
    /// A venue named in the message.
    Venue,
}

impl RoutingKey {
    /// The key as `operations.json` and the partner files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::About => "about",
            Self::InsuredDivision => "insuredDivision",
            Self::IssuingDivision => "issuingDivision",
            Self::CareDivision => "careDivision",
            Self::Institution => "institution",
            Self::Insurer => "insurer",
            Self::Bank => "bank",
            Self::Biller => "biller",
            Self::Venue => "venue",
        }
    }
}

impl fmt::Display for RoutingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What becomes of an exchange whose outcome at the partner is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenUnknown {
    /// It ends with its fault: nothing was changed, whoever asked may ask again.
    Fault,
    /// It stays open until the partner was asked, or the act undone, or a person decided.
    Resolve,
}

/// What the dialects behind an operation were modelled on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialects {
    /// Interfaces in use somewhere.
    Real,
    /// Interfaces made up after public material.
    Synthetic,
}

/// What people call it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// A sector of the 2027 plan: operations that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sector {
    /// The folder of its schemas.
    pub name: String,
    /// What people call it.
    pub titles: Titles,
}

/// `operations.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    /// Major and minor version of the standard.
    #[serde(borrow)]
    pub(crate) version: &'static str,
    pub(crate) sectors: Vec<Sector>,
    pub(crate) operations: Vec<Row>,
}

/// One operation, as written; times are milliseconds, sizes bytes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) sector: String,
    pub(crate) titles: Titles,
    pub(crate) kind: Kind,
    pub(crate) repeatable: bool,
    pub(crate) purposes: Vec<String>,
    pub(crate) routing_keys: Vec<RoutingKey>,
    pub(crate) time_budget_ms: u64,
    pub(crate) body_cap_bytes: usize,
    pub(crate) cache_ttl_ms: u64,
    pub(crate) when_unknown: WhenUnknown,
    pub(crate) dialects: Dialects,
    /// The version that brought the operation, where it was not there from the first.
    #[serde(default)]
    pub(crate) since: StandardVersion,
}

impl Row {
    /// The schema of one of the operation's messages: `sector/name.request.schema.json`.
    pub(crate) fn schema_path(&self, message: &str) -> String {
        format!("{}/{}.{message}.schema.json", self.sector, self.name)
    }
}
