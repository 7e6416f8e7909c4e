use super::{Moment, civil_seconds, date_from_compact, date_to_compact, is_date};

#[test]
fn one_moment_in_all_spellings() {
    let moment = Moment::from_millis(1_767_321_045_123);
    assert_eq!(moment.date(), "2026-01-02");
    assert_eq!(moment.date_compact(), "20260102");
    assert_eq!(moment.seconds(), "2026-01-02 10:30:45");
    assert_eq!(moment.compact(), "20260102103045");
    assert_eq!(moment.millis_compact(), "20260102103045123");
    assert_eq!(moment.rfc3339(), "2026-01-02T10:30:45+08:00");
    assert_eq!(moment.end_of_day_millis(), 1_767_369_599_999);
    assert_eq!(Moment::from_millis(0).rfc3339(), "1970-01-01T08:00:00+08:00");
    assert_eq!(Moment::from_millis(u64::MAX).seconds(), "9999-12-31 23:59:59");
}

#[test]
fn the_civil_day_begins_at_sixteen_hours_utc() {
    assert_eq!(Moment::from_rfc3339("2024-02-28T15:59:59Z").unwrap().date(), "2024-02-28");
    assert_eq!(Moment::from_rfc3339("2024-02-28T16:00:00Z").unwrap().date(), "2024-02-29");
    assert_eq!(Moment::from_rfc3339("2023-12-31T16:00:00.5Z").unwrap().millis_compact(), "20240101000000500");
}

#[test]
fn offsets_are_converted() {
    for text in ["2026-01-02T10:30:45+08:00", "2026-01-02T02:30:45Z", "2026-01-01T21:30:45.999-05:00"] {
        assert_eq!(Moment::from_rfc3339(text).unwrap().seconds(), "2026-01-02 10:30:45");
    }
    for text in
        ["2026-01-02T10:30:45", "2026-01-02T10:30:45.Z", "2026-02-30T10:30:45Z", "", "2026-01-02X10:30:45Z"]
    {
        assert_eq!(Moment::from_rfc3339(text), None, "{text}");
    }
}

#[test]
fn impossible_dates_are_none() {
    assert_eq!(civil_seconds("2026-01-02 10:30:45").as_deref(), Some("2026-01-02T10:30:45+08:00"));
    for text in ["2026-02-29 10:30:45", "2026-01-02T10:30:45", "2026-01-02 24:00:00", "2026-01-02", "测试"]
    {
        assert_eq!(civil_seconds(text), None, "{text}");
    }
    assert_eq!(date_from_compact("19900307").as_deref(), Some("1990-03-07"));
    assert_eq!(date_from_compact("19900230"), None);
    assert_eq!(date_from_compact("1990-3-7"), None);
    assert_eq!(date_from_compact("+9900307"), None);
    assert_eq!(date_to_compact("1990-03-07").as_deref(), Some("19900307"));
    assert_eq!(date_to_compact("1990.03.07"), None);
    assert!(is_date("2000-02-29") && !is_date("1900-02-29"));
}

#[test]
fn every_day_of_four_centuries_comes_back() {
    let mut previous = String::new();
    for day in 0..146_097_u64 {
        let moment = Moment::from_millis(day * 86_400_000);
        let date = moment.date();
        assert!(is_date(&date) && date > previous);
        assert_eq!(Moment::from_rfc3339(&moment.rfc3339()), Some(moment));
        previous = date;
    }
}
