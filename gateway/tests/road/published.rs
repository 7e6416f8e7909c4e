//! What every partner may read of the standard: the OpenAPI document, its schemas, and a viewer that works where
//! nothing outside can be reached.

use std::process::Command;
use std::sync::{Arc, Mutex};

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use yizhan_conformance::client::{Client, Response};
use yizhan_schemas::{Standard, openapi};

use crate::house::House;
use crate::plan::identity_by;
use crate::table::{EXCHANGE, problem};

const DOCUMENT: &str = "/v1/openapi.json";
const VIEWER: &str = "/v1/docs";

async fn get(client: &Client, path: &str) -> Response {
    client.send("GET", path, &[], "").await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

/// A house whose insurer is allowed nothing.
async fn without_a_grant() -> House {
    House::with(|plan| {
        plan.edit("yizhan.toml", "requester = \"insurer\"", "requester = \"insurer\"\nuntil = 2026-01-01");
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_certificate_may_read_the_document_without_any_grant() {
    let house = without_a_grant().await;
    let client = house.client("insurer", "");
    let response = get(&client, DOCUMENT).await;
    assert_eq!((response.status, header(&response, "content-type")), (200, "application/json"));
    assert_eq!(response.body, openapi::DOCUMENT);
    assert_eq!(header(&response, "content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    assert_eq!(header(&response, "x-content-type-options"), "nosniff");

    let line = house.line_of(header(&response, EXCHANGE)).await;
    assert_eq!((&line["requester"], &line["document"]), (&"insurer".into(), &DOCUMENT.into()), "{line}");
    assert_eq!((&line["outcome"], &line["status"]), (&"succeeded".into(), &200.into()), "{line}");
    let labels = ["requester=\"insurer\"", "operation=\"\"", "outcome=\"succeeded\""];
    assert_eq!(house.figure("yizhan_exchanges_total", &labels).await, 1.0);

    // A certificate that is no partner's is told nothing.
    let stranger = identity_by(&house.plan.requesters["sc-hospital"], "insurer", "");
    for path in [DOCUMENT, VIEWER, "/v1/schemas/common/types.schema.json"] {
        problem(&get(&house.client_as(Some(&stranger)), path).await, "unknown-partner");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_asked_about_before_it_is_sent_again() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    for path in [DOCUMENT, VIEWER, "/v1/docs/viewer.js", "/v1/schemas/common/types.schema.json"] {
        let whole = get(&client, path).await;
        let tag = header(&whole, "etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{tag}");
        assert_eq!(header(&whole, "cache-control"), "private, no-cache");

        for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let response = client.send("GET", path, &[("if-none-match", &known)], "").await.unwrap();
            assert_eq!((response.status, response.body.len()), (304, 0), "{path} {known}");
            assert_eq!(header(&response, "etag"), tag);
        }
        let other = client.send("GET", path, &[("if-none-match", "\"other\"")], "").await.unwrap();
        assert_eq!((other.status, &other.body), (200, &whole.body), "{path}");

        let head = client.send("HEAD", path, &[], "").await.unwrap();
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(header(&head, "content-length"), whole.body.len().to_string());
        for name in ["etag", "content-type", "content-security-policy"] {
            assert_eq!(header(&head, name), header(&whole, name), "{path}");
        }
    }
}

/// What every `$ref` of a JSON text names, without the part after `#`.
fn references(text: &[u8]) -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    found.push(reference.split('#').next().unwrap().to_owned());
                }
                object.values().for_each(|below| walk(below, found));
            }
            Value::Array(array) => array.iter().for_each(|below| walk(below, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&serde_json::from_slice(text).unwrap(), &mut found);
    found.retain(|reference| !reference.is_empty());
    found
}

/// A reference as a client resolves it, from the path it was read at.
fn resolved(path: &str, reference: &str) -> String {
    let mut steps: Vec<_> = path.split('/').collect();
    steps.pop();
    for step in reference.split('/') {
        if step == ".." {
            steps.pop();
        } else {
            steps.push(step);
        }
    }
    steps.join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_leads_to_a_schema_that_is_served() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    let mut seen = std::collections::BTreeSet::new();
    let mut next = vec![DOCUMENT.to_owned()];
    while let Some(path) = next.pop() {
        let response = get(&client, &path).await;
        assert_eq!(response.status, 200, "{path}");
        next.extend(references(&response.body).iter().map(|one| resolved(&path, one)));
        if path != DOCUMENT {
            assert_eq!(header(&response, "content-type"), "application/schema+json", "{path}");
            let file = path.strip_prefix("/v1/schemas/").unwrap();
            let (_, text) = Standard::files().iter().find(|(one, _)| *one == file).unwrap();
            assert_eq!(response.body, *text, "{path}");
        }
        seen.insert(path);
        next.retain(|path| !seen.contains(path));
    }
    assert_eq!(seen.len(), 1 + Standard::files().len(), "the document leads to every schema");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_path_or_method_is_taken_for_one_of_these() {
    let house = House::new().await;
    for client in [house.client("insurer", ""), house.client("sc-hospital", "5101040000001")] {
        for path in [
            "/v1/openapi.json/",
            "/v1/OpenAPI.json",
            "/v1/openapi%2ejson",
            "/v1/docs/",
            "/v1/docs/nothing.js",
            "/v1/docs/../openapi.json",
            "/v1/docs/../../Cargo.toml",
            "/v1/schemas",
            "/v1/schemas/",
            "/v1/schemas/nothing.schema.json",
            "/v1/schemas/operations.json",
            "/v1/schemas/../openapi.json",
            "/v1/schemas/common/../common/types.schema.json",
            "/v1/schemas/common/%2e%2e/common/types.schema.json",
            "/v1/schemas/common%2ftypes.schema.json",
            "/v1/schemas//common/types.schema.json",
            "/v1/schemas/common/types.schema.json%00",
        ] {
            let response = get(&client, path).await;
            assert_eq!(response.status, 404, "{path}");
            problem(&response, "no-such-operation");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            for path in [DOCUMENT, VIEWER, "/v1/schemas/common/types.schema.json"] {
                let response = client.send(method, path, &[], "{}").await.unwrap();
                assert_eq!(response.status, 405, "{method} {path}");
                problem(&response, "no-such-operation");
            }
        }
        assert_eq!(get(&client, "/v1/openapi.json?version=1.0").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_viewer_is_of_one_piece() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    let page = get(&client, VIEWER).await;
    assert_eq!((page.status, header(&page, "content-type")), (200, "text/html; charset=utf-8"));
    let policy = header(&page, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("//") && !policy.contains('*'), "{policy}");

    let html = str::from_utf8(&page.body).unwrap();
    let parts = html.split("=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(value, _)| value);
    let named: Vec<_> = parts.filter(|value| value.contains(['/', '.'])).collect();
    let assets: Vec<_> = named.iter().filter(|value| value.starts_with("docs/")).collect();
    assert_eq!(assets.len(), 3, "{named:?}");
    assert!(!html.contains("://") && !html.contains("<style") && !html.contains("<script>"), "{html}");
    for asset in assets {
        let response = get(&client, &format!("/v1/{asset}")).await;
        assert_eq!(response.status, 200, "{asset}");
        assert_eq!(header(&response, "content-security-policy"), policy);
        let text = str::from_utf8(&response.body).unwrap();
        if asset.ends_with(".css") {
            let urls = text.match_indices("url(").map(|(at, _)| &text[at + 4..]);
            assert!(urls.clone().count() > 0 && !text.contains("@import"), "{asset}");
            assert!(urls.into_iter().all(|url| url.trim_start_matches(['"', '\'']).starts_with("data:")));
        }
    }
}

/// Shows a house to a browser, which has no certificate of its own: plain HTTP on loopback, each request handed on.
/// Tells what was asked for.
async fn window(client: Client) -> (String, Arc<Mutex<Vec<(String, u16)>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::<Mutex<Vec<(String, u16)>>>::default();
    let (client, seen) = (Arc::new(client), Arc::clone(&asked));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (client, seen) = (Arc::clone(&client), Arc::clone(&seen));
            let service = service_fn(move |request: http::Request<Incoming>| {
                let (client, seen) = (Arc::clone(&client), Arc::clone(&seen));
                async move {
                    let path = request.uri().path().to_owned();
                    let answer = client.send(request.method().as_str(), &path, &[], "").await.unwrap();
                    seen.lock().unwrap().push((path, answer.status));
                    Ok::<_, std::convert::Infallible>(handed_on(answer))
                }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
        }
    });
    (origin, asked)
}

fn handed_on(answer: Response) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status.try_into().unwrap();
    for name in [CONTENT_TYPE, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS, CACHE_CONTROL] {
        if let Some(value) = answer.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_shows_an_operation_down_to_its_fields_and_asks_nobody_else() {
    let house = House::new().await;
    let (origin, asked) = window(house.client("insurer", "")).await;
    let profile = tempfile::tempdir().unwrap();
    let url = format!("{origin}{VIEWER}#/card-and-person/card.lookup");
    let shown = tokio::task::spawn_blocking(move || {
        Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--virtual-time-budget=20000", "--dump-dom", &url])
            .output()
    });
    let shown = shown.await.unwrap().expect("Debian's chromium is installed");
    let (page, said) = (String::from_utf8_lossy(&shown.stdout), String::from_utf8_lossy(&shown.stderr));
    assert!(page.contains("持卡信息查询") && page.contains("卡与持卡人"), "{said}");
    assert!(!page.contains("Resolver error") && !page.contains("Errors"), "{said}");
    // Whatever it had looked for elsewhere would be told here.
    assert!(!said.contains("Content Security Policy") && !said.contains("net::ERR"), "{said}");
    let asked = asked.lock().unwrap();
    assert!(asked.iter().all(|(_, status)| *status == 200), "{asked:?}");
    // Two references away from the document: schemas are found by the address they are known by.
    assert!(asked.iter().any(|(path, _)| path == "/v1/schemas/common/types.schema.json"), "{asked:?}");
}
