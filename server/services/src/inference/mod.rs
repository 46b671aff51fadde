//! Requests to providers: the one path behind Try it and the gateway.
//!
//! Route → credential → upstream → bytes streamed back → usage row, also when the caller hung up. Warm, nothing here
//! asks the database.

mod forward;
mod fresh;
mod gateway;
mod meter;
mod outgoing;
mod routes;
mod translate;
mod try_it;

pub use fresh::{FreshCredential, NothingFresh};
pub use gateway::GatewayAnswer;
pub use routes::{ListedRoute, RouteTable};
pub use try_it::{PaidTest, TryPiece, TryStream};

use crate::Ports;
use crate::caches::Caches;
use crate::connections::Connections;
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{AuditRepo, CallFailure, ConnectionRepo, ModelRepo, Upstream};
use crate::usage::UsageSink;
use domain::inference::{Candidate, ModelName, NoRoute, choose};
use domain::people::Caller;
use domain::provider::Catalogue;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime};
use vocab::{Permission, ProviderId, Verdict};

/// Shortest pause between two checks that refused requests ask for.
const RECHECK_PAUSE: Duration = Duration::seconds(30);

/// What [`Inference`] is made of.
pub struct Parts {
    /// The outside.
    pub ports: Ports,
    /// The catalogue in force.
    pub catalogue: Arc<Catalogue>,
    /// Opens credentials.
    pub credentials: Credentials,
    /// Hears of refused requests.
    pub connections: Connections,
    /// Remembers routes.
    pub caches: Arc<Caches>,
    /// Renews credentials that do not last.
    pub fresh: Arc<dyn FreshCredential>,
    /// Takes usage rows.
    pub usage: UsageSink,
    /// Clock and randomness.
    pub environment: Environment,
}

/// Inference's use cases.
#[derive(Clone)]
pub struct Inference {
    connections: Arc<dyn ConnectionRepo>,
    models: Arc<dyn ModelRepo>,
    audit: Arc<dyn AuditRepo>,
    upstream: Arc<dyn Upstream>,
    catalogue: Arc<Catalogue>,
    credentials: Credentials,
    checks: Connections,
    caches: Arc<Caches>,
    fresh: Arc<dyn FreshCredential>,
    usage: UsageSink,
    environment: Environment,
    building: Arc<routes::Building>,
    asked: Arc<Mutex<HashMap<ProviderId, OffsetDateTime>>>,
}

impl Inference {
    /// Wires the use cases.
    pub fn new(parts: Parts) -> Self {
        let Parts { ports, catalogue, credentials, connections, caches, fresh, usage, environment } = parts;
        Self {
            connections: ports.connections,
            models: ports.models,
            audit: ports.audit,
            upstream: ports.upstream,
            catalogue,
            credentials,
            checks: connections,
            caches,
            fresh,
            usage,
            environment,
            building: Arc::default(),
            asked: Arc::default(),
        }
    }

    /// The same use cases with another source of fresh credentials.
    #[must_use]
    pub fn with_fresh_credentials(self, fresh: Arc<dyn FreshCredential>) -> Self {
        Self { fresh, ..self }
    }

    /// The models a caller may ask for, for `GET /v1/models`.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `use_inference`.
    pub async fn list(&self, caller: &Caller) -> ServiceResult<Vec<ListedRoute>> {
        caller.require(Permission::UseInference)?;
        let table = self.table().await?;
        Ok(table.listed().filter(|route| allowed(caller, &route.provider_id, &route.model_id)).cloned().collect())
    }

    /// Who serves `asked` for this caller, best first.
    fn route(&self, caller: &Caller, table: &RouteTable, asked: &str) -> ServiceResult<Vec<Candidate>> {
        let name = ModelName::read(asked, |id| self.catalogue.get(id).is_some());
        let connected = |id: &ProviderId| table.route(id).is_some();
        let chosen = choose(&name, asked, table.candidates(), connected).map_err(|why| self.no_route(why))?;
        let mine: Vec<Candidate> = chosen.into_iter().filter(|c| allowed(caller, &c.provider_id, &c.model_id)).cloned().collect();
        if mine.is_empty() { Err(ServiceError::OutsideToken(asked.to_owned())) } else { Ok(mine) }
    }

    fn no_route(&self, why: NoRoute) -> ServiceError {
        match why {
            NoRoute::NotConfigured(id) => {
                let provider = self.catalogue.get(&id).map_or_else(|| id.to_string(), |provider| provider.name.clone());
                ServiceError::ProviderNotConfigured { provider }
            }
            NoRoute::UnknownModel { asked } => ServiceError::UnknownModel { asked },
            NoRoute::NoEligibleEndpoints { asked } => ServiceError::NoEligibleEndpoints { asked },
        }
    }

    /// A request was refused in a way that says something about the connection: have it checked, not too often.
    fn report(&self, id: &ProviderId, verdict: Verdict) {
        if !matches!(verdict, Verdict::BadCredential | Verdict::NoFunds | Verdict::NotPermitted | Verdict::Unreachable) {
            return;
        }
        let now = self.environment.now();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.get(id).is_some_and(|last| now - *last < RECHECK_PAUSE) {
            return;
        }
        asked.insert(id.clone(), now);
        let (checks, id) = (self.checks.clone(), id.clone());
        tokio::spawn(async move {
            if let Err(error) = checks.recheck_now(&id).await {
                tracing::warn!(provider = %id, %error, "a connection could not be checked after a refused request");
            }
        });
    }

    fn failed(&self, id: &ProviderId, failure: CallFailure) -> ServiceError {
        let provider = self.catalogue.get(id).map_or_else(|| id.to_string(), |provider| provider.name.clone());
        ServiceError::Provider { provider, failure }
    }
}

/// May this caller use this model of this provider?
fn allowed(caller: &Caller, provider: &ProviderId, model: &str) -> bool {
    caller.limits().is_none_or(|limits| limits.allows_provider(provider) && limits.allows_model(model))
}
