//! Unified social credit codes, GB 32100, and accounts at banks.

use serde_json::Value;

use super::Finding;
use crate::sentences;

/// The characters of a credit code; each stands for its place.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^i mod 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

const CREDIT_CODE: Finding = Finding::warning(sentences::CREDIT_CODE_CHECK);
const ACCOUNT_SHAPE: Finding = Finding::new(sentences::ACCOUNT_SHAPE).at("number");
const ACCOUNT_CHECK: Finding = Finding::new(sentences::LUHN_CHECK).at("number");

/// Rule `social-credit-code`. It only warns: legal codes with a wrong check character exist.
pub(super) fn check_credit_code(value: &Value, found: &mut dyn FnMut(Finding)) {
    let Some(places) = value.as_str().and_then(places) else { return };
    let [body @ .., last] = &places;
    let sum: usize = body.iter().zip(WEIGHTS).map(|(place, weight)| place * weight).sum();
    if *last != (31 - sum % 31) % 31 {
        found(CREDIT_CODE);
    }
}

/// The place of each of the eighteen characters in the alphabet.
fn places(code: &str) -> Option<[usize; 18]> {
    let places: Option<Vec<_>> = code.chars().map(|one| ALPHABET.find(one)).collect();
    places?.try_into().ok()
}

/// Rule `account-number`, on an object with `kind` and `number`. Passbooks have no check digit.
pub(super) fn check_account(value: &Value, found: &mut dyn FnMut(Finding)) {
    let Some(number) = value.get("number").and_then(Value::as_str) else { return };
    if value.get("kind").and_then(Value::as_str) != Some("card") {
        return;
    }
    if !(16..=19).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        found(ACCOUNT_SHAPE);
    } else if !luhn(number) {
        found(ACCOUNT_CHECK);
    }
}

/// Every second digit from the right is doubled, and the digits of all that add up to a multiple of ten.
fn luhn(number: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let sum: u32 = digits
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .map(|number| if number > 9 { number - 9 } else { number })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::codes;

    #[test]
    fn credit_codes() {
        for code in ["12510000000000019B", "11510000MB0000000N", "91510100MA00000077"] {
            assert!(codes("social-credit-code", code).is_empty(), "{code}");
        }
        for code in ["12510000000000019C", "11510000MB00000001", "91510100MA00000070"] {
            assert_eq!(codes("social-credit-code", code), ["credit-code-check"], "{code}");
        }
        for other in [
            "",
            "91510100MA0000007",
            "91510100MA0000007I",
            "91510100ma00000077",
            "测试甲测试甲测试甲测试甲测试甲测试甲",
        ] {
            assert!(codes("social-credit-code", other).is_empty(), "left to the pattern: {other}");
        }
    }

    #[test]
    fn accounts() {
        let account =
            |kind: &str, number: &str| codes("account-number", json!({"kind": kind, "number": number}));
        for number in ["6217000000000000004", "6230590000000000011"] {
            assert!(account("card", number).is_empty(), "{number}");
        }
        assert_eq!(account("card", "6217000000000000005"), ["check-digit"]);
        for number in
            ["", "621700000000000", "62170000000000000044", "621700000000000000X", "测试测试测试测试"]
        {
            assert_eq!(account("card", number), ["account-shape"], "{number}");
        }
        assert!(account("passbook", "6217000000000000005").is_empty());
        assert!(codes("account-number", json!({"kind": "card"})).is_empty());
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(place in 0_usize..19, by in 1_u8..10) {
            let mut number = b"6217000000000000004".to_vec();
            number[place] = b'0' + (number[place] - b'0' + by) % 10;
            let account = json!({"kind": "card", "number": String::from_utf8(number).unwrap()});
            prop_assert_eq!(codes("account-number", account), ["check-digit"]);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,18}|[0-9A-Z]{18}") {
            codes("social-credit-code", text.clone());
            codes("account-number", json!({"kind": "card", "number": text}));
        }
    }
}
