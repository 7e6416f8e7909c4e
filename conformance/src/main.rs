//! The suite's program.

fn main() -> std::process::ExitCode {
    yizhan_conformance::suite::cli::run()
}
