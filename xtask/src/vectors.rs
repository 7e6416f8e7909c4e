//! The vectors an adapter carries: its cases of the conformance suite, one suite after the other.
//!
//! What reads them judges them: an adapter that does not keep its own vectors is not admitted.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::workspace;

/// The custom section they stand in.
pub(crate) const SECTION: &str = "yizhan:vectors";

/// All case files of an adapter by name, or nothing where it has none.
pub(crate) fn of(adapter: &str) -> anyhow::Result<Vec<u8>> {
    let folder = workspace::root()?.join("conformance/cases").join(adapter);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let listed = fs::read_dir(&folder).with_context(|| format!("failed to list {}", folder.display()))?;
    let mut files = listed.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<PathBuf>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut content = Vec::new();
    for file in files {
        content.extend(fs::read(&file).with_context(|| format!("failed to read {}", file.display()))?);
        content.push(b'\n');
    }
    Ok(content)
}
