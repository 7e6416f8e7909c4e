//! `yizhan schema`: the standard as the gateway holds messages against it, for people and for tools.
//!
//! Exit status: 0, the message is valid, or what was asked is said; 1, it is not valid; 2, the command was used
//! wrongly, or asks for what the standard does not have; 3, the file cannot be read, or holds no JSON.

mod check;
mod explain;
mod list;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use yizhan_schemas::Language;

use super::{say, tell};

const INVALID: u8 = 1;
const USAGE: u8 = 2;
const UNREADABLE: u8 = 3;

#[derive(Subcommand)]
pub(super) enum SchemaVerb {
    /// Name all operations.
    List {
        #[command(flatten)]
        manner: Manner,
    },
    /// Say everything that is wrong with a message; the same validator as the gateway's.
    ///
    /// Ends with 0 if the message is valid, 1 if it is not, 2 if the command was used wrongly, 3 if the file cannot
    /// be read or holds no JSON.
    Check {
        /// The message; `-` is standard input.
        file: PathBuf,
        /// Which operation's message it is; the name `card.lookup.request.json` says so too.
        #[arg(long)]
        operation: Option<String>,
        /// It is a reply, not a request.
        #[arg(long)]
        reply: bool,
        #[command(flatten)]
        manner: Manner,
    },
    /// Explain a code (`check-digit`), a field of an operation (`card.lookup#/context/purpose`), or of all (`/context/purpose`).
    Explain {
        /// A code, or a JSON pointer; `*` stands for any item of a list.
        what: String,
        #[command(flatten)]
        manner: Manner,
    },
}

/// How it is said.
#[derive(Args)]
pub(super) struct Manner {
    /// For tools.
    #[arg(long)]
    json: bool,
    /// In which language; else that of the environment's locale.
    #[arg(long, value_enum)]
    lang: Option<Lang>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    Zh,
    En,
}

impl Manner {
    fn language(&self) -> Language {
        match self.lang {
            Some(Lang::Zh) => Language::Chinese,
            Some(Lang::En) => Language::English,
            // The order in which every program looks for its locale.
            None => ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .find_map(|name| std::env::var(name).ok().filter(|locale| !locale.is_empty()))
                .map_or(Language::English, |locale| Language::of_locale(&locale)),
        }
    }
}

/// Why nothing was said of the message or the question.
enum Failure {
    /// Used wrongly, or asked for what is not there.
    Usage(String),
    /// No file, or no JSON in it.
    Unreadable(String),
}

impl From<yizhan_schemas::StandardError> for Failure {
    fn from(error: yizhan_schemas::StandardError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

pub(super) fn run(verb: &SchemaVerb) -> ExitCode {
    let done = match verb {
        SchemaVerb::List { manner } => list::run(manner).map(|()| true),
        SchemaVerb::Check { file, operation, reply, manner } => {
            check::run(file, operation.as_deref(), *reply, manner)
        }
        SchemaVerb::Explain { what, manner } => explain::run(what, manner).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(INVALID),
        Err(Failure::Usage(why)) => {
            tell(&why);
            ExitCode::from(USAGE)
        }
        Err(Failure::Unreadable(why)) => {
            tell(&why);
            ExitCode::from(UNREADABLE)
        }
    }
}
