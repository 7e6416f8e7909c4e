//! What partners signed in to this gateway as.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use yizhan_host::contract::{Session, SessionWrite};

use super::NAME_BYTES;
use crate::config::PartnerName;

/// Sign-ins one requester may hold; a national dialect has one per operator and terminal.
const PER_REQUESTER: usize = 1024;
const VALUE_BYTES: usize = 16 * 1024;

/// A requester: partner and institution.
pub(crate) type RequesterKey = (PartnerName, Option<Arc<str>>);

/// All of them, by requester and name.
#[derive(Default)]
pub(crate) struct InboundSessions(Mutex<HashMap<RequesterKey, HashMap<String, Session>>>);

impl InboundSessions {
    /// The live session of this name.
    pub(crate) fn find(&self, requester: &RequesterKey, name: &str, now: u64) -> Option<Session> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(requester)?.get(name).filter(|session| session.until > now).cloned()
    }

    /// Keeps what an adapter answered a sign-in with; false when that is more than a requester may hold.
    pub(crate) fn keep(&self, requester: &RequesterKey, write: SessionWrite, now: u64) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sessions = held.entry(requester.clone()).or_default();
        if !sessions.contains_key(&write.name) && sessions.len() >= PER_REQUESTER {
            sessions.retain(|_, session| session.until > now);
        }
        let full = !sessions.contains_key(&write.name) && sessions.len() >= PER_REQUESTER;
        if full || write.name.len() > NAME_BYTES || write.value.len() > VALUE_BYTES {
            return false;
        }
        let version = sessions.get(&write.name).map_or(1, |session| session.version + 1);
        sessions.insert(write.name, Session { value: write.value, version, until: write.until });
        true
    }
}
