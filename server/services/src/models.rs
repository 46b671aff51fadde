//! Syncing models: the provider's list against what we know.

use crate::Ports;
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{CallFailure, ConnectionRepo, ModelRepo, PriceFacts, ProviderClient, Trail};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::connection::Check;
use domain::events::Event;
use domain::models::sync::{self, SyncOutcome};
use domain::models::{ListedModel, ModelProfile};
use domain::people::Caller;
use domain::provider::Provider;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use vocab::{ModelProfileId, Permission, ProviderId, Verdict};

/// Rows saved between two progress events.
const STEP: usize = 50;

/// Models' use cases.
#[derive(Clone)]
pub struct Models {
    repo: Arc<dyn ModelRepo>,
    connections: Arc<dyn ConnectionRepo>,
    client: Arc<dyn ProviderClient>,
    prices: Arc<dyn PriceFacts>,
    credentials: Credentials,
    environment: Environment,
    turns: Turns,
}

/// One sync of a provider at a time in this process: connecting starts one, and people press the button right after.
type Turns = Arc<Mutex<HashMap<ProviderId, Arc<tokio::sync::Mutex<()>>>>>;

impl Models {
    /// Wires the use cases.
    pub fn new(ports: &Ports, credentials: Credentials, environment: Environment) -> Self {
        Self {
            repo: ports.models.clone(),
            connections: ports.connections.clone(),
            client: ports.provider_client.clone(),
            prices: ports.prices.clone(),
            credentials,
            environment,
            turns: Turns::default(),
        }
    }

    /// Everything known of a provider's models, by id.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_platform`.
    pub async fn of_provider(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Vec<ModelProfile>> {
        caller.require(Permission::ViewPlatform)?;
        self.credentials.provider(id)?;
        Ok(self.repo.of_provider(id).await?)
    }

    /// Fetches the provider's list and brings profiles up to date.
    ///
    /// # Errors
    /// [`ServiceError::ProviderNotConfigured`], or [`ServiceError::Provider`] in which case nothing was changed.
    pub async fn sync(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<SyncOutcome> {
        caller.require_for(Permission::ManageProviderConnections, id)?;
        let provider = self.credentials.provider(id)?;
        let turn = self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(id.clone()).or_default().clone();
        let _turn = turn.lock().await;
        let connection = self.connections.of_provider(id).await?;
        let connection = connection.ok_or_else(|| ServiceError::ProviderNotConfigured { provider: provider.name.clone() })?;
        let target = self.credentials.target(&connection).await?;
        let failed = |failure| ServiceError::Provider { provider: provider.name.clone(), failure };
        let listed = self.client.list_models(&target).await.map_err(failed)?;
        let outcome = match self.bring_up_to_date(caller, &provider, &listed).await {
            // Another replica synced at the same moment: what it wrote is there now, so the second look succeeds.
            Err(ServiceError::Conflict(_)) => self.bring_up_to_date(caller, &provider, &listed).await?,
            done => done?,
        };
        metrics::counter!("purser_model_syncs_total", "provider" => id.to_string()).increment(1);
        Ok(outcome)
    }

    /// Starts a sync nobody waits for, after a credential proved itself. Its failure is logged and shown by the empty list.
    pub(crate) fn sync_in_background(&self, id: &ProviderId, check: &Check) {
        if check.verdict != Verdict::Ok {
            return;
        }
        let (models, id) = (self.clone(), id.clone());
        tokio::spawn(async move {
            if let Err(error) = models.sync(&Caller::system(), &id).await {
                tracing::info!(provider = %id, %error, "models could not be synced after connecting");
            }
        });
    }

    async fn bring_up_to_date(&self, caller: &Caller, provider: &Provider, listed: &[ListedModel]) -> ServiceResult<SyncOutcome> {
        let existing = self.repo.of_provider(&provider.id).await?;
        let now = self.environment.now();
        let source = provider.price_source.as_deref();
        let facts = |model: &str| {
            let price = source.and_then(|source| self.prices.price(source, model, now));
            sync::ModelFacts { context_tokens: source.and_then(|source| self.prices.context_tokens(source, model)), price }
        };
        let new_id = || ModelProfileId::new(self.environment.uuid());
        let plan = sync::plan(&provider.id, &existing, listed, now, facts, new_id).map_err(|refused| unbelievable(provider, refused))?;
        self.save(caller, provider, &plan.save, &plan.outcome).await?;
        Ok(plan.outcome)
    }

    async fn save(&self, caller: &Caller, provider: &Provider, profiles: &[ModelProfile], outcome: &SyncOutcome) -> ServiceResult<()> {
        let total = u32::try_from(profiles.len()).unwrap_or(u32::MAX);
        let chunks: Vec<&[ModelProfile]> = profiles.chunks(STEP).collect();
        for (index, chunk) in chunks.iter().enumerate().take(chunks.len().saturating_sub(1)) {
            let done = u32::try_from((index + 1) * STEP).unwrap_or(u32::MAX).min(total);
            let progress = Event::SyncProgress { provider_id: provider.id.clone(), done, total };
            self.repo.save(chunk, Trail { events: vec![progress], ..Trail::default() }).await?;
        }
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(Action::MODELS_SYNC, Object::Provider(provider.id.clone()), outcome.to_string())
            .event(Event::ModelsChanged { provider_id: provider.id.clone() });
        self.repo.save(chunks.last().copied().unwrap_or_default(), trail.build()).await?;
        Ok(())
    }
}

/// The provider answered, and what it said cannot be true.
fn unbelievable(provider: &Provider, refused: sync::SyncRefused) -> ServiceError {
    let failure = CallFailure { verdict: Verdict::ProviderDown, status: None, message: refused.to_string(), retry_after: None };
    ServiceError::Provider { provider: provider.name.clone(), failure }
}
