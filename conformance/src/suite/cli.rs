//! The command line.
//!
//! Exit codes: 0 conformant, 1 not (partial too), 2 wrong usage, 3 configuration: nothing was judged, 4 the suite's
//! own fault.

mod deployment;
mod explain;
mod init;
mod run;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::language::Language;
use super::twins::{self, Dialect};

/// What the process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Conformant,
    NotConformant,
    Usage,
    Configuration,
    Internal,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Conformant => 0,
            Exit::NotConformant => 1,
            Exit::Usage => 2,
            Exit::Configuration => 3,
            Exit::Internal => 4,
        })
    }
}

#[derive(Parser)]
#[command(name = "yizhan-conformance", version, about = "Conformance suite of Yizhan: 驿站一致性检验")]
struct Arguments {
    /// Language of what is told.
    #[arg(long, global = true, value_enum, default_value_t)]
    lang: Language,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Test an adapter (`x.wasm`, in this process, without network) or a deployment (`conform.toml`, over HTTP).
    Run(RunArguments),
    /// Write a commented `conform.toml` to start from.
    Init {
        /// Where to; never over a file that is there.
        #[arg(default_value = "conform.toml")]
        file: PathBuf,
    },
    /// Look whether a deployment can be tested at all: names, TLS, certificates, grants, one command.
    Doctor {
        /// The deployment, as `init` describes it.
        file: PathBuf,
    },
    /// List all tests with the requirements they prove.
    List,
    /// Explain a test or a requirement.
    Explain {
        /// `YZ-T-0005` or `YZ-R-0005`.
        id: String,
    },
    /// Print which test proves which requirement, as CSV.
    Coverage,
    /// Start a simulated partner with certificates of its own, and say how to reach it.
    Twin {
        /// Whose dialect it speaks.
        dialect: Dialect,
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Where its certificates are laid.
        #[arg(long, default_value = "yizhan-twin")]
        out: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct RunArguments {
    /// The component, or the deployment's `conform.toml`.
    subject: PathBuf,
    /// Settings as TOML, laid over those of every case of an adapter.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// Tests by id, by requirement, or `group:<feature>`; what they need is run too.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Where chance begins: order of tests, damage done to messages.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fewer variations.
    #[arg(long)]
    quick: bool,
    /// Folder for result.json, junit.xml and report.html, and for the history of a deployment.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Promises to mend something, as TOML: `[[waiver]] test, until, owner, reason`. They never make a test pass.
    #[arg(long)]
    waivers: Option<PathBuf>,
    /// Print result.json instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command line of this process. Wrong usage ends with 2, by clap.
#[must_use]
pub fn run() -> ExitCode {
    let Arguments { lang, verb } = Arguments::parse();
    let exit = match verb {
        Verb::Run(arguments) => run::run(&arguments, lang),
        Verb::Init { file } => init::init(&file, lang),
        Verb::Doctor { file } => deployment::doctor(&file, lang),
        Verb::List => explain::list(lang),
        Verb::Explain { id } => explain::explain(&id, lang),
        Verb::Coverage => explain::coverage(),
        Verb::Twin { dialect, listen, out } => twins::run(dialect, listen, &out),
    };
    exit.into()
}

/// Says something on standard output. Whoever no longer listens has heard enough.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", text.trim_end());
}

/// Says something on standard error.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}
