//! Sign-ins, kept by the host: what partners signed in to us as, and our own sessions at partners.
//!
//! The two stores never meet. An inbound one belongs to the requester (partner, institution); an outbound one to
//! the partner, shared by all its exchanges and opened once for everybody who waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use yizhan_host::contract::{Session, SessionWish, SessionWrite};

use crate::config::PartnerName;

/// Sign-ins one requester may hold; a national dialect has one per operator and terminal.
const INBOUND_PER_REQUESTER: usize = 1024;
/// Who signs in names himself, and a requester may hold many.
const NAME_BYTES: usize = 256;
const VALUE_BYTES: usize = 16 * 1024;

/// What partners signed in to this gateway as.
#[derive(Default)]
pub(crate) struct InboundSessions(Mutex<HashMap<RequesterKey, HashMap<String, Session>>>);

/// A requester: partner and institution.
pub(crate) type RequesterKey = (PartnerName, Option<Arc<str>>);

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
        if !sessions.contains_key(&write.name) && sessions.len() >= INBOUND_PER_REQUESTER {
            sessions.retain(|_, session| session.until > now);
        }
        let full = !sessions.contains_key(&write.name) && sessions.len() >= INBOUND_PER_REQUESTER;
        if full || write.name.len() > NAME_BYTES || write.value.len() > VALUE_BYTES {
            return false;
        }
        let version = sessions.get(&write.name).map_or(1, |session| session.version + 1);
        sessions.insert(write.name, Session { value: write.value, version, until: write.until });
        true
    }
}

/// Our sessions at one partner, by the name of who signs in.
#[derive(Default)]
pub(crate) struct OutboundSessions(Mutex<HashMap<String, Arc<OutboundSession>>>);

/// One of them. Whoever holds the lock signs in; the others wait for it and find the result.
#[derive(Default)]
pub(crate) struct OutboundSession(tokio::sync::Mutex<Option<Session>>);

impl OutboundSessions {
    /// The session of this name, open or not.
    pub(crate) fn named(&self, name: &str) -> Arc<OutboundSession> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(held.entry(name.to_owned()).or_default())
    }
}

impl OutboundSession {
    /// A live session that is newer than the one the wish names; else one opened by `sign_in`, which says its value
    /// and its end.
    pub(crate) async fn live<E>(
        &self,
        wish: &SessionWish,
        now: u64,
        sign_in: impl Future<Output = Result<(Vec<u8>, u64), E>>,
    ) -> Result<Session, E> {
        let mut held = self.0.lock().await;
        let version = held.as_ref().map_or(0, |session| session.version);
        if let Some(session) = held.as_ref()
            && session.until > now
            && wish.newer_than.is_none_or(|refused| session.version > refused)
        {
            return Ok(session.clone());
        }
        let (value, until) = sign_in.await?;
        let session = Session { value, version: version + 1, until };
        *held = Some(session.clone());
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(newer_than: Option<u64>) -> SessionWish {
        SessionWish { name: "H51010400001".to_owned(), newer_than }
    }

    #[tokio::test]
    async fn a_session_is_opened_once_and_again_only_when_it_was_refused_or_ended() {
        let sessions = OutboundSessions::default();
        let session = sessions.named("H51010400001");
        let open = |value: &'static [u8]| async move { Ok::<_, ()>((value.to_vec(), 100)) };
        let never = || async { Err(()) };
        assert_eq!(session.live(&wish(None), 1, open(b"a")).await.unwrap().version, 1);
        assert_eq!(session.live(&wish(None), 2, never()).await.unwrap().value, b"a");
        let renewed = session.live(&wish(Some(1)), 3, open(b"b")).await.unwrap();
        assert_eq!((renewed.version, renewed.value.as_slice()), (2, &b"b"[..]));
        assert_eq!(session.live(&wish(Some(1)), 4, never()).await.unwrap().version, 2);
        assert_eq!(session.live(&wish(None), 100, open(b"c")).await.unwrap().version, 3);
        assert_eq!(session.live(&wish(Some(3)), 4, never()).await, Err(()));
    }
}
