//! What is tested: `conform.toml`, read whole, and everything that is wrong with it told at once. Nothing of it is
//! ever reported as a failure of the deployment.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Uri;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use yizhan_schemas::{Kind, Operation, Standard};

use super::template::Template;
use crate::suite::twins::Dialect;

const HTTPS: u16 = 443;

/// A deployment under test, and how to make commands for it.
pub struct Subject {
    /// What reports call it.
    pub name: String,
    /// Where it is.
    pub base_url: String,
    /// Whether commands are sent at all.
    pub mode: Mode,
    /// SHA-256 of the file.
    pub digest: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) anchors: String,
    pub(super) requester: Identity,
    pub(super) other: Option<Identity>,
    pub(super) query: Option<Step>,
    pub(super) command: Option<Recipe>,
    pub(super) twin: Option<OwnTwin>,
    pub(super) patience: Duration,
}

/// What the suite may do to a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It makes what it needs by the interface under test.
    #[default]
    #[serde(rename = "self")]
    Own,
    /// It writes nothing: what needs a command is not applicable.
    ReadOnly,
}

/// A certificate chain and its key, both PEM.
pub(super) struct Identity {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// How a fresh command is made.
pub(super) struct Recipe {
    /// What has to be done before, such as the visit that is settled.
    pub(super) prepare: Vec<Step>,
    pub(super) command: Step,
}

/// One message to be sent.
pub(super) struct Step {
    pub(super) operation: &'static Operation,
    pub(super) template: Template,
    /// What its reply tells later steps: word and JSON pointer.
    pub(super) take: BTreeMap<String, String>,
}

/// A partner that the suite itself plays while it runs.
pub(super) struct OwnTwin {
    pub(super) dialect: Dialect,
    pub(super) listen: SocketAddr,
    pub(super) pki: PathBuf,
}

/// Why a file describes no deployment: one line for everything that is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct SubjectError(pub Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    name: Option<String>,
    #[serde(default)]
    mode: Mode,
    #[serde(default = "patience")]
    patience_seconds: u64,
    gateway: GatewayPart,
    other: Option<IdentityPart>,
    query: Option<StepPart>,
    command: Option<CommandPart>,
    twin: Option<TwinPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GatewayPart {
    base_url: String,
    anchors: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityPart {
    certificate: PathBuf,
    key: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepPart {
    operation: String,
    message: String,
    #[serde(default)]
    take: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandPart {
    operation: String,
    message: String,
    #[serde(default)]
    prepare: Vec<StepPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwinPart {
    dialect: Dialect,
    listen: SocketAddr,
    pki: PathBuf,
}

/// As long as the longest budget of a command, and half of it again.
const fn patience() -> u64 {
    90
}

impl Subject {
    /// Reads a file; paths in it are relative to its folder.
    ///
    /// # Errors
    /// Everything that is wrong with it, in one pass.
    pub fn read(path: &Path) -> Result<Self, SubjectError> {
        let one = |what: String| SubjectError(vec![format!("{}: {what}", path.display())]);
        let text = fs::read_to_string(path).map_err(|error| one(error.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|error| one(error.to_string()))?;
        let standard = Standard::embedded().map_err(|error| one(error.to_string()))?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let mut reader = Reader { folder, standard, wrong: Vec::new() };
        let subject = reader.subject(file, &text);
        match subject {
            Some(subject) if reader.wrong.is_empty() => Ok(subject),
            _ => Err(SubjectError(
                reader.wrong.into_iter().map(|what| format!("{}: {what}", path.display())).collect(),
            )),
        }
    }
}

impl Subject {
    /// Whether one of its partners is to be the suite's own twin.
    #[must_use]
    pub const fn has_twin(&self) -> bool {
        self.twin.is_some()
    }
}

struct Reader<'a> {
    folder: &'a Path,
    standard: &'static Standard,
    wrong: Vec<String>,
}

impl Reader<'_> {
    fn subject(&mut self, file: File, text: &str) -> Option<Subject> {
        let url = self.base_url(&file.gateway.base_url);
        let anchors = self.pem(&file.gateway.anchors, "gateway.anchors");
        let IdentityPart { certificate, key } =
            IdentityPart { certificate: file.gateway.certificate, key: file.gateway.key };
        let requester = self.identity("gateway", &certificate, &key);
        let other = file.other.map(|other| self.identity("other", &other.certificate, &other.key));
        let query = file.query.map(|query| self.step("query", query, Kind::Query, &mut Vec::new()));
        let command = file.command.map(|command| self.recipe(command));
        let pki = |twin: &TwinPart| self.folder.join(&twin.pki);
        let twin =
            file.twin.map(|twin| OwnTwin { dialect: twin.dialect, listen: twin.listen, pki: pki(&twin) });
        if file.patience_seconds == 0 {
            self.wrong.push("patience-seconds: at least 1".to_owned());
        }
        if file.mode == Mode::ReadOnly && query.is_none() {
            self.wrong.push("mode = \"read-only\" tests queries: [query] is missing".to_owned());
        }
        if file.mode == Mode::Own && command.is_none() {
            self.wrong.push("[command] is missing; or else say mode = \"read-only\"".to_owned());
        }
        let (host, port) = url?;
        Some(Subject {
            name: file.name.unwrap_or_else(|| host.clone()),
            base_url: file.gateway.base_url,
            mode: file.mode,
            digest: hex::encode(Sha256::digest(text)),
            host,
            port,
            anchors: anchors?,
            requester: requester?,
            other: other.flatten(),
            query: query.flatten(),
            command: command.flatten(),
            twin,
            patience: Duration::from_secs(file.patience_seconds),
        })
    }

    fn base_url(&mut self, text: &str) -> Option<(String, u16)> {
        let url = text.parse::<Uri>().ok();
        let fits = |url: &Uri| url.scheme_str() == Some("https") && matches!(url.path(), "" | "/");
        let read = url.filter(fits).and_then(|url| {
            let host = url.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
            Some((host, url.port_u16().unwrap_or(HTTPS)))
        });
        if read.is_none() {
            self.wrong.push(format!("gateway.base-url: {text:?} is not https://HOST[:PORT]"));
        }
        read
    }

    fn pem(&mut self, file: &Path, what: &str) -> Option<String> {
        let path = self.folder.join(file);
        match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) => {
                self.wrong.push(format!("{what}: {}: {error}", path.display()));
                None
            }
        }
    }

    fn identity(&mut self, what: &str, certificate: &Path, key: &Path) -> Option<Identity> {
        let certificate = self.pem(certificate, &format!("{what}.certificate"));
        let key = self.pem(key, &format!("{what}.key"));
        Some(Identity { certificate: certificate?, key: key? })
    }

    fn recipe(&mut self, command: CommandPart) -> Option<Recipe> {
        let mut taken = Vec::new();
        let steps: Vec<_> = command
            .prepare
            .into_iter()
            .map(|step| self.step("command.prepare", step, Kind::Command, &mut taken))
            .collect();
        let last = StepPart { operation: command.operation, message: command.message, take: BTreeMap::new() };
        let command = self.step("command", last, Kind::Command, &mut taken)?;
        Some(Recipe { prepare: steps.into_iter().collect::<Option<_>>()?, command })
    }

    /// A message is held against the standard here, so that a slip of the pen never looks like a refusal.
    fn step(&mut self, what: &str, part: StepPart, kind: Kind, taken: &mut Vec<String>) -> Option<Step> {
        let StepPart { operation: name, message, take } = part;
        let operation = self.standard.operation(&name).filter(|operation| operation.kind == kind);
        if operation.is_none() {
            let kind = if kind == Kind::Query { "query" } else { "command" };
            self.wrong.push(format!("{what}.operation: the standard has no {kind} {name:?}"));
        }
        let template = Template::read(&message)
            .map_err(|error| self.wrong.push(format!("{what}.message of {name}: {error}")))
            .ok();
        let (operation, template) = (operation?, template?);
        match template.sample(taken) {
            Ok(sample) => {
                let violations = operation.validate_request(&sample);
                self.wrong.extend(violations.iter().map(|one| {
                    format!("{what}.message of {name}: {} {}: {}", one.pointer, one.code, one.message)
                }));
            }
            Err(error) => self.wrong.push(format!("{what}.message of {name}: {error}")),
        }
        taken.extend(take.keys().cloned());
        Some(Step { operation, template, take })
    }
}
