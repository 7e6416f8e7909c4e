//! The compiled standard.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use jsonschema::Registry;

use crate::catalogue::{Catalogue, Sector};
use crate::embedded::{CODE_TABLES, NATIVE_CODES, OPERATIONS, SCHEMAS};
use crate::library::{BASE, Library};
use crate::operation::{Message, Operation};
use crate::version::StandardVersion;

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
    /// A version is not written like one, is later than the standard's own, or two schemas of one place differ
    /// about it; or the older word of a value is none.
    #[error("{file} has a version that does not fit")]
    Since {
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
    speaks: StandardVersion,
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

    /// The text of `operations.json`.
    pub const fn operations_table() -> &'static str {
        OPERATIONS
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

    /// Compiles another standard than the one that is built in: a draft, or an earlier version. `operations` is the
    /// text of its `operations.json`, `files` are its schemas, `(path under schemas/v1/, text)`.
    ///
    /// # Errors
    ///
    /// If the files contradict each other.
    pub fn compile(
        operations: &'static str,
        files: &[(&'static str, &'static str)],
    ) -> Result<Self, StandardError> {
        let catalogue: Catalogue = serde_json::from_str(operations).map_err(|error| {
            StandardError::NotJson { file: "operations.json".to_owned(), detail: error.to_string() }
        })?;
        let out_of_order = |file: &str| StandardError::Since { file: file.to_owned() };
        let speaks = catalogue.version.parse().map_err(|_| out_of_order("operations.json"))?;
        let library = Library::read(files)?;
        let mut registry = Registry::new();
        for (path, schema) in library.iter() {
            registry =
                registry.add(format!("{BASE}{path}"), schema).map_err(|error| refused(path, &error))?;
        }
        let registry = registry.prepare().map_err(|error| refused("common", &error))?;

        let mut operations = BTreeMap::new();
        for row in catalogue.operations {
            let [request, reply] = ["request", "reply"].map(|message| {
                let path = row.schema_path(message);
                let message = Message::compile(&library, &registry, &path)?;
                if message.newest().max(row.since) > speaks { Err(out_of_order(&path)) } else { Ok(message) }
            });
            let (request, reply) = (request?, reply?);
            let operation = Operation::new(row, request, reply);
            if let Some(earlier) = operations.insert(operation.name.clone(), operation) {
                return Err(StandardError::Twice { name: earlier.name });
            }
        }
        Ok(Self { version: catalogue.version, speaks, sectors: catalogue.sectors, operations })
    }

    /// Major and minor version, as in the header `Yizhan-Standard`.
    pub const fn version(&self) -> &'static str {
        self.version
    }

    /// The same version, to be compared with a peer's.
    pub const fn speaks(&self) -> StandardVersion {
        self.speaks
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

pub(crate) fn refused(file: &str, error: &dyn fmt::Display) -> StandardError {
    StandardError::Refused { file: file.to_owned(), detail: error.to_string() }
}
