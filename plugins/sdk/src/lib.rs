//! What the author of an adapter imports.
//!
//! An adapter turns one partner's dialect into the unified standard and back. It implements [`Adapter`], says
//! `yizhan_adapter::export!(MyDialect);` and is built for `wasm32-unknown-unknown`; the rules it lives by (A1–A4)
//! and those it may rely on (H1–H10) stand in `plugins/wit/adapter.wit`. The same crate compiles natively, where
//! [`native::NativeHost`] stands in for the gateway.

mod adapter;
pub mod base64;
pub mod bindings;
mod bytes;
pub mod contract;
pub mod fault;
#[cfg(target_arch = "wasm32")]
pub mod guest;
#[cfg(target_arch = "wasm32")]
mod heap;
mod host;
pub mod json;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
pub mod time;
pub mod unified;
pub mod xml;

pub use adapter::Adapter;
pub use host::Host;

/// Makes `$adapter` the component's exports. Natively it does nothing, so that several adapters can be linked
/// into one test or bench.
#[macro_export]
macro_rules! export {
    ($adapter:ident) => {
        #[cfg(target_arch = "wasm32")]
        mod component {
            type Exported = $crate::guest::Exported<super::$adapter>;
            $crate::bindings::export!(Exported with_types_in yizhan_adapter::bindings);
        }
    };
}
