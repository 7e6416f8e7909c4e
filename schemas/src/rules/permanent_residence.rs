//! Foreigners' permanent residence cards; both forms are in use.
//!
//! 2023: eighteen characters, `9`, province (2), country (ISO 3166 numeric, 3), birth date (8), sequence (3),
//! check character (MOD 11-2).
//! 2017: fifteen characters, country (ISO 3166 alpha-3), region of issue (4), birth date (YYMMDD), sex and
//! sequence (1), and a check digit as in a passport's machine-readable zone: weights 7, 3, 1, A is 10, Z is 35.

use serde_json::Value;

use super::citizen_id::Eighteen;
use super::{Finding, dates};
use crate::sentences;

const SHAPE: Finding = Finding::new(sentences::PERMANENT_RESIDENCE_SHAPE);
const DATE: Finding = Finding::new(sentences::NO_SUCH_BIRTHDAY);
const CHECK: Finding = Finding::new(sentences::PERMANENT_RESIDENCE_CHECK);

/// Rule `permanent-residence`.
pub(super) fn check(value: &Value, found: &mut dyn FnMut(Finding)) {
    let Some(number) = value.as_str() else { return };
    if let Some(number) = Eighteen::read(number, |first| first == b'9') {
        return number.check(DATE, CHECK, found);
    }
    match Fifteen::read(number) {
        Some(number) => number.check(found),
        None => found(SHAPE),
    }
}

/// The form of 2017.
struct Fifteen<'a> {
    number: &'a str,
}

impl<'a> Fifteen<'a> {
    fn read(number: &'a str) -> Option<Self> {
        let (country, digits) = number.split_at_checked(3)?;
        let is_shape = number.len() == 15
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_shape.then_some(Self { number })
    }

    fn check(&self, found: &mut dyn FnMut(Finding)) {
        if self.has_day() == Some(false) {
            found(DATE);
        }
        if !self.has_right_check_digit() {
            found(CHECK);
        }
    }

    /// The number does not say the century, so a day of either will do.
    fn has_day(&self) -> Option<bool> {
        let part = |from, to| dates::number(self.number.get(from..to)?);
        let (year, month, day) = (part(7, 9)?, part(9, 11)?, part(11, 13)?);
        Some([1900, 2000].iter().any(|century| dates::exists(century + year, month, day)))
    }

    fn has_right_check_digit(&self) -> bool {
        let mut values = self.number.bytes().map(|byte| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            _ => u32::from(byte.saturating_sub(b'A')) + 10,
        });
        let sum: u32 = values
            .clone()
            .take(14)
            .zip([7, 3, 1].into_iter().cycle())
            .map(|(value, weight)| value * weight)
            .sum();
        values.next_back() == Some(sum % 10)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::codes;

    /// A made-up number of the form of 2017; its check digit was reckoned by hand:
    /// U30·7 + S28·3 + A10·1 + 5·7 + 1·3 + 0·1 + 1·7 + 8·3 + 5·1 + 0·7 + 6·3 + 1·1 + 5·7 + 1·3 = 435.
    const OLD: &str = "USA510185061515";

    #[test]
    fn numbers_that_exist() {
        for number in ["932682198501010017", "911124198108030024", OLD] {
            assert!(codes("permanent-residence", number).is_empty(), "{number}");
        }
    }

    #[test]
    fn numbers_that_do_not() {
        assert_eq!(codes("permanent-residence", "932682198501010018"), ["check-digit"]);
        assert_eq!(codes("permanent-residence", "USA510185061516"), ["check-digit"]);
        assert!(codes("permanent-residence", "932682198502310017").contains(&"impossible-date"));
        assert!(codes("permanent-residence", "USA510185023115").contains(&"impossible-date"));
        for number in [
            "",
            "510104199003071237",
            "USA51018506151",
            "usa510185061515",
            "US1510185061515",
            "93268219850101001x",
            "测USA5101850615",
        ] {
            assert_eq!(codes("permanent-residence", number), ["document-shape"], "{number}");
        }
    }

    #[test]
    fn a_day_of_either_century_will_do() {
        // 2000 had a 29 February, 1900 had not.
        assert!(!codes("permanent-residence", "USA510100022915").contains(&"impossible-date"));
        assert!(codes("permanent-residence", "USA510101022915").contains(&"impossible-date"));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,18}|[A-Z]{3}[0-9]{12}") {
            codes("permanent-residence", text);
        }
    }
}
