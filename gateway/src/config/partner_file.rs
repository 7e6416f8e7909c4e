//! `partners/<name>.toml`.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use yizhan_schemas::{RoutingKey, Standard};

use super::base_url::BaseUrl;
use super::codes::Code;
use super::files::Files;
use super::forms;
use super::grant::check_purposes;
use super::pem;
use super::problem::Sink;
use super::reader::{Item, Reader, did_you_mean};
use super::san::SanPattern;
use super::secret;
use super::serve::ServeDraft;
use super::settings;
use super::source::At;
use super::{Identity, KeyAlias, Language, Partner, PartnerName, Requester};

/// The keys of the file.
pub(super) const KEYS: &[&str] = &["title", "adapter", "identity", "requester", "serve", "keys", "settings"];

/// What a key may be used for.
const USES: [&str; 8] = ["digest", "mac", "sign", "verify", "encrypt", "decrypt", "send", "unwrap"];

/// A partner, as far as its file could be read.
pub(super) struct PartnerDraft {
    pub(super) name: PartnerName,
    /// What other files are checked against; `None` where the file is no TOML.
    pub(super) facts: Option<Facts>,
    /// `None` where anything is wrong.
    pub(super) partner: Option<Partner>,
}

pub(super) struct Facts {
    /// It has `[identity]`.
    pub(super) asks: bool,
    /// It has `[serve]`.
    pub(super) serves: bool,
    pub(super) adapter: Option<At<String>>,
    pub(super) base_url: Option<At<BaseUrl>>,
    pub(super) routes: Vec<(RoutingKey, At<String>)>,
    /// What the routes are for; everything where there is none.
    pub(super) operations: Vec<At<String>>,
}

/// What is the same for every partner's file.
pub(super) struct Context<'a> {
    pub(super) files: &'a Files,
    pub(super) standard: &'a Standard,
    pub(super) sink: &'a Sink,
}

pub(super) fn read(name: PartnerName, mut document: Reader<'_>, context: &Context<'_>) -> PartnerDraft {
    let title = optional(document.optional("title").map(|item| item.parse(forms::title)));
    let mut adapter_written = false;
    let adapter = optional(document.optional("adapter").map(|item| {
        adapter_written = true;
        Some(At { value: item.parse(forms::name)?, spot: item.spot.clone() })
    }));
    let identity = document.optional("identity");
    let asks = identity.is_some();
    let identity = optional(identity.map(|item| read_identity(item.table()?, context.files)));
    let requester = match document.optional("requester") {
        Some(item) => item.table().and_then(|table| read_requester(table, context)),
        None => Some(Requester::default()),
    };
    let serve = document.optional("serve");
    let serves = serve.is_some();
    if let Some(item) = &serve
        && !adapter_written
    {
        let message = format!("`{name}` has [serve] but no adapter");
        let problem = item
            .problem(Code::ServesNatively, message)
            .label("a partner that speaks /v1 only cannot be called")
            .help("name its `adapter` at the top of the file, or leave [serve] out".to_owned());
        document.report(problem);
    }
    let mut base_url = None;
    let mut routes = Vec::new();
    let mut operations = Vec::new();
    let serve = optional(serve.map(|item| {
        let draft = ServeDraft::read(item.table()?, context.files, &name);
        base_url.clone_from(&draft.base_url);
        routes.clone_from(&draft.routes);
        operations.extend(draft.operations.iter().flatten().cloned());
        for operation in &operations {
            check_purposes(operation, &[], context.standard, context.sink);
        }
        draft.finish()
    }));
    let keys = match document.optional("keys") {
        Some(item) => item.table().and_then(|table| read_keys(&table, context.files, &name)),
        None => Some(Vec::new()),
    };
    let settings = optional(document.optional("settings").map(|item| item.table())).and_then(|table| {
        let adapter = adapter.iter().flatten().next();
        settings::read(table.as_ref(), &document, adapter.map(|adapter| &adapter.spot))
    });
    document.finish();

    let facts = Facts { asks, serves, adapter: adapter.clone().flatten(), base_url, routes, operations };
    let partner = (|| {
        let (settings, settings_origin) = settings?;
        Some(Partner {
            name: name.clone(),
            title: title?,
            adapter: adapter?.map(|at| at.value),
            identity: identity?,
            requester: requester?,
            serve: serve?,
            keys: keys?,
            settings,
            settings_origin,
        })
    })();
    PartnerDraft { name, facts: Some(facts), partner }
}

/// Tells what is absent (`Some(None)`) from what could not be read (`None`).
pub(super) fn optional<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        Some(Some(value)) => Some(Some(value)),
        Some(None) => None,
        None => Some(None),
    }
}

fn read_identity(mut table: Reader<'_>, files: &Files) -> Option<Identity> {
    let pinned = table.optional("pinned");
    let by_name: Vec<_> =
        ["anchors", "san", "revocation"].into_iter().filter_map(|key| table.optional(key)).collect();
    if let Some(pinned) = pinned {
        let pins = pinned.parse_some(forms::pin);
        for item in &by_name {
            let problem = item
                .problem(Code::Contradiction, format!("`{}` has no effect beside pinned keys", item.name))
                .other(&pinned.spot, "these keys alone decide")
                .help("an identity is either `anchors` and `san`, or `pinned`".to_owned());
            table.report(problem);
        }
        table.finish();
        let pins = pins?.into_iter().map(|at| at.value).collect();
        return by_name.is_empty().then_some(Identity::Pinned(pins));
    }
    if by_name.is_empty() {
        let problem = table
            .spot()
            .problem(Code::Contradiction, "`identity` says nothing about certificates")
            .label("wanted are `anchors` and `san`, or `pinned`");
        table.report(problem);
        table.finish();
        return None;
    }
    let anchors = table.required("anchors").and_then(|item| pem::anchors(&item, files));
    let san = table.required("san").and_then(|item| item.parse(SanPattern::parse));
    let revocation = match table.optional("revocation") {
        Some(item) => pem::revocation_lists(&item, files),
        None => Some(Vec::new()),
    };
    table.finish();
    Some(Identity::Anchored { anchors: anchors?, revocation: revocation?, san: san? })
}

fn read_requester(mut table: Reader<'_>, context: &Context<'_>) -> Option<Requester> {
    let default = Requester::default();
    let rate =
        optional(table.optional("rate").map(|item| item.integer(1..=1_000_000).and_then(NonZeroU32::new)));
    let concurrent = match table.optional("concurrent") {
        Some(item) => item.integer(1..=65_536).and_then(|count| usize::try_from(count).ok()),
        None => Some(default.concurrent),
    };
    let language = match table.optional("language") {
        Some(item) => item.parse(|text| match text {
            "zh" => Ok(Language::Zh),
            "en" => Ok(Language::En),
            _ => Err(r#""zh" or "en""#.to_owned()),
        }),
        None => Some(default.language),
    };
    let default_purpose = match table.optional("default-purpose") {
        Some(item) => item.table().and_then(|table| {
            let mut purposes = Some(BTreeMap::new());
            for (operation, item) in table.entries() {
                let purpose = item.text().map(|text| At { value: text.to_owned(), spot: item.spot.clone() });
                let operation = At { value: operation.value.to_owned(), spot: operation.spot };
                check_purposes(&operation, purpose.as_slice(), context.standard, context.sink);
                purposes = purposes.zip(purpose).map(|(mut purposes, purpose)| {
                    purposes.insert(operation.value, purpose.value);
                    purposes
                });
            }
            purposes
        }),
        None => Some(default.default_purpose),
    };
    table.finish();
    Some(Requester {
        rate: rate?,
        concurrent: concurrent?,
        default_purpose: default_purpose?,
        language: language?,
    })
}

fn read_keys(table: &Reader<'_>, files: &Files, owner: &PartnerName) -> Option<Vec<KeyAlias>> {
    let read = |(alias, item): (At<&str>, Item<'_>)| {
        let name = forms::alias(alias.value);
        if let Err(wanted) = &name {
            let problem = alias.spot.problem(Code::Malformed, "a key's alias has the wrong form");
            table.report(problem.label(format!("wanted is {wanted}")));
        }
        let mut fields = item.table()?;
        let secret = fields.required("secret").and_then(|item| secret::resolve(&item, files, owner.as_ref()));
        let uses = fields.required("uses").and_then(|item| {
            let uses = item.parse_some(|text| {
                let found = USES.iter().find(|known| **known == text);
                found.map(|known| (*known).to_owned()).ok_or_else(|| {
                    let help = did_you_mean(text, USES).map(|help| format!(" – {help}")).unwrap_or_default();
                    format!("one of {}{help}", USES.join(", "))
                })
            })?;
            Some(uses.into_iter().map(|at| at.value).collect())
        });
        fields.finish();
        Some(KeyAlias { alias: name.ok()?, secret: Arc::new(secret?), uses: uses? })
    };
    // Every key is read, so that every problem is found.
    table.entries().into_iter().map(read).collect::<Vec<_>>().into_iter().collect()
}
