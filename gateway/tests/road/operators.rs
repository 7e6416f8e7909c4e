//! What operators see of exchanges and decide about them, through the socket and the command line.

use std::time::{Duration, Instant};

use serde_json::Value;
use yizhan_journal::record::{Acceptance, Outcome, Pinned, Standing, State, Task};
use yizhan_journal::seal::Cipher;
use yizhan_journal::{Accepted, ExchangeId, Journal, MessageDigest, Millis, Options};

use crate::house::{House, SOON};
use crate::peer::*;
use crate::plan::Plan;
use crate::speak::parsed;

const MASTER: [u8; 32] = [7; 32];
pub(crate) const DAY: u64 = 86_400_000;
const PERSON: &str = "510104199003071237";

pub(crate) fn now() -> Millis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Millis(u64::try_from(since.as_millis()).unwrap())
}

/// Writes a journal as an earlier start would have left it, and puts it where the house looks.
pub(crate) async fn earlier(plan: &mut Plan, bound: Option<u64>, fill: impl AsyncFnOnce(&Journal)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let options = Options {
        path: path.clone(),
        bound,
        node: "earlier".to_owned(),
        cipher: Cipher::Aes256Gcm,
        now: now(),
    };
    let (journal, writer) = Journal::open(&options, &MASTER).await.unwrap();
    fill(&journal).await;
    drop(journal);
    // The log is written back into the file when the last connection closes.
    writer.join().unwrap();
    plan.write("state/journal.db", std::fs::read(path).unwrap());
    plan.write("state/journal.key", hex::encode(MASTER));
}

/// An exchange of that moment; its number is later than that of every earlier moment.
pub(crate) fn exchange(journal: &Journal, at: Millis, target: &str, operation: &str) -> Acceptance {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&at.0.to_be_bytes()[2..]);
    id[6..].copy_from_slice(&ExchangeId::fresh().bytes()[6..]);
    let id = ExchangeId::from_bytes(id);
    Acceptance {
        id,
        task: Task::Command,
        requester: "insurer".to_owned(),
        operation: operation.to_owned(),
        target: target.to_owned(),
        key: journal.sealer().key_hash("insurer", &id.to_string()),
        digest: MessageDigest([1; 32]),
        about: None,
        persons: Vec::new(),
        pinned: Pinned {
            component: "00".repeat(32),
            settings: MessageDigest([2; 32]),
            standard: "1.0".to_owned(),
        },
        standing: Standing {
            state: State::Running,
            attempts: 1,
            wake_at: None,
            send_before: None,
            step: vec![1],
        },
        accepted_at: at,
        request: vec![b'x'; 100],
    }
}

pub(crate) async fn ended(journal: &Journal, acceptance: Acceptance, state: State) -> String {
    let id = acceptance.id;
    let outcome = Outcome { state, told: vec![9], references: Vec::new(), undid: None, release: false };
    assert!(matches!(journal.accept_ended(acceptance, outcome).await.unwrap(), Accepted::Fresh(_)));
    id.to_string()
}

fn numbers(page: &Value) -> Vec<&str> {
    page["exchanges"].as_array().unwrap().iter().map(|one| one["exchange"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_find_what_they_look_for_page_by_page() {
    let mut plan = Plan::new();
    let (mut ids, began) = (Vec::new(), now());
    earlier(&mut plan, None, async |journal| {
        for number in 0..6_u64 {
            let at = Millis(began.0 - (6 - number) * DAY);
            let target = if number.is_multiple_of(2) { "guangdong" } else { "sichuan" };
            let operation = if number < 3 { "claim.submit" } else { "visit.register" };
            let mut one = exchange(journal, at, target, operation);
            one.persons = journal.persons(if number == 4 { vec![PERSON] } else { vec!["another"] });
            let state = if number == 2 { State::Unresolved } else { State::Succeeded };
            ids.push(ended(journal, one, state).await);
        }
    })
    .await;
    let house = House::build(plan).await;
    let list = |arguments: &[&str]| told(&house, &[&["exchanges", "list"], arguments].concat());
    let of = |wanted: &[usize]| wanted.iter().map(|index| ids[*index].as_str()).collect::<Vec<_>>();

    assert_eq!(numbers(&list(&[])), of(&[5, 4, 3, 2, 1, 0]));
    assert_eq!(numbers(&list(&["--partner", "guangdong"])), of(&[4, 2, 0]));
    assert_eq!(numbers(&list(&["--state", "unresolved"])), of(&[2]));
    assert_eq!(numbers(&list(&["--operation", "visit.register", "--partner", "sichuan"])), of(&[5, 3]));
    assert_eq!(numbers(&list(&["--partner", "sichuan", "--state", "unresolved"])), of(&[]));
    assert_eq!(numbers(&list(&["--person", PERSON])), of(&[4]));
    let middle =
        jiff::Timestamp::from_millisecond(i64::try_from(began.0 - 3 * DAY - DAY / 2).unwrap()).unwrap();
    assert_eq!(numbers(&list(&["--since", &middle.to_string()])), of(&[5, 4, 3]));
    assert_eq!(numbers(&list(&["--until", &middle.to_string()])), of(&[2, 1, 0]));
    let page = list(&["--rows", "4"]);
    assert_eq!((numbers(&page), page["next"].as_str()), (of(&[5, 4, 3, 2]), Some(ids[2].as_str())));
    let page = list(&["--rows", "4", "--before", &ids[2]]);
    assert_eq!((numbers(&page), &page["next"]), (of(&[1, 0]), &Value::Null));

    // Nobody's list of processes shows whom it was about, and neither does the log: houses are held to that.
    let found = yizhan_with(&house, &["exchanges", "list", "--person", "-"], &format!("{PERSON}\n"));
    let said = String::from_utf8(found.stdout).unwrap();
    assert!(said.contains(&ids[4]) && !said.contains(&ids[5]) && !said.contains(PERSON), "{said}");

    let shown = told(&house, &["exchanges", "show", &ids[2]]);
    assert_eq!((&shown["state"], &shown["partner"]), (&"unresolved".into(), &"guangdong".into()));
    assert!(shown.get("body").is_none(), "{shown}");

    let nobody = ExchangeId::fresh().to_string();
    for (arguments, code) in [
        (&["exchanges", "show", &nobody][..], 4),
        (&["exchanges", "close", &nobody, "--as", "done", "--why", "gone"], 4),
        (&["exchanges", "close", &ids[2], "--why", "as what?"], 2),
        (&["exchanges", "show", "7"], 2),
        (&["exchanges", "list", "--state", "lost"], 2),
        (&["exchanges", "list", "--rows", "0"], 2),
        (&["exchanges", "list", "--since", "yesterday"], 2),
        (&["exchanges", "retry", &nobody], 2),
        (&["exchanges", "show", &ids[0], "--body"], 2),
        (&["exchanges", "show", &ids[0], "--body", "--why", " "], 2),
        (&["exchanges", "close", &ids[0], "--as", "done", "--why", "it has ended"], 5),
        // Nothing that a driver has written is kept of this one.
        (&["partners", "pause", "nobody", "--why", "gone"], 4),
    ] {
        assert_eq!(ends(&house, arguments), code, "{arguments:?}");
    }
}

/// The exchange the insurer is told of.
fn number(response: &yizhan_conformance::client::Response) -> String {
    response.headers["yizhan-exchange"].to_str().unwrap().to_owned()
}

async fn until(house: &House, id: &str, state: &str) -> Value {
    let begun = Instant::now();
    loop {
        let shown = told(house, &["exchanges", "show", id]);
        if shown["state"] == state {
            return shown;
        }
        assert!(begun.elapsed() < SOON, "{shown}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_tell_goes_on_or_is_closed_by_a_person_who_says_why() {
    let neighbours = Neighbours::new(&[garbled(), undo("cannot-be-undone")]).await;
    let house = &neighbours.house;
    let (first, second) = (neighbours.register("1", true).await, {
        *neighbours.script.lock().unwrap() = [garbled(), undo("cannot-be-undone")].into();
        neighbours.register("2", true).await
    });
    assert_eq!((first.status, second.status), (202, 202), "to their requester they are pending");
    let (first, second) = (number(&first), number(&second));
    let shown = until(house, &first, "unresolved").await;
    assert_eq!(shown["deeds"], Value::Array(Vec::new()));
    assert!(shown["unresolvedBecause"].is_string() && shown["bodyIsKept"] == true, "{shown}");

    // Only who says why sees what was said, and that is written down.
    let shown =
        told(house, &["exchanges", "show", &first, "--body", "--why", "the hospital asks, 13800000000"]);
    assert_eq!(shown["body"]["request"]["localNumber"], "MZ0001", "{shown}");
    let deeds = shown["deeds"].as_array().unwrap();
    assert_eq!(deeds.len(), 1, "{shown}");
    assert_eq!((&deeds[0]["role"], &deeds[0]["why"]), (&"operator".into(), &"the hospital asks, ***".into()));

    let calls = neighbours.calls();
    *neighbours.script.lock().unwrap() = [undo("undone")].into();
    let decided = told(house, &["exchanges", "retry", &first, "--why", "they have mended it"]);
    assert_eq!(decided["state"], "unknown");
    let shown = until(house, &first, "undone").await;
    assert_eq!(neighbours.calls(), calls + 1, "taken back once more, and not done again");
    assert_eq!(shown["deeds"][0]["action"], "retry");
    assert_eq!(ends(house, &["exchanges", "retry", &first, "--why", "again"]), 5);

    until(house, &second, "unresolved").await;
    let close = ["exchanges", "close", &second, "--as", "not-done", "--why", "on paper"];
    assert_eq!(told(house, &close)["state"], "rejected");
    assert_eq!(ends(house, &["exchanges", "retry", &second, "--why", "changed my mind"]), 5);
    assert_eq!(ends(house, &close), 5);
    let shown = told(house, &["exchanges", "show", &second]);
    let deed = &shown["deeds"][0];
    assert_eq!(
        (&shown["state"], &deed["action"], &deed["why"]),
        (&"rejected".into(), &"close as not done".into(), &"on paper".into())
    );
    assert_eq!(neighbours.calls(), calls + 1);
}

/// What a person has found out is what the requester hears from then on, whichever way it asks.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_has_found_out_is_told_to_the_requester() {
    let neighbours = Neighbours::new(&[undo("cannot-be-undone")]).await;
    let house = &neighbours.house;
    let insurer = house.client("insurer", "");
    for (key, found, state, code, effect, taken_back) in [
        ("1", "done", "closed", "unreadable-answer", "unknown", "cannot-be-undone"),
        ("2", "not-done", "rejected", "rejected", "nothing", "nothing-to-undo"),
        ("3", "taken-back", "undone", "rejected", "reversed", "undone"),
    ] {
        *neighbours.script.lock().unwrap() = [garbled(), undo("cannot-be-undone")].into();
        let pending = neighbours.register(key, true).await;
        assert_eq!(pending.status, 202, "{found}");
        let id = number(&pending);
        until(house, &id, "unresolved").await;
        assert_eq!(neighbours.register(key, true).await.status, 202, "{found}: nobody knows yet");
        let calls = neighbours.calls();
        let close = ["exchanges", "close", &id, "--as", found, "--why", "their books say so"];
        assert_eq!(told(house, &close)["state"], state);

        let again = neighbours.register(key, true).await;
        let problem: Value = serde_json::from_slice(&again.body).unwrap();
        assert_eq!((&problem["code"], &problem["effect"]), (&code.into(), &effect.into()), "{problem}");
        assert!(problem["retryable"] == false && number(&again) == id, "{problem}");
        let path = format!("/v1/exchanges/{id}");
        let shown = parsed(&insurer.send("GET", &path, &[], "").await.unwrap());
        assert_eq!(
            (&shown["state"], &shown["problem"]["effect"]),
            (&state.into(), &effect.into()),
            "{shown}"
        );
        let undone = parsed(&insurer.send("POST", &format!("{path}/undo"), &[], "").await.unwrap());
        assert_eq!(undone["undo"], taken_back, "{undone}");
        assert_eq!(neighbours.calls(), calls, "{found}: the partner is not asked any more");
    }
}

/// Of an undo that nobody could tell the end of, too.
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_a_person_has_found_done_has_taken_back_its_original() {
    let mut plan = Plan::new();
    let mut ids = Vec::new();
    earlier(&mut plan, None, async |journal| {
        for _ in 0..2 {
            let original = exchange(journal, now(), "guangdong", "visit.register");
            let undo = exchange(journal, now(), "guangdong", "visit.register");
            let undo = Acceptance { task: Task::Undo, about: Some(original.id), ..undo };
            ids.push(ended(journal, original, State::Succeeded).await);
            ids.push(ended(journal, undo, State::Unresolved).await);
        }
    })
    .await;
    let house = House::build(plan).await;
    let insurer = house.client("insurer", "");
    let state = |id: &str| told(&house, &["exchanges", "show", id])["state"].clone();
    let close = |id: &str, found: &str| {
        ends(&house, &["exchanges", "close", id, "--as", found, "--why", "their books say so"])
    };
    assert_eq!(close(&ids[1], "taken-back"), 2, "an undo is done or not");
    assert_eq!((close(&ids[1], "done"), close(&ids[3], "not-done")), (0, 0));
    assert_eq!([state(&ids[0]), state(&ids[1])], ["undone", "closed"]);
    assert_eq!([state(&ids[2]), state(&ids[3])], ["succeeded", "rejected"]);
    let undo = format!("/v1/exchanges/{}/undo", ids[0]);
    assert_eq!(parsed(&insurer.send("POST", &undo, &[], "").await.unwrap())["undo"], "undone");
}

/// A house whose own user is named so, and an operator who is somebody else.
async fn house_of(role: Option<&str>) -> (House, String) {
    let mut plan = Plan::new();
    let ourselves = rustix::process::geteuid().as_raw();
    let auditor = role.map(|role| format!("{role} = [\"{ourselves}\"]\n")).unwrap_or_default();
    plan.append("yizhan.toml", &format!("\n[operators]\noperator = [\"4000000\"]\n{auditor}"));
    let mut id = String::new();
    earlier(&mut plan, None, async |journal| {
        id = ended(journal, exchange(journal, now(), "guangdong", "claim.submit"), State::Unresolved).await;
    })
    .await;
    (House::build(plan).await, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_looks_and_decides_nothing() {
    let (house, id) = house_of(Some("auditor")).await;
    assert_eq!(numbers(&told(&house, &["exchanges", "list"])), [id.as_str()]);
    assert_eq!(told(&house, &["exchanges", "show", &id])["state"], "unresolved");
    assert_eq!(told(&house, &["partners", "list"])["partners"].as_array().unwrap().len(), 4);
    for arguments in [
        &["exchanges", "retry", &id, "--why", "x"][..],
        &["exchanges", "close", &id, "--as", "done", "--why", "x"],
        &["partners", "pause", "guangdong", "--why", "x"],
        &["partners", "resume", "guangdong", "--why", "x"],
        &["partners", "flush", "guangdong", "--why", "x"],
    ] {
        assert_eq!(ends(&house, arguments), 3, "{arguments:?}");
    }
    let shown = told(&house, &["exchanges", "show", &id]);
    assert_eq!((&shown["state"], &shown["deeds"]), (&"unresolved".into(), &Value::Array(Vec::new())));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_named_sees_nothing() {
    let (house, id) = house_of(None).await;
    for arguments in [&["exchanges", "list"][..], &["exchanges", "show", &id], &["partners", "list"]] {
        let output = yizhan(&house, arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0), "{arguments:?}");
    }
    assert!(house.log().iter().any(|line| line.contains("operator-refused")));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_nothing_is_told() {
    let mut house = House::new().await;
    assert!(house.path("state/operator.sock").exists());
    house.signal("TERM");
    assert!(house.ended(SOON).await.unwrap().success());
    assert!(!house.path("state/operator.sock").exists());
    assert_eq!(ends(&house, &["exchanges", "list"]), 1);
}
