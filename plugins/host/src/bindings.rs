//! The contract as the sandbox's types, generated from `plugins/wit/adapter.wit`. Everybody else meets these
//! types through [`crate::contract`].
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    unused_qualifications,
    reason = "generated code; the contract itself is documented in adapter.wit"
)]

wasmtime::component::bindgen!({
    path: "../wit/adapter.wit",
    world: "adapter",
    imports: { default: trappable },
    additional_derives: [PartialEq, Clone],
});
