//! The client pool against partners that behave, and partners that do not: real TLS on loopback, answers byte
//! by byte.

mod answers;
mod connections;
mod limits;
mod partner;
mod reached;
mod requests;
mod world;
