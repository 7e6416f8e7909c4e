//! How a result goes back: unified JSON and problem documents, or through the requester's adapter in its dialect.

use bytes::Bytes;
use http::header::{AGE, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use yizhan_host::contract::{Body, NativeResponse, Pending, Rendering, UndoResult, UnifiedResult};
use yizhan_host::shape;

use crate::config::Language;
use crate::fault::Fault;
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::native::Native;
use crate::underway::{Exchange, Told};
use crate::{mask, native, version};

/// When to ask after what is pending.
const ASK_AGAIN_SECONDS: u16 = 2;
const EXCHANGE_HEADER: &str = "yizhan-exchange";

/// To somebody who is no partner.
pub(crate) fn to_nobody(gateway: &Gateway, exchange: Exchange, fault: &Fault) -> Response<Full<Bytes>> {
    let response = problem(&exchange, Language::En, fault);
    finish(gateway, exchange, Some(fault), response)
}

/// In the unified standard.
pub(crate) fn to_unified(
    gateway: &Gateway,
    exchange: Exchange,
    requester: &Requester,
    told: Result<Told, Fault>,
) -> Response<Full<Bytes>> {
    let (mut response, fault) = match told {
        Ok(Told::Reply(reply)) => {
            let mut response = Response::new(Full::new(Bytes::from(reply)));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            // RFC 9111 par. 5.1: so many seconds ago the partner said so.
            if let Some(age) = exchange.age {
                response.headers_mut().insert(AGE, HeaderValue::from(age.as_secs()));
            }
            (response, None)
        }
        Ok(Told::Own(response)) => return finish(gateway, exchange, None, response),
        Ok(Told::Pending(id)) => (pending(&id.to_string()), None),
        Ok(Told::Undo(result)) => (undone(&exchange.shown(), result), None),
        Err(fault) => (problem(&exchange, requester.partner.language, &fault), Some(fault)),
    };
    // With faults too: who speaks another major version learns ours from it.
    let ours = HeaderValue::from_static(gateway.standard.version());
    let older = exchange.older.and_then(|older| HeaderValue::from_str(&older.to_string()).ok());
    response.headers_mut().insert(version::HEADER, older.unwrap_or(ours));
    finish(gateway, exchange, fault.as_ref(), response)
}

/// In the requester's dialect; as a problem document where its adapter cannot speak.
pub(crate) async fn to_native(
    gateway: &Gateway,
    mut exchange: Exchange,
    requester: &Requester,
    mut native: Box<Native>,
    told: Result<Told, Fault>,
) -> Response<Full<Bytes>> {
    let (told, fault) = match told {
        Ok(Told::Own(response)) => return finish(gateway, exchange, None, response),
        Ok(Told::Reply(reply)) => (UnifiedResult::Reply(reply), None),
        Ok(Told::Pending(id)) => {
            let retry_after_ms = u64::from(ASK_AGAIN_SECONDS) * 1000;
            (UnifiedResult::Pending(Pending { exchange: id.to_string(), retry_after_ms }), None)
        }
        Ok(Told::Undo(result)) => (UnifiedResult::Undo(result), None),
        Err(fault) if native.mute => return to_unified(gateway, exchange, requester, Err(fault)),
        Err(fault) => {
            let report = fault.report(requester.partner.language, masked(&exchange, &fault));
            (UnifiedResult::Fault(report), Some(fault))
        }
    };
    let rendered = match native::answer_context(gateway, &exchange, requester, native.turn) {
        Ok(context) => {
            let rendered = native.seat.reply(&context, &native.recall, &told).await;
            rendered.map_err(|fault| native.failed(&fault))
        }
        Err(fault) => Err(fault),
    };
    let response = rendered.and_then(|Rendering { response, losses, fault: untold }| {
        exchange.record.losses(losses.len());
        if let Some(untold) = untold {
            exchange.record.untold(&untold.pointer.unwrap_or_default());
        }
        native_response(response).map_err(|reason| native.misstep(reason))
    });
    match response {
        Ok(mut response) => {
            if let Some(seconds) = fault.as_ref().and_then(Fault::retry_after_seconds) {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            finish(gateway, exchange, fault.as_ref(), response)
        }
        Err(broken) => to_unified(gateway, exchange, requester, Err(broken)),
    }
}

/// An adapter's response as one that may go out (rule H8); else the reason why not.
pub(crate) fn native_response(native: NativeResponse) -> Result<Response<Full<Bytes>>, &'static str> {
    let NativeResponse::Http(native) = native else { return Err("no-http-response") };
    shape::check_response(native.status, &native.headers).map_err(shape::ShapeError::code)?;
    let Body::Bytes(body) = native.body else { return Err("unmet-need") };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(native.status).map_err(|_| "status-not-allowed")?;
    for header in native.headers {
        let name = http::HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| "header-not-allowed")?;
        let value = HeaderValue::from_bytes(&header.value).map_err(|_| "header-not-allowed")?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// It is accepted, and can be asked after.
fn pending(id: &str) -> Response<Full<Bytes>> {
    let body = json!({"exchange": id, "state": "pending"});
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = StatusCode::ACCEPTED;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(RETRY_AFTER, HeaderValue::from(ASK_AGAIN_SECONDS));
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/exchanges/{id}")) {
        headers.insert(LOCATION, location);
    }
    response
}

/// What became of a wish to undo.
fn undone(id: &str, result: UndoResult) -> Response<Full<Bytes>> {
    let result = match result {
        UndoResult::Undone => "undone",
        UndoResult::NothingToUndo => "nothing-to-undo",
        UndoResult::CannotBeUndone => "cannot-be-undone",
        UndoResult::StillUnknown => "still-unknown",
    };
    let body = json!({"exchange": id, "undo": result});
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn problem(exchange: &Exchange, language: Language, fault: &Fault) -> Response<Full<Bytes>> {
    let document = fault.problem(&exchange.shown(), language, &masked(exchange, fault));
    let mut response = Response::new(Full::new(Bytes::from(document.to_string())));
    *response.status_mut() = fault.status();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = fault.retry_after_seconds() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A partner's words, without what this exchange said.
fn masked(exchange: &Exchange, fault: &Fault) -> String {
    if fault.partner_text.is_empty() {
        return String::new();
    }
    let known: Vec<&Value> = exchange.request.as_deref().into_iter().collect();
    mask::masked(&fault.partner_text, &known)
}

/// The last station: the exchange's number on the response, one log line, the figures.
fn finish(
    gateway: &Gateway,
    exchange: Exchange,
    fault: Option<&Fault>,
    mut response: Response<Full<Bytes>>,
) -> Response<Full<Bytes>> {
    if let Ok(id) = HeaderValue::from_str(&exchange.shown()) {
        response.headers_mut().insert(EXCHANGE_HEADER, id);
    }
    let elapsed = exchange.elapsed();
    gateway.metrics.exchange(&exchange.record, fault, response.status(), elapsed);
    gateway.log.exchange(exchange.record, fault, response.status(), elapsed);
    response
}
