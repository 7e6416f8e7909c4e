//! What exchanges under way began with: an exchange is driven to its end by the component and the settings it began
//! with (rule H6), although the adapter has been replaced meanwhile. Components and settings lie beside the journal,
//! named by digest; what no partner uses and no exchange under way needs goes at the next start.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use yizhan_host::{Adapter, admission};
use yizhan_journal::record::Pinned;

use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::partners::{Partner, Speaks};

/// The folder they lie in.
#[derive(Debug, Clone)]
pub(crate) struct Pins(PathBuf);

impl Pins {
    /// Beside the journal.
    pub(crate) fn beside(journal: &Path) -> Self {
        Self(journal.with_extension("pins"))
    }

    /// Keeps what the partners speak with now, and `needed`; lets go of the rest. On the disk when this returns, with
    /// all names, whoever wrote them: the last start may have ended before it came to that.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub(crate) fn keep(&self, gateway: &Gateway, components: &Path, needed: &[Pinned]) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let mut used: BTreeSet<String> = needed.iter().flat_map(names).collect();
        for partner in gateway.partners.all() {
            let Speaks::Dialect(adapter) = &partner.adapter else { continue };
            let [component, settings] = names_of(&adapter.about().digest, &partner.settings);
            if !self.0.join(&component).exists() {
                let file = partner.component.as_deref().unwrap_or_default();
                self.write(&component, &fs::read(components.join(format!("{file}.wasm")))?)?;
            }
            if !self.0.join(&settings).exists() {
                self.write(&settings, partner.own_settings.to_string().as_bytes())?;
            }
            used.extend([component, settings]);
        }
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| used.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        sync(&self.0)?;
        self.0.parent().map_or(Ok(()), sync)
    }

    /// The adapter an exchange began with, where that is no longer the partner's own.
    ///
    /// # Errors
    /// When it is not there any more, or does not run.
    pub(crate) fn adapter(
        &self,
        gateway: &Gateway,
        partner: &Partner,
        pinned: &Pinned,
    ) -> Result<Option<Arc<dyn Adapter>>, Fault> {
        if let Speaks::Dialect(adapter) = &partner.adapter
            && adapter.about().digest == pinned.component
            && partner.settings == pinned.settings.0
        {
            return Ok(None);
        }
        let [component, settings] = names_of(&pinned.component, &pinned.settings.0);
        let gone =
            |what: &str| Fault::new(Code::Internal).because(format!("what it began with is gone: {what}"));
        let bytes = admission::read(&self.0.join(&component)).map_err(|_| gone(&component))?;
        let settings_text = fs::read(self.0.join(&settings)).map_err(|_| gone(&settings))?;
        let values: Value = serde_json::from_slice(&settings_text).map_err(|_| gone(&settings))?;
        let component = admission::admit(&gateway.engine, None, &bytes).map_err(|_| gone(&component))?;
        let adapter = component.for_partner(&values, partner.keyring.clone()).map_err(|_| gone(&settings))?;
        Ok(Some(adapter))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let fresh = self.0.join(format!("{name}.new"));
        fs::write(&fresh, bytes)?;
        fs::File::open(&fresh)?.sync_all()?;
        fs::rename(&fresh, self.0.join(name))
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn names(pinned: &Pinned) -> [String; 2] {
    names_of(&pinned.component, &pinned.settings.0)
}

fn names_of(component: &str, settings: &[u8; 32]) -> [String; 2] {
    [format!("{component}.wasm"), format!("{}.json", hex::encode(settings))]
}
