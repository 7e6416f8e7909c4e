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
use crate::underway::{Exchange, Told};
use crate::{cache, grants, reply, routing, translate, version};

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

/// The road of a query.
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
    };
    let Asked { operation, mut message, text } = asked;
    exchange.record.operation(&operation.name);

    // Grants: may this requester do this at all, for this purpose?
    let purpose = message.pointer("/context/purpose").and_then(Value::as_str);
    let granted = grants::operation(&gateway.grants, requester, &operation.name, purpose, SystemTime::now())?;

    // Schemas: everything that is wrong with it. Then whom it speaks for.
    let violations = operation.validate_request(&message);
    if !violations.is_empty() {
        gateway.metrics.violations("request", &operation.name, violations.len());
        return Err(Fault::violating(Code::SchemaViolation, violations));
    }
    ingress::check_institution(requester, &message)?;
    let purpose = purpose.unwrap_or_default().to_owned();
    exchange.record.purpose(&purpose);

    // Routing: who answers. Grants once more: may it be asked there?
    let target = routing::target(&gateway.partners, requester, operation, &message)?;
    exchange.record.target(target.name.as_ref());
    granted.target(requester, &operation.name, target.name.as_ref())?;

    // Cache: the answer is known, or somebody of this requester is asking the same. What may change something about a
    // person makes what is known of them old, whatever becomes of it.
    let asking = cache::Asking {
        requester,
        operation,
        purpose: &purpose,
        target: &target,
        standard: gateway.standard.version(),
    };
    let repeatable = gateway.cache.repeatable(&asking, &mut message);
    if operation.kind != Kind::Query {
        gateway.cache.forget_person(&message);
    }

    // Translate and call: the target's adapter decides, the gateway does the I/O, the reply is validated.
    voice.rest();
    let message = Arc::new(message);
    exchange.request = Some(Arc::clone(&message));
    let question = translate::Question { operation, purpose, requester, text };
    let reply = match repeatable {
        Some(repeatable) => cache::query(gateway, exchange, &target, question, repeatable).await,
        None => translate::query(gateway, exchange, &target, question).await,
    }?;

    // Reply: in the version of the standard that its requester reads.
    let Some(older) = exchange.older else { return Ok(Told::Reply(reply)) };
    let (reply, lost) = version::reply_for(older, operation, &reply)?;
    exchange.record.losses(lost);
    Ok(Told::Reply(reply))
}
