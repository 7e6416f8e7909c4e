use super::*;
use crate::json::{Value, parse_strict};

const REQUEST: &str = r#"{"context":{"purpose":"medicalTreatment","institution":{"id":"H51010400001","name":"测试医院"},"operator":{"id":"0001","name":"测试员","kind":"clerk"},"terminal":{"id":"T-1"},"target":"guangdong","insuredDivision":"440100","issuingDivision":"510100","careDivision":"510100","consent":{"reference":"C-1"},"businessTime":"2026-01-02T10:30:45+08:00"},"credential":{"kind":"socialSecurityCard","number":"A00000001","cardIdentifier":"510100D1560000050000000000000001"},"document":{"kind":"other","number":"X1","kindText":"97"},"personName":"测试甲","serviceDate":"2026-01-02"}"#;

const REPLY: &str = r#"{"person":{"identifier":{"kind":"person","id":"51000051010000000000000001","issuer":null},"document":{"kind":"residentIdentityCard","number":"510104199003071237"},"name":"测试甲","sex":"male","ethnicity":"01","birthDate":"1990-03-07","age":"35.8"},"insurances":[{"kind":"other","kindText":"39999","status":"unknown","insuredDivision":"510199","personCategory":"11","startedOn":"2015-07-01","pausedOn":null,"balance":"812.35","civilServant":false,"employerName":"测试单位"}],"card":{"number":"A00000001","cardIdentifier":null,"issuingDivision":"510100"},"identities":[{"kind":"1","level":null,"memo":"a\nb","startedOn":null,"endedOn":"2026-12-31"}]}"#;

#[test]
fn a_full_request_comes_back_as_it_was() {
    let value = parse_strict(REQUEST).unwrap();
    let request = LookupRequest::read(&value).unwrap();
    assert_eq!(request.context.operator_kind, Some(OperatorKind::Clerk));
    assert_eq!(request.document.as_ref().unwrap().kind, DocumentKind::Other("97".to_owned()));
    assert_eq!(request.write(), REQUEST);
}

#[test]
fn what_is_not_known_is_left_out_of_a_request() {
    let text = r#"{"context":{"institution":{"id":"H1"},"businessTime":"2026-01-02T10:30:45+08:00"},"credential":{"kind":"identityDocument","number":"1"}}"#;
    let value = parse_strict(text).unwrap();
    assert_eq!(LookupRequest::read(&value).unwrap().write(), text);
}

#[test]
fn extensions_are_named() {
    let text = r#"{"context":{"institution":{"id":"H1"},"businessTime":"t"},"credential":{"kind":"identityDocument","number":"1"},"extensions":{"nhsa":{},"other":{}}}"#;
    let value = parse_strict(text).unwrap();
    assert_eq!(LookupRequest::read(&value).unwrap().extensions, ["nhsa", "other"]);
}

#[test]
fn a_full_reply_comes_back_as_it_was() {
    let value = parse_strict(REPLY).unwrap();
    let reply = LookupReply::read(&value).unwrap();
    assert_eq!(reply.insurances[0].kind, InsuranceKind::Other("39999".to_owned()));
    assert_eq!(reply.write(), REPLY);
}

#[test]
fn nulls_of_a_reply_stay_nulls() {
    let text = r#"{"person":{"identifier":null,"document":null,"name":"测试甲","sex":"unknown","ethnicity":null,"birthDate":null,"age":null},"insurances":[{"kind":"residentBasic","status":"active","insuredDivision":null,"personCategory":null,"startedOn":null,"pausedOn":null,"balance":null,"civilServant":null,"employerName":null}]}"#;
    let value = parse_strict(text).unwrap();
    assert_eq!(InsuranceReply::read(&value).unwrap().write(), text);
    let lookup = LookupReply::read(&value).unwrap();
    assert_eq!((lookup.card, lookup.identities.len()), (None, 0));
}

#[test]
fn what_lacks_a_required_member_is_a_fault() {
    for name in ["context", "credential"] {
        let Value::Object(mut members) = parse_strict(REQUEST).unwrap() else { panic!("an object") };
        members.retain(|(key, _)| key != name);
        assert!(LookupRequest::read(&Value::Object(members)).is_err());
    }
    assert!(LookupReply::read(&parse_strict("{}").unwrap()).is_err());
    assert!(LookupReply::read(&parse_strict("[]").unwrap()).is_err());
}

#[test]
fn every_word_reads_as_it_is_written() {
    for kind in DocumentKind::ALL {
        assert_eq!(kind.as_str().parse().as_ref(), Ok(kind));
    }
    for kind in InsuranceKind::ALL {
        assert_eq!(kind.as_str().parse().as_ref(), Ok(kind));
    }
}

/// Every valid example of the standard comes back as it was, extensions aside.
#[test]
fn the_examples_of_the_standard_come_back() {
    type Again = fn(&Value<'_>) -> String;
    let messages: [(&str, &str, Again); 30] = [
        ("visit.register", "request", |value| RegisterRequest::read(value).unwrap().write()),
        ("visit.register", "reply", |value| RegisterReply::read(value).unwrap().write()),
        ("admission.register", "request", |value| RegisterRequest::read(value).unwrap().write()),
        ("visit.amend", "request", |value| AmendRequest::read(value).unwrap().write()),
        ("admission.amend", "request", |value| AmendRequest::read(value).unwrap().write()),
        ("admission.amend", "reply", |value| AmendReply::read(value).unwrap().write()),
        ("visit.cancel", "request", |value| VisitCancelRequest::read(value).unwrap().write()),
        ("discharge.cancel", "reply", |value| VisitCancelReply::read(value).unwrap().write()),
        ("discharge.register", "request", |value| DischargeRequest::read(value).unwrap().write()),
        ("discharge.register", "reply", |value| DischargeReply::read(value).unwrap().write()),
        ("fees.upload", "request", |value| FeesUploadRequest::read(value).unwrap().write()),
        ("fees.upload", "reply", |value| FeesUploadReply::read(value).unwrap().write()),
        ("fees.cancel", "request", |value| FeesCancelRequest::read(value).unwrap().write()),
        ("fees.cancel", "reply", |value| VisitCancelReply::read(value).unwrap().write()),
        ("settlement.quote", "request", |value| SettlementRequest::read(value).unwrap().write()),
        ("settlement.quote", "reply", |value| QuoteReply::read(value).unwrap().write()),
        ("settlement.commit", "request", |value| SettlementRequest::read(value).unwrap().write()),
        ("settlement.commit", "reply", |value| CommitReply::read(value).unwrap().write()),
        ("settlement.cancel", "request", |value| SettlementCancelRequest::read(value).unwrap().write()),
        ("settlement.cancel", "reply", |value| SettlementCancelReply::read(value).unwrap().write()),
        ("claim.submit", "request", |value| ClaimSubmitRequest::read(value).unwrap().write()),
        ("claim.submit", "reply", |value| ClaimSubmitReply::read(value).unwrap().write()),
        ("claim.status", "request", |value| ClaimStatusRequest::read(value).unwrap().write()),
        ("claim.status", "reply", |value| ClaimStatusReply::read(value).unwrap().write()),
        ("claim.cancel", "request", |value| ClaimCancelRequest::read(value).unwrap().write()),
        ("claim.cancel", "reply", |value| ClaimCancelReply::read(value).unwrap().write()),
        ("claim.decision", "request", |value| ClaimDecisionRequest::read(value).unwrap().write()),
        ("claim.decision", "reply", |value| ClaimDecisionReply::read(value).unwrap().write()),
        ("coverage.check", "request", |value| CoverageCheckRequest::read(value).unwrap().write()),
        ("coverage.check", "reply", |value| CoverageCheckReply::read(value).unwrap().write()),
    ];
    for (operation, side, again) in messages {
        let folder = format!("{}/../../schemas/v1/examples/{operation}", env!("CARGO_MANIFEST_DIR"));
        let valid = format!("{side}-valid-");
        let mut found = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if !path.file_name().unwrap().to_str().unwrap().starts_with(&valid) {
                continue;
            }
            found += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            let message = parse_strict(&text).unwrap();
            let again = again(message.get("message").unwrap());
            let mut expected: serde_json::Value = serde_json::from_str(&text).unwrap();
            let expected = expected["message"].take();
            let expected = expected.as_object().unwrap().iter().filter(|(name, _)| *name != "extensions");
            let expected: serde_json::Map<_, _> =
                expected.map(|(name, value)| (name.clone(), value.clone())).collect();
            assert_eq!(serde_json::from_str::<serde_json::Map<_, _>>(&again).unwrap(), expected, "{path:?}");
        }
        assert!(found >= 2, "{folder}");
    }
}
