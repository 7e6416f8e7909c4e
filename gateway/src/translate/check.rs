//! The reply an adapter gives, held against the standard.

use yizhan_host::contract::Violation as ToldViolation;
use yizhan_schemas::Violation;

use super::run::Run;

/// Rules about sums that are hard on requests and only flagged on the reply of what was done.
const MONEY_IDENTITIES: &[&str] =
    &["scope-sum", "personal-sum", "fee-sum", "fund-includes-account", "fund-parts"];

impl Run<'_> {
    /// Holds a reply against the standard and keeps it; unknown members are taken out and counted.
    pub(super) fn check(&mut self, reply: String) -> Vec<ToldViolation> {
        let Some(operation) = self.operation else { return Vec::new() };
        self.violations = match yizhan_schemas::parse(reply.as_bytes()) {
            Ok(mut message) => {
                let checked = operation.validate_reply(&mut message);
                self.gateway.metrics.dropped(&operation.name, checked.dropped);
                if !operation.cache_ttl.is_zero() {
                    self.gateway.cache.mark(&message, &mut self.about);
                }
                self.reply = Some(if checked.dropped > 0 { message.to_string() } else { reply });
                checked.violations
            }
            Err(error) => {
                vec![Violation::new(String::new(), "malformed", error.to_string())]
            }
        };
        self.gateway.metrics.violations("reply", &operation.name, self.violations.len());
        if self.budget.is_some() {
            // It is done: a sum that is wrong is told to people, not made a failure (design par. 5).
            let is_money = |violation: &Violation| MONEY_IDENTITIES.contains(&violation.code);
            self.flags = self
                .violations
                .extract_if(.., |violation| is_money(violation))
                .map(|violation| flag(&violation))
                .collect();
        }
        let told = |violation: &Violation| ToldViolation {
            pointer: violation.pointer.clone(),
            code: violation.code.to_owned(),
        };
        self.violations.iter().map(told).collect()
    }
}

/// Where, and which rule: nothing a message said.
fn flag(violation: &Violation) -> String {
    format!("{} {}", violation.code, violation.pointer)
}
