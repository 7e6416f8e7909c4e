//! What an operator may wish for, as the command line and the gateway tell it each other.

use serde::{Deserialize, Serialize};

/// A page of exchanges, the newest first. What is absent does not narrow.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Find {
    /// The partner they act at.
    pub(crate) partner: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) operation: Option<String>,
    /// Accepted at or after: RFC 3339, or a date in China.
    pub(crate) since: Option<String>,
    /// Accepted before.
    pub(crate) until: Option<String>,
    /// Whom they are about: an ID or card number, or a partner's own.
    pub(crate) person: Option<String>,
    /// Where the last page ended.
    pub(crate) before: Option<String>,
    /// 1 to 1000.
    pub(crate) rows: Option<u32>,
}

/// One exchange.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Show {
    pub(crate) exchange: String,
    /// What it said, too, for this reason.
    #[serde(default)]
    pub(crate) body_because: Option<String>,
}

/// To let an exchange go on.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Decide {
    pub(crate) exchange: String,
    pub(crate) why: String,
}

/// To close an exchange with what a person has found out.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Close {
    pub(crate) exchange: String,
    #[serde(rename = "as")]
    pub(crate) found: Found,
    pub(crate) why: String,
}

/// How an exchange ended, elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Found {
    /// It was done, and stands.
    Done,
    /// It was not done.
    NotDone,
    /// It was done and taken back.
    TakenBack,
}

/// To hold a partner, to let it go on, to empty its queue.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AboutPartner {
    pub(crate) partner: String,
    pub(crate) why: String,
}
