//! Durations and sizes, as an operator writes them: a whole number and a unit.

use std::fmt;
use std::time::Duration;

const SECOND: u64 = 1000;
const DAY: u64 = 24 * 3600 * SECOND;

/// `500ms`, `8s`, `2m`, `1h` or `30d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let units = [("ms", 1), ("s", SECOND), ("m", 60 * SECOND), ("h", 3600 * SECOND), ("d", DAY)];
    scaled(text, &units)
        .map(Duration::from_millis)
        .ok_or_else(|| r#"a whole number with ms, s, m, h or d, such as "500ms" or "8s""#.to_owned())
}

/// `512B`, `64KiB`, `1MiB` or `2GiB`.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let units = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
    scaled(text, &units)
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| r#"a whole number with B, KiB, MiB or GiB, such as "1MiB""#.to_owned())
}

fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.strip_prefix(digits)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (_, scale) = units.iter().find(|(name, _)| *name == unit)?;
    digits.parse::<u64>().ok()?.checked_mul(*scale)
}

/// A duration as [`duration`] reads it.
pub(super) struct Shown(pub(super) Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let whole = |unit: u64| millis >= u128::from(unit) && millis.is_multiple_of(u128::from(unit));
        if whole(DAY) {
            write!(f, "{}d", millis / u128::from(DAY))
        } else if whole(3600 * SECOND) {
            write!(f, "{}h", millis / u128::from(3600 * SECOND))
        } else if whole(60 * SECOND) {
            write!(f, "{}m", millis / u128::from(60 * SECOND))
        } else if whole(SECOND) {
            write!(f, "{}s", millis / u128::from(SECOND))
        } else {
            write!(f, "{millis}ms")
        }
    }
}

/// A size as [`size`] reads it.
pub(super) fn shown_size(bytes: usize) -> String {
    let (shift, unit) = match bytes.trailing_zeros() {
        30.. if bytes > 0 => (30, "GiB"),
        20.. if bytes > 0 => (20, "MiB"),
        10.. if bytes > 0 => (10, "KiB"),
        _ => (0, "B"),
    };
    format!("{}{unit}", bytes >> shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_and_shown() {
        for (text, millis) in [("500ms", 500), ("8s", 8000), ("2m", 120_000), ("1h", 3_600_000), ("0ms", 0)] {
            let value = duration(text).unwrap();
            assert_eq!(value, Duration::from_millis(millis));
            assert_eq!(Shown(value).to_string(), text);
        }
        for (text, bytes) in [("7B", 7), ("64KiB", 65536), ("1MiB", 1 << 20), ("2GiB", 2 << 30), ("0B", 0)] {
            assert_eq!(size(text), Ok(bytes));
            assert_eq!(shown_size(bytes), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "8", "s", "8 s", "-8s", "+8s", "8S", "1.5s", "8秒", "99999999999999999999s", "1h30m", "٣s"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
        for text in ["1MB", "1mib", "18446744073709551615GiB", "1", "KiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
