//! Deciding later, and telling of it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::Office;
use super::books::{ClaimState, Delivery};
use super::response::{Told, bundle, claim_response};
use super::variant::Decision;
use crate::client::Client;

impl Office {
    /// Sees to it that a claim which is not decided will be, as the variant has it.
    pub(super) fn schedule(self: &Arc<Self>, id: &str) {
        let Decision::Later(pause) = self.variant.decision else { return };
        // The task must not keep the office alive: it ends with it.
        let (office, id) = (Arc::downgrade(self), id.to_owned());
        self.late.spawn(async move {
            tokio::time::sleep(pause).await;
            let Some(office) = office.upgrade() else { return };
            let Some(told) = office.decide(&id) else { return };
            office.tell(&id, told).await;
        });
    }

    /// Decides a claim that is still queued, and writes what is to be told.
    fn decide(&self, id: &str) -> Option<String> {
        let mut ledger = self.books.ledger();
        let claim = ledger.numbered(id).filter(|claim| claim.state == ClaimState::Queued)?;
        (claim.state, claim.decided) = (ClaimState::Decided, Some(Timestamp::now()));
        let told = Told { claim, insurer: &self.variant.insurer, fault: None, predetermination: false };
        Some(bundle([("ClaimResponse", id, claim_response(&told))]))
    }

    /// Whoever is told may have moved between two attempts.
    async fn tell(&self, id: &str, told: String) {
        for _ in 0..ATTEMPTS {
            let callback = self.callback.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let Some(callback) = callback else { return };
            let identity = Some((callback.identity.0.as_str(), callback.identity.1.as_str()));
            let Ok(client) = Client::new(callback.address, &callback.server_name, &callback.anchor, identity)
            else {
                self.note(id, None);
                return;
            };
            let headers = [("content-type", "application/fhir+json;charset=UTF-8")];
            let sent = client.send("POST", &callback.path, &headers, told.clone());
            let answered = tokio::time::timeout(PATIENCE, sent).await;
            let status = answered.ok().and_then(Result::ok).map(|answer| answer.status);
            self.note(id, status);
            if status.is_some_and(|status| (200..300).contains(&status)) {
                return;
            }
            tokio::time::sleep(callback.pause).await;
        }
    }

    fn note(&self, id: &str, status: Option<u16>) {
        if let Some(claim) = self.books.ledger().numbered(id) {
            claim.deliveries.push(Delivery { at: Timestamp::now(), status });
        }
    }
}

const ATTEMPTS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(10);
