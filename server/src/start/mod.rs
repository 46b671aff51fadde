//! From settings to use cases: what the server and the command line have in common.

pub mod error;
pub mod sealing;

pub use error::StartError;
pub use sealing::{KeyPolicy, Sealing};

use crate::config::Settings;
use adapters::sandbox::{self, InstalledPrograms};
use adapters::{
    BuildFolders, BundledPrices, HttpSettings, ProviderHttp, Smtp, SystemClock, SystemEntropy, TokenEndpointHttp, UnixTokenSockets,
    UpstreamHttp, Webhook,
};
use domain::cli::Tools;
use domain::provider::Catalogue;
use domain::{Clock, Entropy};
use services::environment::Environment;
use services::ports::{BuildSandbox, Messenger, Outlets};
use services::usage::{UsageSink, UsageWriter, usage_queue};
use services::{Outside, Ports, Services};
use std::sync::Arc;
use storage::{OpenError, Storage};
use vault::KeyRing;

/// The present and the dice, by themselves and as the use cases take them.
#[derive(Clone)]
pub struct World {
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub entropy: Arc<dyn Entropy>,
}

impl World {
    /// The system's own.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }

    /// As the use cases take it.
    pub fn environment(&self) -> Environment {
        Environment::new(self.clock.clone(), self.entropy.clone())
    }
}

/// What to do about the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaPolicy {
    /// Bring it up to date; begin an installation where there is none.
    Migrate,
    /// Begin an installation where there is none; refuse an old one, which a running server may still be using.
    Begin,
    /// Refuse where there is none, and an old one. Nothing is made, not even a folder.
    Expect,
}

/// The parts, opened and fitted.
pub struct Base {
    /// The settings they were opened with.
    pub settings: Arc<Settings>,
    /// The database.
    pub storage: Storage,
    /// The catalogue in force.
    pub catalogue: Arc<Catalogue>,
    /// The keys and what is to be said of them.
    pub sealing: Sealing,
    /// Everything outside.
    pub ports: Ports,
    /// Clock and randomness.
    pub environment: Environment,
}

impl Base {
    /// Opens everything.
    ///
    /// # Errors
    /// The first thing that is wrong, in words.
    pub async fn open(settings: Arc<Settings>, world: &World, schema: SchemaPolicy, keys: KeyPolicy) -> Result<Self, StartError> {
        let catalogue = Arc::new(settings.outbound.catalogue()?);
        let storage = match schema {
            SchemaPolicy::Migrate | SchemaPolicy::Begin => open_or_make(&settings).await?,
            SchemaPolicy::Expect => open_existing(&settings).await?,
        };
        bring_up_to_date(&storage, &settings, schema).await?;
        let sealing = sealing::unlock(&settings.keys, &storage, &*world.entropy, keys).await?;
        let sandbox = sandbox::pick_or_refuse(settings.sandbox, &settings.sandbox_settings()).await;
        let ports = ports(&storage, &settings, &world.clock, sandbox)?;
        Ok(Self { settings, storage, catalogue, sealing, ports, environment: world.environment() })
    }

    /// The use cases, and the writer of the usage rows they send.
    pub fn services(&self) -> (Services, UsageWriter) {
        let (sink, writer) = usage_queue(self.ports.usage.clone());
        (self.services_with(sink), writer)
    }

    /// The sealing keys.
    pub fn ring(&self) -> &Arc<KeyRing> {
        &self.sealing.ring
    }

    fn services_with(&self, sink: UsageSink) -> Services {
        let public_url = self.settings.listen.public_url.url().clone();
        Services::new(&self.ports, self.catalogue.clone(), self.sealing.ring.clone(), &self.environment, sink, public_url)
    }
}

/// Opens the database, and makes it and the data folder where there is none.
///
/// # Errors
/// What is wrong with the folder or the database, in words.
pub async fn open_or_make(settings: &Settings) -> Result<Storage, StartError> {
    settings.make_data_dir()?;
    Storage::connect(&settings.database).await.map_err(StartError::Open)
}

/// Opens the database of an installation that is there, and makes nothing.
///
/// # Errors
/// [`StartError::Nowhere`] where there is none.
pub async fn open_existing(settings: &Settings) -> Result<Storage, StartError> {
    match Storage::connect_existing(&settings.database).await {
        Err(OpenError::Missing(_)) => Err(nowhere(settings)),
        opened => opened.map_err(StartError::Open),
    }
}

/// There is no installation where the settings point.
pub fn nowhere(settings: &Settings) -> StartError {
    let place = settings.database.file().map(|file| std::path::absolute(&file).unwrap_or(file));
    StartError::Nowhere(
        place.map_or_else(|| "in the database that PURSER_DATABASE_URL names".to_owned(), |file| format!("at {}", file.display())),
    )
}

async fn bring_up_to_date(storage: &Storage, settings: &Settings, policy: SchemaPolicy) -> Result<(), StartError> {
    if policy != SchemaPolicy::Migrate {
        let states = storage.migration_status().await.map_err(StartError::Schema)?;
        let missing = states.iter().filter(|state| !state.applied).count();
        if missing == 0 {
            return Ok(());
        }
        if missing < states.len() {
            return Err(StartError::Outdated(missing));
        }
        if policy == SchemaPolicy::Expect {
            return Err(nowhere(settings));
        }
    }
    for change in storage.migrate().await.map_err(StartError::Schema)? {
        tracing::info!(%change, "database schema changed");
    }
    Ok(())
}

/// Storage and adapters, each behind its port.
fn ports(storage: &Storage, settings: &Settings, clock: &Arc<dyn Clock>, sandbox: Arc<dyn BuildSandbox>) -> Result<Ports, StartError> {
    let http = settings.outbound.http()?;
    let outlets = outlets(settings, &http, clock)?;
    let tools = Tools::pinned().map_err(|error| StartError::Process(Box::new(error)))?;
    // The program that a run asks for tokens is this one.
    let helper = std::env::current_exe().ok().map(|own| (own, vec!["broker-token".to_owned()]));
    let workspaces = BuildFolders::new(settings.builds_folder(), settings.builds.roots.clone(), settings.sandbox_settings().hidden);
    let outside = Outside {
        provider_client: Arc::new(ProviderHttp::new(&http, clock.clone())?),
        token_endpoint: Arc::new(TokenEndpointHttp::new(&http, clock.clone())?),
        upstream: Arc::new(UpstreamHttp::new(&http, clock.clone())?),
        prices: Arc::new(BundledPrices),
        outlets,
        sandbox,
        programs: Arc::new(InstalledPrograms::new(settings.tools_folder(), tools)),
        workspaces: Arc::new(workspaces),
        sockets: Arc::new(UnixTokenSockets::new(std::env::temp_dir(), helper)),
        builds_at_once: settings.builds.at_once,
        rates: settings.rates.clone(),
    };
    Ok(Ports::over(&Arc::new(storage.clone()), outside))
}

/// Every way out that is set.
fn outlets(settings: &Settings, http: &HttpSettings, clock: &Arc<dyn Clock>) -> Result<Outlets, StartError> {
    let mut messengers: Vec<Arc<dyn Messenger>> = Vec::new();
    let mut mail_to = Vec::new();
    if let Some(mail) = &settings.notify.mail {
        messengers.push(Arc::new(Smtp::new(&mail.server, &mail.from, http.ca_pem.as_deref())?));
        mail_to.clone_from(&mail.to);
    }
    if let Some(webhook) = &settings.notify.webhook {
        messengers.push(Arc::new(Webhook::new(webhook.clone(), http, clock.clone())?));
    }
    Ok(Outlets { messengers, mail_to, origin: settings.listen.public_url.origin().to_owned() })
}
