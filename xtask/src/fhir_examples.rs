//! HL7's own examples of FHIR R4, for the adapter's tests: fetched from the npm registry, kept out of the tree.

use std::fs;
use std::process::Command;

use anyhow::Context as _;

use crate::{apt, process, workspace};

/// Published by HL7 under CC0; one version, as R4 is.
const PACKAGE: &str = "hl7.fhir.r4.examples@4.0.1";
const ARCHIVE: &str = "hl7.fhir.r4.examples-4.0.1.tgz";

/// What is taken out of it.
const WANTED: [&str; 2] = ["package/Claim*.json", "package/CoverageEligibility*.json"];
/// The last of them: a folder without it was laid when fewer were wanted.
const LAST: &str = "CoverageEligibilityResponse-E2503.json";

/// Sees to it that the examples lie where the tests look; asks the network only when they do not.
pub(crate) fn ensure() -> anyhow::Result<()> {
    let folder = workspace::fhir_examples_dir()?;
    let package = folder.join("package");
    if package.join(LAST).is_file() {
        return Ok(());
    }
    if Command::new("npm").arg("--version").output().is_err() {
        apt::ensure(&["npm"])?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("failed to create {}", folder.display()))?;
    let mut npm = Command::new("npm");
    // The client checks the archive against the registry's digest.
    process::run(npm.args(["pack", "--silent", PACKAGE, "--pack-destination"]).arg(&folder))
        .with_context(|| format!("failed to fetch {PACKAGE}"))?;
    let archive = folder.join(ARCHIVE);
    // Beside it first, so that half an archive is never taken for all of it.
    let fresh = folder.join("new");
    fs::create_dir_all(&fresh).with_context(|| format!("failed to create {}", fresh.display()))?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).arg("-C").arg(&fresh).arg("--wildcards").args(WANTED);
    process::run(&mut tar)?;
    if package.is_dir() {
        fs::remove_dir_all(&package).with_context(|| format!("failed to clear {}", package.display()))?;
    }
    fs::rename(fresh.join("package"), &package)
        .and_then(|()| fs::remove_dir(&fresh))
        .and_then(|()| fs::remove_file(&archive))
        .with_context(|| format!("failed to place the examples in {}", folder.display()))
}
