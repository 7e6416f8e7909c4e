//! Decimal numbers as digits, never as floating point: amounts, quantities and prices (domain 1.6).

/// A decimal of at most so many places as a whole number of the last place; more places only as zeros. None for
/// anything else, and for what does not fit.
pub(crate) fn parse(text: &str, places: usize) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (kept, beyond) = fraction.split_at_checked(places).unwrap_or((fraction, ""));
    let clean = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let ends_in_point = digits.contains('.') && fraction.is_empty();
    if whole.is_empty()
        || ends_in_point
        || !clean(whole)
        || !clean(kept)
        || beyond.bytes().any(|byte| byte != b'0')
    {
        return None;
    }
    let mut value: i64 = 0;
    for digit in whole.bytes().chain(kept.bytes()) {
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    for _ in kept.len()..places {
        value = value.checked_mul(10)?;
    }
    Some(if negative { -value } else { value })
}

/// The other way round, with exactly so many places.
pub(crate) fn write(value: i64, places: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    [sign, whole, ".", fraction].concat()
}

/// An amount in fen.
pub(crate) fn fen(text: &str) -> Option<i64> {
    parse(text, 2)
}

/// The same decimal with exactly so many places, where it is not negative and has no more of them.
pub(crate) fn with_places(text: &str, places: usize) -> Option<String> {
    parse(text, places).filter(|value| *value >= 0).map(|value| write(value, places))
}

#[cfg(test)]
mod tests {
    use super::{fen, parse, with_places, write};

    #[test]
    fn amounts_are_read_whatever_their_places() {
        for (text, value) in [
            ("175", 17_500),
            ("175.0", 17_500),
            ("175.00", 17_500),
            ("175.0000", 17_500),
            ("0.05", 5),
            ("-0.05", -5),
            ("007", 700),
        ] {
            assert_eq!(fen(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1.005",
            "1e2",
            "1,000",
            "1.00元",
            "+1",
            "--1",
            "1.0.0",
            "99999999999999999999",
        ] {
            assert_eq!(fen(text), None, "{text}");
        }
        assert_eq!(parse("40.8072", 2), None, "a fraction of a fen is not dropped");
    }

    #[test]
    fn it_is_written_with_its_places() {
        assert_eq!(
            (write(5, 2), write(-17_500, 2), write(0, 2)),
            ("0.05".into(), "-175.00".into(), "0.00".into())
        );
        assert_eq!(with_places("24.1", 6).as_deref(), Some("24.100000"));
        assert_eq!(with_places("5", 4).as_deref(), Some("5.0000"));
        assert_eq!(with_places("-5", 4), None);
        for value in [i64::MAX, i64::MIN + 1, 1, -1] {
            assert_eq!(fen(&write(value, 2)), Some(value));
        }
    }
}
