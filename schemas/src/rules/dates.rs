//! Days and moments that exist.
//!
//! The schema's pattern says how a date is written; this says that the calendar has it. No clock is asked:
//! whether a date is too late or too early is the partner's business.

use serde_json::Value;

use super::Finding;
use crate::sentences;

const NO_SUCH_DAY: Finding = Finding::new(sentences::NO_SUCH_DAY);
const NO_SUCH_MOMENT: Finding = Finding::new(sentences::NO_SUCH_MOMENT);

/// Rule `calendar-date`: `YYYY-MM-DD`.
pub(super) fn check_date(value: &Value, found: &mut dyn FnMut(Finding)) {
    if value.as_str().and_then(date) == Some(false) {
        found(NO_SUCH_DAY);
    }
}

/// Rule `date-time`: RFC 3339 with an offset. A leap second is a moment: `:60` after minute 59.
pub(super) fn check_date_time(value: &Value, found: &mut dyn FnMut(Finding)) {
    if value.as_str().and_then(date_time) == Some(false) {
        found(NO_SUCH_MOMENT);
    }
}

/// Whether a day exists in the Gregorian calendar, applied to the past as ISO 8601 does; there is no year 0.
pub(super) const fn exists(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year > 0 && day > 0 && day <= days
}

/// A number of decimal digits alone.
pub(super) fn number(digits: &str) -> Option<u32> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// Whether the day exists; nothing if the text is not written like a date.
fn date(text: &str) -> Option<bool> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    Some(exists(number(year)?, number(month)?, number(day)?))
}

/// Whether the moment exists; nothing if the text is not written like one.
fn date_time(text: &str) -> Option<bool> {
    let (day, rest) = text.split_once('T')?;
    let (time, offset) = match rest.strip_suffix('Z') {
        Some(time) => (time, None),
        None => {
            let (time, offset) = rest.split_once(['+', '-'])?;
            (time, Some(offset))
        }
    };
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let (hour_minute, second) = time.rsplit_once(':')?;
    let (hour, minute) = clock(hour_minute)?;
    let second = number(second)?;
    let offset_exists = match offset {
        Some(offset) => {
            let (hours, minutes) = clock(offset)?;
            hours < 24 && minutes < 60
        }
        None => true,
    };
    let second_exists = second < 60 || (second == 60 && minute == 59);
    Some(date(day)? && hour < 24 && minute < 60 && second_exists && offset_exists)
}

/// `hh:mm`, whatever the numbers.
fn clock(text: &str) -> Option<(u32, u32)> {
    let (hours, minutes) = text.split_once(':')?;
    Some((number(hours)?, number(minutes)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::codes;

    #[test]
    fn days() {
        for day in ["2026-01-31", "2024-02-29", "2000-02-29", "1990-03-07", "9999-12-31", "0001-01-01"] {
            assert!(codes("calendar-date", day).is_empty(), "{day}");
        }
        for day in [
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-00-10",
            "2026-13-01",
            "2026-01-00",
            "2026-01-32",
            "0000-01-01",
        ] {
            assert_eq!(codes("calendar-date", day), ["impossible-date"], "{day}");
        }
    }

    #[test]
    fn moments() {
        for moment in [
            "2026-01-02T10:30:45+08:00",
            "2026-01-02T00:00:00Z",
            "2026-01-02T23:59:59.123456789-23:59",
            "2017-01-01T07:59:60+08:00",
        ] {
            assert!(codes("date-time", moment).is_empty(), "{moment}");
        }
        for moment in [
            "2026-02-30T10:30:45+08:00",
            "2026-01-02T24:00:00Z",
            "2026-01-02T10:60:00Z",
            "2026-01-02T10:30:60Z",
            "2026-01-02T10:59:61Z",
            "2026-01-02T10:30:45+24:00",
            "2026-01-02T10:30:45-08:60",
        ] {
            assert_eq!(codes("date-time", moment), ["impossible-date"], "{moment}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_the_schema() {
        for value in [
            json!("2026-1-2"),
            json!("20260102"),
            json!("2026-99"),
            json!("９０26-01-01"),
            json!(20_260_102),
            json!(null),
        ] {
            assert!(codes("calendar-date", value.clone()).is_empty(), "{value}");
            assert!(codes("date-time", value).is_empty());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".*") {
            codes("calendar-date", text.clone());
            codes("date-time", text);
        }
    }
}
