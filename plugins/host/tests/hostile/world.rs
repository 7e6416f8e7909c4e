//! What every test needs: an engine, the hostile adapter, a request.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use yizhan_host::contract::{Context, Party, Task, UnifiedRequest};
use yizhan_host::{
    About, Adapter, CallFault, Component, Engine, EngineLimits, Instance, Keyring, NativeCodeCache, admission,
};

/// The reply of a well-behaved exchange.
pub(crate) const REPLY: &str = r#"{"person":{"name":"测试甲"}}"#;

/// An engine with so many instances, and milliseconds to wait for one and to compute.
pub(crate) fn engine(instances: u32, queue: u64, deadline: u64) -> Engine {
    let (queue, deadline) = (Duration::from_millis(queue), Duration::from_millis(deadline));
    Engine::new(EngineLimits { instances, queue, deadline }).unwrap()
}

/// An engine where nothing is scarce: a busy machine must not look like a hostile adapter.
pub(crate) fn roomy() -> Engine {
    engine(8, 5000, 500)
}

/// A component of the workspace, as `cargo xtask adapters` builds it.
pub(crate) fn built(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("YIZHAN_ADAPTERS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/adapters"), PathBuf::from);
    let file = folder.join(name).with_extension("wasm");
    std::fs::read(&file).unwrap_or_else(|error| panic!("run `cargo xtask adapters` first ({error})"))
}

/// The hostile component. It is compiled once for all tests.
pub(crate) fn component(engine: &Engine) -> Component {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("native-code");
    let cache = NativeCodeCache::open(&folder).unwrap();
    admission::admit(engine, Some(&cache), &built("hostile")).unwrap()
}

/// The adapter of a partner with these settings.
pub(crate) fn adapter(engine: &Engine, settings: &Value) -> Arc<dyn Adapter> {
    component(engine).for_partner(settings, Keyring::default()).unwrap()
}

/// The adapter that does this wrong, and nothing else.
pub(crate) fn hostile(engine: &Engine, misbehave: &str) -> Arc<dyn Adapter> {
    adapter(engine, &json!({"misbehave": misbehave}))
}

/// The adapter that does nothing wrong.
pub(crate) fn well_behaved(engine: &Engine) -> Arc<dyn Adapter> {
    adapter(engine, &json!({"reply": REPLY}))
}

/// The circumstances of a call of this exchange.
pub(crate) fn context(exchange: &str, turn: u32) -> Context {
    Context {
        exchange: exchange.to_owned(),
        turn,
        now: 1_767_321_045_123,
        entropy: (1, 2, 3, 4),
        reply_by: 1_767_321_053_123,
        partner: "hostile".to_owned(),
        rehearsal: false,
        more: Vec::new(),
    }
}

/// A lookup with a message of this length.
pub(crate) fn task(bytes: usize) -> Task {
    Task::Operation(UnifiedRequest {
        operation: "card.lookup".to_owned(),
        standard: "1.0".to_owned(),
        purpose: "treatment".to_owned(),
        requester: Party { id: "requester".to_owned(), division: "510100".to_owned() },
        message: "x".repeat(bytes),
    })
}

/// An adapter, and how often somebody wanted an instance of it.
pub(crate) struct Counted {
    inner: Arc<dyn Adapter>,
    instances: AtomicU32,
}

impl Counted {
    pub(crate) fn new(inner: Arc<dyn Adapter>) -> Arc<Self> {
        Arc::new(Self { inner, instances: AtomicU32::new(0) })
    }

    pub(crate) fn instances(&self) -> u32 {
        self.instances.load(Ordering::SeqCst)
    }
}

impl Adapter for Counted {
    fn about(&self) -> &About {
        self.inner.about()
    }

    fn instance(&self) -> Result<Box<dyn Instance>, CallFault> {
        self.instances.fetch_add(1, Ordering::SeqCst);
        self.inner.instance()
    }
}
