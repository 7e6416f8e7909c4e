//! Asks a running gateway through its operators' socket.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use clap::Args;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::config;
use crate::operators::exit_code;

/// Said below the help of every verb that asks.
pub(super) const EXIT_CODES: &str = "Exit codes: 0 done; 1 the gateway does not answer, or its journal refuses; 2 wrong \
    usage; 3 this user may not do that; 4 there is no such exchange or partner; 5 it does not stand so that this can \
    be done.";

/// Which gateway is asked.
#[derive(Args)]
pub(super) struct At {
    /// The configuration file, which says where the socket is.
    #[arg(long, default_value = "yizhan.toml", global = true)]
    config: PathBuf,
    /// The socket itself, for who may not read the configuration.
    #[arg(long, global = true)]
    socket: Option<PathBuf>,
    /// For tools.
    #[arg(long, global = true)]
    pub(super) json: bool,
}

/// The gateway has refused.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Refused {
    code: String,
    message: String,
}

impl Refused {
    pub(super) fn exit_code(&self) -> u8 {
        exit_code(&self.code)
    }
}

/// One wish and its answer.
pub(super) fn ask(at: &At, path: &str, wish: &impl Serialize) -> Result<Value> {
    let socket = match &at.socket {
        Some(socket) => socket.clone(),
        None => config::operator_socket(&at.config)?,
    };
    let body = serde_json::to_vec(wish)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (status, answer) = runtime.block_on(async {
        let stream = UnixStream::connect(&socket)
            .await
            .with_context(|| format!("no gateway answers at {}", socket.display()))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // Ends with the answer; what goes wrong with it, the request says.
        tokio::spawn(connection);
        let request = Request::post(path)
            .header(http::header::HOST, "localhost")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        anyhow::Ok((status, response.into_body().collect().await?.to_bytes()))
    })?;
    let answer: Value = serde_json::from_slice(&answer).context("the gateway's answer is no JSON")?;
    if status.is_success() {
        return Ok(answer);
    }
    let text = |name| answer.get(name).and_then(Value::as_str).unwrap_or("unknown").to_owned();
    Err(Refused { code: text("code"), message: text("message") }.into())
}

/// Lines of columns, each as wide as its widest cell.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let lines = || std::iter::once(&head).chain(rows);
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            lines().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A member as people read it.
pub(super) fn cell(of: &Value, name: &str) -> String {
    match of.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "-".to_owned(),
        Some(other) => other.to_string(),
    }
}
