//! Use cases, and the ports they need. Nothing here knows HTTP frameworks, SQL or provider URLs.
//!
//! Every use case takes a [`domain::people::Caller`] and checks it; pages, the machine API, the gateway and the
//! command line all come through here. [`Services`] is the whole of it.

pub mod access_tokens;
pub mod audit;
mod beginner;
pub mod builds;
pub mod caches;
pub mod connections;
pub mod credentials;
pub mod device_sign_in;
pub mod environment;
pub mod error;
pub mod finance;
pub mod grants;
pub mod inference;
pub mod keys;
pub mod models;
pub mod notifications;
mod outside;
pub mod overview;
pub mod people;
pub mod ports;
pub mod sign_in;
pub mod trail;
mod unbroken;
pub mod usage;

use domain::provider::Catalogue;
use environment::Environment;
use ports::{
    AccessTokenRepo, AuditRepo, BuildSandbox, ConnectionRepo, DeviceFlowRepo, EventLog, FigureRepo, FinanceRepo, FlowRepo, GrantRepo,
    HandOffRepo, InstallationRepo, JobRepo, ModelRepo, NotificationRepo, Outlets, PeopleRepo, PriceFacts, Programs, ProviderClient,
    SealedRepo, SessionRepo, ThrottleRepo, TokenEndpoint, Upstream, UsageRepo,
};
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use vault::KeyRing;

pub use error::{FieldErrors, ServiceError, ServiceResult};
pub use outside::Outside;

/// The outside, as the use cases see it.
#[derive(Clone)]
pub struct Ports {
    /// People.
    pub people: Arc<dyn PeopleRepo>,
    /// Signed-in browsers.
    pub sessions: Arc<dyn SessionRepo>,
    /// Sign-in failures.
    pub throttle: Arc<dyn ThrottleRepo>,
    /// Our access tokens.
    pub access_tokens: Arc<dyn AccessTokenRepo>,
    /// Connections and sealed credentials.
    pub connections: Arc<dyn ConnectionRepo>,
    /// Credentials that live.
    pub grants: Arc<dyn GrantRepo>,
    /// Sign-ins under way.
    pub flows: Arc<dyn FlowRepo>,
    /// Sign-ins with a code.
    pub device_flows: Arc<dyn DeviceFlowRepo>,
    /// Models.
    pub models: Arc<dyn ModelRepo>,
    /// Usage rows.
    pub usage: Arc<dyn UsageRepo>,
    /// The audit log.
    pub audit: Arc<dyn AuditRepo>,
    /// The event log.
    pub events: Arc<dyn EventLog>,
    /// Every sealed value.
    pub sealed: Arc<dyn SealedRepo>,
    /// Setup link, leases, the database's clock.
    pub installation: Arc<dyn InstallationRepo>,
    /// Providers' management surfaces.
    pub provider_client: Arc<dyn ProviderClient>,
    /// Providers' authorization servers.
    pub token_endpoint: Arc<dyn TokenEndpoint>,
    /// Providers' inference endpoints.
    pub upstream: Arc<dyn Upstream>,
    /// Published prices.
    pub prices: Arc<dyn PriceFacts>,
    /// What operators were told.
    pub notifications: Arc<dyn NotificationRepo>,
    /// Mail and webhook, where they are configured.
    pub outlets: Outlets,
    /// Where providers' programs run.
    pub sandbox: Arc<dyn BuildSandbox>,
    /// Providers' programs on this machine.
    pub programs: Arc<dyn Programs>,
    /// What builds need beside that.
    pub builds: builds::BuildPorts,
    /// What currencies are worth, where the operator said so.
    pub rates: Option<domain::finance::spend::ExchangeRates>,
    /// Suppliers, contracts and what hangs on them.
    pub finance: Arc<dyn FinanceRepo>,
    /// Their figures and bills.
    pub figures: Arc<dyn FigureRepo>,
    /// What Finance's jobs did.
    pub jobs: Arc<dyn JobRepo>,
    /// Connections waiting to be handed to Finance.
    pub hand_offs: Arc<dyn HandOffRepo>,
}

/// How long the last answers of providers may take, and to be stored: a token request (30 s), and as long again for the database.
const LAST_ANSWERS: Duration = Duration::from_secs(75);

/// Every use case, ready to be called.
pub struct Services {
    /// Setup, signing in and out, sessions, the team.
    pub people: people::People,
    /// Our access tokens.
    pub access_tokens: access_tokens::AccessTokens,
    /// The list and the detail of External Services.
    pub overview: overview::Overview,
    /// Signing in at providers.
    pub sign_in: sign_in::SignIn,
    /// Signing in at providers with a code.
    pub device_sign_in: device_sign_in::DeviceSignIn,
    /// Credentials that live.
    pub grants: grants::Grants,
    /// Connecting, testing, disconnecting.
    pub connections: connections::Connections,
    /// Syncing models.
    pub models: models::Models,
    /// Requests to providers.
    pub inference: inference::Inference,
    /// Sums of usage.
    pub usage: usage::Usage,
    /// Running providers' programs.
    pub builds: builds::Builds,
    /// The audit log.
    pub audit: audit::Audit,
    /// Suppliers, contracts, work items.
    pub finance: finance::Finance,
    /// Telling operators in time.
    pub notifications: notifications::Notifications,
    /// Sealing keys: report and rotation.
    pub keys: keys::Keys,
    /// What the hot path remembers.
    pub caches: Arc<caches::Caches>,
    /// The catalogue in force.
    pub catalogue: Arc<Catalogue>,
}

impl Services {
    /// Wires the use cases to the outside. Usage rows go to `usage_sink`, whose writer the composition root runs; browsers are sent
    /// back to `public_url`, which never comes from a request.
    pub fn new(
        ports: &Ports,
        catalogue: Arc<Catalogue>,
        ring: Arc<KeyRing>,
        environment: &Environment,
        usage_sink: usage::UsageSink,
        public_url: Url,
    ) -> Self {
        let caches = Arc::new(caches::Caches::new(environment.clone()));
        let grants = grants::Grants::new(ports, catalogue.clone(), ring.clone(), environment.clone());
        let credentials = credentials::Credentials::new(catalogue.clone(), grants.clone());
        let models = models::Models::new(ports, credentials.clone(), environment.clone());
        let connections = connections::Connections::new(ports, catalogue.clone(), credentials.clone(), models.clone(), environment.clone());
        let at_providers = (ports.clone(), credentials.clone(), connections.clone());
        let inference = inference::Parts {
            ports: ports.clone(),
            catalogue: catalogue.clone(),
            credentials: credentials.clone(),
            connections: connections.clone(),
            caches: caches.clone(),
            fresh: Arc::new(credentials.clone()),
            usage: usage_sink,
            environment: environment.clone(),
        };
        let overview = overview::Overview::new(ports, catalogue.clone(), credentials, environment.clone());
        let builds = builds::Builds::new(ports, catalogue.clone(), grants.clone(), environment.clone());
        Self {
            builds,
            finance: finance::Finance::new(ports, catalogue.clone(), environment.clone()),
            people: people::People::new(ports, environment.clone()),
            access_tokens: access_tokens::AccessTokens::new(ports, caches.clone(), environment.clone()),
            notifications: notifications::Notifications::new(ports, overview.clone(), environment.clone()),
            overview,
            sign_in: signing_in(at_providers.clone(), ring.clone(), public_url, environment.clone()),
            device_sign_in: with_codes(at_providers, ring.clone(), environment.clone()),
            grants,
            connections,
            models,
            inference: inference::Inference::new(inference),
            usage: usage::Usage::new(ports, catalogue.clone(), environment.clone()),
            audit: audit::Audit::new(ports, catalogue.clone()),
            keys: keys::Keys::new(ports, ring, environment.clone()),
            caches,
            catalogue,
        }
    }

    /// Asks providers for nothing more that they give once, and waits until what they were asked for is stored. After this the
    /// database may be closed.
    pub async fn settle(&self) {
        if !self.grants.unbroken().stop(LAST_ANSWERS).await {
            tracing::error!("stopping although an answer of a provider is not stored; the sign-in it belongs to may be lost");
        }
    }
}

type AtProviders = (Ports, credentials::Credentials, connections::Connections);

fn signing_in(known: AtProviders, ring: Arc<KeyRing>, public_url: Url, environment: Environment) -> sign_in::SignIn {
    let (ports, credentials, connections) = known;
    sign_in::SignIn::new(sign_in::Parts { ports, credentials, connections, ring, public_url, environment })
}

fn with_codes(known: AtProviders, ring: Arc<KeyRing>, environment: Environment) -> device_sign_in::DeviceSignIn {
    let (ports, credentials, connections) = known;
    device_sign_in::DeviceSignIn::new(device_sign_in::Parts { ports, credentials, connections, ring, environment })
}
