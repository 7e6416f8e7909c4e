//! `yizhan adapter run FILE CALL.json`: one call of the contract, as the sandbox makes it, printed.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use yizhan_host::transcript::{Expected, Kept, perform};
use yizhan_host::{Engine, EngineLimits, Keyring, admission};

use super::say;

/// A call carries one message and one state.
const CALL_BYTES: u64 = 16 << 20;
const SETTINGS_BYTES: u64 = 1 << 20;

/// Makes the call. Secrets have no way in here: what needs one is run by the conformance suite, with test secrets.
pub(super) fn run(file: &Path, call: &Path, settings: Option<&Path>) -> Result<()> {
    let text = String::from_utf8(read(call, CALL_BYTES)?).context("the call is not UTF-8")?;
    let call = Expected::parse(&text).map_err(|error| anyhow::anyhow!("the call {error}"))?;
    let settings = match settings {
        Some(path) => {
            let text =
                String::from_utf8(read(path, SETTINGS_BYTES)?).context("the settings are not UTF-8")?;
            toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?
        }
        None => serde_json::Value::Object(serde_json::Map::new()),
    };
    let bytes = match admission::read(file) {
        Ok(bytes) => bytes,
        Err(fault) => bail!("{} {fault}", file.display()),
    };
    let engine = Engine::new(EngineLimits { instances: 1, ..EngineLimits::default() })?;
    let component = match admission::admit(&engine, None, &bytes) {
        Ok(component) => component,
        Err(fault) => bail!("refused ({}): it {fault}", fault.code()),
    };
    let adapter = match component.for_partner(&settings, Keyring::default()) {
        Ok(adapter) => adapter,
        Err(faults) => {
            let told: Vec<String> =
                faults.iter().map(|fault| format!("{}: {}", fault.path, fault.message)).collect();
            bail!("the settings do not fit:\n{}", told.join("\n"))
        }
    };
    match perform(&*adapter, &call, &mut Kept::default()).returned {
        Ok(returned) => say(&returned.write().pretty()),
        Err(fault) => bail!("the adapter {fault} ({})", fault.code()),
    }
    Ok(())
}

/// Reads a file, or standard input for `-`, of at most this size.
fn read(file: &Path, most_bytes: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().take(most_bytes).read_to_end(&mut bytes)?;
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        opened.take(most_bytes).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
