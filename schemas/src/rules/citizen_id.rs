//! Citizen identity numbers, GB 11643, and the residence permits that follow it.
//!
//! Eighteen characters: division (6), birth date (8), sequence (3), check character (MOD 11-2, an upper-case X
//! for ten). The permits of residents of Hong Kong, Macau and Taiwan are built alike, from 810000, 820000 and
//! 830000, and nothing else begins with 8. The old fifteen digits (division, YYMMDD in the twentieth century,
//! sequence) have no check character and are still on record.
//!
//! The division is where somebody was *first registered*: it may have been abolished long ago, so it is never
//! looked up in a current list. Divisions do not begin with 0, nor with 9: that is a foreigner's permanent
//! residence card, another kind of document.

use serde_json::Value;

use super::{Finding, dates, mod11};
use crate::sentences;

/// What the numbers of residence permits begin with: Hong Kong, Macau, Taiwan.
const PERMITS: [&str; 3] = ["810000", "820000", "830000"];

/// Nobody on record was born before this year; numbers that say so are typing errors.
const FIRST_YEAR: u32 = 1800;

const SHAPE: Finding = Finding::new(sentences::CITIZEN_SHAPE);
const PERMIT: Finding = Finding::new(sentences::PERMIT_SHAPE);
const DATE: Finding = Finding::new(sentences::NO_SUCH_BIRTHDAY);
const CHECK: Finding = Finding::new(sentences::CITIZEN_CHECK);

/// Rule `citizen-id`. A wrong date and a wrong check character are both told: either may be the typing error.
pub(super) fn check(value: &Value, found: &mut dyn FnMut(Finding)) {
    let Some(number) = value.as_str() else { return };
    match number.len() {
        18 => check_new(number, found),
        15 => check_old(number, found),
        _ => found(SHAPE),
    }
}

fn check_new(number: &str, found: &mut dyn FnMut(Finding)) {
    if number.starts_with('8') && !PERMITS.iter().any(|permit| number.starts_with(permit)) {
        return found(PERMIT);
    }
    let Some(parts) = Eighteen::read(number, |first| matches!(first, b'1'..=b'8')) else {
        return found(SHAPE);
    };
    parts.check(DATE, CHECK, found);
}

fn check_old(number: &str, found: &mut dyn FnMut(Finding)) {
    if !number.bytes().all(|byte| byte.is_ascii_digit())
        || !number.starts_with(|first| matches!(first, '1'..='7'))
    {
        return found(SHAPE);
    }
    let birth = (part(number, 6, 8), part(number, 8, 10), part(number, 10, 12));
    if let (Some(year), Some(month), Some(day)) = birth
        && !dates::exists(1900 + year, month, day)
    {
        found(DATE);
    }
}

/// A number of eighteen characters whose birth date is in the middle and whose check character is the last.
pub(super) struct Eighteen<'a> {
    bytes: &'a [u8; 18],
    birth: (u32, u32, u32),
}

impl<'a> Eighteen<'a> {
    /// Reads seventeen digits, of which the first is as said, and a digit or an upper-case X.
    pub(super) fn read(number: &'a str, first: impl Fn(u8) -> bool) -> Option<Self> {
        let bytes: &[u8; 18] = number.as_bytes().try_into().ok()?;
        let [digits @ .., last] = bytes;
        let is_shape = digits.first().is_some_and(|byte| first(*byte))
            && digits.iter().all(u8::is_ascii_digit)
            && (last.is_ascii_digit() || *last == b'X');
        if !is_shape {
            return None;
        }
        Some(Self { bytes, birth: (part(number, 6, 10)?, part(number, 10, 12)?, part(number, 12, 14)?) })
    }

    pub(super) fn check(&self, date: Finding, check: Finding, found: &mut dyn FnMut(Finding)) {
        let (year, month, day) = self.birth;
        if year < FIRST_YEAR || !dates::exists(year, month, day) {
            found(date);
        }
        if !mod11::is_right(self.bytes) {
            found(check);
        }
    }
}

/// The number in some of the characters.
fn part(number: &str, from: usize, to: usize) -> Option<u32> {
    dates::number(number.get(from..to)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::codes;

    #[test]
    fn numbers_that_exist() {
        for number in [
            "510104199003071237",
            "510104199003071245",
            "500103198808152330",
            "511502199003070015",
            "510722195501010012",
            "810000199205120017",
            "820000198509201024",
            "830000197901010035",
            // An abolished division and a pool are as good as any other.
            "11010519491231002X",
            "510104900307123",
        ] {
            assert!(codes("citizen-id", number).is_empty(), "{number}");
        }
    }

    #[test]
    fn a_right_check_character_does_not_save_a_wrong_date() {
        for number in ["510104199002301231", "510104199013071235", "510104000003071230", "510104179901011234"]
        {
            let seventeen = &number[..17];
            let right = "0123456789X".chars().map(|last| format!("{seventeen}{last}"));
            let found: Vec<_> = right.map(|number| codes("citizen-id", number)).collect();
            assert_eq!(found.iter().filter(|codes| **codes == ["impossible-date"]).count(), 1, "{number}");
            assert_eq!(
                found.iter().filter(|codes| **codes == ["impossible-date", "check-digit"]).count(),
                10,
                "{number}"
            );
        }
        assert_eq!(codes("citizen-id", "510104900230123"), ["impossible-date"]);
    }

    #[test]
    fn wrong_check_characters() {
        for number in ["510104199003071238", "51010419900307123X", "110105194912310021", "810000199205120018"]
        {
            assert_eq!(codes("citizen-id", number), ["check-digit"], "{number}");
        }
    }

    #[test]
    fn other_shapes() {
        for number in [
            "",
            "5101041990030712",
            "5101041990030712370",
            "11010519491231002x",
            "010104199003071237",
            "932682198501010017",
            // Begins with 8 and is no permit.
            "810001199205120017",
            "840000199205120017",
            "810000920512001",
            "51010419900307 237",
            "５10104199003071",
            "51010490030712X",
            "A00000001",
            "测试甲测试甲",
            "测试甲测试",
        ] {
            assert_eq!(codes("citizen-id", number), ["document-shape"], "{number}");
        }
        for value in [json!(510_104_199_003_071_237_u64), json!(null), json!({})] {
            assert!(codes("citizen-id", value).is_empty());
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(place in 0_usize..17, by in 1_u8..10) {
            let mut number = b"510104199003071237".to_vec();
            number[place] = b'0' + (number[place] - b'0' + by) % 10;
            prop_assert!(!codes("citizen-id", String::from_utf8(number).unwrap()).is_empty());
        }

        #[test]
        fn any_text_is_answered(text in ".{0,18}|[0-9]{14,18}.") {
            codes("citizen-id", text);
        }
    }
}
