//! What an operator sees and decides about a partner.

use std::sync::Arc;

use serde_json::{Value, json};

use yizhan_journal::record::{Filter, State};

use super::wish::AboutPartner;
use super::{Desk, Refusal, moments};
use crate::partners::Partner;
use crate::translate;
use crate::upstream::{Circuit, Upstream};

impl Desk<'_> {
    /// Every partner that can be called, and how it stands.
    pub(super) fn partners(&self) -> Result<Value, Refusal> {
        let paused = self.journal.paused()?;
        let shown = |partner: &Arc<Partner>| {
            let upstream = partner.upstream.as_ref()?;
            let name = partner.name.as_ref();
            let since = paused.iter().find(|paused| paused.partner == name).map(|paused| paused.since);
            Some(json!({
                "partner": name,
                "circuit": word(upstream.circuit()),
                "paused": upstream.is_held(),
                "pausedSince": since.and_then(moments::shown),
                "queued": upstream.queued(),
            }))
        };
        Ok(json!({"partners": self.gateway.partners.all().iter().filter_map(shown).collect::<Vec<_>>()}))
    }

    /// From now on nothing new goes there; what is accepted waits.
    pub(super) async fn pause(&self, wish: AboutPartner) -> Result<Value, Refusal> {
        let (name, upstream) = self.called(&wish)?;
        self.journal.pause(name, self.deed(&format!("pause {name}"), None, &wish.why)?).await?;
        upstream.hold(true);
        Ok(json!({"partner": name, "paused": true}))
    }

    /// It goes on, with all that still waits. What has ended stays ended.
    pub(super) async fn resume(&self, wish: AboutPartner) -> Result<Value, Refusal> {
        let (name, upstream) = self.called(&wish)?;
        self.journal.resume(name, self.deed(&format!("resume {name}"), None, &wish.why)?).await?;
        upstream.hold(false);
        Ok(json!({"partner": name, "paused": false}))
    }

    /// Ends what waits there and has not begun. Each such key is free again.
    pub(super) async fn flush(&self, wish: AboutPartner) -> Result<Value, Refusal> {
        self.decides()?;
        let name = wish.partner.as_str();
        let upstream = self.gateway.partners.named(name).and_then(|partner| partner.upstream.as_ref());
        let queued =
            Filter { target: Some(name.to_owned()), state: Some(State::Queued), ..Filter::default() };
        // What waits for a partner that is no longer configured is in the journal alone.
        if upstream.is_none() && self.journal.list(&queued, 1)?.is_empty() {
            return Err(Refusal::NotFound("there is no such partner that is called"));
        }
        self.journal.note(self.deed(&format!("flush {name}"), None, &wish.why)?).await?;
        let here = upstream.map_or(0, Upstream::empty_queue);
        let elsewhere = translate::end_queued(self.gateway, name).await?;
        Ok(json!({"partner": name, "flushed": here + elsewhere}))
    }

    fn called(&self, wish: &AboutPartner) -> Result<(&str, &Upstream), Refusal> {
        self.decides()?;
        let partner = self.gateway.partners.named(&wish.partner);
        partner
            .and_then(|partner| Some((partner.name.as_ref(), partner.upstream.as_ref()?)))
            .ok_or(Refusal::NotFound("there is no such partner that is called"))
    }
}

/// For people and tools.
const fn word(circuit: Circuit) -> &'static str {
    match circuit {
        Circuit::Closed => "closed",
        Circuit::Open => "open",
        Circuit::Probing => "probing",
    }
}
