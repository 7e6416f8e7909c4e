//! The sandboxed make of an adapter: a compiled component, and the instances made of it.

use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Lift, Lower};

use crate::about::About;
use crate::adapter::{Adapter, Instance};
use crate::contract::{
    Arrival, Context, Description, Event, Given, Intake, Recall, Rendering, SettingsProblem, State, Step,
    Task, UnifiedResult,
};
use crate::engine::{Engine, OUTPUT_BYTES};
use crate::exports::{self, Linked};
use crate::fault::{AdmissionFault, CallFault};
use crate::keyring::Keyring;
use crate::settings::{Settings, SettingsFault};
use crate::tenant::Tenant;
use crate::weight::Weigh as _;

/// A compiled component whose imports and exports have the contract's types. Partners of one dialect share it.
#[derive(Clone)]
pub struct Component {
    engine: Engine,
    linked: Arc<Linked>,
    about: Arc<About>,
}

impl Component {
    /// Links a compiled component and asks it what it is.
    pub(crate) fn link(
        engine: &Engine,
        compiled: &wasmtime::component::Component,
        digest: String,
    ) -> Result<Self, AdmissionFault> {
        let wrong_types = |error: wasmtime::Error| AdmissionFault::WrongTypes(format!("{error:#}"));
        let linked = Arc::new(Linked::new(compiled).map_err(wrong_types)?);
        let failed = |fault| AdmissionFault::Call { function: "describe", fault };
        let describe = || {
            let nothing = Tenant::new(Arc::new(Settings::none()), Arc::new(Keyring::default()));
            // What is too large was refused when it was compiled: only the types of the exports are left to fail.
            let mut tried = Sandboxed::new(engine, &linked, nothing)
                .map_err(|error| error.downcast::<CallFault>().map_or_else(wrong_types, failed))?;
            exports::check_types(&mut tried.store, &tried.guest).map_err(wrong_types)?;
            tried.describe().map_err(failed)
        };
        let trial = engine.trial();
        let description = match describe() {
            Err(AdmissionFault::Call { fault: CallFault::Deadline, .. }) => describe(),
            first => first,
        }?;
        drop(trial);
        let about = Arc::new(About::read(description, digest)?);
        Ok(Self { engine: engine.clone(), linked, about })
    }

    /// What it says of itself.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Runs something that needs one instance at a time, in the place that belongs to no exchange.
    pub(crate) fn on_trial<T>(&self, run: impl FnOnce() -> T) -> T {
        let _trial = self.engine.trial();
        run()
    }

    /// The adapter of one partner: this component with the partner's settings and keys.
    ///
    /// # Errors
    /// All settings that do not fit, the schema's word first, the adapter's own after that.
    pub fn for_partner(
        &self,
        given: &serde_json::Value,
        keyring: Keyring,
    ) -> Result<Arc<dyn Adapter>, Vec<SettingsFault>> {
        let settings = Arc::new(Settings::check(&self.about.settings_schema, given)?);
        let partnered = Partnered { component: self.clone(), settings, keyring: Arc::new(keyring) };
        let check = || partnered.open().and_then(|mut instance| instance.check_settings());
        let trial = self.engine.trial();
        let problems = match check() {
            Err(CallFault::Deadline) => check(),
            first => first,
        };
        drop(trial);
        match problems {
            Ok(problems) if problems.is_empty() => Ok(Arc::new(partnered)),
            Ok(problems) => Err(problems
                .into_iter()
                .map(|problem| SettingsFault { path: problem.path, message: problem.message })
                .collect()),
            Err(fault) => Err(vec![SettingsFault {
                path: String::new(),
                message: format!("the adapter {fault} in `check-settings`"),
            }]),
        }
    }
}

struct Partnered {
    component: Component,
    settings: Arc<Settings>,
    keyring: Arc<Keyring>,
}

impl Partnered {
    fn open(&self) -> Result<Sandboxed, CallFault> {
        let tenant = Tenant::new(Arc::clone(&self.settings), Arc::clone(&self.keyring));
        Sandboxed::new(&self.component.engine, &self.component.linked, tenant)
            .map_err(|error| error.downcast::<CallFault>().unwrap_or(CallFault::Trap))
    }
}

impl Adapter for Partnered {
    fn about(&self) -> &About {
        &self.component.about
    }

    fn instance(&self) -> Result<Box<dyn Instance>, CallFault> {
        Ok(Box::new(self.open()?))
    }
}

struct Sandboxed {
    engine: Engine,
    store: Store<Tenant>,
    linked: Arc<Linked>,
    guest: wasmtime::component::Instance,
}

impl Sandboxed {
    fn new(engine: &Engine, linked: &Arc<Linked>, tenant: Tenant) -> wasmtime::Result<Self> {
        let mut store = Store::new(engine.inner(), tenant);
        store.limiter(|tenant| tenant);
        store.set_hostcall_fuel(OUTPUT_BYTES);
        store.epoch_deadline_trap();
        store.set_epoch_deadline(engine.deadline_ticks(0));
        let guest = linked.instantiate(&mut store).map_err(|error| {
            if error.is::<wasmtime::Trap>() || store.data().limit.is_some() {
                wasmtime::Error::from(fault_of(&store, &error))
            } else {
                error
            }
        })?;
        Ok(Self { engine: engine.clone(), store, linked: Arc::clone(linked), guest })
    }

    /// One call under its deadline.
    fn call<P, T>(
        &mut self,
        input_bytes: usize,
        function: impl Fn(&Linked) -> &ComponentExportIndex,
        arguments: P,
    ) -> Result<T, CallFault>
    where
        P: ComponentNamedList + Lower,
        (T,): ComponentNamedList + Lift + 'static,
    {
        self.store.data_mut().begin_call();
        self.store.set_epoch_deadline(self.engine.deadline_ticks(input_bytes));
        exports::call(&mut self.store, &self.guest, function(&self.linked), arguments)
            .map_err(|error| fault_of(&self.store, &error))
    }

    fn describe(&mut self) -> Result<Description, CallFault> {
        self.call(0, |exports| &exports.describe, ())
    }

    fn check_settings(&mut self) -> Result<Vec<SettingsProblem>, CallFault> {
        self.call(0, |exports| &exports.check_settings, ())
    }
}

/// What really went wrong: a limit of ours, the deadline, too much output, or the guest's own trap.
fn fault_of(store: &Store<Tenant>, error: &wasmtime::Error) -> CallFault {
    if let Some(limit) = store.data().limit {
        return limit;
    }
    match error.downcast_ref::<wasmtime::Trap>() {
        Some(wasmtime::Trap::Interrupt) => CallFault::Deadline,
        // wasmtime keeps this error's type to itself.
        None if error.root_cause().to_string().starts_with("too much data is being copied") => {
            CallFault::Output
        }
        _ => CallFault::Trap,
    }
}

impl Instance for Sandboxed {
    fn start(&mut self, context: &Context, task: &Task) -> Result<Step, CallFault> {
        self.call(task.weight(), |exports| &exports.start, (context, task))
    }

    fn resume(&mut self, context: &Context, state: &State, event: &Event) -> Result<Step, CallFault> {
        self.call(state.len() + event.weight(), |exports| &exports.resume, (context, state, event))
    }

    fn accept(&mut self, context: &Context, arrival: &Arrival) -> Result<Intake, CallFault> {
        self.call(arrival.weight(), |exports| &exports.accept, (context, arrival))
    }

    fn accept_more(
        &mut self,
        context: &Context,
        state: &State,
        given: &[Given],
    ) -> Result<Intake, CallFault> {
        self.call(state.len(), |exports| &exports.accept_more, (context, state, given))
    }

    fn reply(
        &mut self,
        context: &Context,
        recall: &Recall,
        told: &UnifiedResult,
    ) -> Result<Rendering, CallFault> {
        self.call(told.weight(), |exports| &exports.reply, (context, recall, told))
    }

    fn take_note_codes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.store.data_mut().note_codes)
    }
}
