//! Civil time as the dialects write it: China Standard Time, +08:00, one zone and no summer time.

/// 9999-12-31 23:59:59.999 +08:00: four digits of year are all the dialects have.
const LAST_MILLIS: i64 = 253_402_271_999_999;
const ZONE_MILLIS: i64 = 8 * 3_600_000;
const DAY_MILLIS: i64 = 86_400_000;

/// An instant, seen on a clock in China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    year: u32,
    month: u32,
    day: u32,
    milli_of_day: u32,
}

impl Moment {
    /// The instant this many milliseconds after 1970-01-01 UTC.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self::from_signed(i64::try_from(millis).unwrap_or(LAST_MILLIS))
    }

    /// The instant of an RFC 3339 text with any offset; fractions finer than a millisecond are cut.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let (year, month, day) = date_parts(text.get(..10)?)?;
        let in_day = clock_millis(text.get(11..19)?)?;
        if !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) {
            return None;
        }
        let (fraction, offset) = fraction_millis(text.get(19..)?)?;
        let offset = offset_millis(offset)?;
        Some(Self::from_signed(days_from_civil(year, month, day) * DAY_MILLIS + in_day + fraction - offset))
    }

    /// `2026-01-02`
    #[must_use]
    pub fn date(&self) -> String {
        self.formatted("y-m-d")
    }

    /// `20260102`
    #[must_use]
    pub fn date_compact(&self) -> String {
        self.formatted("ymd")
    }

    /// `2026-01-02 10:30:45`
    #[must_use]
    pub fn seconds(&self) -> String {
        self.formatted("y-m-d H:M:S")
    }

    /// `20260102103045`
    #[must_use]
    pub fn compact(&self) -> String {
        self.formatted("ymdHMS")
    }

    /// `20260102103045123`
    #[must_use]
    pub fn millis_compact(&self) -> String {
        self.formatted("ymdHMSL")
    }

    /// `2026-01-02T10:30:45+08:00`
    #[must_use]
    pub fn rfc3339(&self) -> String {
        self.formatted("y-m-dTH:M:S+08:00")
    }

    /// The last millisecond of the same day, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn end_of_day_millis(&self) -> u64 {
        let next_midnight = (days_from_civil(self.year, self.month, self.day) + 1) * DAY_MILLIS - ZONE_MILLIS;
        u64::try_from(next_midnight - 1).unwrap_or_default()
    }

    fn from_signed(millis: i64) -> Self {
        let local = millis.min(LAST_MILLIS) + ZONE_MILLIS;
        let (year, month, day) = civil_from_days(local.div_euclid(DAY_MILLIS));
        Self { year, month, day, milli_of_day: local.rem_euclid(DAY_MILLIS) as u32 }
    }

    /// `y m d H M S L` stand for the parts, everything else for itself.
    fn formatted(&self, pattern: &str) -> String {
        let seconds = self.milli_of_day / 1000;
        let mut out = String::with_capacity(28);
        for character in pattern.chars() {
            match character {
                'y' => push_digits(&mut out, self.year, 1000),
                'm' => push_digits(&mut out, self.month, 10),
                'd' => push_digits(&mut out, self.day, 10),
                'H' => push_digits(&mut out, seconds / 3600, 10),
                'M' => push_digits(&mut out, seconds / 60 % 60, 10),
                'S' => push_digits(&mut out, seconds % 60, 10),
                'L' => push_digits(&mut out, self.milli_of_day % 1000, 100),
                other => out.push(other),
            }
        }
        out
    }
}

/// `2026-01-02 10:30:45` of a clock in China as RFC 3339; none for anything else, impossible dates included.
#[must_use]
pub fn civil_seconds(text: &str) -> Option<String> {
    let date = text.get(..10).filter(|date| is_date(date))?;
    let clock = text.get(11..).filter(|clock| clock_millis(clock).is_some())?;
    (text.as_bytes().get(10) == Some(&b' ')).then(|| [date, "T", clock, "+08:00"].concat())
}

/// Whether this is `yyyy-MM-dd` and a day that exists.
#[must_use]
pub fn is_date(text: &str) -> bool {
    date_parts(text).is_some()
}

/// `20260102` as `2026-01-02`; none for anything else, impossible dates included.
#[must_use]
pub fn date_from_compact(text: &str) -> Option<String> {
    if text.len() != 8 {
        return None;
    }
    let date = [text.get(..4)?, "-", text.get(4..6)?, "-", text.get(6..)?].concat();
    is_date(&date).then_some(date)
}

/// `2026-01-02` as `20260102`; none for anything else, impossible dates included.
#[must_use]
pub fn date_to_compact(text: &str) -> Option<String> {
    is_date(text).then(|| text.split('-').collect())
}

fn date_parts(text: &str) -> Option<(u32, u32, u32)> {
    let bytes = text.as_bytes();
    if text.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (number(text.get(..4)?)?, number(text.get(5..7)?)?, number(text.get(8..)?)?);
    let real = year >= 1 && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    real.then_some((year, month, day))
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if matches!((year % 4, year % 100, year % 400), (0, 1.., _) | (0, 0, 0)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// `10:30:45` as milliseconds; no leap seconds, which civil clocks here do not show.
fn clock_millis(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if text.len() != 8 || bytes.get(2) != Some(&b':') || bytes.get(5) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = (number(text.get(..2)?)?, number(text.get(3..5)?)?, number(text.get(6..)?)?);
    (hour < 24 && minute < 60 && second < 60).then(|| i64::from(hour * 3600 + minute * 60 + second) * 1000)
}

/// `.123456+08:00` as milliseconds and what follows the digits.
fn fraction_millis(text: &str) -> Option<(i64, &str)> {
    let Some(tail) = text.strip_prefix('.') else { return Some((0, text)) };
    let length = tail.bytes().position(|byte| !byte.is_ascii_digit())?;
    let (digits, offset) = tail.split_at(length);
    let mut millis = 0;
    for index in 0..3 {
        let digit = digits.as_bytes().get(index).map_or(0, |byte| i64::from(byte - b'0'));
        millis = millis * 10 + digit;
    }
    (length > 0).then_some((millis, offset))
}

fn offset_millis(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'Z' | b'z' if text.len() == 1 => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if text.len() != 6 || text.as_bytes().get(3) != Some(&b':') {
        return None;
    }
    let (hours, minutes) = (number(text.get(1..3)?)?, number(text.get(4..)?)?);
    (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes) * 60_000)
}

/// Digits alone: `u32::from_str` would take a sign too.
fn number(digits: &str) -> Option<u32> {
    let clean = digits.bytes().all(|byte| byte.is_ascii_digit());
    if clean { digits.parse().ok() } else { None }
}

fn push_digits(out: &mut String, value: u32, highest: u32) {
    let mut unit = highest;
    while unit > 0 {
        out.push(char::from(b'0' + (value / unit % 10) as u8));
        unit /= 10;
    }
}

/// Days since 1970-01-01; the year begins in March here, which puts the leap day last.
fn days_from_civil(year: u32, month: u32, day: u32) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (u32, u32, u32) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year.clamp(0, 9999) as u32, month as u32, day as u32)
}

#[cfg(test)]
mod tests;
