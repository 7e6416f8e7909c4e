//! What is too much, or does not fit.

use super::*;

#[test]
fn nothing_is_endless() {
    let limits = Limits { asks: 1, sends: 1, waits: 1, turns: 3 };
    let ask = [(ask_host("1", &[number()]), "answer 1"), (given(&[1]), "resume 1 Given")];
    let send_ = [(send("2", Ask), "send Ask"), (lost(), "resume 2 NoAnswer")];
    let wait_ = [(wait("3"), "wait 100"), (Input::Woke, "resume 3 Woke")];
    let again = |first: &[(Input, &'static str)], expected| {
        let step = first[0].0.clone();
        talk_within(limits, Kind::Query, &[first, &[(step, expected)]].concat());
    };
    again(&ask, "end: endless-ask");
    again(&send_, "end: endless-send");
    again(&wait_, "end: endless-wait");
    let last = [(wait("3"), "wait 100"), (Input::Woke, "end: endless-turns")];
    talk_within(limits, Kind::Query, &[ask, send_, last].concat());
}

/// What a restart loses is not the exchange's doing, until its time is over.
#[test]
fn a_restart_grants_what_it_cost_and_no_more_when_time_is_over() {
    let limits = Limits { asks: 1, sends: 1, waits: 1, turns: 3 };
    let again = |driver: &mut Driver, times: u8| {
        for (input, expected) in [
            (ask_host("2", &[number()]), "answer 1"),
            (given(&[1]), "resume 2 Given"),
            (send("3", Undo), "commit, send Undo"),
        ] {
            assert_eq!(driver.handle(input).map(short).as_deref(), Some(expected), "restart {times}");
        }
    };
    let mut driver = talk_within(limits, Kind::Command, &[(send("1", Act), "commit, send Act")]);
    for number in 0..20 {
        driver = restarted(&driver).0;
        again(&mut driver, number);
    }
    assert_eq!(driver.handle(overdue()), None);
    let (mut driver, action) = restarted(&driver);
    assert_eq!(action.map(short).as_deref(), Some("resume 3 NoAnswer"));
    // The stop itself grants it all for the last time.
    assert_eq!(driver.handle(wait("4")).map(short).as_deref(), Some("resume 4 Stop"));
    again(&mut driver, 21);
    let (mut driver, _) = restarted(&driver);
    let last = driver.handle(send("5", Undo)).map(short);
    assert_eq!(last.as_deref(), Some("unresolved: endless-send"));
}

#[test]
fn what_is_asked_of_the_host() {
    let hold = || Question::Hold(vec!["1".to_owned()]);
    let nothing = Question::Number(NumberWish { series: String::new(), below: 0 });
    for (questions, expected) in [
        (vec![], "end: empty-ask"),
        (vec![Question::Hold(vec![])], "end: empty-ask"),
        (vec![nothing], "end: empty-ask"),
        (vec![number(); 17], "end: too-many-questions"),
        (vec![number(); 16], "answer 16"),
        (vec![hold(), hold()], "end: second-hold"),
    ] {
        talk(Kind::Query, &[(ask_host("1", &questions), expected)]);
    }
    let held = || Input::Given(vec![Given::Held("1".to_owned())]);
    let first = [(ask_host("1", &[hold()]), "answer 1"), (held(), "resume 1 Given")];
    talk(Kind::Query, &[&first[..], &[(ask_host("2", &[hold()]), "end: second-hold")]].concat());
    for wrong in [given(&[]), given(&[10]), given(&[1, 2]), held()] {
        let driver = talk(
            Kind::Query,
            &[(ask_host("1", &[number()]), "answer 1"), (wrong, "end: answers-do-not-match")],
        );
        assert!(!driver.acted());
    }
}

#[test]
fn sizes_and_shapes() {
    let state = "s".repeat(256 * 1024 + 1);
    talk(Kind::Query, &[(wait(&state), "end: state-too-large")]);
    let http = |target: &str, correlation: &str| {
        let (target, method) = (target.to_owned(), HttpMethod::Get);
        let (headers, secret_headers, body) = (Vec::new(), Vec::new(), Vec::new());
        let transport = Transport::Http(HttpCall { method, target, headers, secret_headers, body });
        let call = Call { intent: Act, transport, within_ms: 1, listens_for: vec![correlation.to_owned()] };
        Input::Stepped(Step::Send(Sending { call, state: Vec::new() }))
    };
    talk(Kind::Command, &[(http("/a", "1"), "commit, send Act")]);
    talk(Kind::Command, &[(http("/../a", "1"), "end: target-not-allowed")]);
    talk(Kind::Command, &[(http("/a", ""), "end: listens-for-too-much")]);
    let mut driver = Driver::new(Kind::Query, Limits::default());
    driver.begin();
    let odd = finished(Outcome::Rejected(fault("no\ncode")));
    assert_eq!(driver.handle(odd), Some(Action::End(Ending::Rejected(fault("")))));
}

#[test]
fn out_of_turn() {
    assert!(Misstep::OutOfTurn.blames_host());
    let mut driver = Driver::new(Kind::Query, Limits::default());
    let end = Action::End(Ending::Misstep(Misstep::OutOfTurn));
    assert_eq!(driver.handle(good()), Some(end.clone()));
    assert_eq!(driver.begin(), end);
    talk(Kind::Query, &[(answered(), "end: out-of-turn")]);
    talk(Kind::Query, &[(wait("1"), "wait 100"), (given(&[]), "end: out-of-turn")]);
}
