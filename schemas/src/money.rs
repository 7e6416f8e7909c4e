//! Money: whole fen inside, decimal yuan outside.
//!
//! No amount ever passes through binary floating point: a message carries `"12.30"`, the code `Fen(1230)`.

use std::fmt;
use std::str::FromStr;

/// Digits before the point that the standard allows (`common/types.schema.json`, `money`).
const MAX_YUAN_DIGITS: usize = 14;

/// An amount in fen, a hundredth of a yuan.
///
/// Reads and writes the standard's form: yuan with exactly two places, no leading zeros, no plus sign.
/// Negative amounts occur in balances only; a reversal has a positive amount and says that it is one.
///
/// ```
/// use yizhan_schemas::Fen;
///
/// assert_eq!("812.35".parse(), Ok(Fen(81_235)));
/// assert_eq!(Fen(-5).to_string(), "-0.05");
/// assert!("812.3".parse::<Fen>().is_err());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

/// The text is not an amount in the standard's form. It does not say which text: amounts are personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount of yuan with two places")]
pub struct MoneyError;

impl FromStr for Fen {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (yuan, places) = digits.split_once('.').ok_or(MoneyError)?;
        let leading_zero = yuan.len() > 1 && yuan.starts_with('0');
        if yuan.is_empty() || yuan.len() > MAX_YUAN_DIGITS || leading_zero || places.len() != 2 {
            return Err(MoneyError);
        }
        let fen = yuan.bytes().chain(places.bytes()).try_fold(0_i64, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')).ok_or(MoneyError)
        })?;
        Ok(Self(if negative { -fen } else { fen }))
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_only_the_standards_form() {
        for (text, fen) in [("0.00", 0), ("-0.00", 0), ("0.05", 5), ("-12.30", -1230), ("812.35", 81_235)] {
            assert_eq!(text.parse(), Ok(Fen(fen)), "{text}");
        }
        assert_eq!("99999999999999.99".parse(), Ok(Fen(9_999_999_999_999_999)));
        for text in [
            "",
            "-",
            ".",
            ".00",
            "1",
            "1.",
            "1.0",
            "1.000",
            "01.00",
            "+1.00",
            "1,000.00",
            " 1.00",
            "1.00 ",
            "1e3.00",
            "--1.00",
            "1.-1",
            "٣.00",
            "100000000000000.00",
            "1.00元",
        ] {
            assert_eq!(text.parse::<Fen>(), Err(MoneyError), "{text}");
        }
    }

    #[test]
    fn prints_the_ends_of_the_range() {
        assert_eq!(Fen(i64::MIN).to_string(), "-92233720368547758.08");
        assert_eq!(Fen(i64::MAX).to_string(), "92233720368547758.07");
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(fen in -9_999_999_999_999_999_i64..=9_999_999_999_999_999) {
            prop_assert_eq!(Fen(fen).to_string().parse(), Ok(Fen(fen)));
        }

        #[test]
        fn what_is_read_is_printed_the_same(text in "-?(0|[1-9][0-9]{0,13})\\.[0-9]{2}") {
            let fen = text.parse::<Fen>().unwrap();
            prop_assert!(fen.to_string() == text || (fen == Fen(0) && text == "-0.00"));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = text.parse::<Fen>();
        }
    }
}
