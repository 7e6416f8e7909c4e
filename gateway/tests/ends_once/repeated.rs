//! What a repetition gets, against a model of the table in design par. 6: few keys, few messages, a partner that says
//! yes, no or nothing, undos at any time (before their originals too), and restarts in between.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use yizhan_conformance::twin::Fault;

use crate::disk::{rounds, seed};
use crate::house::House;
use crate::ward::Ward;
use crate::wish::{self, SETTLE, What, Wish};

const KEYS: usize = 3;
/// Messages under each key: two that are valid, and one that is not.
const MESSAGES: usize = 2;
const INVALID: usize = MESSAGES;

/// What happens.
#[derive(Clone, Debug)]
enum Step {
    /// A command, so many times at once; should it come to the partner, this is said there.
    Send {
        key: usize,
        message: usize,
        times: usize,
        partner: Partner,
    },
    Undo {
        key: usize,
    },
    Restart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Partner {
    Yes,
    No,
    /// It does it, and the line is cut before it can say so.
    Silent,
}

/// What the table says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    Done(usize),
    Rejected(usize),
    Undone(usize),
    Barred,
}

/// What a requester is told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Settlement,
    Refused(&'static str, &'static str),
    Undo(&'static str),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let partner = prop_oneof![3 => Just(Partner::Yes), 1 => Just(Partner::No), 1 => Just(Partner::Silent)];
    let send = (0..KEYS, prop_oneof![4 => Just(0), 2 => Just(1), 1 => Just(INVALID)], 1..4_usize, partner)
        .prop_map(|(key, message, times, partner)| Step::Send { key, message, times, partner });
    let step = prop_oneof![
        12 => send,
        4 => (0..KEYS).prop_map(|key| Step::Undo { key }),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 4..14)
}

/// The table: what is told, and what is known from then on.
fn table(known: &Known, step: &Step) -> (Told, Known) {
    let reversed = |code| Told::Refused(code, "reversed");
    match (known, step) {
        (_, Step::Restart) => panic!("nobody is told of a restart"),
        // The key is looked up before the message is checked.
        (Known::Done(of) | Known::Rejected(of) | Known::Undone(of), Step::Send { message, .. })
            if of != message =>
        {
            (Told::Refused("key-conflict", "nothing"), known.clone())
        }
        (Known::Barred, Step::Send { .. }) => (Told::Refused("key-conflict", "nothing"), Known::Barred),
        (Known::Nothing, Step::Send { message, .. }) if *message == INVALID => {
            (Told::Refused("schema-violation", "nothing"), Known::Nothing)
        }
        (Known::Nothing, Step::Send { message, partner, .. }) => match partner {
            Partner::Yes => (Told::Settlement, Known::Done(*message)),
            Partner::No => (Told::Refused("rejected", "nothing"), Known::Rejected(*message)),
            Partner::Silent => (reversed("any"), Known::Undone(*message)),
        },
        (Known::Done(_), Step::Send { .. }) => (Told::Settlement, known.clone()),
        (Known::Rejected(_), Step::Send { .. }) => (Told::Refused("rejected", "nothing"), known.clone()),
        (Known::Undone(_), Step::Send { .. }) => (reversed("any"), known.clone()),
        (Known::Done(of) | Known::Undone(of), Step::Undo { .. }) => {
            (Told::Undo("undone"), Known::Undone(*of))
        }
        (Known::Rejected(_), Step::Undo { .. }) => (Told::Undo("nothing-to-undo"), known.clone()),
        (Known::Nothing | Known::Barred, Step::Undo { .. }) => (Told::Undo("nothing-to-undo"), Known::Barred),
    }
}

#[test]
fn a_repetition_gets_what_the_table_says() {
    let cases = u32::try_from(rounds(40)).unwrap();
    let runtime = Runtime::new().unwrap();
    let mut house = runtime.block_on(House::build(wish::plan()));
    let ward = Ward::new(&house);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed().to_le_bytes());
    let config = Config { cases, max_shrink_iters: 40, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let house = std::cell::RefCell::new(&mut house);
    let held = TestRunner::new_with_rng(config, rng)
        .run(&steps(), |steps| runtime.block_on(play(&mut house.borrow_mut(), &ward, &steps)));
    held.unwrap();
}

async fn play(house: &mut House, ward: &Arc<Ward>, steps: &[Step]) -> Result<(), TestCaseError> {
    let visits = wish::visits(house, KEYS * MESSAGES).await;
    // The names of keys are fresh, so that cases do not meet.
    let key = |number: usize| visits[number * MESSAGES].key.clone();
    let mut known: HashMap<usize, Known> = HashMap::new();
    let mut numbers: HashMap<usize, String> = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        let (number, answers) = match step {
            Step::Restart => {
                house.kill();
                house.reopen(&[]);
                ward.follow(house);
                continue;
            }
            Step::Send { key: number, message, times, partner } => {
                let visit = &visits[number * MESSAGES + message % MESSAGES].about;
                house.sichuan.faults().only_on(&["/2207"]);
                match partner {
                    Partner::Yes => house.sichuan.faults().clear(),
                    Partner::No => house.sichuan.faults().set_for(1, Fault::BusinessError),
                    Partner::Silent => house.sichuan.faults().set_for(1, Fault::CutAfterReading),
                }
                let mut all = tokio::task::JoinSet::new();
                for _ in 0..*times {
                    let wish = Wish { key: key(*number), what: What::Settlement, about: visit.clone() };
                    all.spawn(send(Arc::clone(ward), wish, *message == INVALID));
                }
                (*number, all.join_all().await)
            }
            Step::Undo { key: number } => (*number, vec![undo(ward, &key(*number)).await]),
        };
        house.sichuan.faults().clear();
        let before = known.remove(&number).unwrap_or(Known::Nothing);
        let (wanted, after) = table(&before, step);
        for (told, id) in answers {
            let fits = match (&wanted, &told) {
                (Told::Refused("any", effect), Told::Refused(_, told)) => effect == told,
                (wanted, told) => wanted == told,
            };
            prop_assert!(fits, "step {at} {step:?} of {steps:?}, where {before:?} is known: told {told:?}");
            if let Some(id) = id {
                let first = numbers.entry(number).or_insert_with(|| id.clone());
                prop_assert_eq!(&id, first, "step {} of {:?}: another settlement", at, steps);
            }
        }
        known.insert(number, after);
    }
    let books = house.sichuan.books();
    for (at, wish) in visits.iter().enumerate() {
        let all = books.settlements.iter().filter(|one| one.visit == wish.about).count();
        let holding = books.holding(&wish.about).len();
        let known = known.get(&(at / MESSAGES)).unwrap_or(&Known::Nothing);
        let done = *known == Known::Done(at % MESSAGES);
        prop_assert!(all <= 1, "{:?}: acted {} times", steps, all);
        prop_assert_eq!(holding, usize::from(done), "{:?}: {:?}", steps, known);
    }
    Ok(())
}

async fn send(ward: Arc<Ward>, wish: Wish, invalid: bool) -> (Told, Option<String>) {
    let mut message = wish::settlement(&wish.about);
    if invalid {
        message["feeTotal"] = json!("a lot");
    }
    let headers = [("content-type", "application/json"), ("idempotency-key", wish.key.as_str())];
    let response = ward.client().send("POST", SETTLE, &headers, message.to_string()).await.unwrap();
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    if response.status == 200 {
        return (Told::Settlement, Some(body["settlement"]["id"].as_str().unwrap().to_owned()));
    }
    (Told::Refused(word(&body["code"]), word(&body["effect"])), None)
}

async fn undo(ward: &Ward, key: &str) -> (Told, Option<String>) {
    let headers = [("idempotency-key", key)];
    let response = ward.client().send("POST", "/v1/exchanges/undo", &headers, "").await.unwrap();
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    (Told::Undo(word(&body["undo"])), None)
}

/// One of the words the table knows.
fn word(value: &Value) -> &'static str {
    const WORDS: [&str; 10] = [
        "nothing",
        "reversed",
        "unknown",
        "rejected",
        "key-conflict",
        "schema-violation",
        "undone",
        "nothing-to-undo",
        "cannot-be-undone",
        "still-unknown",
    ];
    WORDS.into_iter().find(|word| value == word).unwrap_or("another word")
}
