//! A component with its imports provided and the functions it exports found.
//!
//! An instance looks up only the functions it is called for: a look-up holds the whole type of a function against
//! ours, and doing so for all of them would cost every instance as much as a small call. That all of them have
//! the contract's types is checked once, when the component is linked.

use wasmtime::Store;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, HasSelf, Instance, InstancePre, Lift, Linker, Lower,
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

/// Calls a function of an instance.
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
    let function = instance.get_typed_func::<P, (T,)>(&mut *store, function)?;
    let (given,) = function.call(store, arguments)?;
    Ok(given)
}
