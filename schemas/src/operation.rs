//! One operation, and the validators of its two messages.

use std::fmt;
use std::time::Duration;

use jsonschema::{PatternOptions, Registry, Validator};
use serde_json::Value;

use crate::catalogue::{Dialects, Kind, RoutingKey, Row, Titles, WhenUnknown};
use crate::descent::{Inexpressible, descend};
use crate::explain::explain;
use crate::library::Library;
use crate::shape::Shape;
use crate::standard::{StandardError, refused};
use crate::version::StandardVersion;
use crate::violation::{Violation, Violations};

/// One operation: what the table says of it, and the validators of its two messages.
#[derive(Debug)]
pub struct Operation {
    /// Its name, `object.verb`.
    pub name: String,
    /// The sector of the 2027 plan it belongs to, which is also its folder.
    pub sector: String,
    /// What people call it.
    pub titles: Titles,
    /// What it does to the world.
    pub kind: Kind,
    /// Asking twice is as good as asking once, so the answer may be cached and the question repeated.
    pub repeatable: bool,
    /// What it may be asked for; `/context/purpose` is one of them.
    pub purposes: Vec<String>,
    /// Where the partner to ask is found, in order.
    pub routing_keys: Vec<RoutingKey>,
    /// How long an exchange may take, all in all.
    pub time_budget: Duration,
    /// How large a request may be, in bytes.
    pub body_cap: usize,
    /// How long an answer may be kept; zero means not at all.
    pub cache_ttl: Duration,
    /// What becomes of it when nobody knows the outcome.
    pub when_unknown: WhenUnknown,
    /// What the dialects behind it were modelled on.
    pub dialects: Dialects,
    /// The version of the standard that brought it.
    pub since: StandardVersion,
    request: Message,
    reply: Message,
}

impl Operation {
    pub(crate) fn new(row: Row, request: Message, reply: Message) -> Self {
        Self {
            name: row.name,
            sector: row.sector,
            titles: row.titles,
            kind: row.kind,
            repeatable: row.repeatable,
            purposes: row.purposes,
            routing_keys: row.routing_keys,
            time_budget: Duration::from_millis(row.time_budget_ms),
            body_cap: row.body_cap_bytes,
            cache_ttl: Duration::from_millis(row.cache_ttl_ms),
            when_unknown: row.when_unknown,
            dialects: row.dialects,
            since: row.since,
            request,
            reply,
        }
    }

    /// Everything that is wrong with a request, at most [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS): first what
    /// the schema says, then the semantic rules, which run even where the schema has errors elsewhere.
    ///
    /// Empty means valid. That the purpose is one of [`purposes`](Self::purposes) is a grant's matter, not the
    /// schema's.
    pub fn validate_request(&self, message: &Value) -> Vec<Violation> {
        self.request.validate(message)
    }

    /// What is unusual in a request and yet legal, such as a credit code with a wrong check character: worth a
    /// line in a report, never a reason to refuse.
    pub fn request_warnings(&self, message: &Value) -> Vec<Violation> {
        self.request.warnings(message)
    }

    /// The same of a reply.
    pub fn reply_warnings(&self, message: &Value) -> Vec<Violation> {
        self.reply.warnings(message)
    }

    /// Brings a valid request down to the version of the standard that the peer it is sent to speaks, and tells
    /// what was lost: members and values that version does not have. Nothing happens, and nothing is allocated,
    /// where the peer knows everything that a request of this operation may say.
    ///
    /// # Errors
    ///
    /// If the request means something that version cannot say; the message is as it was then.
    pub fn bring_request_down(
        &self,
        message: &mut Value,
        peer: StandardVersion,
    ) -> Result<Vec<Violation>, Inexpressible> {
        self.bring_down(&self.request, message, peer)
    }

    /// The same of a reply.
    ///
    /// # Errors
    ///
    /// As of a request.
    pub fn bring_reply_down(
        &self,
        message: &mut Value,
        peer: StandardVersion,
    ) -> Result<Vec<Violation>, Inexpressible> {
        self.bring_down(&self.reply, message, peer)
    }

    fn bring_down(
        &self,
        part: &Message,
        message: &mut Value,
        peer: StandardVersion,
    ) -> Result<Vec<Violation>, Inexpressible> {
        if self.since > peer {
            return Err(Inexpressible::operation());
        }
        descend(&part.shape, message, peer)
    }

    /// Takes the members the standard does not know out of a reply, then says everything that is wrong with
    /// the rest.
    pub fn validate_reply(&self, message: &mut Value) -> ReplyCheck {
        let dropped = self.reply.shape.drop_unknown(message);
        ReplyCheck { violations: self.reply.validate(message), dropped }
    }
}

/// What became of a reply that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyCheck {
    /// Everything that is wrong with it; empty means valid.
    pub violations: Vec<Violation>,
    /// How many unknown members were taken out.
    pub dropped: usize,
}

/// The validator of one message.
pub(crate) struct Message {
    validator: Validator,
    shape: Shape,
}

impl Message {
    pub(crate) fn compile(
        library: &Library,
        registry: &Registry<'_>,
        path: &str,
    ) -> Result<Self, StandardError> {
        let schema = library.file(path)?;
        let validator = jsonschema::options()
            .with_registry(registry)
            .offline()
            // An engine whose time is linear in the input: partners choose the text that is matched.
            .with_pattern_options(PatternOptions::regex())
            .build(schema.schema)
            .map_err(|error| refused(path, &error))?;
        Ok(Self { validator, shape: Shape::compile(library, schema)? })
    }

    /// The latest version of the standard that brought anything into it.
    pub(crate) const fn newest(&self) -> StandardVersion {
        self.shape.newest
    }

    fn validate(&self, message: &Value) -> Vec<Violation> {
        let mut violations = Violations::default();
        // Nearly every message is valid, and saying so is far cheaper than collecting errors.
        if !self.validator.is_valid(message) {
            for error in self.validator.iter_errors(message) {
                if violations.is_full() {
                    break;
                }
                explain(&error, &mut violations);
            }
        }
        self.shape.check(message, &mut violations);
        violations.into_vec()
    }

    fn warnings(&self, message: &Value) -> Vec<Violation> {
        let mut warnings = Violations::default();
        self.shape.warn(message, &mut warnings);
        warnings.into_vec()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").finish_non_exhaustive()
    }
}
