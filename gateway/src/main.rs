//! The gateway's binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    yizhan::cli::run()
}
