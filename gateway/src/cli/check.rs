//! `yizhan check`: every problem of every file in one pass, adapters' settings included.

use std::path::Path;

use anyhow::{Result, bail};

use super::say;
use crate::config;
use crate::gateway::Gateway;
use crate::listen;
use crate::partners::Refusal;
use crate::telemetry::Journalist;

pub(super) fn run(path: &Path) -> Result<()> {
    let config = match config::load(path) {
        Ok(config) => config,
        Err(problems) => bail!("{}", problems.render(false)),
    };
    let (log, _) = Journalist::start(std::io::sink())?;
    let gateway = Gateway::build(&config, log)?;
    listen::tls(&gateway, &config.listen)?;
    let mut problems = config::Problems::default();
    for (name, adapter, why) in gateway.partners.refused() {
        let Some(partner) = config.partners.iter().find(|partner| &partner.name == name) else { continue };
        match why {
            Refusal::Settings(faults) => {
                for fault in faults {
                    problems.add(partner.settings_origin.problem(
                        &fault.path,
                        config::Code::AdapterSetting,
                        fault.message.clone(),
                    ));
                }
            }
            Refusal::Component(fault) => {
                let message = format!("adapter `{adapter}` {fault}");
                problems.add(partner.settings_origin.adapter_problem(config::Code::AdapterRefused, message));
            }
        }
    }
    if !problems.is_empty() {
        bail!("{}", problems.render(false));
    }
    say(&format!("{} partners, {} grants: no problems found", config.partners.len(), config.grants.len()));
    Ok(())
}
