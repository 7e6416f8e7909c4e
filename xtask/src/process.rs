//! Commands: cargo as we call it, and a failure that keeps the status of what failed.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use crate::workspace;

/// A command ended with something else than success.
#[derive(Debug)]
pub(crate) struct Failed {
    command: String,
    code: Option<i32>,
}

impl Failed {
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "`{}` ended with status {code}", self.command),
            None => write!(f, "`{}` was ended by a signal", self.command),
        }
    }
}

impl std::error::Error for Failed {}

/// The cargo that runs us, at the root, building where everything is built.
pub(crate) fn cargo() -> anyhow::Result<Command> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(workspace::root()?).env("CARGO_TARGET_DIR", workspace::target_dir()?);
    Ok(cargo)
}

/// Runs with our own stdin, stdout and stderr.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("failed to start `{}`", shown(command)))?;
    if status.success() {
        return Ok(());
    }
    Err(Failed { command: shown(command), code: status.code() }.into())
}

/// Runs and returns what it printed to stdout; its stderr is shown as it comes.
pub(crate) fn read(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let Output { status, stdout, .. } =
        output.with_context(|| format!("failed to start `{}`", shown(command)))?;
    if !status.success() {
        return Err(Failed { command: shown(command), code: status.code() }.into());
    }
    let text = String::from_utf8(stdout);
    Ok(text.with_context(|| format!("failed to read what `{}` printed", shown(command)))?.trim().to_owned())
}

/// Runs for `bound` at most, then ends it: a download that hangs must not hang the build.
pub(crate) fn run_bounded(command: &mut Command, bound: Duration) -> anyhow::Result<()> {
    let started = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = started.with_context(|| format!("failed to start `{}`", shown(command)))?;
    let in_time = ends_within(&mut child, bound);
    if !in_time {
        child.kill().with_context(|| format!("failed to end `{}`", shown(command)))?;
    }
    let status = child.wait().with_context(|| format!("failed to wait for `{}`", shown(command)))?;
    if !in_time {
        anyhow::bail!("`{}` did not end within {} s", shown(command), bound.as_secs());
    }
    if status.success() {
        return Ok(());
    }
    Err(Failed { command: shown(command), code: status.code() }.into())
}

/// Whether the child closes its stderr in time, as it does when it ends. What it says is passed on.
fn ends_within(child: &mut Child, bound: Duration) -> bool {
    let Some(mut stderr) = child.stderr.take() else { return true };
    let (ended, end) = mpsc::channel();
    thread::spawn(move || {
        // Neither a broken pipe nor a listener that left changes what the child does.
        let _ = std::io::copy(&mut stderr, &mut std::io::stderr());
        let _ = ended.send(());
    });
    end.recv_timeout(bound).is_ok()
}

/// The command as a person would type it: where the program lies is no news.
fn shown(command: &Command) -> String {
    let program = command.get_program();
    let name = Path::new(program).file_name().unwrap_or(program);
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_failure_keeps_the_status() {
        let error = run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 7` ended with status 7");
        assert_eq!(error.downcast_ref::<Failed>().unwrap().code, Some(7));
    }

    #[test]
    fn what_hangs_is_ended() {
        let begin = Instant::now();
        let error = run_bounded(Command::new("sleep").arg("30"), Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().contains("did not end within"), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn what_ends_in_time_is_judged_by_its_status() {
        assert!(run_bounded(&mut Command::new("true"), Duration::from_secs(30)).is_ok());
        assert!(run_bounded(&mut Command::new("false"), Duration::from_secs(30)).unwrap_err().is::<Failed>());
    }
}
