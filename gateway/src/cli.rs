//! The command line.

mod ask;
mod check;
mod exchanges;
mod inspect;
mod migrate;
mod partners;
mod run;
mod schema;
mod serve;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Wrong usage is 2, by clap.
const FAILED: u8 = 1;

#[derive(Parser)]
#[command(name = "yizhan", version, about = "Relay between regional social-security card systems")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve partners until SIGTERM or SIGINT.
    Serve {
        /// The configuration file; `partners/`, `secrets/` and relative paths lie beside it.
        #[arg(long, default_value = "yizhan.toml")]
        config: PathBuf,
    },
    /// Say everything that is wrong with a configuration, and what each adapter thinks of its settings.
    #[command(visible_alias = "validate")]
    Check {
        /// The configuration file.
        #[arg(long, default_value = "yizhan.toml")]
        config: PathBuf,
    },
    /// Bring the layout of the journal up to date, which `serve` does as well.
    Migrate {
        /// The configuration file.
        #[arg(long, default_value = "yizhan.toml")]
        config: PathBuf,
    },
    /// Look at exchanges of a running gateway, and decide what nobody else can.
    #[command(after_help = ask::EXIT_CODES)]
    Exchanges {
        #[command(flatten)]
        at: ask::At,
        #[command(subcommand)]
        verb: exchanges::Verb,
    },
    /// Hold partners of a running gateway, and let them go on.
    #[command(after_help = ask::EXIT_CODES)]
    Partners {
        #[command(flatten)]
        at: ask::At,
        #[command(subcommand)]
        verb: partners::Verb,
    },
    /// The unified standard: its operations and fields, and messages held against it.
    Schema {
        #[command(subcommand)]
        verb: schema::SchemaVerb,
    },
    /// Look at adapters.
    Adapter {
        #[command(subcommand)]
        verb: AdapterVerb,
    },
}

#[derive(Subcommand)]
enum AdapterVerb {
    /// Admit a component as `serve` would, and say what it imports, speaks and wants.
    Inspect {
        /// The component.
        file: PathBuf,
    },
    /// Make one call of the contract, and say what it returned.
    Run {
        /// The component.
        file: PathBuf,
        /// The call as JSON, as in a conformance case: {"start": …, "context": …}; `-` is standard input.
        call: PathBuf,
        /// The partner's settings as TOML, without secrets.
        #[arg(long)]
        settings: Option<PathBuf>,
    },
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Serve { config } => serve::run(&config),
        Verb::Check { config } => check::run(&config),
        Verb::Migrate { config } => migrate::run(&config),
        Verb::Exchanges { at, verb } => exchanges::run(&at, verb),
        Verb::Partners { at, verb } => partners::run(&at, verb),
        Verb::Schema { verb } => return schema::run(&verb),
        Verb::Adapter { verb: AdapterVerb::Inspect { file } } => inspect::run(&file),
        Verb::Adapter { verb: AdapterVerb::Run { file, call, settings } } => {
            run::run(&file, &call, settings.as_deref())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("{error:#}"));
            ExitCode::from(error.downcast_ref::<ask::Refused>().map_or(FAILED, ask::Refused::exit_code))
        }
    }
}

/// Says something on standard error.
#[allow(clippy::print_stderr, reason = "the command line's own voice")]
fn tell(text: &str) {
    eprintln!("{}", text.trim_end());
}

/// Says something on standard output. Whoever stopped listening (`| head`) has read enough.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
