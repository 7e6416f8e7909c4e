//! The compiled standard and its operations.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use jsonschema::{PatternOptions, Registry, Validator};
use serde_json::Value;

use crate::catalogue::{Catalogue, Dialects, Kind, RoutingKey, Row, Sector, Titles, WhenUnknown};
use crate::embedded::{CODE_TABLES, File, NATIVE_CODES, OPERATIONS, SCHEMAS};
use crate::explain::explain;
use crate::library::{BASE, Library};
use crate::shape::Shape;
use crate::violation::{Violation, Violations};

/// The standard that is built into this program could not be compiled: a defect of the program, which its
/// tests find.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StandardError {
    /// A file is not JSON, or `operations.json` has another form.
    #[error("{file} cannot be read: {detail}")]
    NotJson {
        /// Path under `schemas/v1/`.
        file: String,
        /// What the reader says.
        detail: String,
    },
    /// A schema's `$id` is not the base and its path.
    #[error("{file} has an $id that does not fit its path")]
    WrongId {
        /// Path under `schemas/v1/`.
        file: String,
    },
    /// Something refers to a schema that is not there.
    #[error("there is no schema {reference}")]
    NoSuchSchema {
        /// What was looked for.
        reference: String,
    },
    /// An `x-rule` names a rule that no function implements.
    #[error("there is no semantic rule {name}")]
    NoSuchRule {
        /// The rule's name.
        name: String,
    },
    /// Schemas are nested too deeply, or refer to each other in a circle.
    #[error("{file} is nested too deeply, or in a circle")]
    TooDeep {
        /// Path under `schemas/v1/`.
        file: String,
    },
    /// The schema validator refuses a schema.
    #[error("{file} is refused by the schema validator: {detail}")]
    Refused {
        /// Path under `schemas/v1/`.
        file: String,
        /// What the validator says.
        detail: String,
    },
    /// Two operations have the same name.
    #[error("the operation {name} is there twice")]
    Twice {
        /// The operation's name.
        name: String,
    },
}

/// The unified standard, compiled.
#[derive(Debug)]
pub struct Standard {
    version: &'static str,
    sectors: Vec<Sector>,
    operations: BTreeMap<String, Operation>,
}

impl Standard {
    /// The standard that is built into this program, compiled at the first call.
    ///
    /// # Errors
    ///
    /// If the embedded files contradict each other; a gateway does not start then.
    pub fn embedded() -> Result<&'static Self, StandardError> {
        static COMPILED: OnceLock<Standard> = OnceLock::new();
        if let Some(standard) = COMPILED.get() {
            return Ok(standard);
        }
        // Two first callers may both compile; one of the equal results is kept.
        let standard = Self::compile(OPERATIONS, SCHEMAS)?;
        Ok(COMPILED.get_or_init(|| standard))
    }

    /// The schema files of the standard, `(path under schemas/v1/, text)`, for those who publish them.
    pub fn files() -> &'static [(&'static str, &'static str)] {
        SCHEMAS
    }

    /// The code tables, `(path under schemas/v1/, text)`: each of the standard's words and what the dialects call
    /// it. The gateway reads none of them; adapters are tested against them.
    pub fn code_tables() -> &'static [(&'static str, &'static str)] {
        CODE_TABLES
    }

    /// Which native transaction is which operation: the text of `native-codes.json`.
    pub const fn native_codes() -> &'static str {
        NATIVE_CODES
    }

    fn compile(operations: &'static str, files: &[File]) -> Result<Self, StandardError> {
        let catalogue: Catalogue = serde_json::from_str(operations).map_err(|error| {
            StandardError::NotJson { file: "operations.json".to_owned(), detail: error.to_string() }
        })?;
        let library = Library::read(files)?;
        let mut registry = Registry::new();
        for (path, schema) in library.iter() {
            registry =
                registry.add(format!("{BASE}{path}"), schema).map_err(|error| refused(path, &error))?;
        }
        let registry = registry.prepare().map_err(|error| refused("common", &error))?;

        let mut operations = BTreeMap::new();
        for row in catalogue.operations {
            let request = Message::compile(&library, &registry, &row.schema_path("request"))?;
            let reply = Message::compile(&library, &registry, &row.schema_path("reply"))?;
            let operation = Operation::new(row, request, reply);
            if let Some(earlier) = operations.insert(operation.name.clone(), operation) {
                return Err(StandardError::Twice { name: earlier.name });
            }
        }
        Ok(Self { version: catalogue.version, sectors: catalogue.sectors, operations })
    }

    /// Major and minor version, as in the header `Yizhan-Standard`.
    pub const fn version(&self) -> &'static str {
        self.version
    }

    /// The sectors that operations belong to.
    pub fn sectors(&self) -> &[Sector] {
        &self.sectors
    }

    /// An operation by its name, such as `card.lookup`.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// Every operation, by name.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }
}

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
    request: Message,
    reply: Message,
}

impl Operation {
    fn new(row: Row, request: Message, reply: Message) -> Self {
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
struct Message {
    validator: Validator,
    shape: Shape,
}

impl Message {
    fn compile(library: &Library, registry: &Registry<'_>, path: &str) -> Result<Self, StandardError> {
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

fn refused(file: &str, error: &dyn fmt::Display) -> StandardError {
    StandardError::Refused { file: file.to_owned(), detail: error.to_string() }
}
