//! Our sessions at one partner, by the name of who signs in.
//!
//! A session is opened once for everybody who waits, and so is a failure told: whoever waited while a sign-in failed
//! shares its outcome instead of trying the same again, one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use yizhan_host::contract::{Session, SessionWish};

use super::NAME_BYTES;

/// Names that may be signed in at one partner at the same time; ended ones make room.
const PER_PARTNER: usize = 4096;

/// No room for another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManySessions;

/// All of them. `E` is why one could not be opened.
pub(crate) struct OutboundSessions<E>(Mutex<HashMap<String, Arc<OutboundSession<E>>>>);

/// One of them. Whoever holds the lock signs in; the others wait for it and find the result.
pub(crate) struct OutboundSession<E>(tokio::sync::Mutex<Known<E>>);

struct Known<E> {
    session: Option<Session>,
    failed: Option<(Instant, E)>,
}

impl<E> Default for OutboundSessions<E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<E> OutboundSessions<E> {
    /// The session of this name, open or not.
    pub(crate) fn named(&self, name: &str, now: u64) -> Result<Arc<OutboundSession<E>>, TooManySessions> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held.get(name) {
            return Ok(Arc::clone(known));
        }
        if held.len() >= PER_PARTNER {
            held.retain(|_, session| session.is_in_use(now));
        }
        if held.len() >= PER_PARTNER || name.len() > NAME_BYTES {
            return Err(TooManySessions);
        }
        let known = Known { session: None, failed: None };
        let session = Arc::new(OutboundSession(tokio::sync::Mutex::new(known)));
        held.insert(name.to_owned(), Arc::clone(&session));
        Ok(session)
    }
}

impl<E> OutboundSession<E> {
    /// Somebody signs in right now, or the session is alive.
    fn is_in_use(&self, now: u64) -> bool {
        self.0
            .try_lock()
            .map_or(true, |known| known.session.as_ref().is_some_and(|session| session.until > now))
    }
}

impl<E: Clone> OutboundSession<E> {
    /// A live session that is newer than the one the wish names; else one opened by `sign_in`, which says its value
    /// and its end. `now` in milliseconds, UTC.
    pub(crate) async fn live(
        &self,
        wish: &SessionWish,
        now: u64,
        sign_in: impl Future<Output = Result<(Vec<u8>, u64), E>>,
    ) -> Result<Session, E> {
        let asked = Instant::now();
        let mut known = self.0.lock().await;
        if let Some(session) = &known.session
            && session.until > now
            && wish.newer_than.is_none_or(|refused| session.version > refused)
        {
            return Ok(session.clone());
        }
        if let Some((when, why)) = &known.failed
            && *when > asked
        {
            return Err(why.clone());
        }
        match sign_in.await {
            Ok((value, until)) => {
                // By the clock, so that a session that was forgotten and opened again is newer all the same.
                let version = known.session.as_ref().map_or(now, |session| now.max(session.version + 1));
                let session = Session { value, version, until };
                known.session = Some(session.clone());
                Ok(session)
            }
            Err(why) => {
                known.failed = Some((Instant::now(), why.clone()));
                Err(why)
            }
        }
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
        let session = sessions.named("H51010400001", 1).unwrap();
        let open = |value: &'static [u8]| async move { Ok::<_, ()>((value.to_vec(), 100)) };
        let never = || async { Err(()) };
        let first = session.live(&wish(None), 1, open(b"a")).await.unwrap();
        assert_eq!(session.live(&wish(None), 2, never()).await.unwrap().value, b"a");
        let renewed = session.live(&wish(Some(first.version)), 3, open(b"b")).await.unwrap();
        assert_eq!(renewed.value, b"b");
        assert!(renewed.version > first.version);
        assert_eq!(session.live(&wish(Some(first.version)), 4, never()).await.unwrap(), renewed);
        assert_eq!(session.live(&wish(None), 100, open(b"c")).await.unwrap().value, b"c");
        assert_eq!(session.live(&wish(Some(100)), 4, never()).await, Err(()));
    }

    #[tokio::test]
    async fn who_waited_for_a_sign_in_that_failed_is_told_so_and_who_comes_later_tries_again() {
        let sessions = OutboundSessions::default();
        let session = sessions.named("H51010400001", 1).unwrap();
        let leader_failing = async {
            tokio::task::yield_now().await;
            Err("refused")
        };
        let (leader, follower) = (wish(None), wish(None));
        let (first, second) = tokio::join!(
            session.live(&leader, 1, leader_failing),
            session.live(&follower, 1, async { Ok((b"never asked".to_vec(), 100)) }),
        );
        assert_eq!((first, second), (Err("refused"), Err("refused")));
        assert!(session.live(&wish(None), 2, async { Ok((b"a".to_vec(), 100)) }).await.is_ok());
    }

    #[tokio::test]
    async fn names_are_bounded_and_ended_ones_make_room() {
        let sessions = OutboundSessions::<()>::default();
        for number in 0..PER_PARTNER {
            let session = sessions.named(&format!("H{number}"), 1).unwrap();
            session.live(&wish(None), 1, async { Ok((Vec::new(), 100)) }).await.unwrap();
        }
        assert_eq!(sessions.named("one more", 99).err(), Some(TooManySessions));
        assert!(sessions.named("one more", 100).is_ok());
        assert_eq!(sessions.named(&"x".repeat(NAME_BYTES + 1), 100).err(), Some(TooManySessions));
    }
}
