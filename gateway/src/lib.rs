//! The gateway: one message's road from one region's dialect to another's.
//!
//! `exchange.rs` reads from top to bottom like the road; each station has a file of its own, named in the
//! order in which a message meets it: `listen`, `identity`, `admit`, `ingress`, `grants`, the schemas, `routing`,
//! `cache`, `translate` (the adapters' driver), `upstream`, `reply`. Beside the road: `config`, `admin`, `operators`, `retention`, `telemetry`, `cli`.

mod about;
mod admin;
mod admit;
mod cache;
mod canonical;
pub mod cli;
mod clock;
mod commands;
pub mod config;
mod exchange;
mod exchanges;
mod fault;
mod gateway;
mod grants;
mod identity;
mod ingress;
mod journal;
mod listen;
mod mask;
mod native;
mod operators;
mod outcome;
mod partners;
mod persons;
mod pins;
mod publish;
mod recall;
mod reply;
mod retention;
mod routing;
mod sessions;
mod telemetry;
mod translate;
mod trust;
mod underway;
pub mod upstream;
mod version;
