//! The wish to take back what an earlier exchange did, by what that left.

mod support;

use serde_json::{Value, json};
use support::goldens::Golden;
use support::play::{Play, TIMEOUT, no, yes};
use support::*;
use yizhan_adapter::contract::{
    FaultKind, Intent, Outcome, Party, Reference, ReferenceKey, Task, UndoRequest, UnifiedRequest,
};

/// What an earlier settlement left, and the wish to take it back.
fn undo(name: &str, references: Vec<Reference>) -> Task {
    let golden = Golden::of(name);
    Task::Undo(UndoRequest {
        original_exchange: "x-0".to_owned(),
        original: UnifiedRequest {
            operation: golden.text("operation").to_owned(),
            standard: "1.0".to_owned(),
            purpose: "medicalTreatment".to_owned(),
            requester: Party { id: "hospital".to_owned(), division: "440100".to_owned() },
            message: golden.message().to_string(),
        },
        reply: golden.reply(),
        references,
    })
}

fn left(infno: &str) -> Vec<Reference> {
    let key = ReferenceKey { kind: "settlement".to_owned(), id: "510000S0001".to_owned() };
    vec![Reference { key, note: note(infno, "510000M0001"), keep_days: 800 }]
}

#[test]
fn an_earlier_exchange_is_taken_back_by_what_it_left() {
    let settings = || json!({"nothing-to-undo-codes": ["-20"]});
    let mut play = Play::task(undo("2207", left("2207")), settings());
    let body = play.give().is_out("2601", Intent::Undo);
    let expected = json!({"psn_no": PERSON, "omsgid": "H51010400001202601010000000007", "oinfno": "2207"});
    assert_eq!(body["input"]["data"], expected);
    play.answer(yes(&Value::Null));
    assert_eq!(play.outcome(), Outcome::Undone(None));

    let mut play = Play::task(undo("2207", left("2207")), settings());
    play.give().answer(no(-20, "原交易不存在"));
    assert_eq!(rejected(play.outcome()).kind, FaultKind::NotFound);

    let mut play = Play::task(undo("2207", left("2207")), settings());
    play.give().answer(no(-2, "已清算,不能冲正"));
    assert_eq!(rejected(play.outcome()).kind, FaultKind::Rejected);

    // Gone by the try that got no answer.
    let mut play = Play::task(undo("2207", left("2207")), settings());
    play.give().tell(TIMEOUT).wait(2000).give().answer(no(-20, "原交易不存在"));
    assert_eq!(play.outcome(), Outcome::Undone(None));

    let play = Play::task(undo("2207", Vec::new()), settings());
    assert_eq!(rejected(play.outcome()).kind, FaultKind::NotFound);
}

#[test]
fn what_2601_does_not_take_is_taken_back_by_its_opposite_or_not_at_all() {
    let visit = ReferenceKey { kind: "visit".to_owned(), id: "510000M0001".to_owned() };
    let references = vec![Reference { key: visit, note: note("2201", "510000M0001"), keep_days: 800 }];
    let mut play = Play::task(undo("2201", references), json!({}));
    let body = play.give().is_out("2202", Intent::Undo);
    assert_eq!(body["input"], json!({"data": {"psn_no": PERSON, "mdtrt_id": "510000M0001"}}));

    let mut play = Play::task(undo("2402", Vec::new()), json!({}));
    play.give().is_out("2405", Intent::Undo);

    for name in ["2203", "2202", "2404", "2204", "2205"] {
        let play = Play::task(undo(name, Vec::new()), json!({}));
        assert_eq!(rejected(play.outcome()).kind, FaultKind::Unsupported, "{name}");
    }
}
