//! Who may do what, for which purpose, at whose system: default deny.
//!
//! Operation and purpose are checked before the message is; the target once it is known. A refusal names what was
//! asked for, so that an operator can grant it.

use std::time::SystemTime;

use crate::config::Grant;
use crate::fault::{Code, Fault};
use crate::identity::Requester;

/// The grants that allow this requester this operation for this purpose, now.
pub(crate) struct Granted<'a>(Vec<&'a Grant>);

/// Checks requester, operation and purpose. A purpose that is no text is left to the schema.
pub(crate) fn operation<'a>(
    grants: &'a [Grant],
    requester: &Requester,
    operation: &str,
    purpose: Option<&str>,
    now: SystemTime,
) -> Result<Granted<'a>, Fault> {
    let allowed: Vec<_> = grants
        .iter()
        .filter(|grant| grant.requester == requester.partner.name)
        .filter(|grant| grant.until.is_none_or(|until| now < until))
        .filter(|grant| {
            grant.institutions.as_ref().is_none_or(|institutions| {
                requester
                    .institution
                    .as_deref()
                    .is_some_and(|id| institutions.iter().any(|known| known == id))
            })
        })
        .filter(|grant| grant.operations.iter().any(|granted| granted == operation))
        .filter(|grant| purpose.is_none_or(|purpose| grant.purposes.iter().any(|granted| granted == purpose)))
        .collect();
    if allowed.is_empty() {
        let purpose = purpose.filter(|purpose| is_word(purpose)).unwrap_or("any purpose");
        let partner = &requester.partner.name;
        return Err(
            Fault::new(Code::NotGranted).because(format!("{partner} asked for {operation}, for {purpose}"))
        );
    }
    Ok(Granted(allowed))
}

impl Granted<'_> {
    /// Checks the target.
    pub(crate) fn target(&self, requester: &Requester, operation: &str, target: &str) -> Result<(), Fault> {
        if self.0.iter().any(|grant| grant.targets.iter().any(|granted| granted.as_ref() == target)) {
            return Ok(());
        }
        let partner = &requester.partner.name;
        Err(Fault::new(Code::NotGranted).because(format!("{partner} asked for {operation} at {target}")))
    }
}

/// Whether this is a word as the standard has them: what is not may be anything, and is not repeated.
fn is_word(purpose: &str) -> bool {
    purpose.len() <= 40 && purpose.bytes().all(|byte| byte.is_ascii_alphabetic())
}
