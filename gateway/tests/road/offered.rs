//! Every operation of the standard, by the table: what a partner's adapter speaks is served, if it is a query; purposes
//! and caps are each operation's own.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use yizhan_schemas::{Kind, Operation, Standard};

use crate::house::House;
use crate::plan::Plan;
use crate::speak::*;
use crate::table::problem;

fn operations() -> impl Iterator<Item = &'static Operation> {
    Standard::embedded().unwrap().operations()
}

/// The message of the first valid example of a part, such as `request`.
fn example(operation: &Operation, part: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/v1/examples").join(&operation.name);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&format!("{part}-valid")));
    files.sort();
    let file: Value = serde_json::from_slice(&fs::read(&files[0]).unwrap()).unwrap();
    file["message"].clone()
}

/// The partner that is asked for this operation alone.
fn target(operation: &Operation) -> String {
    operation.name.replace('.', "-")
}

/// Adds it: its adapter gives the standard's own example back.
fn partner(plan: &mut Plan, operation: &Operation) {
    let name = target(operation);
    let reply = example(operation, "reply");
    plan.write(
        &format!("partners/{name}.toml"),
        format!(
            "adapter = \"hostile\"\n[serve]\nbase-url = \
             \"https://localhost:@sichuan@/fsi/api/rsfComIfsService\"\nanchors = \
             \"pki/servers.pem\"\ncertificate = \"pki/client.pem\"\nkey = \"secret:client-key\"\n[settings]\n\
             target = \"/callService/1101\"\nheaders = [[\"content-type\", \"application/json\"]]\n\
             reply = '''{reply}'''\n"
        ),
    );
    let key = plan.files["secrets/chongqing/client-key"].clone();
    plan.write(&format!("secrets/{name}/client-key"), key);
    let grant = format!(
        "\n[[grant]]\nrequester = \"insurer\"\noperations = [\"{}\"]\npurposes = [\"{}\"]\ntargets = [\"{name}\"]\n",
        operation.name, operation.purposes[0],
    );
    plan.append("yizhan.toml", &grant);
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_served_and_what_no_adapter_speaks_is_not_offered() {
    let house = House::with(|plan| operations().for_each(|operation| partner(plan, operation))).await;
    let client = house.client("insurer", "");
    let (mut served, mut not_offered) = (0, 0);
    for operation in operations() {
        let path = format!("/v1/{}", operation.name);
        let request = with(example(operation, "request"), "/context/purpose", json!(operation.purposes[0]));
        let request = with(request, "/context/target", json!(target(operation)));
        let response = command(&client, &path, &operation.name, &request).await;
        if operation.kind == Kind::Query {
            assert_eq!(parsed(&response), example(operation, "reply"), "{}", operation.name);
            served += 1;
        } else {
            problem(&response, "not-offered");
            let nameless = problem(&ask(&client, &path, &request).await, "malformed");
            assert!(nameless["detail"].as_str().unwrap().contains("Idempotency-Key"));
            not_offered += 1;
        }
        // A purpose of the standard that is not this operation's.
        let foreign = ["transport", "reconciliation"]
            .into_iter()
            .find(|purpose| !operation.purposes.iter().any(|own| own == purpose))
            .unwrap();
        let response = ask(&client, &path, &with(request, "/context/purpose", json!(foreign))).await;
        assert!(problem(&response, "not-granted")["detail"].as_str().unwrap().contains(foreign));
    }
    assert_eq!((served, not_offered), (13, 25));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_be_as_large_as_its_operation_allows() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    for operation in operations() {
        let path = format!("/v1/{}", operation.name);
        let send = |bytes| client.send("POST", &path, &[JSON], " ".repeat(bytes));
        let over = problem(&send(operation.body_cap + 1).await.unwrap(), "too-large");
        let detail = over["detail"].as_str().unwrap();
        assert!(detail.contains(&operation.body_cap.to_string()), "{}: {detail}", operation.name);
        problem(&send(operation.body_cap).await.unwrap(), "malformed");
    }
}
