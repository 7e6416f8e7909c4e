//! The sandbox's engine: one pool of instances, one clock for deadlines, one size for everything.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy};

use crate::place::Place;

/// One tick of the deadline clock.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// What one instance may use; an adapter's messages are kilobytes.
pub(crate) const MEMORY_BYTES: usize = 16 << 20;
pub(crate) const TABLE_ELEMENTS: usize = 10_000;
/// What one call may hand to the host: a body at its largest, and a half more for its envelope and escapes.
pub(crate) const OUTPUT_BYTES: usize = 6 << 20;

/// Memory that is cleared instead of given back to the system between two tenants. It covers the whole initial
/// memory of an adapter built with the SDK, which is what makes a fresh instance cheap (design par. 9).
const KEEP_RESIDENT_BYTES: usize = 320 * 1024;
/// A component is its own code plus what the linker puts between it and its imports.
const CORE_INSTANCES_PER_COMPONENT: u32 = 8;
const TABLES_PER_COMPONENT: u32 = 4;
/// The guest's own call stack is in its memory; this one holds the machine frames.
const MACHINE_STACK_BYTES: usize = 256 * 1024;

/// Admission must not depend on how busy the road is: beside the places of exchanges it has one of its own.
const TRIAL_INSTANCES: u32 = 1;

/// How large the sandbox is.
#[derive(Debug, Clone, Copy)]
pub struct EngineLimits {
    /// Instances alive at the same time.
    pub instances: u32,
    /// How long a call waits for a free one before it is refused as overloaded.
    pub queue: Duration,
    /// CPU deadline of one call on a small message; it grows with the input (design par. 4).
    pub deadline: Duration,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self { instances: 64, queue: Duration::from_secs(2), deadline: Duration::from_millis(250) }
    }
}

/// The engine could not be made: the machine lacks something the sandbox needs.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot be set up: {0}")]
pub struct EngineError(String);

/// No instance became free in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no adapter instance became free in time")]
pub struct Overloaded;

/// The engine all adapters share. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: wasmtime::Engine,
    places: Arc<Semaphore>,
    large: Arc<Semaphore>,
    trial: Arc<Mutex<()>>,
    limits: EngineLimits,
}

impl Engine {
    /// Sets the sandbox up and starts its clock, which ends with the engine.
    ///
    /// # Errors
    /// When the system refuses the address space or a thread.
    pub fn new(limits: EngineLimits) -> Result<Self, EngineError> {
        let inner = wasmtime::Engine::new(&config(limits.instances + TRIAL_INSTANCES))
            .map_err(|error| EngineError(format!("{error:#}")))?;
        let clock = inner.weak();
        std::thread::Builder::new()
            .name("adapter-clock".to_owned())
            .spawn(move || {
                while let Some(engine) = clock.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    pause(TICK);
                }
            })
            .map_err(|error| EngineError(error.to_string()))?;
        Ok(Self {
            inner,
            places: Arc::new(Semaphore::new(limits.instances as usize)),
            large: Arc::new(Semaphore::new(1)),
            trial: Arc::new(Mutex::new(())),
            limits,
        })
    }

    pub(crate) fn inner(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// Whether less than half the pool is in use: only then does a waiting exchange keep its instance.
    pub(crate) fn has_room(&self) -> bool {
        self.places.available_permits() * 2 > self.limits.instances as usize
    }

    /// A place in the pool, for at most the queue's deadline.
    pub(crate) async fn place(&self) -> Result<Place, Overloaded> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(Place(permit));
        }
        let waited = tokio::time::timeout(self.limits.queue, Arc::clone(&self.places).acquire_owned()).await;
        match waited {
            Ok(Ok(permit)) => Ok(Place(permit)),
            Ok(Err(_)) | Err(_) => Err(Overloaded),
        }
    }

    /// The one instance that belongs to no exchange: `describe`, `check-settings` and the canary run in it, one
    /// at a time.
    pub(crate) fn trial(&self) -> MutexGuard<'_, ()> {
        self.trial.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lane for large messages: one at a time, off the workers that do I/O.
    pub(crate) async fn large_lane(&self) -> Result<OwnedSemaphorePermit, Overloaded> {
        let waited = tokio::time::timeout(self.limits.queue, Arc::clone(&self.large).acquire_owned()).await;
        waited.ok().and_then(Result::ok).ok_or(Overloaded)
    }

    /// Ticks until the deadline of a call with this much input. The clock is wall-clock, and a busy box must not
    /// turn into an unknown settlement, so this is a backstop and not a budget.
    pub(crate) fn deadline_ticks(&self, input_bytes: usize) -> u64 {
        let base = self.limits.deadline.as_millis() / TICK.as_millis();
        let scaled = base + base * (input_bytes as u128) / (256 * 1024);
        u64::try_from(scaled).unwrap_or(u64::MAX).max(1)
    }

    /// Places in use, for the metrics.
    #[must_use]
    pub fn instances_in_use(&self) -> usize {
        (self.limits.instances as usize).saturating_sub(self.places.available_permits())
    }
}

#[allow(clippy::disallowed_methods, reason = "the clock's own thread, not a worker of the road")]
fn pause(tick: Duration) {
    std::thread::sleep(tick);
}

fn config(instances: u32) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances * CORE_INSTANCES_PER_COMPONENT)
        .total_memories(instances)
        .total_tables(instances * TABLES_PER_COMPONENT)
        .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT)
        .max_memories_per_component(1)
        .max_tables_per_component(TABLES_PER_COMPONENT)
        .max_memory_size(MEMORY_BYTES)
        .table_elements(TABLE_ELEMENTS)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES)
        .max_unused_warm_slots(instances)
        // Fastest, but swapped-out dirty pages reach the next tenant (wasmtime #14357).
        .pagemap_scan(Enabled::No);
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        .max_wasm_stack(MACHINE_STACK_BYTES)
        .memory_init_cow(true)
        .wasm_component_model(true)
        .concurrency_support(false)
        // Trap texts never leave this crate; walking the stack for them costs time that a hostile guest spends.
        .wasm_backtrace_max_frames(None);
    config
}
