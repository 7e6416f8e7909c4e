//! The partners as they are served: each with its trust, its limits, its adapter and its upstream.
//!
//! Built whole, off the road, from the configuration. A partner whose component is refused stays known — its
//! requests get a clear fault and `/readyz?verbose` names it — and disables nobody else.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use yizhan_host::contract::KeyUse;
use yizhan_host::{
    Adapter, AdmissionFault, Component, Engine, Keyring, NativeCodeCache, SettingsFault, admission,
};

use crate::admit::Allowance;
use crate::canonical;
use crate::config::{self, Adapters, Config, Language, PartnerName};
use crate::sessions::{OutboundSessions, SignInFailed};
use crate::trust::{Trust, TrustError};
use crate::upstream::{Upstream, UpstreamError};

/// One partner.
pub(crate) struct Partner {
    pub(crate) name: PartnerName,
    pub(crate) trust: Option<Arc<Trust>>,
    pub(crate) allowance: Allowance,
    pub(crate) default_purposes: BTreeMap<String, String>,
    pub(crate) language: Language,
    /// The adapter, or why there is none to run.
    pub(crate) adapter: Speaks,
    /// The name of its component.
    pub(crate) component: Option<String>,
    /// Its adapter's settings.
    pub(crate) own_settings: serde_json::Value,
    /// The keys its adapter may use.
    pub(crate) keyring: Keyring,
    /// The digest of its adapter's settings.
    pub(crate) settings: canonical::Digest,
    /// The version of the standard its adapter is given, where the partner file names one.
    pub(crate) standard: Option<yizhan_schemas::StandardVersion>,
    /// Where it answers; none for a partner that only asks.
    pub(crate) upstream: Option<Upstream>,
    pub(crate) routes: Vec<(yizhan_schemas::RoutingKey, Vec<String>)>,
    /// The operations they are for; all where the list is empty.
    pub(crate) routed: Vec<String>,
    /// Our sessions there.
    pub(crate) sessions: OutboundSessions<SignInFailed>,
}

/// What a partner speaks.
pub(crate) enum Speaks {
    /// The unified standard, at `/v1`.
    Unified,
    /// A dialect, through its adapter.
    Dialect(Arc<dyn Adapter>),
    /// A dialect whose adapter is out of service.
    Refused {
        /// The component's name.
        adapter: String,
        /// Why.
        why: Refusal,
    },
}

/// Why an adapter is out of service.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Refusal {
    /// Its component was not admitted.
    #[error("{0}")]
    Component(#[from] AdmissionFault),
    /// The partner's settings do not fit it.
    #[error("settings do not fit: {}", .0.iter().map(|fault| format!("`{}` {}", fault.path, fault.message)).collect::<Vec<_>>().join("; "))]
    Settings(Vec<SettingsFault>),
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Component(fault) => fault.code(),
            Self::Settings(_) => "wrong-settings",
        }
    }
}

/// What keeps the gateway from serving at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AssemblyError {
    /// A partner's anchors.
    #[error("partner {0}")]
    Trust(PartnerName, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// A partner's client side.
    #[error("partner {0}")]
    Upstream(PartnerName, #[source] UpstreamError),
}

/// All partners, by name. Never changed, only replaced.
pub(crate) struct Partners {
    all: Vec<Arc<Partner>>,
    by_name: HashMap<PartnerName, Arc<Partner>>,
}

impl Partners {
    /// Makes everything the road needs of every partner.
    pub(crate) fn assemble(
        config: &Config,
        engine: &Engine,
        cache: Option<&NativeCodeCache>,
    ) -> Result<Self, AssemblyError> {
        let mut components = Components::new(&config.adapters, engine, cache);
        let all = config
            .partners
            .iter()
            .map(|partner| assemble_one(partner, &mut components).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let by_name = all.iter().map(|partner| (partner.name.clone(), Arc::clone(partner))).collect();
        Ok(Self { all, by_name })
    }

    pub(crate) fn all(&self) -> &[Arc<Partner>] {
        &self.all
    }

    /// Partners whose adapter is out of service: partner, adapter, why.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&PartnerName, &str, &Refusal)> {
        self.all.iter().filter_map(|partner| match &partner.adapter {
            Speaks::Refused { adapter, why } => Some((&partner.name, adapter.as_str(), why)),
            Speaks::Unified | Speaks::Dialect(_) => None,
        })
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Partner>> {
        self.by_name.get(name)
    }
}

fn assemble_one(
    partner: &config::Partner,
    components: &mut Components<'_>,
) -> Result<Partner, AssemblyError> {
    let trust_fault = |error: TrustError| AssemblyError::Trust(partner.name.clone(), Box::new(error));
    let upstream_fault = |error| AssemblyError::Upstream(partner.name.clone(), error);
    Ok(Partner {
        name: partner.name.clone(),
        trust: partner.identity.as_ref().map(Trust::new).transpose().map_err(trust_fault)?.map(Arc::new),
        allowance: Allowance::new(&partner.requester),
        default_purposes: partner.requester.default_purpose.clone(),
        language: partner.requester.language,
        adapter: components.speaks(partner),
        component: partner.adapter.clone(),
        own_settings: partner.settings.clone(),
        keyring: keyring(&partner.keys),
        settings: canonical::digest(&[], &partner.settings).unwrap_or_default(),
        standard: partner.serve.as_ref().and_then(|serve| serve.standard),
        upstream: partner
            .serve
            .as_ref()
            .map(|serve| Upstream::new(partner.name.as_ref(), serve, &partner.keys))
            .transpose()
            .map_err(upstream_fault)?,
        routes: partner.serve.as_ref().map(|serve| serve.routes.clone()).unwrap_or_default(),
        routed: partner.serve.as_ref().map(|serve| serve.operations.clone()).unwrap_or_default(),
        sessions: OutboundSessions::default(),
    })
}

/// Each component is admitted once, however many partners speak its dialect.
struct Components<'a> {
    adapters: &'a Adapters,
    engine: &'a Engine,
    cache: Option<&'a NativeCodeCache>,
    admitted: HashMap<String, Result<Component, AdmissionFault>>,
}

/// Which of these partners would be out of service, and why: for a configuration that cannot be served as a whole.
pub(crate) fn refusals<'a>(
    adapters: &Adapters,
    partners: &'a [config::Partner],
    engine: &Engine,
    cache: Option<&NativeCodeCache>,
) -> Vec<(&'a config::Partner, Refusal)> {
    let mut components = Components::new(adapters, engine, cache);
    let refusal = |partner| match components.speaks(partner) {
        Speaks::Refused { why, .. } => Some((partner, why)),
        Speaks::Unified | Speaks::Dialect(_) => None,
    };
    partners.iter().filter_map(refusal).collect()
}

impl<'a> Components<'a> {
    fn new(adapters: &'a Adapters, engine: &'a Engine, cache: Option<&'a NativeCodeCache>) -> Self {
        Self { adapters, engine, cache, admitted: HashMap::new() }
    }

    fn speaks(&mut self, partner: &config::Partner) -> Speaks {
        let Some(name) = &partner.adapter else { return Speaks::Unified };
        let adapter = self.component(name).map_err(Refusal::from).and_then(|component| {
            component.for_partner(&partner.settings, keyring(&partner.keys)).map_err(Refusal::Settings)
        });
        match adapter {
            Ok(adapter) => Speaks::Dialect(adapter),
            Err(why) => Speaks::Refused { adapter: name.clone(), why },
        }
    }

    fn component(&mut self, name: &str) -> Result<Component, AdmissionFault> {
        if let Some(known) = self.admitted.get(name) {
            return known.clone();
        }
        let path = self.adapters.directory.join(format!("{name}.wasm"));
        let admitted =
            admission::read(&path).and_then(|bytes| admission::admit(self.engine, self.cache, &bytes));
        self.admitted.insert(name.to_owned(), admitted.clone());
        admitted
    }
}

fn keyring(keys: &[config::KeyAlias]) -> Keyring {
    let mut keyring = Keyring::default();
    for key in keys {
        let uses = key.uses.iter().filter_map(|used| key_use(used)).collect();
        keyring.insert(&key.alias, uses, key.secret.expose().clone());
    }
    keyring
}

fn key_use(word: &str) -> Option<KeyUse> {
    Some(match word {
        "digest" => KeyUse::Digest,
        "mac" => KeyUse::Mac,
        "sign" => KeyUse::Sign,
        "verify" => KeyUse::Verify,
        "encrypt" => KeyUse::Encrypt,
        "decrypt" => KeyUse::Decrypt,
        "send" => KeyUse::Send,
        "unwrap" => KeyUse::Unwrap,
        _ => return None,
    })
}
