//! The canary: the vectors a component carries are run before it is admitted.
//!
//! They stand in custom sections of the component, so its digest covers them: what was proved in the suite is what
//! is proved again here, on this machine and by this host.

use std::time::{Duration, Instant};

use wasmparser::{Parser, Payload};

use crate::component::Component;
use crate::fault::AdmissionFault;
use crate::transcript::{Suite, run};

/// Name of the custom section.
pub const SECTION: &str = "yizhan:vectors";

/// A large dialect's vectors are some hundred kilobytes.
const SECTION_BYTES: usize = 1 << 20;
const MOST_VECTORS: usize = 1000;
const MOST_CALLS: usize = 4000;
/// For all of them together. A call's own deadline is the engine's.
const LONGEST: Duration = Duration::from_secs(30);

/// The vectors a component carries; none where it carries none.
///
/// # Errors
/// `broken-vectors` and `vectors-too-large`.
pub fn vectors(bytes: &[u8]) -> Result<Vec<Suite>, AdmissionFault> {
    let Some(section) = section(bytes)? else { return Ok(Vec::new()) };
    if section.len() > SECTION_BYTES {
        let what = format!("{} bytes, at most {SECTION_BYTES}", section.len());
        return Err(AdmissionFault::VectorsTooLarge(what));
    }
    let broken = |why: String| AdmissionFault::BrokenVectors(why);
    let text = std::str::from_utf8(section).map_err(|_| broken("are not UTF-8".to_owned()))?;
    let suites = Suite::parse_all(text).map_err(|error| broken(error.to_string()))?;
    let vectors: usize = suites.iter().map(|suite| suite.vectors.len()).sum();
    let calls: usize = suites.iter().flat_map(|suite| &suite.vectors).map(|vector| vector.calls.len()).sum();
    if vectors == 0 {
        return Err(broken("are none".to_owned()));
    }
    if vectors > MOST_VECTORS || calls > MOST_CALLS {
        let what = format!("{vectors} vectors with {calls} calls, at most {MOST_VECTORS} with {MOST_CALLS}");
        return Err(AdmissionFault::VectorsTooLarge(what));
    }
    Ok(suites)
}

/// Runs them; the first that fails is the reason.
pub(super) fn rehearse(component: &Component, suites: &[Suite]) -> Result<(), AdmissionFault> {
    let begun = Instant::now();
    for suite in suites {
        let failed = |vector: &str, place: String| AdmissionFault::CanaryFailed {
            vector: if vector.is_empty() { suite.name.clone() } else { format!("{}/{vector}", suite.name) },
            place,
        };
        let adapter = component
            .for_partner(&suite.settings, suite.keyring())
            .map_err(|faults| failed("", told(faults.first().map(|fault| fault.path.as_str()))))?;
        for vector in &suite.vectors {
            let ran = component.on_trial(|| run(&*adapter, vector));
            if let Some(difference) = ran.differences.first() {
                return Err(failed(
                    &vector.name,
                    format!("call {} at `{}`", difference.call, difference.pointer),
                ));
            }
            if begun.elapsed() > LONGEST {
                return Err(AdmissionFault::CanaryTooSlow { seconds: LONGEST.as_secs() });
            }
        }
    }
    Ok(())
}

fn told(path: Option<&str>) -> String {
    format!("settings at `{}`", path.unwrap_or_default())
}

/// The content of the section, if there is one; two would be a riddle.
fn section(bytes: &[u8]) -> Result<Option<&[u8]>, AdmissionFault> {
    let mut found = None;
    let (mut nesting, mut twice) = (0_u32, false);
    for payload in Parser::new(0).parse_all(bytes) {
        // What is no component was found out before.
        let Ok(payload) = payload else { break };
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => nesting += 1,
            Payload::End(_) => nesting = nesting.saturating_sub(1),
            Payload::CustomSection(section) if nesting == 0 && section.name() == SECTION => {
                let before = found.replace(section.data());
                twice |= before.is_some();
            }
            _ => {}
        }
    }
    if twice { Err(AdmissionFault::BrokenVectors("are there twice".to_owned())) } else { Ok(found) }
}
