//! What makes a question the same question.

use std::time::Duration;

use jiff::{Timestamp, tz::Offset};
use serde_json::Value;
use yizhan_host::About;
use yizhan_schemas::{Kind, Operation};

use crate::canonical::{self, Digest};
use crate::identity::Requester;
use crate::partners::Partner;

const BUSINESS_TIME: &str = "/context/businessTime";
/// Where what was presented says what it is.
const PRESENTED: &str = "/credential/kind";
/// A token, which the partner takes once.
const ONCE_ONLY: &str = "electronicCredential";
/// China's time, which has no summer.
const CHINA: Offset = jiff::tz::offset(8);

/// Who asks whom for what.
pub(crate) struct Asking<'a> {
    pub(crate) requester: &'a Requester,
    pub(crate) operation: &'a Operation,
    pub(crate) purpose: &'a str,
    pub(crate) target: &'a Partner,
    /// The version of the standard.
    pub(crate) standard: &'a str,
}

/// How long an answer to this may be given again; none at all for most operations, and for what is asked with a token.
pub(super) fn time_to_live(operation: &Operation, message: &Value) -> Option<Duration> {
    let repeatable = operation.kind == Kind::Query && operation.repeatable && !operation.cache_ttl.is_zero();
    let once_only = message.pointer(PRESENTED).is_some_and(|kind| kind == ONCE_ONLY);
    (repeatable && !once_only).then_some(operation.cache_ttl)
}

/// The key of a validated message. It is as it was afterwards.
pub(super) fn of(asking: &Asking<'_>, adapter: &About, message: &mut Value) -> Option<Digest> {
    let Asking { requester, operation, purpose, target, standard } = asking;
    let time = message.pointer_mut(BUSINESS_TIME).map(Value::take);
    let day = time.as_ref().and_then(Value::as_str).map(day);
    let institution = requester.institution.as_deref();
    let circumstances = [
        requester.partner.name.as_ref(),
        institution.unwrap_or_default(),
        operation.name.as_str(),
        purpose,
        target.name.as_ref(),
        adapter.digest.as_str(),
        standard,
        day.as_deref().unwrap_or_default(),
    ];
    let mut circumstances = circumstances.map(str::as_bytes).to_vec();
    circumstances.push(&target.settings);
    let key = canonical::digest(&circumstances, message);
    if let (Some(time), Some(place)) = (time, message.pointer_mut(BUSINESS_TIME)) {
        *place = time;
    }
    key
}

/// The day in China on which a moment falls; the moment itself where it is none.
fn day(moment: &str) -> String {
    moment
        .parse::<Timestamp>()
        .map_or_else(|_| moment.to_owned(), |moment| CHINA.to_datetime(moment).date().to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use yizhan_schemas::Standard;

    use super::*;

    #[test]
    fn a_moment_counts_by_its_day_in_china() {
        for (moment, wanted) in [
            ("2026-01-02T10:30:45+08:00", "2026-01-02"),
            ("2026-01-02T23:59:59.999+08:00", "2026-01-02"),
            ("2026-01-02T15:59:59Z", "2026-01-02"),
            ("2026-01-02T16:00:00Z", "2026-01-03"),
            ("no moment", "no moment"),
        ] {
            assert_eq!(day(moment), wanted);
        }
    }

    #[test]
    fn what_must_be_asked_every_time_has_no_time_to_live() {
        let standard = Standard::embedded().unwrap();
        let with = |kind: &str| json!({"credential": {"kind": kind, "number": "A00000001"}});
        let lives = |name: &str, kind: &str| time_to_live(standard.operation(name).unwrap(), &with(kind));
        let minute = Some(Duration::from_secs(60));
        assert_eq!(lives("card.lookup", "socialSecurityCard"), minute);
        assert_eq!(lives("card.lookup", "electronicCredential"), None);
        for name in
            ["card.status", "credential.verify", "settlement.quote", "settlement.status", "claim.status"]
        {
            assert_eq!(lives(name, "socialSecurityCard"), None, "{name}");
        }
        // Whatever the table says of the times: what changes something, or may not be repeated, is asked every time.
        for operation in standard.operations() {
            if operation.kind != Kind::Query || !operation.repeatable {
                assert_eq!(time_to_live(operation, &json!({})), None, "{}", operation.name);
                assert!(operation.cache_ttl.is_zero(), "{}", operation.name);
            }
        }
    }
}
