//! `yizhan check`: every problem of every file in one pass, adapters' settings included.

use std::path::Path;

use anyhow::{Result, bail};
use yizhan_host::{AdmissionFault, Engine, EngineLimits, NativeCodeCache};

use super::say;
use crate::config::{self, Part, Partner, Problems};
use crate::gateway::Gateway;
use crate::listen;
use crate::partners::{Refusal, refusals};
use crate::telemetry::Journalist;

pub(super) fn run(path: &Path) -> Result<()> {
    let config = match config::load_or_part(path) {
        Ok(config) => config,
        Err((mut problems, part)) => {
            look_into(&part, &mut problems)?;
            bail!("{}", problems.render(false))
        }
    };
    let (log, _) = Journalist::start(std::io::sink())?;
    let gateway = Gateway::build(&config, None, log)?;
    listen::tls(&gateway, &config.listen)?;
    let mut problems = Problems::default();
    for (name, _, why) in gateway.partners.refused() {
        let Some(partner) = config.partners.iter().find(|partner| &partner.name == name) else { continue };
        tell(partner, why, &mut problems);
    }
    if !problems.is_empty() {
        bail!("{}", problems.render(false));
    }
    say(&format!("{} partners, {} grants: no problems found", config.partners.len(), config.grants.len()));
    Ok(())
}

/// What adapters think of the partners that can be read, so that nobody mends everything else first to learn it.
fn look_into(part: &Part, problems: &mut Problems) -> Result<()> {
    let Some(adapters) = &part.adapters else { return Ok(()) };
    let engine = Engine::new(EngineLimits { instances: 1, ..EngineLimits::default() })?;
    let cache = NativeCodeCache::open(&adapters.cache).ok();
    for (partner, why) in refusals(adapters, &part.partners, &engine, cache.as_ref()) {
        // One that is not there has been told already.
        if !matches!(why, Refusal::Component(AdmissionFault::Unreadable(_))) {
            tell(partner, &why, problems);
        }
    }
    Ok(())
}

/// Shows why an adapter will not serve a partner, at the line that is to blame.
fn tell(partner: &Partner, why: &Refusal, problems: &mut Problems) {
    let origin = &partner.settings_origin;
    match why {
        Refusal::Settings(faults) => {
            for fault in faults {
                let code = config::Code::AdapterSetting;
                problems.add(origin.problem(&fault.path, code, fault.message.clone()));
            }
        }
        Refusal::Component(fault) => {
            let message = format!("adapter `{}` {fault}", partner.adapter.as_deref().unwrap_or_default());
            problems.add(origin.adapter_problem(config::Code::AdapterRefused, message));
        }
    }
}
