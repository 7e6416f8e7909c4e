//! The native make of an adapter: the same crate linked into this process. For benches and native tests: it shows
//! what the sandbox itself costs, and it has none of its limits.

use std::marker::PhantomData;
use std::sync::Arc;

use yizhan_adapter::contract as sdk;
use yizhan_adapter::{Adapter as Dialect, Host};

use crate::about::About;
use crate::adapter::{Adapter, Instance};
use crate::charset;
use crate::contract as host;
use crate::fault::{AdmissionFault, CallFault};
use crate::keyring::Keyring;
use crate::settings::Settings;

mod convert;

use convert::Convert as _;

/// An adapter's crate with a partner's settings and keys.
pub struct Native<D> {
    about: About,
    local: Arc<Local>,
    dialect: PhantomData<fn() -> D>,
}

/// Why an adapter's crate cannot be used natively.
#[derive(Debug, thiserror::Error)]
pub enum NativeFault {
    /// It describes itself wrongly.
    #[error("the adapter {0}")]
    About(AdmissionFault),
    /// The settings do not fit.
    #[error("the settings do not fit: {0:?}")]
    Settings(Vec<crate::SettingsFault>),
}

impl<D: Dialect + 'static> Native<D> {
    /// Makes it.
    ///
    /// # Errors
    /// As [`NativeFault`] says.
    pub fn new(given: &serde_json::Value, keyring: Keyring) -> Result<Self, NativeFault> {
        let about = About::read(D::describe().converted(), String::new()).map_err(NativeFault::About)?;
        let settings = Settings::check(&about.settings_schema, given).map_err(NativeFault::Settings)?;
        Ok(Self { about, local: Arc::new(Local { settings, keyring }), dialect: PhantomData })
    }
}

impl<D: Dialect + 'static> Adapter for Native<D> {
    fn about(&self) -> &About {
        &self.about
    }

    fn instance(&self) -> Result<Box<dyn Instance>, CallFault> {
        Ok(Box::new(Linked::<D> { local: Arc::clone(&self.local), dialect: PhantomData }))
    }
}

struct Linked<D> {
    local: Arc<Local>,
    dialect: PhantomData<fn() -> D>,
}

impl<D: Dialect> Instance for Linked<D> {
    fn start(&mut self, context: &host::Context, task: &host::Task) -> Result<host::Step, CallFault> {
        Ok(D::start(&*self.local, &context.clone().converted(), task.clone().converted()).converted())
    }

    fn resume(
        &mut self,
        context: &host::Context,
        state: &host::State,
        event: &host::Event,
    ) -> Result<host::Step, CallFault> {
        Ok(D::resume(&*self.local, &context.clone().converted(), state.clone(), event.clone().converted())
            .converted())
    }

    fn accept(
        &mut self,
        context: &host::Context,
        arrival: &host::Arrival,
    ) -> Result<host::Intake, CallFault> {
        Ok(D::accept(&*self.local, &context.clone().converted(), arrival.clone().converted()).converted())
    }

    fn accept_more(
        &mut self,
        context: &host::Context,
        state: &host::State,
        given: &[host::Given],
    ) -> Result<host::Intake, CallFault> {
        let given = given.to_vec().converted();
        Ok(D::accept_more(&*self.local, &context.clone().converted(), state.clone(), given).converted())
    }

    fn reply(
        &mut self,
        context: &host::Context,
        recall: &host::Recall,
        told: &host::UnifiedResult,
    ) -> Result<host::Rendering, CallFault> {
        let (recall, told) = (recall.clone().converted(), told.clone().converted());
        Ok(D::reply(&*self.local, &context.clone().converted(), recall, told).converted())
    }

    fn take_note_codes(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// The local functions, answered by what answers components too.
struct Local {
    settings: Settings,
    keyring: Keyring,
}

impl Host for Local {
    fn setting(&self, path: &str) -> Option<String> {
        self.settings.get(path)
    }
    fn digest(
        &self,
        algorithm: sdk::DigestAlgorithm,
        input: &[sdk::Piece],
    ) -> Result<Vec<u8>, sdk::KeyError> {
        let input: Vec<host::Piece> = input.to_vec().converted();
        self.keyring.digest(algorithm.converted(), &input).map_err(convert::Convert::converted)
    }
    fn mac(&self, _: &sdk::Key, _: sdk::MacAlgorithm, _: &[sdk::Piece]) -> Result<Vec<u8>, sdk::KeyError> {
        Err(sdk::KeyError::UseNotAllowed)
    }
    fn sign(
        &self,
        _: &sdk::Key,
        _: sdk::SignatureScheme,
        _: &[sdk::Piece],
        _: &[sdk::Piece],
    ) -> Result<Vec<u8>, sdk::KeyError> {
        Err(sdk::KeyError::UseNotAllowed)
    }
    fn verify(
        &self,
        _: &sdk::Key,
        _: sdk::SignatureScheme,
        _: &[sdk::Piece],
        _: &[sdk::Piece],
        _: &[u8],
    ) -> Result<(), sdk::KeyError> {
        Err(sdk::KeyError::UseNotAllowed)
    }
    fn encrypt(
        &self,
        _: &sdk::Key,
        _: sdk::Cipher,
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, sdk::KeyError> {
        Err(sdk::KeyError::UseNotAllowed)
    }
    fn decrypt(
        &self,
        _: &sdk::Key,
        _: sdk::Cipher,
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, sdk::KeyError> {
        Err(sdk::KeyError::UseNotAllowed)
    }
    fn encode(&self, charset: sdk::Charset, content: &str) -> Result<Vec<u8>, u32> {
        charset::encode(charset.converted(), content)
    }
    fn decode(&self, charset: sdk::Charset, content: &[u8]) -> Result<String, u32> {
        charset::decode(charset.converted(), content)
    }
    fn read_blob(&self, _: &str, _: u64, _: u32) -> Option<Vec<u8>> {
        None
    }
    fn put_blob(&self, _: &str, _: &[u8]) -> Option<sdk::Blob> {
        None
    }
    fn note(&self, _: &str, _: &str) {}
}
