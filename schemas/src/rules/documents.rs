//! The number of a document, by the rule of its kind.
//!
//! Only kinds whose numbers have one construction, everywhere and at all times, have a rule. Travel permits and
//! passports share kinds and have changed their forms; officers' cards have words in their numbers; a
//! social-security card's number may be the citizen's or the card's. Those are taken as they come.

use serde_json::Value;

use super::{Finding, citizen_id, permanent_residence};

/// Rule `document-number`, on an object with `kind` and `number`.
pub(super) fn check(value: &Value, found: &mut dyn FnMut(Finding)) {
    let (Some(kind), Some(number)) = (value.get("kind").and_then(Value::as_str), value.get("number")) else {
        return;
    };
    let check = match kind {
        "residentIdentityCard" => citizen_id::check,
        "foreignerPermanentResidenceCard" => permanent_residence::check,
        _ => return,
    };
    check(number, &mut |finding| found(Finding { member: Some("number"), ..finding }));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{by_name, codes};

    #[test]
    fn the_kind_chooses_the_rule() {
        let document = |kind, number| json!({"kind": kind, "number": number});
        let (citizen, foreigner) = ("510104199003071237", "932682198501010017");
        assert!(codes("document-number", document("residentIdentityCard", citizen)).is_empty());
        assert!(codes("document-number", document("foreignerPermanentResidenceCard", foreigner)).is_empty());
        assert_eq!(codes("document-number", document("residentIdentityCard", foreigner)), ["document-shape"]);
        assert_eq!(
            codes("document-number", document("foreignerPermanentResidenceCard", citizen)),
            ["document-shape"]
        );
        for kind in ["foreignPassport", "militaryOfficerCard", "socialSecurityCard", "other"] {
            assert!(codes("document-number", document(kind, "军字第1号")).is_empty());
        }
    }

    #[test]
    fn a_finding_points_at_the_number() {
        let document = json!({"kind": "residentIdentityCard", "number": "510104199003071238"});
        let mut members = Vec::new();
        by_name("document-number").unwrap().check(&document, &mut |finding| members.push(finding.member));
        assert_eq!(members, [Some("number")]);
    }

    #[test]
    fn half_a_document_is_left_to_the_schema() {
        for value in [json!(null), json!([]), json!({"kind": "residentIdentityCard"}), json!({"number": "1"})]
        {
            assert!(codes("document-number", value).is_empty());
        }
        assert!(codes("document-number", json!({"kind": 1, "number": "1"})).is_empty());
        assert!(codes("document-number", json!({"kind": "residentIdentityCard", "number": 1})).is_empty());
    }
}
