//! Reads the settings. What is absent is as a well-behaved adapter would have it.

use yizhan_adapter::Host;
use yizhan_adapter::contract::Header;
use yizhan_adapter::json::{Value, parse_strict};

/// What to do wrong; empty for nothing.
pub(crate) fn misbehave(host: &dyn Host) -> String {
    text(host, "misbehave").unwrap_or_default()
}

/// A setting that is a string.
pub(crate) fn text(host: &dyn Host, path: &str) -> Option<String> {
    let setting = host.setting(path)?;
    parse_strict(&setting).ok()?.as_text().map(str::to_owned)
}

/// A setting that is a number.
pub(crate) fn number(host: &dyn Host, path: &str) -> Option<u64> {
    host.setting(path)?.parse().ok()
}

/// A setting that is a list of headers, each a name and a value.
pub(crate) fn headers(host: &dyn Host, path: &str) -> Vec<Header> {
    let setting = host.setting(path).unwrap_or_default();
    let Ok(list) = parse_strict(&setting) else { return Vec::new() };
    list.items()
        .iter()
        .filter_map(|pair| match pair.items() {
            [Value::Text(name), Value::Text(value)] => {
                Some(Header { name: name.to_string(), value: value.as_bytes().to_vec() })
            }
            _ => None,
        })
        .collect()
}
