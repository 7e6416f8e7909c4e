//! Money: `{"value": 45.5, "currency": "CNY"}` here, `"45.50"` there. Digits are moved, never reckoned with.

use yizhan_adapter::json::{Value, Writer};

/// Why an amount cannot be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrongMoney {
    /// Not yuan, or it does not say.
    Currency,
    /// Not a plain decimal of two places at most, or negative where that makes no sense.
    Value,
}

/// An amount of zero or more; none where there is none.
pub(crate) fn amount(money: Option<&Value<'_>>) -> Result<Option<String>, WrongMoney> {
    match balance(money)? {
        Some(text) if text.starts_with('-') => Err(WrongMoney::Value),
        read => Ok(read),
    }
}

/// An amount that may be negative.
pub(crate) fn balance(money: Option<&Value<'_>>) -> Result<Option<String>, WrongMoney> {
    let Some(money) = money.filter(|money| !money.is_null()) else { return Ok(None) };
    if money.get("currency").and_then(Value::as_text) != Some("CNY") {
        return Err(WrongMoney::Currency);
    }
    let Some(Value::Number(digits)) = money.get("value") else { return Err(WrongMoney::Value) };
    decimal(digits, 2).map(Some).ok_or(WrongMoney::Value)
}

/// A JSON number as the standard writes it, with exactly this many places; none where digits would be lost.
pub(crate) fn decimal(number: &str, places: usize) -> Option<String> {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return None;
    }
    let kept = fraction.trim_end_matches('0');
    if kept.len() > places {
        return None;
    }
    let zero = kept.is_empty() && whole.trim_start_matches('0').is_empty();
    let mut out = String::with_capacity(number.len() + places + 1);
    out.push_str(if zero { "" } else { sign });
    out.push_str(whole);
    out.push('.');
    out.push_str(kept);
    for _ in kept.len()..places {
        out.push('0');
    }
    Some(out)
}

/// Whether an amount of the standard is nothing at all.
pub(crate) fn is_zero(amount: &str) -> bool {
    amount.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// Writes an amount of the standard, which is a JSON number as it stands.
pub(crate) fn write(out: &mut Writer, name: &str, amount: &str) {
    out.key(name).begin_object().key("value").number(amount).key("currency").text("CNY").end_object();
}

#[cfg(test)]
mod tests {
    use super::*;
    use yizhan_adapter::json::parse_strict;

    #[test]
    fn digits_are_kept_or_refused() {
        for (number, places, expected) in [
            ("45.5", 2, Some("45.50")),
            ("45", 2, Some("45.00")),
            ("45.5000", 2, Some("45.50")),
            ("0", 2, Some("0.00")),
            ("-0.0", 2, Some("0.00")),
            ("-3.1", 2, Some("-3.10")),
            ("99999999999999.99", 2, Some("99999999999999.99")),
            ("0.7", 4, Some("0.7000")),
            ("45.505", 2, None),
            ("4.5e1", 2, None),
            ("", 2, None),
            (".5", 2, None),
        ] {
            assert_eq!(decimal(number, places).as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn money_is_yuan() {
        for (text, expected) in [
            (r#"{"value":45.5,"currency":"CNY"}"#, Ok(Some("45.50"))),
            (r#"{"value":45.5,"currency":"USD"}"#, Err(WrongMoney::Currency)),
            (r#"{"value":45.5}"#, Err(WrongMoney::Currency)),
            (r#"{"value":"45.5","currency":"CNY"}"#, Err(WrongMoney::Value)),
            (r#"{"currency":"CNY"}"#, Err(WrongMoney::Value)),
            (r#"{"value":-1,"currency":"CNY"}"#, Err(WrongMoney::Value)),
            ("null", Ok(None)),
            ("[]", Err(WrongMoney::Currency)),
        ] {
            let value = parse_strict(text).unwrap();
            assert_eq!(amount(Some(&value)), expected.map(|it| it.map(str::to_owned)), "{text}");
        }
        assert_eq!(amount(None), Ok(None));
    }
}
