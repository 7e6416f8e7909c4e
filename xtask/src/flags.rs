//! What stands behind the verb: a few switches, and options with one value.

use std::fmt;

/// The command line was wrong; the usage follows it.
#[derive(Debug)]
pub(crate) struct Misused(String);

impl Misused {
    pub(crate) fn error(what: impl Into<String>) -> anyhow::Error {
        Self(what.into()).into()
    }
}

impl fmt::Display for Misused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misused {}

/// The flags that were given, each of them known to the verb.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    given: Vec<(String, Option<String>)>,
}

impl Flags {
    pub(crate) fn parse(args: Vec<String>, switches: &[&str], options: &[&str]) -> anyhow::Result<Self> {
        let mut flags = Self::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let value = if switches.contains(&arg.as_str()) {
                None
            } else if options.contains(&arg.as_str()) {
                match args.next() {
                    Some(value) => Some(value),
                    None => return Err(Misused::error(format!("`{arg}` wants a value"))),
                }
            } else {
                return Err(Misused::error(format!("unknown argument `{arg}`")));
            };
            flags.given.push((arg, value));
        }
        Ok(flags)
    }

    pub(crate) fn has(&self, switch: &str) -> bool {
        self.given.iter().any(|(name, _)| name == switch)
    }

    /// The last value given wins, as everywhere.
    pub(crate) fn value(&self, option: &str) -> Option<&str> {
        self.given.iter().rev().find(|(name, _)| name == option).and_then(|(_, value)| value.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> anyhow::Result<Flags> {
        Flags::parse(args.iter().map(ToString::to_string).collect(), &["--once"], &["--out"])
    }

    #[test]
    fn a_known_flag_is_heard() {
        let flags = parse(&["--out", "a", "--once", "--out", "b"]).unwrap();
        assert!(flags.has("--once"));
        assert_eq!(flags.value("--out"), Some("b"));
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        assert!(parse(&["--twice"]).unwrap_err().is::<Misused>());
        assert!(parse(&["--out"]).unwrap_err().is::<Misused>());
    }
}
