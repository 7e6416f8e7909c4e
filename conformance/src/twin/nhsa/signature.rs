//! The transport signature of the `x-tif-*` headers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use sha2::{Digest, Sha256};

use super::variant::TransportSignature;
use crate::twin::clock;

/// Lets signed requests in, each nonce once.
pub(super) struct Guard {
    secret: TransportSignature,
    /// Every nonce with the time it came; forgotten when its timestamp could not pass any more.
    nonces: Mutex<HashMap<String, i64>>,
}

impl Guard {
    pub(super) fn new(secret: TransportSignature) -> Self {
        Self { secret, nonces: Mutex::default() }
    }

    pub(super) fn admit(&self, headers: &HeaderMap) -> Result<(), &'static str> {
        let header = |name| {
            let mut values = headers.get_all(name).iter();
            values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
        };
        let (Some(paasid), Some(timestamp), Some(nonce), Some(signature)) = (
            header("x-tif-paasid"),
            header("x-tif-timestamp"),
            header("x-tif-nonce"),
            header("x-tif-signature"),
        ) else {
            return Err("缺少签名头");
        };
        let now = clock::unix();
        if paasid != self.secret.paasid {
            return Err("paasid不存在");
        }
        if !timestamp.bytes().all(|byte| byte.is_ascii_digit())
            || !timestamp.parse::<i64>().is_ok_and(|at| (now - at).abs() <= WINDOW)
        {
            return Err("时间戳超出允许范围");
        }
        if nonce.is_empty() || nonce.len() > 64 {
            return Err("随机串格式不正确");
        }
        if signature != sign(timestamp, &self.secret.token, nonce) {
            return Err("签名校验失败");
        }
        self.first(nonce, now).then_some(()).ok_or("随机串重复")
    }

    /// Whether this nonce has not been seen.
    fn first(&self, nonce: &str, now: i64) -> bool {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        if nonces.len() >= NONCES_BEFORE_SWEEP {
            nonces.retain(|_, came| now - *came <= 2 * WINDOW);
        }
        nonces.insert(nonce.to_owned(), now).is_none()
    }
}

fn sign(timestamp: &str, token: &str, nonce: &str) -> String {
    hex::encode(Sha256::digest([timestamp, token, nonce, timestamp].concat()))
}

/// Seconds a timestamp may be off, either way.
const WINDOW: i64 = 300;
const NONCES_BEFORE_SWEEP: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_facts_say() {
        // printf '%s' 1767321045tokennonce1767321045 | sha256sum
        assert_eq!(
            sign("1767321045", "token", "nonce"),
            "b80a61a718d04de763ce8016cc96a7c8779b2e0218e58768405651a899035f8a"
        );
    }
}
