//! The sessions that 9001 opens.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Refusal;
use crate::twin::clock;

/// The live session numbers and when each of them ends.
pub(super) struct Sessions {
    division: String,
    live: Mutex<Live>,
}

#[derive(Default)]
struct Live {
    issued: u64,
    ends: HashMap<String, Option<Instant>>,
}

impl Sessions {
    pub(super) fn new(division: &str) -> Self {
        Self { division: division.to_owned(), live: Mutex::default() }
    }

    /// Opens one and returns the `output` of 9001. Without a lifetime it never ends.
    pub(super) fn open(&self, lifetime: Option<Duration>) -> String {
        let mut live = self.live();
        let now = Instant::now();
        live.ends.retain(|_, end| end.is_none_or(|end| end > now));
        live.issued += 1;
        let sign_no = format!("{}G{:07}", self.division, live.issued);
        live.ends.insert(sign_no.clone(), lifetime.and_then(|lifetime| now.checked_add(lifetime)));
        let sign_time = clock::local().strftime("%Y-%m-%d %H:%M:%S");
        format!(r#"{{"signinoutb":{{"sign_no":"{sign_no}","sign_time":"{sign_time}"}}}}"#)
    }

    pub(super) fn check(&self, sign_no: &str) -> Result<(), Refusal> {
        match self.live().ends.get(sign_no) {
            Some(end) if end.is_none_or(|end| end > Instant::now()) => Ok(()),
            _ if sign_no.is_empty() => Refusal::broken("sign_no不能为空,请先签到"),
            _ => Refusal::broken("签到编号不存在或已失效,请重新签到"),
        }
    }

    pub(super) fn end(&self, sign_no: &str) {
        self.live().ends.remove(sign_no);
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
