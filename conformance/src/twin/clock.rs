//! The partners' clock. They all keep +08:00 and never say so on the wire.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// The wall clock in China.
pub(super) fn local() -> DateTime {
    Offset::constant(8).to_datetime(Timestamp::now())
}

/// Seconds since 1970.
pub(super) fn unix() -> i64 {
    Timestamp::now().as_second()
}

/// Whether `text` is a moment that exists, written as `layout` says with the letters `yMdHms`.
pub(super) fn reads(text: &str, layout: &str) -> bool {
    let fits = text.len() == layout.len()
        && text.chars().zip(layout.chars()).all(|(found, wanted)| {
            if wanted.is_ascii_alphabetic() { found.is_ascii_digit() } else { found == wanted }
        });
    let part = |letter: char, missing: i16| {
        let digits: String = text
            .chars()
            .zip(layout.chars())
            .filter(|(_, wanted)| *wanted == letter)
            .map(|(c, _)| c)
            .collect();
        if digits.is_empty() { Some(missing) } else { digits.parse().ok() }
    };
    let small = |letter, missing| part(letter, missing).and_then(|value| i8::try_from(value).ok());
    let date = || Date::new(part('y', 2000)?, small('M', 1)?, small('d', 1)?).ok();
    let time = || Time::new(small('H', 0)?, small('m', 0)?, small('s', 0)?, 0).ok();
    fits && date().is_some() && time().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_moments_that_exist() {
        assert!(reads("2026-01-02 10:30:45", "yyyy-MM-dd HH:mm:ss"));
        assert!(reads("20240229", "yyyyMMdd"));
        for (text, layout) in [
            ("2026-02-29 10:30:45", "yyyy-MM-dd HH:mm:ss"),
            ("2026-01-02T10:30:45", "yyyy-MM-dd HH:mm:ss"),
            ("2026-01-02 24:00:00", "yyyy-MM-dd HH:mm:ss"),
            ("2026-01-02", "yyyyMMdd"),
            ("20261301", "yyyyMMdd"),
            ("2026010", "yyyyMMdd"),
            ("２０２６0101", "yyyyMMdd"),
        ] {
            assert!(!reads(text, layout), "{text}");
        }
    }

    #[test]
    fn the_local_clock_is_eight_hours_ahead() {
        let local = Offset::constant(0).to_timestamp(local()).unwrap().as_second();
        assert!((local - unix() - 8 * 3600).abs() < 5);
    }
}
