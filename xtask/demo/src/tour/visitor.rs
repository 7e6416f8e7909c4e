//! Who walks the tour: a client for each asker, and an eye on what arrives in the other regions.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use serde_json::Value;
use yizhan_conformance::client::Client;
use yizhan_conformance::twin::Recorded;

use crate::house::{Asker, GATEWAY_PORT, House, Region};
use crate::messages::Message;
use crate::neighbours::Neighbours;
use crate::show::{Show, unescaped};

pub(super) struct Visitor<'a> {
    pub(super) neighbours: &'a Neighbours,
    pub(super) show: &'a Show,
    clients: Vec<(Asker, Client)>,
}

/// What the asker got back.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    /// Its number.
    pub(super) exchange: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answered {
    /// As JSON; null where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// As XML, the document inside laid open.
    pub(super) fn xml(&self) -> String {
        unescaped(&String::from_utf8_lossy(&self.body))
    }
}

/// One exchange, from both ends.
pub(super) struct Hop {
    pub(super) reply: Answered,
    /// What the region got, oldest first.
    pub(super) calls: Vec<Recorded>,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(house: &'a House, neighbours: &'a Neighbours, show: &'a Show) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, GATEWAY_PORT));
        let client = |asker: Asker| {
            let identity = house.identity(asker).context("an asker has no certificate")?;
            let pair = (identity.certificate_pem(), identity.key_pem());
            anyhow::Ok((asker, Client::new(address, "localhost", &house.ca, Some(pair))?))
        };
        let clients = Asker::ALL.into_iter().map(client).collect::<Result<_, _>>()?;
        Ok(Self { neighbours, show, clients })
    }

    /// Sends a message and watches one region meanwhile. Nothing is shown.
    pub(super) async fn ask(&self, asker: Asker, message: &Message, region: Region) -> anyhow::Result<Hop> {
        let before = self.neighbours.hits(region);
        let reply = self.send(asker, "POST", message).await?;
        Ok(Hop { reply, calls: self.neighbours.since(region, before) })
    }

    /// What has become of an exchange.
    pub(super) async fn look(&self, asker: Asker, exchange: &str) -> anyhow::Result<Answered> {
        let path = format!("/v1/exchanges/{exchange}");
        self.send(asker, "GET", &Message { path, headers: &[], body: String::new() }).await
    }

    /// Has an exchange undone, and shows both sides of it.
    pub(super) async fn undo(&self, asker: Asker, exchange: &str, region: Region) -> anyhow::Result<Hop> {
        let path = format!("/v1/exchanges/{exchange}/undo");
        self.ask_and_show(asker, &Message { path, headers: &[], body: String::new() }, region).await
    }

    async fn send(&self, asker: Asker, method: &str, message: &Message) -> anyhow::Result<Answered> {
        let (_, client) =
            self.clients.iter().find(|(one, _)| *one == asker).context("an asker has no client")?;
        let answer = client
            .send(method, &message.path, message.headers, message.body.clone())
            .await
            .with_context(|| format!("{} got no answer from the gateway", asker.name()))?;
        let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answered {
            status: answer.status,
            retry_after: header("retry-after"),
            exchange: header("yizhan-exchange"),
            body: answer.body.to_vec(),
        })
    }

    /// The same, shown from both ends.
    pub(super) async fn ask_and_show(
        &self,
        asker: Asker,
        message: &Message,
        region: Region,
    ) -> anyhow::Result<Hop> {
        let hop = self.ask(asker, message, region).await?;
        self.show_request(asker, message);
        self.show_calls(region, &hop);
        self.show_reply(asker, &hop);
        Ok(hop)
    }

    pub(super) fn show_request(&self, asker: Asker, message: &Message) {
        let label = format!("{} 发出 sends POST {}", asker.name(), message.path);
        self.show.message(&label, message.body.as_bytes());
    }

    /// What went on over there.
    pub(super) fn show_calls(&self, region: Region, hop: &Hop) {
        self.show_recorded(region, &hop.calls);
    }

    pub(super) fn show_recorded(&self, region: Region, calls: &[Recorded]) {
        let name = region.name();
        for call in calls {
            let signed = if call.headers.contains_key("x-tif-signature") { " + x-tif-signature" } else { "" };
            self.show.message(&format!("{name} 收到 gets {}{signed}", call.request_line), &call.body);
            let status = call.status.map_or_else(|| "nothing".to_owned(), |status| format!("HTTP {status}"));
            self.show.message(&format!("{name} 应答 answers {status}"), &call.answer);
        }
    }

    pub(super) fn show_reply(&self, asker: Asker, hop: &Hop) {
        let label = format!("{} 得到 gets HTTP {}", asker.name(), hop.reply.status);
        self.show.message(&label, &hop.reply.body);
    }

    /// The unified message of an exchange, by the same question asked through `/v1`.
    pub(super) async fn unified(&self, message: &Message, region: Region) -> anyhow::Result<Hop> {
        let hop = self.ask(Asker::Unified, message, region).await?;
        let asker = Asker::Unified.name();
        self.show.message(
            &format!("同一问题的统一报文 the same question, unified ({asker}, POST {})", message.path),
            message.body.as_bytes(),
        );
        let status = hop.reply.status;
        self.show.message(&format!("统一应答 the unified reply (HTTP {status})"), &hop.reply.body);
        Ok(hop)
    }
}
