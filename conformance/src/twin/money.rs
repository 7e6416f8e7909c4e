//! Money in whole fen, and the few decimals around it. Nothing here knows a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

/// An amount in fen, a hundredth of a yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

impl Fen {
    /// Reads yuan with at most two decimals, such as `320.5` or `-0.01`.
    pub fn parse(text: &str) -> Option<Self> {
        scaled(text, 2).map(Self)
    }

    pub(super) const fn yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }

    /// A share of it in ten-thousandths, rounded half up.
    pub(super) fn share(self, ten_thousandths: i64) -> Self {
        Self((self.0 * ten_thousandths + 5_000).div_euclid(10_000))
    }
}

/// Yuan with two decimals.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Fen {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self(0), Add::add)
    }
}

/// A plain decimal with at most `places` decimals and twelve digits before them, times ten to the `places`.
pub(super) fn scaled(text: &str, places: usize) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || decimals.len() > places || digits.ends_with('.') {
        return None;
    }
    if !plain(whole) || !plain(decimals) {
        return None;
    }
    format!("{whole}{decimals:0<places$}").parse::<i64>().ok().map(|value| sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_yuan() {
        for (text, fen, written) in [
            ("320.5", 32050, "320.50"),
            ("0", 0, "0.00"),
            ("-0.01", -1, "-0.01"),
            ("-45.50", -4550, "-45.50"),
        ] {
            let read = Fen::parse(text).unwrap();
            assert_eq!((read.0, read.to_string().as_str()), (fen, written));
        }
        for text in ["", ".5", "1.", "1.005", "1e2", "+1", "1,000", "1234567890123", "--1", "１"] {
            assert_eq!(Fen::parse(text), None, "{text}");
        }
        assert_eq!((scaled("1.25", 4), scaled("0.000001", 6)), (Some(12_500), Some(1)));
    }

    #[test]
    fn shares_round_half_up() {
        assert_eq!(
            (Fen(25_000).share(7_000), Fen(5).share(1_000), Fen(4).share(1_000)),
            (Fen(17_500), Fen(1), Fen(0))
        );
    }
}
