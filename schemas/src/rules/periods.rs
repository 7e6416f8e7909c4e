//! Periods of days: begin before end, and one way to write that there is no end yet.

use serde_json::Value;

use super::Finding;
use crate::sentences;

/// How an open end is written.
const OPEN: &str = "9999-12-31";
/// Ends later than this are nobody's plan: dialects write open ends as 2999-12-31, 9999-01-01 and the like.
const FAR: &str = "2900-01-01";

const ORDER: Finding = Finding::new(sentences::PERIOD_ORDER).at("endsOn");
const OPEN_END: Finding = Finding::new(sentences::OPEN_END).at("endsOn");

/// Rule `period`, on an object with `startsOn` and `endsOn`.
pub(super) fn check(value: &Value, found: &mut dyn FnMut(Finding)) {
    let day = |name| value.get(name).and_then(Value::as_str).filter(|text| is_written(text));
    let Some(end) = day("endsOn") else { return };
    if end >= FAR && end != OPEN {
        found(OPEN_END);
    }
    if day("startsOn").is_some_and(|start| start > end) {
        found(ORDER);
    }
}

/// Whether it is `YYYY-MM-DD`: such texts are in order when their days are.
fn is_written(text: &str) -> bool {
    text.len() == OPEN.len()
        && text.bytes().zip(OPEN.bytes()).all(
            |(byte, like)| {
                if like == b'-' { byte == b'-' } else { byte.is_ascii_digit() }
            },
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::codes;

    #[test]
    fn order_and_open_ends() {
        let period = |start: &str, end: &str| codes("period", json!({"startsOn": start, "endsOn": end}));
        assert!(period("2026-01-01", "2026-01-01").is_empty());
        assert!(period("2026-01-01", "9999-12-31").is_empty());
        assert_eq!(period("2026-01-02", "2026-01-01"), ["period-order"]);
        for end in ["2999-12-31", "9999-01-01", "9999-12-30", "2900-01-01"] {
            assert_eq!(period("2026-01-01", end), ["open-end"], "{end}");
        }
        for (start, end) in
            [("20260102", "2026-01-01"), ("2026-01-02", "20260101"), ("", ""), ("9", "２０26-01")]
        {
            assert!(period(start, end).is_empty());
        }
        assert!(codes("period", json!(null)).is_empty());
    }
}
