//! Which processor runs what: the proxy under test has one to itself, everything else shares another.

use std::fs;
use std::process::Command;

/// Two processors this process may use, or one.
pub(crate) struct Cpus {
    proxy: String,
    rest: String,
    /// There is only one, so what is under test shares it with what tests it.
    pub(crate) shared: bool,
}

impl Cpus {
    /// Takes the first two, and moves this process to the second of them: the load is made here.
    pub(crate) fn divide() -> Self {
        let allowed = allowed();
        let proxy = allowed.first().expect("a processor to run on").clone();
        let rest = allowed.get(1).unwrap_or(&proxy).clone();
        let shared = proxy == rest;
        if shared {
            println!("there is one processor only: the figures hold for this machine alone");
        }
        let moved =
            Command::new("taskset").args(["-p", "-c", &rest, &std::process::id().to_string()]).output();
        assert!(moved.expect("taskset, of util-linux").status.success(), "taskset cannot move this process");
        Self { proxy, rest, shared }
    }

    pub(crate) fn of_the_proxy(&self) -> &str {
        &self.proxy
    }

    pub(crate) fn of_the_rest(&self) -> &str {
        &self.rest
    }
}

/// The processors this process may use, by number.
fn allowed() -> Vec<String> {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).expect("Linux");
    list.trim()
        .split(',')
        .flat_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            first.parse::<usize>().unwrap()..=last.parse().unwrap()
        })
        .map(|cpu| cpu.to_string())
        .collect()
}
