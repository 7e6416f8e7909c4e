//! Adapters that mean harm, in the place of a partner's and of a requester's: each is its own partner's fault and
//! nobody else's, and whatever it did, the gateway goes on.

use serde_json::json;

use crate::house::House;
use crate::plan::{Plan, identity_by};
use crate::speak::*;
use crate::table::problem;
use crate::wild::Neighbour;

/// What an adapter does in the place of the one that asks the partner, and the reason that is told.
const AS_PARTNER: [(&str, &str); 19] = [
    ("trap-in-start", "trap"),
    ("loop-in-start", "deadline"),
    ("hoard", "memory"),
    ("trap-in-resume", "trap"),
    ("loop-in-resume", "deadline"),
    ("act", "act-not-allowed"),
    ("undo", "intent-not-allowed"),
    ("opened", "outcome-not-allowed"),
    ("unresolved", "outcome-not-allowed"),
    ("endless-send", "endless-send"),
    ("endless-wait", "endless-wait"),
    ("ask-nothing", "empty-ask"),
    ("ask-too-much", "too-many-questions"),
    ("ask-number", "endless-ask"),
    ("frame", "unmet-need"),
    ("file", "file-name-not-allowed"),
    ("large-state", "output-too-large"),
    ("large-body", "output-too-large"),
    ("state-over-its-bound", "state-too-large"),
];

/// What one does in the place of the requester's own.
const AS_REQUESTER: [(&str, &str); 10] = [
    ("trap-in-accept", "trap"),
    ("loop-in-accept", "deadline"),
    ("ask-in-accept", "unmet-need"),
    ("trap-in-accept-more", "trap"),
    ("unknown-operation", "unknown-operation"),
    ("large-memo", "output-too-large"),
    ("trap-in-reply", "trap"),
    ("loop-in-reply", "deadline"),
    ("reply-a-blob", "unmet-need"),
    ("large-response", "output-too-large"),
];

/// A partner whose adapter misbehaves.
fn partner(plan: &mut Plan, misbehave: &str, more: &str) {
    let reply = json!({"person": {"identifier": null, "document": null, "name": "某人", "sex": "male",
        "ethnicity": null, "birthDate": null, "age": null}, "card": null, "insurances": [], "identities": []});
    let text = format!(
        r#"adapter = "hostile"
[identity]
anchors = "pki/broken.pem"
san = "URI:urn:yizhan:partner:{misbehave}"
[requester]
default-purpose = {{ "card.lookup" = "medicalTreatment" }}
[serve]
base-url = "https://localhost:@chongqing@/cq"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
[settings]
misbehave = "{misbehave}"
reply = '{reply}'
{more}
"#
    );
    plan.write(&format!("partners/{misbehave}.toml"), text);
    let key = plan.files["secrets/chongqing/client-key"].clone();
    plan.write(&format!("secrets/{misbehave}/client-key"), key);
    let grant = format!(
        "\n[[grant]]\nrequester = \"insurer\"\noperations = [\"card.lookup\"]\npurposes = \
         [\"medicalTreatment\"]\ntargets = [\"{misbehave}\"]\n[[grant]]\nrequester = \"{misbehave}\"\noperations \
         = [\"card.lookup\"]\npurposes = [\"medicalTreatment\"]\ntargets = [\"sichuan\"]\n"
    );
    plan.append("yizhan.toml", &grant);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_place_of_a_partner_s_adapter() {
    let mut house = House::with(|plan| {
        for (misbehave, _) in AS_PARTNER.into_iter().chain([("endless-ask", ""), ("code-of-another", "")]) {
            partner(plan, misbehave, "");
        }
        for target in ["/../admin", "//elsewhere/a"] {
            let name = if target.starts_with("//") { "act-once" } else { "note" };
            partner(plan, name, &format!("target = \"{target}\"\nnote = \"x\""));
        }
    })
    .await;
    let neighbour = Neighbour::of(&house);
    let client = house.client("insurer", "");
    let asked = holder("A00000001");
    let question = |target: &str| with(unified(HOSPITAL, &asked), "/context/target", json!(target));
    let mut wrong = Vec::new();
    for (misbehave, reason) in AS_PARTNER {
        let response = ask(&client, LOOKUP, &question(misbehave)).await;
        let told = String::from_utf8_lossy(&response.body).into_owned();
        if !told.contains(&format!("\"reason\":\"{reason}\"")) {
            wrong.push(format!("{misbehave}: {told}"));
            continue;
        }
        assert_eq!(problem(&response, "adapter-fault")["adapter"], "hostile", "{misbehave}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A target outside of the base is never called.
    let before = house.chongqing.hits();
    problem(&ask(&client, LOOKUP, &question("note")).await, "adapter-fault");
    assert_eq!(house.chongqing.hits(), before);
    // A code that is none is not passed on.
    let told = problem(&ask(&client, LOOKUP, &question("code-of-another")).await, "rejected");
    assert!(!told.to_string().contains("xxxxx"), "{told}");
    // A session that asks for itself while it is opened is the adapter's fault, and is told at once.
    let begun = std::time::Instant::now();
    problem(&ask(&client, LOOKUP, &question("endless-ask")).await, "adapter-fault");
    assert!(begun.elapsed().as_secs() < 5, "nobody waits for himself");
    assert!(house.alive());
    neighbour.unharmed().await;
    assert_eq!(house.in_use().await, 0);
    assert!(house.figure("yizhan_adapter_faults_total", &["hostile"]).await >= 19.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_place_of_the_requester_s_adapter() {
    let mut house = House::with(|plan| {
        for (misbehave, _) in AS_REQUESTER {
            partner(plan, misbehave, "");
        }
        partner(plan, "own-answer", "headers = [[\"set-cookie\", \"a=b\"]]");
        partner(plan, "note", "note = \"x\"\nheaders = [[\"content-length\", \"3\"]]");
        partner(plan, "many-notes", "rounds = 100000");
    })
    .await;
    let neighbour = Neighbour::of(&house);
    let asked = holder("A00000001");
    let question = unified(HOSPITAL, &asked);
    let client = |name: &str| house.client_as(Some(&identity_by(&house.plan.requesters["broken"], name, "")));
    let mut wrong = Vec::new();
    for (misbehave, reason) in AS_REQUESTER {
        let response = ask(&client(misbehave), "/hostile/x", &question).await;
        let told = String::from_utf8_lossy(&response.body).into_owned();
        if !told.contains(&format!("\"reason\":\"{reason}\"")) {
            wrong.push(format!("{misbehave}: {told}"));
            continue;
        }
        problem(&response, "adapter-fault");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // What an adapter may not say to its own partner's client stays inside.
    for name in ["own-answer", "note"] {
        let response = ask(&client(name), "/hostile/x", &question).await;
        problem(&response, "adapter-fault");
        assert!(response.headers.get("set-cookie").is_none());
    }
    // Its partner can still speak the unified standard.
    about(&ask(&client("trap-in-accept"), LOOKUP, &question).await, &asked);
    // However much it notes, the exchange and the log stay of one size.
    let question = with(question, "/context/target", json!("many-notes"));
    let response = ask(&house.client("insurer", ""), LOOKUP, &question).await;
    assert_ne!(response.status, 200, "nothing answers there");
    let longest = house.log().iter().map(String::len).max().unwrap();
    assert!(longest < 20_000, "a log line of {longest} bytes");
    assert!(house.alive());
    neighbour.unharmed().await;
    assert_eq!(house.in_use().await, 0);
}
