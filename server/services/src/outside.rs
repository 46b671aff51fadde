//! The ports put together, in one place for the server and for tests.

use crate::Ports;
use crate::builds::BuildPorts;
use crate::ports::{
    AccessTokenRepo, AuditRepo, BuildRepo, BuildSandbox, ConnectionRepo, DeviceFlowRepo, EventLog, FigureRepo, FinanceRepo, FlowRepo,
    GrantRepo, HandOffRepo, InstallationRepo, JobRepo, ModelRepo, NotificationRepo, Outlets, PeopleRepo, PriceFacts, Programs,
    ProviderClient, SealedRepo, SessionRepo, ThrottleRepo, TokenEndpoint, TokenSockets, Upstream, UsageRepo, Workspaces,
};
use domain::finance::spend::ExchangeRates;
use std::sync::Arc;

/// Everything that is not stored in the database.
pub struct Outside {
    /// Providers' management surfaces.
    pub provider_client: Arc<dyn ProviderClient>,
    /// Providers' authorization servers.
    pub token_endpoint: Arc<dyn TokenEndpoint>,
    /// Providers' inference endpoints.
    pub upstream: Arc<dyn Upstream>,
    /// Published prices.
    pub prices: Arc<dyn PriceFacts>,
    /// Mail and webhook, where they are configured.
    pub outlets: Outlets,
    /// Where providers' programs run.
    pub sandbox: Arc<dyn BuildSandbox>,
    /// Providers' programs on this machine.
    pub programs: Arc<dyn Programs>,
    /// Folders of builds.
    pub workspaces: Arc<dyn Workspaces>,
    /// Where builds ask for tokens.
    pub sockets: Arc<dyn TokenSockets>,
    /// How many builds run at once in the whole installation.
    pub builds_at_once: u32,
    /// What currencies are worth, where the operator said so.
    pub rates: Option<ExchangeRates>,
}

impl Ports {
    /// One store for all that is stored, and the outside beside it.
    pub fn over<S>(store: &Arc<S>, outside: Outside) -> Self
    where
        S: PeopleRepo + SessionRepo + ThrottleRepo + AccessTokenRepo + ConnectionRepo + GrantRepo + FlowRepo + DeviceFlowRepo,
        S: ModelRepo + UsageRepo + AuditRepo + EventLog + SealedRepo + InstallationRepo + NotificationRepo + BuildRepo,
        S: FinanceRepo + FigureRepo + JobRepo + HandOffRepo + 'static,
    {
        Self {
            people: store.clone(),
            sessions: store.clone(),
            throttle: store.clone(),
            access_tokens: store.clone(),
            connections: store.clone(),
            grants: store.clone(),
            flows: store.clone(),
            device_flows: store.clone(),
            models: store.clone(),
            usage: store.clone(),
            audit: store.clone(),
            events: store.clone(),
            sealed: store.clone(),
            installation: store.clone(),
            notifications: store.clone(),
            finance: store.clone(),
            figures: store.clone(),
            jobs: store.clone(),
            hand_offs: store.clone(),
            builds: BuildPorts {
                repo: store.clone(),
                workspaces: outside.workspaces,
                sockets: outside.sockets,
                at_once: outside.builds_at_once,
            },
            provider_client: outside.provider_client,
            token_endpoint: outside.token_endpoint,
            upstream: outside.upstream,
            prices: outside.prices,
            outlets: outside.outlets,
            sandbox: outside.sandbox,
            programs: outside.programs,
            rates: outside.rates,
        }
    }
}
