//! `[operators]` of `yizhan.toml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::Operators;
use super::files::{self, FILE_LIMIT, Files};
use super::reader::Reader;

/// Where the socket is when nothing is written, beside the configuration.
const SOCKET: &str = "state/operator.sock";
/// Where names of users are looked up: what other directories know is written as a number.
const USERS: &str = "/etc/passwd";
/// `sun_path` holds 108 bytes, the zero at the end included (unix(7)).
const LONGEST_PATH: usize = 107;

/// Why nobody can say where the operators' socket is.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The main file cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It is no TOML.
    #[error("{path} is no TOML; `yizhan check` says where")]
    Syntax {
        /// Which file.
        path: PathBuf,
    },
}

/// Where nothing is written: the user who runs the gateway, and nobody else.
pub(super) fn default(files: &Files) -> Operators {
    Operators { socket: files.root.join(SOCKET), operators: ourselves(), auditors: BTreeSet::new() }
}

pub(super) fn read(mut table: Reader<'_>, files: &Files) -> Option<Operators> {
    let socket = match table.optional("socket") {
        Some(item) => files.path(&item).and_then(|path| {
            let fits = path.as_os_str().len() <= LONGEST_PATH;
            if fits { Some(path) } else { item.fail(item.malformed("a path of at most 107 bytes")) }
        }),
        None => Some(files.root.join(SOCKET)),
    };
    let mut users = |key| match table.optional(key) {
        Some(item) => item
            .parse_list(user)
            .map(|users| Some(users.into_iter().map(|user| user.value).collect::<BTreeSet<_>>())),
        None => Some(None),
    };
    let (operators, auditors) = (users("operator"), users("auditor"));
    table.finish();
    Some(Operators {
        socket: socket?,
        operators: operators?.unwrap_or_else(ourselves),
        auditors: auditors?.unwrap_or_default(),
    })
}

/// The socket, by the main file alone: who asks there may not be allowed to read partners and secrets.
///
/// # Errors
/// When the file cannot be read, or is no TOML.
pub fn operator_socket(main: &Path) -> Result<PathBuf, SocketError> {
    let main = if main.is_dir() { main.join("yizhan.toml") } else { main.to_owned() };
    let unreadable = |why| SocketError::Unreadable { path: main.clone(), why };
    let content = files::read(&main, FILE_LIMIT).map_err(unreadable)?;
    let text = String::from_utf8(content).map_err(|_| SocketError::Syntax { path: main.clone() })?;
    let document = DeTable::parse(&text).map_err(|_| SocketError::Syntax { path: main.clone() })?;
    let written = document
        .get_ref()
        .get("operators")
        .and_then(|table| table.get_ref().as_table())
        .and_then(|table| table.get("socket"))
        .and_then(|socket| socket.get_ref().as_str());
    let root = main.parent().unwrap_or_else(|| Path::new(""));
    Ok(root.join(written.unwrap_or(SOCKET)))
}

fn ourselves() -> BTreeSet<u32> {
    [rustix::process::geteuid().as_raw()].into()
}

/// A user by number, or by a name that this machine knows.
fn user(text: &str) -> Result<u32, String> {
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    let users = fs::read_to_string(USERS).unwrap_or_default();
    number_of(text, &users).ok_or_else(|| format!("the number of a user, or a name in {USERS}"))
}

/// name:password:number:… (passwd(5)).
fn number_of(name: &str, users: &str) -> Option<u32> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_numbers_or_names_of_this_machine() {
        let users = "root:x:0:0:root:/root:/bin/sh\nops:x:1000:1000::/home/ops:/bin/sh\nbad:x\n";
        assert_eq!(number_of("ops", users), Some(1000));
        assert_eq!(
            (number_of("op", users), number_of("bad", users), number_of("", users)),
            (None, None, None)
        );
        assert_eq!((user("1001"), user("root")), (Ok(1001), Ok(0)));
        assert!(user("-1").is_err() && user("nobody of this name").is_err());
    }
}
