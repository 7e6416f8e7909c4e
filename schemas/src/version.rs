//! Versions of the standard, as two peers tell them to each other in `Yizhan-Standard: 1.x`.
//!
//! Within major version 1 the standard only grows, so a minor version says everything: whoever speaks a later one
//! understands messages of an earlier, and brings its own down to the peer's before sending them.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// A version of the standard; the later minor is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct StandardVersion {
    minor: u16,
}

impl StandardVersion {
    /// The only major version there is.
    pub const MAJOR: u16 = 1;

    /// The first: what a peer speaks that does not say.
    pub const FIRST: Self = Self { minor: 0 };

    /// The minor version.
    pub const fn minor(self) -> u16 {
        self.minor
    }
}

impl fmt::Display for StandardVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Self::MAJOR, self.minor)
    }
}

/// Why a text is not a version of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It is not two numbers parted by a dot, without leading zeros and with nothing around them.
    #[error("a version of the standard is written like 1.0")]
    Shape,
    /// It is of another major version, whose messages have nothing in common with ours.
    #[error("the standard's major version is {}", StandardVersion::MAJOR)]
    OtherMajor,
}

impl FromStr for StandardVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let (major, minor) = text.split_once('.').ok_or(VersionError::Shape)?;
        let (major, minor) = (number(major)?, number(minor)?);
        if major != Self::MAJOR {
            return Err(VersionError::OtherMajor);
        }
        Ok(Self { minor })
    }
}

/// A number as it is printed: digits alone, no leading zero.
fn number(text: &str) -> Result<u16, VersionError> {
    let is_printed = text == "0" || !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_printed).ok_or(VersionError::Shape)
}

impl TryFrom<String> for StandardVersion {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_printed_form_is_read() {
        for text in [
            "", "1", "1.", ".0", "1.00", "01.0", "1.0 ", " 1.0", "1.+1", "1.-1", "1.0.0", "v1.0", "1,0",
            "１.0", "1.65536",
        ] {
            assert_eq!(text.parse::<StandardVersion>(), Err(VersionError::Shape), "{text:?}");
        }
        for text in ["0.9", "2.0", "10.0"] {
            assert_eq!(text.parse::<StandardVersion>(), Err(VersionError::OtherMajor), "{text:?}");
        }
    }

    #[test]
    fn the_later_minor_is_the_greater() {
        let version = |text: &str| text.parse::<StandardVersion>().unwrap();
        assert!(version("1.10") > version("1.9") && version("1.0") == StandardVersion::FIRST);
        assert_eq!(version("1.10").minor(), 10);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(minor in any::<u16>()) {
            let version = StandardVersion { minor };
            prop_assert_eq!(version.to_string().parse(), Ok(version));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,12}|[0-9.+]{0,8}") {
            if let Ok(version) = text.parse::<StandardVersion>() {
                prop_assert_eq!(version.to_string(), text);
            }
        }
    }
}
