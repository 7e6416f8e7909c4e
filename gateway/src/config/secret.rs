//! Secrets by reference: `secret:NAME` is the file `secrets/<owner>/NAME`.
//!
//! Nothing in here ever puts a value, or what could be one, into a message.

use std::fs;

use yizhan_schemas::Sensitive;

use super::codes::Code;
use super::files::{self, Files};
use super::reader::Item;

/// How large a secret may be, in bytes.
const SECRET_LIMIT: u64 = 64 << 10;

/// Whose secrets the gateway's own are, so no partner may be called like it.
pub(super) const GATEWAY: &str = "gateway";

/// The secret that a value refers to, which belongs to `owner`.
pub(super) fn resolve(item: &Item<'_>, files: &Files, owner: &str) -> Option<Sensitive<Vec<u8>>> {
    let Some(text) = item.hidden_text() else {
        // A number may be a secret too.
        item.spot.source.hide(item.spot.span.clone());
        return item.wrong_type("a reference `secret:NAME`");
    };
    let Some(name) = text.strip_prefix("secret:").filter(|name| is_name(name)) else {
        let problem = item
            .problem(Code::LiteralSecret, format!("`{}` is not a reference to a secret", item.name))
            .label("wanted is `secret:NAME`")
            .help(format!("put the value into secrets/{owner}/NAME and write `secret:NAME` here"));
        return item.fail(problem);
    };
    item.spot.source.reveal(&item.spot.span);
    match read(files, owner, name) {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!("the secret of `{}` cannot be used", item.name);
            item.fail(item.problem(Code::Secret, message).label(format!("secrets/{owner}/{name}: {why}")))
        }
    }
}

fn read(files: &Files, owner: &str, name: &str) -> Result<Sensitive<Vec<u8>>, String> {
    let secrets = files.root.join("secrets");
    let because = |error: std::io::Error| files::because(&error);
    // Secrets are often mounted as links to a directory of the day, so links are followed, though not out.
    let path = fs::canonicalize(secrets.join(owner).join(name)).map_err(because)?;
    if !path.starts_with(fs::canonicalize(&secrets).map_err(because)?) {
        return Err("leads out of the directory secrets".to_owned());
    }
    let mut value = files::read(&path, SECRET_LIMIT)?;
    if !value.starts_with(b"-----BEGIN ") && value.ends_with(b"\n") {
        value.pop();
        if value.ends_with(b"\r") {
            value.pop();
        }
    }
    if value.is_empty() {
        return Err("the file is empty".to_owned());
    }
    Ok(Sensitive::new(value))
}

/// Letters, digits, `.`, `_` and `-`, at most 64, and no dot at the beginning.
pub(super) fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_part)
}
