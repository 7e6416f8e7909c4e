//! The contract as Rust types, generated from `plugins/wit/adapter.wit`. Adapters meet these types through
//! [`crate::contract`] and never this module.
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

wit_bindgen::generate!({
    path: "../wit/adapter.wit",
    world: "adapter",
    pub_export_macro: true,
    default_bindings_module: "yizhan_adapter::bindings",
    additional_derives: [PartialEq, Clone],
});
