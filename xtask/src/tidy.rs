//! Rules about the tree that no compiler knows: who may depend on whom, and what a file may be.

mod arrows;
mod files;
mod manifest;

use std::fs;
use std::process::Command;

use anyhow::Context as _;

use crate::tidy::manifest::Manifest;
use crate::{process, workspace};

/// Checks all rules and names every breach, not just the first.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = workspace::root()?;
    let mut breaches = Vec::new();

    let whole = fs::read_to_string(root.join("Cargo.toml")).context("failed to read Cargo.toml")?;
    let members = manifest::members(&whole);
    anyhow::ensure!(!members.is_empty(), "Cargo.toml names no member");
    for member in &members {
        let path = root.join(member).join("Cargo.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
        breaches.extend(arrows::breaches(member, &Manifest::parse(&text)));
    }

    // What is not added yet counts too, so that a breach shows before it is committed.
    let mut git = Command::new("git");
    git.current_dir(&root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = process::read(&mut git)?;
    let files: Vec<&str> = listed.split('\0').filter(|file| !file.is_empty()).collect();
    for file in &files {
        // Listed and gone: it is being removed.
        if let Ok(bytes) = fs::read(root.join(file)) {
            breaches.extend(files::breach(file, &bytes));
        }
    }

    anyhow::ensure!(breaches.is_empty(), "the tree breaks its rules:\n  {}", breaches.join("\n  "));
    println!("{} crates and {} files keep the rules", members.len(), files.len());
    Ok(())
}
