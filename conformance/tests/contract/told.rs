//! How what was told goes out.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use yizhan_schemas::{FaultCode, Violation};

use crate::desk::{Desk, Exchange, State};

/// What somebody is told; the first is the number of its exchange.
pub(crate) enum Told {
    Reply(String, String),
    Pending(String),
    Shown(Arc<Exchange>, State),
    Undo(String, &'static str),
    Fault(FaultCode, String, Option<String>),
    Reversed(String, String),
    Violating(String, Vec<Violation>, String),
}

pub(crate) fn respond(desk: &Desk, told: Told, version: Option<&str>) -> Response<Bytes> {
    let mut response = Response::builder();
    let (status, number, media, body) = match told {
        Told::Reply(number, reply) => (200, number, "application/json", reply),
        Told::Undo(number, word) => {
            let body = json!({"exchange": number, "undo": word}).to_string();
            (200, number, "application/json", body)
        }
        Told::Pending(number) => {
            if !desk.errs("no-location") {
                response = response.header("location", format!("/v1/exchanges/{number}"));
            }
            if !desk.errs("no-retry-after-202") {
                response = response.header("retry-after", "1");
            }
            let body = json!({"exchange": number, "state": "pending"}).to_string();
            (202, number, "application/json", body)
        }
        Told::Shown(exchange, state) => {
            (200, exchange.number.clone(), "application/json", shown(desk, &exchange, &state).to_string())
        }
        Told::Fault(code, number, detail) => {
            if code.retryable() && !desk.errs("no-retry-after-503") {
                response = response.header("retry-after", "1");
            }
            let body = problem(desk, code, &number, "nothing", detail);
            (code.status(), number, "application/problem+json", body.to_string())
        }
        Told::Reversed(number, person) => {
            let detail = desk.errs("quotes-partner").then(|| format!("no answer about {person}"));
            let body = problem(desk, FaultCode::Rejected, &number, "reversed", detail);
            (FaultCode::Rejected.status(), number, "application/problem+json", body.to_string())
        }
        Told::Violating(number, violations, person) => {
            if desk.errs("quotes-in-header") {
                response = response.header("x-about", &person);
            }
            let detail = desk.errs("quotes-value").then(|| format!("{person} is wrong"));
            let mut body = problem(desk, FaultCode::SchemaViolation, &number, "nothing", detail);
            let errors: Vec<Value> = violations
                .iter()
                .map(|one| json!({"pointer": one.pointer, "code": one.code, "message": one.message}))
                .collect();
            body["errors"] = json!(errors);
            (422, number, "application/problem+json", body.to_string())
        }
    };
    let media = if desk.errs("plain-text") && status >= 400 { "text/plain" } else { media };
    response = response.status(status).header("content-type", media);
    if !desk.errs("no-exchange-header") {
        response = response.header("yizhan-exchange", number);
    }
    if !desk.errs("no-version") {
        let older = version == Some("1.0") && !desk.errs("ignores-older");
        response = response.header("yizhan-standard", if older { "1.0" } else { "1.1" });
    }
    response.body(Bytes::from(body)).unwrap()
}

fn shown(desk: &Desk, exchange: &Exchange, state: &State) -> Value {
    let word = match state {
        State::Running => "pending",
        State::Done(_) => "succeeded",
        State::NotSent | State::Rejected => "rejected",
        State::Undone => "undone",
        State::Barred => "barred",
    };
    let mut shown = json!({"exchange": exchange.number, "state": word});
    if let State::Done(number) = state {
        let number = if desk.errs("looks-up-another") { "V0" } else { number };
        shown["reply"] = serde_json::from_str(&desk.reply(number)).unwrap();
    }
    shown
}

fn problem(desk: &Desk, code: FaultCode, number: &str, effect: &str, detail: Option<String>) -> Value {
    let side = if desk.errs("wrong-side") { "gateway" } else { code.side().as_str() };
    let mut problem = json!({"type": code.type_uri(), "title": code.title_en(), "status": code.status(),
        "code": code.as_str(), "side": side, "effect": effect, "retryable": code.retryable(), "exchange": number});
    if desk.errs("no-retryable") {
        problem.as_object_mut().unwrap().remove("retryable");
    }
    if let Some(detail) = detail {
        problem["detail"] = json!(detail);
    }
    problem
}
