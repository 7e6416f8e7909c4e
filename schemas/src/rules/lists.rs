//! Codes of national lists that are wider in use than in print, so that a stranger is only worth a warning.

use serde_json::Value;

use super::Finding;
use crate::sentences;

const ETHNICITY: Finding = Finding::warning(sentences::UNKNOWN_ETHNICITY);
const DIVISION: Finding = Finding::warning(sentences::UNKNOWN_PROVINCE);

/// GB/T 3304 numbers the peoples from 1 to 56.
const PEOPLES: u32 = 56;
/// What provinces add: Chuanqing, foreigners, others.
const ADDED: [u32; 5] = [57, 90, 97, 98, 99];

/// The first two digits of the provinces, by region of the country; 83 is in permits alone.
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
];

/// Rule `ethnicity`.
pub(super) fn check_ethnicity(value: &Value, found: &mut dyn FnMut(Finding)) {
    let code = value.as_str().filter(|text| text.len() == 2).and_then(super::dates::number);
    if code.is_some_and(|code| !(1..=PEOPLES).contains(&code) && !ADDED.contains(&code)) {
        found(ETHNICITY);
    }
}

/// Rule `division`. The rest of the digits is never looked up: pools and abolished codes are in use.
pub(super) fn check_division(value: &Value, found: &mut dyn FnMut(Finding)) {
    let is_shape = |text: &&str| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(province) = value.as_str().filter(is_shape).and_then(|text| text.get(..2)) else { return };
    if !PROVINCES.contains(&province) {
        found(DIVISION);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::codes;

    #[test]
    fn peoples() {
        for code in ["01", "56", "57", "90", "97", "98", "99"] {
            assert!(codes("ethnicity", code).is_empty(), "{code}");
        }
        for code in ["00", "58", "96"] {
            assert_eq!(codes("ethnicity", code), ["unknown-ethnicity"], "{code}");
        }
        for value in [json!("1"), json!(null), json!("测"), json!("1a"), json!(1)] {
            assert!(codes("ethnicity", value).is_empty());
        }
    }

    #[test]
    fn provinces() {
        for code in ["510100", "510199", "440300", "500000", "710000", "820000"] {
            assert!(codes("division", code).is_empty(), "{code}");
        }
        for code in ["160000", "990000", "830000", "200100"] {
            assert_eq!(codes("division", code), ["unknown-province"], "{code}");
        }
        for value in [json!(""), json!(null), json!("99000"), json!("测试")] {
            assert!(codes("division", value).is_empty());
        }
    }
}
