//! Compiles, limits and runs adapters; decides what an exchange does next.
//!
//! A component comes in through [`admission`], becomes one partner's [`Adapter`] with its settings and keys, and
//! is run from a [`Seat`]: one side of one exchange. What the exchange does next is decided by the pure
//! [`driver`]. Only this crate knows wasmtime.

mod about;
mod adapter;
pub mod admission;
mod bindings;
mod cache;
mod charset;
mod component;
pub mod contract;
pub mod driver;
mod engine;
mod exports;
mod fault;
mod keyring;
#[cfg(feature = "native")]
pub mod native;
mod place;
mod seat;
mod settings;
pub mod shape;
mod tenant;
pub mod transcript;
mod weight;

pub use about::{About, Route};
pub use adapter::{Adapter, Instance};
pub use cache::{CacheError, NativeCodeCache};
pub use component::Component;
pub use engine::{Engine, EngineError, EngineLimits, Overloaded};
pub use fault::{AdmissionFault, CallFault};
pub use keyring::Keyring;
pub use seat::{Seat, SeatFault};
pub use settings::{Settings, SettingsFault};
