//! The unified standard of Yizhan: its schemas, its operations, and the validator that speaks of both.
//!
//! The standard is data (`schemas/v1/`): one JSON Schema per message, one table of operations. This crate
//! embeds that data, compiles it once and answers two questions about a message: *is it valid*, and, if it is
//! not, *everything that is wrong with it* – with a JSON pointer, a stable code and a sentence that never
//! repeats what the message said.
//!
//! What JSON Schema cannot say (check digits, days that do not exist) is a small function in [`rules`]; which
//! field is under which rule is written beside the field, as `"x-rule"`. So an operation is added with files
//! and a row in `operations.json`, without a line of Rust.
//!
//! Peers may speak an earlier minor version; an [`Operation`] brings its messages down to that. What the standard
//! says of a field, for people, is in [`reference`].
//!
//! The crate leans on nothing else of ours, so the types everyone needs live here as well: [`Fen`],
//! [`UnitPrice`], [`Quantity`], [`Ratio`] and [`Sensitive`].
//!
//! ```
//! use yizhan_schemas::{Standard, parse};
//!
//! let standard = Standard::embedded()?;
//! let operation = standard.operation("card.lookup").ok_or("the standard has it")?;
//! let violations = operation.validate_request(&parse(br#"{"context": {}}"#)?);
//! assert!(violations.iter().any(|one| one.pointer == "/context/purpose" && one.code == "required"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalogue;
mod decimal;
mod descent;
mod embedded;
mod explain;
mod fault;
mod library;
mod money;
pub mod openapi;
mod operation;
mod parse;
mod pointer;
pub mod reference;
pub mod rules;
mod sensitive;
mod sentences;
mod shape;
mod standard;
mod version;
mod violation;

pub use catalogue::{Dialects, Kind, RoutingKey, Sector, Titles, WhenUnknown};
pub use decimal::{DecimalError, Quantity, Ratio, UnitPrice};
pub use descent::Inexpressible;
pub use fault::{FaultCode, FaultEffect, FaultSide};
pub use money::{Fen, MoneyError};
pub use operation::{Operation, ReplyCheck};
pub use parse::{MAX_DEPTH, ParseError, ParseErrorKind, parse};
pub use sensitive::Sensitive;
pub use sentences::{Language, SENTENCES, Sentence};
pub use standard::{Standard, StandardError};
pub use version::{StandardVersion, VersionError};
pub use violation::{MAX_VIOLATIONS, Violation};
