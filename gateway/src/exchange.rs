//! One message's road. [`serve`] and [`travel`] read from top to bottom like the road in ARCHITECTURE.md; each step
//! is a station with a file of its own.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use serde_json::Value;
use yizhan_schemas::Kind;

use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::{self, Caller, Requester};
use crate::ingress::{self, Asked, Voice};
use crate::recall::{self, Recalled};
use crate::translate::Which;
use crate::underway::{Exchange, Told};
use crate::{about, cache, exchanges, grants, reply, routing, translate, version};

/// Serves one request of a connection. Whatever happens, there is one response and one log line.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    caller: Caller,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let mut exchange = Exchange::new();

    // Identity: who asks. Without one there is nobody to speak a dialect with.
    let requester = match identity::requester(&gateway.partners, &caller) {
        Ok(requester) => requester,
        Err(fault) => return reply::to_nobody(&gateway, exchange, &fault),
    };
    exchange.record.requester(&requester);
    let (head, mut body) = request.into_parts();

    // Publish: the standard itself is told to every partner, without a grant.
    if let Some(told) = gateway.publications.told(&mut exchange, &head) {
        if told.is_err() {
            ingress::linger(&mut body).await;
        }
        return reply::to_unified(&gateway, exchange, &requester, told);
    }

    // What became of an earlier exchange, or taking it back: no message, so no road.
    if let Some(wish) = exchanges::wish(&head) {
        let told = match wish {
            Ok(wish) => exchanges::answer(&gateway, &mut exchange, &requester, wish).await,
            Err(fault) => Err(fault),
        };
        ingress::linger(&mut body).await;
        return reply::to_unified(&gateway, exchange, &requester, told);
    }

    // Ingress, its first half: in which voice it asks, which is the one it is answered in.
    let mut voice = match ingress::voice(&gateway, &requester, &head) {
        Ok(voice) => voice,
        Err(fault) => {
            ingress::linger(&mut body).await;
            return reply::to_unified(&gateway, exchange, &requester, Err(fault));
        }
    };

    if let Voice::Unified { older, .. } = &voice {
        exchange.older = *older;
    }

    let told = travel(&gateway, &mut exchange, &requester, &mut voice, &mut body).await;
    if told.is_err() {
        ingress::linger(&mut body).await;
    }

    match voice {
        Voice::Unified { .. } => reply::to_unified(&gateway, exchange, &requester, told),
        Voice::Native(native) => reply::to_native(&gateway, exchange, &requester, native, told).await,
    }
}

/// The road of a message.
async fn travel(
    gateway: &Arc<Gateway>,
    exchange: &mut Exchange,
    requester: &Requester,
    voice: &mut Voice,
    body: &mut Incoming,
) -> Result<Told, Fault> {
    // Admit: rate and concurrency of this requester, memory for the body.
    let _admitted = requester.partner.allowance.enter()?;
    let (body, _room) = ingress::body(gateway, voice.body_cap(), body).await?;

    // Ingress: a unified message, or a native one that the requester's adapter reads.
    let asked = match ingress::read(gateway, exchange, requester, voice, body).await? {
        ingress::Read::Exchange(asked) => asked,
        ingress::Read::OwnAnswer(response) => return Ok(Told::Own(response)),
        ingress::Read::Undo(key) => {
            return translate::undo(gateway, exchange, requester, Which::Key(key)).await.map(Told::Undo);
        }
    };
    let Asked { operation, mut message, text, key, about } = asked;
    exchange.record.operation(&operation.name);

    // Grants: may this requester do this at all, for this purpose?
    let purpose = message.pointer("/context/purpose").and_then(Value::as_str);
    let granted = grants::operation(&gateway.grants, requester, &operation.name, purpose, SystemTime::now())?;

    // Recall: what was done once under this key is told again, never done again.
    let purpose = purpose.map(str::to_owned);
    let claim = match operation.kind {
        Kind::Query => None,
        Kind::Command | Kind::Notification => {
            let (key, patience) = (key.as_ref(), voice.patience());
            match recall::recall(gateway, exchange, requester, operation, key, &mut message, patience).await?
            {
                Recalled::Fresh(claim) => Some(claim),
                Recalled::Told(told) => {
                    exchange.request = Some(Arc::new(message));
                    return version::told_to(exchange, operation, told);
                }
            }
        }
    };

    // Schemas: everything that is wrong with it. Then whom it speaks for.
    let violations = operation.validate_request(&message);
    if !violations.is_empty() {
        gateway.metrics.violations("request", &operation.name, violations.len());
        return Err(Fault::violating(Code::SchemaViolation, violations));
    }
    ingress::check_institution(requester, &message)?;
    let purpose = purpose.unwrap_or_default();
    exchange.record.purpose(&purpose);

    // Routing: who answers. Grants once more: may it be asked there?
    let about = about::find(gateway, requester, about.as_ref(), &message)?;
    let target = routing::target(&gateway.partners, requester, operation, &message, about.as_ref())?;
    exchange.record.target(target.name.as_ref());
    granted.target(requester, &operation.name, target.name.as_ref())?;

    // A command is written down before anything leaves, and goes on by itself if its requester hangs up.
    if let Some(claim) = claim {
        gateway.cache.forget(&gateway.cache.persons(&message));
        let patience = voice.patience();
        voice.rest();
        exchange.request = Some(Arc::new(message));
        let about = about.map(|about| about.exchange);
        let question = translate::Question { operation, purpose, requester, text, about };
        let told = translate::command(gateway, exchange, &target, question, claim, patience).await?;
        return version::told_to(exchange, operation, told);
    }

    // Cache: the answer is known, or somebody of this requester is asking the same.
    let asking = cache::Asking {
        requester,
        operation,
        purpose: &purpose,
        target: &target,
        standard: gateway.standard.version(),
    };
    let repeatable = gateway.cache.repeatable(&asking, &mut message);

    // Translate and call: the target's adapter decides, the gateway does the I/O, the reply is validated.
    voice.rest();
    let message = Arc::new(message);
    exchange.request = Some(Arc::clone(&message));
    let question = translate::Question { operation, purpose, requester, text, about: None };
    let reply = match repeatable {
        Some(repeatable) => cache::query(gateway, exchange, &target, question, repeatable).await,
        None => translate::query(gateway, exchange, &target, question).await,
    }?;

    // Reply: in the version of the standard that its requester reads.
    version::told_to(exchange, operation, Told::Reply(reply))
}
