//! A process under test: started on its processor, asked what it cost, ended by its number.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Linux tells processor time in this unit on every architecture, whatever its own clock does.
const TICK: Duration = Duration::from_millis(10);
const PAGE_BYTES: u64 = 4096;
/// A gateway that compiles its adapters for the first time needs some seconds.
const STARTS_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// What to start.
pub(crate) struct Program<'a> {
    pub(crate) path: &'a Path,
    pub(crate) arguments: Vec<String>,
    /// What it says goes here.
    pub(crate) log: std::path::PathBuf,
}

/// A running one; ended when dropped.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts it and waits until it listens.
    pub(crate) fn start(program: &Program<'_>, cpu: &str, port: u16) -> Self {
        let log = fs::File::create(&program.log).unwrap();
        // A bench that is killed takes along what it started.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "taskset", "-c", cpu])
            .arg(program.path)
            .args(&program.arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("setpriv and taskset, of util-linux");
        let mut process = Self { child };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = process.child.try_wait().unwrap();
            if ended.is_some() || began.elapsed() > STARTS_WITHIN {
                let said = fs::read_to_string(&program.log).unwrap_or_default();
                panic!("{} does not listen: {said}", program.path.display());
            }
            pause();
        }
        process
    }

    /// Processor time spent so far, by it and by its workers, in user and in system mode.
    pub(crate) fn cpu(&self) -> Duration {
        self.family().iter().map(|pid| cpu(pid)).sum()
    }

    /// Memory it holds.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.child.id())).unwrap();
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * PAGE_BYTES
    }

    /// Its number and those of its children. nginx has all its workers before it listens.
    fn family(&self) -> Vec<String> {
        let own = self.child.id().to_string();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        children.split_whitespace().map(str::to_owned).chain([own]).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let pid = Pid::from_child(&self.child);
        // A gateway drains what is under way; nginx ends its workers.
        let asked = kill_process(pid, Signal::TERM);
        let began = Instant::now();
        while asked.is_ok() && began.elapsed() < ENDS_WITHIN {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            pause();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fields 14 and 15 of `stat`, counted from behind the name, which may hold anything.
fn cpu(pid: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    let ticks: u32 = rest.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u32>().unwrap()).sum();
    TICK * ticks
}

#[allow(clippy::disallowed_methods, reason = "nothing else runs on this thread")]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}
