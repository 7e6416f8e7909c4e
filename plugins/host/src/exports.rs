//! A component with its imports provided and the functions it exports found.
//!
//! That all of these have the contract's types is checked once, when the component is linked, and not again for every
//! call: holding the type of one function against ours costs as much as a tenth of a small call.

use wasmtime::Store;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, HasSelf, Instance, InstancePre, Lift, Linker, Lower,
    TypedFunc,
};

use crate::admission::CONTRACT;
use crate::bindings;
use crate::tenant::Tenant;

/// A component, ready to be instantiated.
pub(crate) struct Linked {
    component: InstancePre<Tenant>,
    pub(crate) describe: ComponentExportIndex,
    pub(crate) check_settings: ComponentExportIndex,
    pub(crate) start: ComponentExportIndex,
    pub(crate) resume: ComponentExportIndex,
    pub(crate) accept: ComponentExportIndex,
    pub(crate) accept_more: ComponentExportIndex,
    pub(crate) reply: ComponentExportIndex,
}

impl Linked {
    /// Provides what it imports and finds what it exports.
    pub(crate) fn new(compiled: &Component) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(compiled.engine());
        bindings::Adapter::add_to_linker::<_, HasSelf<_>>(&mut linker, |tenant| tenant)?;
        let component = linker.instantiate_pre(compiled)?;
        let found = |interface: &str, function: &str| {
            let interface = format!("yizhan:adapter/{interface}@{CONTRACT}");
            compiled
                .get_export_index(None, &interface)
                .and_then(|interface| compiled.get_export_index(Some(&interface), function))
                .ok_or_else(|| wasmtime::Error::msg(format!("`{interface}` has no function `{function}`")))
        };
        Ok(Self {
            component,
            describe: found("about", "describe")?,
            check_settings: found("about", "check-settings")?,
            start: found("partner", "start")?,
            resume: found("partner", "resume")?,
            accept: found("requester", "accept")?,
            accept_more: found("requester", "accept-more")?,
            reply: found("requester", "reply")?,
        })
    }

    /// A new instance in a store of its own.
    pub(crate) fn instantiate(&self, store: &mut Store<Tenant>) -> wasmtime::Result<Instance> {
        self.component.instantiate(store)
    }
}

/// Whether everything an instance exports has the contract's types.
pub(crate) fn check_types(store: &mut Store<Tenant>, instance: &Instance) -> wasmtime::Result<()> {
    bindings::Adapter::new(store, instance).map(drop)
}

/// Calls a function of an instance whose component has passed [`check_types`].
pub(crate) fn call<P, T>(
    store: &mut Store<Tenant>,
    instance: &Instance,
    function: &ComponentExportIndex,
    arguments: P,
) -> wasmtime::Result<T>
where
    P: ComponentNamedList + Lower,
    (T,): ComponentNamedList + Lift + 'static,
{
    debug_assert!(
        instance.get_typed_func::<P, (T,)>(&mut *store, function).is_ok(),
        "the caller's types are not those that the contract gives this function"
    );
    let function = instance
        .get_func(&mut *store, function)
        .ok_or_else(|| wasmtime::Error::msg("the component has lost a function"))?;
    #[allow(
        unsafe_code,
        reason = "checking the types again would cost every call what checking them once costs"
    )]
    // SAFETY: all instances of a component have the same types; `check_types` has held those of this one against the
    // contract's, and every build with debug assertions holds the caller's against them in each call.
    let function = unsafe { TypedFunc::<P, (T,)>::new_unchecked(function) };
    let (given,) = function.call(store, arguments)?;
    Ok(given)
}
