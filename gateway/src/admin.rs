//! The operators' side, on loopback: is the process alive, is it ready, what are the figures.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use yizhan_journal::Journal;

use crate::gateway::Gateway;
use crate::retention;

/// Operators and their scraper; nobody else reaches loopback.
const CONNECTIONS: usize = 64;

/// Serves until told to stop.
pub(crate) async fn serve(gateway: Arc<Gateway>, listener: TcpListener, mut stopping: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.changed() => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let gateway = Arc::clone(&gateway);
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(|request| {
                let response = answer(&gateway, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            // A scraper that goes away in the middle is nothing to tell anybody.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn answer(gateway: &Gateway, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET\n".to_owned());
    }
    match request.uri().path() {
        "/livez" => text(StatusCode::OK, "alive\n".to_owned()),
        "/readyz" => {
            let verbose =
                request.uri().query().is_some_and(|query| query.split('&').any(|part| part == "verbose"));
            let (ready, said) = readiness(gateway, verbose);
            text(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, said)
        }
        "/metrics" => {
            look_around(gateway);
            text(StatusCode::OK, gateway.metrics.text())
        }
        _ => text(StatusCode::NOT_FOUND, "there is /livez, /readyz (?verbose) and /metrics\n".to_owned()),
    }
}

/// Takes the figures that are asked for and not counted.
fn look_around(gateway: &Gateway) {
    gateway.metrics.cache_size(gateway.cache.size());
    if let Some(commands) = &gateway.commands {
        gateway.metrics.journal(retention::figures(&commands.journal, gateway.journal_bound));
    }
    for partner in gateway.partners.all() {
        if let Some(upstream) = &partner.upstream {
            gateway.metrics.gate(partner.name.as_ref(), upstream);
        }
    }
}

/// A gateway that answers here has its standard, its sandbox and its listener. A refused adapter disables its own
/// partner only, so it is named and does not make the gateway unready; nor does a journal without room, since queries
/// are still answered. A journal that has failed refuses until the next start.
fn readiness(gateway: &Gateway, verbose: bool) -> (bool, String) {
    let journal = gateway.commands.as_ref().map(|commands| &commands.journal);
    let ready = !journal.is_some_and(Journal::has_failed);
    let mut text = if ready { "ready\n".to_owned() } else { "not ready\n".to_owned() };
    if !verbose && ready {
        return (ready, text);
    }
    // Writing to a String cannot fail.
    let _ = writeln!(text, "[+] standard {}", gateway.standard.version());
    let _ = writeln!(text, "[+] partners {}", gateway.partners.all().len());
    if let Some(journal) = journal {
        let _ = match () {
            () if journal.has_failed() => {
                writeln!(text, "[-] journal has failed and refuses until the next start")
            }
            () if journal.refuses() => writeln!(text, "[-] journal cannot be written: commands are refused"),
            () => writeln!(text, "[+] journal"),
        };
    }
    for (partner, adapter, why) in gateway.partners.refused() {
        let _ = writeln!(
            text,
            "[-] partner {partner}: adapter {adapter} is out of service ({}): {why}",
            why.code()
        );
    }
    (ready, text)
}

fn text(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    response
}
