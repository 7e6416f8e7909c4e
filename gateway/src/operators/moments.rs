//! Moments as operators write and read them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use yizhan_journal::Millis;

use super::Refusal;

/// RFC 3339, or a date, which begins at midnight in China.
pub(super) fn read(text: &str) -> Result<Millis, Refusal> {
    let china = || {
        // A time without an offset would be read as the date in it.
        let date = Some(text).filter(|text| text.len() == "2026-01-02".len())?;
        let midnight = date.parse::<Date>().ok()?.at(0, 0, 0, 0);
        Offset::constant(8).to_timestamp(midnight).ok()
    };
    let at = text.parse::<Timestamp>().ok().or_else(china);
    at.and_then(|at| u64::try_from(at.as_millisecond()).ok())
        .map(Millis)
        .ok_or_else(|| Refusal::malformed("a moment is written 2026-01-02T10:30:45+08:00, or 2026-01-02"))
}

/// RFC 3339, UTC.
pub(super) fn shown(at: Millis) -> Option<String> {
    let millis = i64::try_from(at.0).ok()?;
    Timestamp::from_millisecond(millis).ok().map(|at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_begins_at_midnight_in_china() {
        let midnight = Millis(1_767_283_200_000);
        for text in ["2026-01-02", "2026-01-02T00:00:00+08:00", "2026-01-01T16:00:00Z"] {
            assert_eq!(read(text).unwrap(), midnight, "{text}");
        }
        assert_eq!(shown(midnight).unwrap(), "2026-01-01T16:00:00Z");
        for text in ["", "yesterday", "2026-02-30", "1969-12-31", "2026-01-02T10:30:45"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
