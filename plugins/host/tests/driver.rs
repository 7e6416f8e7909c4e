//! Whatever an adapter does and whatever happens to it: an exchange ends, never acts twice in the dark, and never
//! calls a failure what may have been done.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers may panic: that is how it fails"
)]

use proptest::prelude::*;
use yizhan_host::contract::*;
use yizhan_host::driver::{Action, Driver, Ending, Input, Kind, Left, Limits, Snapshot, Unresolved};

/// One draw of everything that may happen next; the run takes from it what its situation needs.
#[derive(Clone, Debug)]
struct Draw {
    /// None: the adapter fails.
    step: Option<Step>,
    silence: Option<NoAnswer>,
    violations: bool,
    /// What comes between, at any time.
    between: Option<Input>,
    /// The host errs.
    wrong: Option<Input>,
    /// The gateway ends just now, and another goes on from what was committed last.
    crash: bool,
}

fn intent() -> impl Strategy<Value = Intent> {
    let key = prop::sample::select(vec!["a", "b"]).prop_map(|key| Intent::ActOnce(key.to_owned()));
    prop_oneof![3 => Just(Intent::Ask), 2 => Just(Intent::Act), 2 => key, 2 => Just(Intent::Undo)]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let fault = Fault {
        kind: FaultKind::Rejected,
        code: String::new(),
        text: String::new(),
        pointer: None,
        retry_after_ms: None,
    };
    prop_oneof![
        3 => Just(succeeded()),
        2 => Just(Outcome::Rejected(fault.clone())),
        2 => Just(Outcome::Undone(None)),
        1 => Just(Outcome::Unresolved(fault)),
        1 => Just(Outcome::Delivered),
        1 => Just(Outcome::Opened(Opened { value: vec![], until: 0, keys: vec![] })),
    ]
}

fn succeeded() -> Outcome {
    Outcome::Succeeded(Success { reply: "{}".to_owned(), references: vec![], losses: vec![] })
}

fn question() -> impl Strategy<Value = Question> {
    prop_oneof![
        4 => (1_u64..5).prop_map(|below| Question::Number(NumberWish { series: String::new(), below })),
        1 => Just(Question::Hold(vec!["terminal".to_owned()])),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let state = || prop::collection::vec(any::<u8>(), 0..4);
    let transport = Transport::Frame(FrameCall { key: None, content: vec![] });
    prop_oneof![
        2 => (prop::collection::vec(question(), 1..3), state())
            .prop_map(|(questions, state)| Step::Ask(Asking { questions, state })),
        10 => (intent(), state()).prop_map(move |(intent, state)| {
            let call = Call { intent, transport: transport.clone(), within_ms: 1, listens_for: vec![] };
            Step::Send(Sending { call, state })
        }),
        3 => (any::<u64>(), state())
            .prop_map(|(ms, state)| Step::Wait(Waiting { ms, listens_for: vec![], state })),
        3 => outcome().prop_map(Step::Finished),
    ]
}

fn between() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::Callback(vec![1])),
        Just(Input::Woke),
        prop::sample::select(vec![Stop::Requester, Stop::Overdue, Stop::Operator]).prop_map(Input::Stop),
    ]
}

fn wrong() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::Given(vec![])),
        Just(Input::Answered(Answer::Frame(vec![]))),
        Just(Input::Checked(vec![])),
        Just(Input::AdapterFailed),
    ]
}

fn draw() -> impl Strategy<Value = Draw> {
    let silence = prop::sample::select(vec![Reached::No, Reached::Maybe])
        .prop_map(|reached| NoAnswer { reached, why: Why::Timeout });
    (
        prop::option::weighted(0.97, step()),
        prop::option::weighted(0.4, silence),
        prop::bool::weighted(0.5),
        prop::option::weighted(0.15, between()),
        prop::option::weighted(0.01, wrong()),
        prop::bool::weighted(0.05),
    )
        .prop_map(|(step, silence, violations, between, wrong, crash)| Draw {
            step,
            silence,
            violations,
            between,
            wrong,
            crash,
        })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        1 => Just(Kind::Query),
        4 => Just(Kind::Command),
        1 => Just(Kind::OpenSession),
        1 => Just(Kind::Undo),
        1 => Just(Kind::Deliver),
    ]
}

/// What an onlooker knows, told in other words than the driver's own book.
#[derive(Clone)]
struct Onlooker {
    kind: Kind,
    /// What this kind changes outlives it.
    matters: bool,
    /// A change that matters may have reached the partner.
    acted: bool,
    /// One did, and nobody knows what became of it.
    dark: Option<Intent>,
    /// A yes was said and sent back.
    refused: bool,
    /// How often the adapter was told to stop.
    stops: u32,
    /// The call that is out.
    out: Option<Intent>,
}

impl Onlooker {
    fn new(kind: Kind) -> Self {
        let matters = matches!(kind, Kind::Command | Kind::Undo | Kind::Deliver);
        Self { kind, matters, acted: false, dark: None, refused: false, stops: 0, out: None }
    }

    fn sees(&mut self, action: &Action, driver: &Driver) {
        match action {
            Action::Send { call, durable } => self.sees_call(&call.intent, *durable),
            Action::Resume { state, event } => {
                assert!(self.out.is_none(), "resumed while a call is out");
                assert_eq!(state, driver.state());
                self.stops += u32::from(matches!(event, Event::Stop(_)));
                if matches!(event, Event::Refused(_)) {
                    assert!(self.acted && !self.refused, "H5");
                    self.refused = true;
                }
            }
            Action::End(ending) => self.sees_end(ending),
            Action::Start | Action::Answer(_) | Action::Wait { .. } | Action::Check { .. } => {}
        }
        assert!(self.stops <= 1);
        let ends = matches!(action, Action::Resume { .. } | Action::Check { .. } | Action::End(_));
        assert!(self.stops == 0 || self.matters || ends, "goes on after a stop");
    }

    fn sees_call(&mut self, intent: &Intent, durable: bool) {
        let changes = *intent != Intent::Ask;
        assert_eq!(durable, changes && self.matters, "H2");
        assert!(!changes || self.kind != Kind::Query, "a query changes nothing");
        if matches!(intent, Intent::Act | Intent::ActOnce(_)) {
            assert_eq!(self.stops, 0, "an act after a stop");
            assert!(!self.refused, "an act after a success");
            if let Some(first) = &self.dark {
                assert!(matches!(first, Intent::ActOnce(_)) && first == intent, "H4: {first:?} {intent:?}");
            }
        }
        self.out = Some(intent.clone());
    }

    fn sees_end(&self, ending: &Ending) {
        let out = self.matters && self.out.as_ref().is_some_and(|intent| *intent != Intent::Ask);
        let acted = self.acted || out;
        let dark = self.matters && self.dark.is_some();
        match ending {
            Ending::ReplyBreaksStandard(_) | Ending::AdapterFailed | Ending::Misstep(_) => {
                assert!(!acted, "H7: {ending:?}");
            }
            Ending::Rejected(_) => assert!(!dark && !self.refused, "a no that is not known"),
            Ending::Undone(_) => assert!(!dark, "undone, perhaps"),
            Ending::Unresolved(Unresolved::ByAdapter(_)) => assert!(self.matters),
            Ending::Unresolved(_) => assert!(acted, "nothing to resolve: {ending:?}"),
            Ending::Succeeded(_) => assert!(matches!(self.kind, Kind::Query | Kind::Command)),
            Ending::Opened(_) => assert_eq!(self.kind, Kind::OpenSession),
            Ending::Delivered => assert_eq!(self.kind, Kind::Deliver),
        }
    }

    fn hears(&mut self, input: &Input) {
        match (input, self.out.take()) {
            (Input::Answered(_), Some(intent)) => {
                self.dark = None;
                self.acted |= self.matters && intent != Intent::Ask;
            }
            (Input::NoAnswer(silence), Some(intent)) => {
                if silence.reached == Reached::Maybe && intent != Intent::Ask {
                    self.dark = Some(intent);
                    self.acted |= self.matters;
                }
            }
            (_, out) => self.out = out,
        }
    }
}

fn answer(questions: &[Question]) -> Vec<Given> {
    let one = |question: &Question| match question {
        Question::Number(wish) => Given::Number(wish.below - 1),
        Question::Hold(names) => Given::Held(names[0].clone()),
        Question::Session(_) | Question::Reference(_) => Given::Reference(None),
    };
    questions.iter().map(one).collect()
}

/// The answer the road would give to what is under way.
fn reply(action: &Action, draw: &Draw) -> Input {
    match action {
        // Obstinate: otherwise a second bad reply is too rare to be met.
        Action::Resume { event: Event::Refused(_), .. } if draw.violations => {
            Input::Stepped(Step::Finished(succeeded()))
        }
        Action::Start | Action::Resume { .. } => {
            draw.step.clone().map_or(Input::AdapterFailed, Input::Stepped)
        }
        Action::Answer(questions) => Input::Given(answer(questions)),
        Action::Send { .. } => draw.silence.map_or(Input::Answered(Answer::Frame(vec![])), Input::NoAnswer),
        Action::Wait { .. } => Input::Woke,
        Action::Check { .. } if draw.violations => {
            Input::Checked(vec![Violation { pointer: String::new(), code: "required".to_owned() }])
        }
        Action::Check { .. } | Action::End(_) => Input::Checked(vec![]),
    }
}

/// Runs one exchange to its end; its actions.
fn run(kind: Kind, limits: Limits, draws: &[Draw]) -> Vec<Action> {
    let mut driver = Driver::new(kind, limits);
    let mut onlooker = Onlooker::new(kind);
    let mut story = Vec::new();
    let mut committed = None;
    let mut crashes = 0;
    let mut next = driver.begin();
    for draw in draws.iter().cycle() {
        onlooker.sees(&next, &driver);
        story.push(next.clone());
        if matches!(next, Action::End(_)) {
            break;
        }
        // Everything twice (a stop grants it anew, and so does a crash), and to each step at most one action more; a
        // crash may have all of it done again.
        assert!(story.len() <= 2 * 2 * (1 + crashes) * (2 + limits.turns) as usize, "endless");
        let durable = matches!(next, Action::Send { durable: true, .. } | Action::Wait { .. });
        if durable && onlooker.matters {
            let snapshot = serde_json::to_vec(&driver.snapshot().expect("it is durable")).unwrap();
            committed = Some((snapshot, onlooker.clone()));
        }
        if let Some((snapshot, then)) = committed.as_ref().filter(|_| draw.crash && crashes < 3) {
            crashes += 1;
            let (restored, left) = Driver::restore(serde_json::from_slice::<Snapshot>(snapshot).unwrap());
            (driver, onlooker) = (restored, then.clone());
            let input = if left == Left::Call { Input::NoAnswer(Left::no_answer()) } else { Input::Woke };
            onlooker.hears(&input);
            next = driver.handle(input).expect("it goes on");
            continue;
        }
        let inputs = [draw.between.clone(), draw.wrong.clone(), Some(reply(&next, draw))];
        next = inputs
            .into_iter()
            .flatten()
            .find_map(|input| {
                onlooker.hears(&input);
                driver.handle(input)
            })
            .expect("the awaited input is answered by an action");
    }
    for input in [Input::Woke, Input::Stop(Stop::Overdue), Input::Checked(vec![]), Input::AdapterFailed] {
        assert_eq!(driver.handle(input), None, "after the end");
    }
    story
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn every_exchange_ends_well(
        kind in kind(),
        sends in 0_u32..12,
        turns in 0_u32..40,
        draws in prop::collection::vec(draw(), 1..40),
    ) {
        let limits = Limits { asks: 4, sends, waits: 6, turns };
        prop_assert_eq!(run(kind, limits, &draws), run(kind, limits, &draws), "the same again");
    }
}

/// The property is worth something only where the model reaches every ending.
#[test]
fn the_model_reaches_every_ending() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut met = std::collections::BTreeSet::new();
    let all = (kind(), prop::collection::vec(draw(), 1..40));
    for _ in 0..3000 {
        let (kind, draws) = all.new_tree(&mut runner).unwrap().current();
        let story = run(kind, Limits { asks: 4, sends: 6, waits: 6, turns: 20 }, &draws);
        let Some(Action::End(ending)) = story.last() else { panic!("no end") };
        let name = |text: String| text.split(['(', '{', ' ']).next().unwrap().to_owned();
        met.insert(match ending {
            Ending::Misstep(misstep) => misstep.code().to_owned(),
            Ending::Unresolved(Unresolved::Misstep(misstep)) => format!("unresolved {}", misstep.code()),
            Ending::Unresolved(why) => format!("unresolved {}", name(format!("{why:?}"))),
            other => name(format!("{other:?}")),
        });
    }
    for expected in [
        "AdapterFailed",
        "Delivered",
        "Opened",
        "Rejected",
        "ReplyBreaksStandard",
        "Succeeded",
        "Undone",
        "act-not-allowed",
        "goes-on-after-stop",
        "intent-not-allowed",
        "out-of-turn",
        "outcome-not-allowed",
        "unresolved AdapterFailed",
        "unresolved ByAdapter",
        "unresolved Overdue",
        "unresolved ReplyBreaksStandard",
        "unresolved goes-on-after-stop",
        "unresolved not-settled",
        "unresolved other-key",
        "unresolved out-of-turn",
        "unresolved rejected-after-success",
        "unresolved second-act",
    ] {
        assert!(met.contains(expected), "{expected} is not among {met:?}");
    }
}
