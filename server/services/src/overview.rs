//! What External Services shows: every provider with its real state, and one provider in full. Reading only.

use crate::Ports;
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::grants::Lives;
use crate::ports::{
    AccessTokenRepo, AuditRepo, ConnectionRepo, DeviceFlowRepo, FlowRepo, ModelRepo, UsageBucket, UsageFilter, UsageGroup, UsageRepo,
};
use domain::audit::{AuditFilter, AuditRecord};
use domain::connection::{Connection, Detection, HealthReport, health_of};
use domain::grant::Life;
use domain::models::ModelProfile;
use domain::notification::Present;
use domain::people::Caller;
use domain::provider::{Catalogue, Provider};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;
use time::{Duration, OffsetDateTime, Time};
use vocab::{Category, DevicePhase, Health, ModelStatus, Permission, ProviderId};

/// Audit lines on a provider's page.
const ACTIVITY: u32 = 20;

/// A provider with its state.
#[derive(Debug, Clone)]
pub struct ProviderState {
    /// The catalogue entry.
    pub provider: Arc<Provider>,
    /// Its connection.
    pub connection: Option<Connection>,
    /// What was last found, for local engines.
    pub detection: Option<Detection>,
    /// Its health.
    pub health: HealthReport,
    /// How its signed-in credential lives; `None` for a key and for local engines.
    pub life: Option<Life>,
    /// Has its access token run out, so that nothing can be sent until it is refreshed?
    pub token_expired: bool,
    /// Other providers that the same sign-in connects.
    pub shares_sign_in: Vec<Arc<Provider>>,
    /// Active models.
    pub models: u32,
    /// List-price use since the first of the month, if there was any with a known price.
    pub month_cost: Option<Decimal>,
}

/// One provider in full.
#[derive(Debug, Clone)]
pub struct ProviderDetail {
    /// As in the list.
    pub state: ProviderState,
    /// Its models, active first.
    pub models: Vec<ModelProfile>,
    /// Its newest audit lines; empty for callers who may not read the log.
    pub activity: Vec<AuditRecord>,
    /// Names of access tokens that used it in the last 30 days.
    pub used_by: Vec<String>,
    /// Who else has one of its models right now.
    pub fallback: Option<String>,
}

/// Overviews' use cases.
#[derive(Clone)]
pub struct Overview {
    connections: Arc<dyn ConnectionRepo>,
    models: Arc<dyn ModelRepo>,
    usage: Arc<dyn UsageRepo>,
    audit: Arc<dyn AuditRepo>,
    tokens: Arc<dyn AccessTokenRepo>,
    flows: Arc<dyn FlowRepo>,
    device_flows: Arc<dyn DeviceFlowRepo>,
    catalogue: Arc<Catalogue>,
    credentials: Credentials,
    environment: Environment,
}

impl Overview {
    /// Wires the use cases.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>, credentials: Credentials, environment: Environment) -> Self {
        Self {
            connections: ports.connections.clone(),
            models: ports.models.clone(),
            usage: ports.usage.clone(),
            audit: ports.audit.clone(),
            tokens: ports.access_tokens.clone(),
            flows: ports.flows.clone(),
            device_flows: ports.device_flows.clone(),
            catalogue,
            credentials,
            environment,
        }
    }

    /// Every provider of the catalogue that has a page, with its state.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_platform`.
    pub async fn list(&self, caller: &Caller) -> ServiceResult<Vec<ProviderState>> {
        caller.require(Permission::ViewPlatform)?;
        let facts = self.facts().await?;
        let mut states = Vec::new();
        for provider in self.catalogue.iter() {
            let state = self.state_of(provider, &facts).await?;
            if !provider.hidden || state.connection.is_some() {
                states.push(state);
            }
        }
        Ok(states)
    }

    /// The health of every provider that is connected; for jobs, so nobody is asked who they are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn healths(&self) -> ServiceResult<Vec<Present>> {
        let detections: HashMap<ProviderId, Detection> = self.connections.detections().await?.into_iter().collect();
        let lives = self.credentials.grants().lives().await?;
        let mut present = Vec::new();
        for connection in self.connections.list().await? {
            let Some(provider) = self.catalogue.get(&connection.provider_id) else { continue };
            let report = self.health(Some(&connection), detections.get(&provider.id), &lives).await?;
            present.push(Present { provider_id: provider.id.clone(), provider_name: provider.name.clone(), report });
        }
        Ok(present)
    }

    /// How many connected providers a person has to look after.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_platform`.
    pub async fn needing_attention(&self, caller: &Caller) -> ServiceResult<u64> {
        caller.require(Permission::ViewPlatform)?;
        let healths = self.healths().await?;
        Ok(healths.iter().filter(|present| present.report.health.needs_attention()).count() as u64)
    }

    /// One provider in full.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an id that is not in the catalogue.
    pub async fn detail(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<ProviderDetail> {
        caller.require(Permission::ViewPlatform)?;
        let provider = self.catalogue.get(id).ok_or(ServiceError::NotFound("provider"))?;
        let state = self.state_of(provider, &self.facts().await?).await?;
        let mut models = self.models.of_provider(id).await?;
        models.sort_by(|a, b| (a.status, &a.model_id).cmp(&(b.status, &b.model_id)));
        let activity = if caller.may(Permission::ViewAudit) {
            let filter = AuditFilter { object_kind: Some("provider".into()), object_id: Some(id.to_string()), ..AuditFilter::default() };
            self.audit.page(&filter, ACTIVITY).await?
        } else {
            Vec::new()
        };
        let used_by = self.used_by(id).await?;
        let fallback = self.fallback(id, &models).await?;
        Ok(ProviderDetail { state, models, activity, used_by, fallback })
    }

    async fn state_of(&self, provider: &Arc<Provider>, facts: &Facts) -> ServiceResult<ProviderState> {
        let connection = facts.connections.get(&provider.id).cloned();
        let detection = facts.detections.get(&provider.id).cloned();
        let health = self.health(connection.as_ref(), detection.as_ref(), &facts.lives).await?;
        let health = match facts.under_way.get(&provider.id) {
            Some((who, until)) => health.while_signing_in(who, *until),
            None => health,
        };
        Ok(ProviderState {
            shares_sign_in: self.shares_sign_in(connection.as_ref(), facts),
            token_expired: connection
                .as_ref()
                .and_then(|connection| facts.lives.of(connection))
                .is_some_and(|life| !life.usable(facts.lives.now)),
            life: connection.as_ref().and_then(|connection| facts.lives.of(connection)).cloned(),
            models: if connection.is_some() { facts.models.get(&provider.id).copied().unwrap_or(0) } else { 0 },
            // What runs on our own machine has no list price; that is not a price of zero.
            month_cost: facts
                .month
                .get(provider.id.as_str())
                .filter(|b| b.requests > b.unpriced && provider.category != Category::Local)
                .map(|b| b.cost),
            provider: provider.clone(),
            connection,
            detection,
            health,
        })
    }

    async fn health(&self, connection: Option<&Connection>, detection: Option<&Detection>, lives: &Lives) -> ServiceResult<HealthReport> {
        let opens = match connection {
            Some(connection) => self.credentials.opens(connection).await?,
            None => true,
        };
        Ok(health_of(connection, detection, lives.credential(connection, opens)))
    }

    fn shares_sign_in(&self, connection: Option<&Connection>, facts: &Facts) -> Vec<Arc<Provider>> {
        let Some(connection) = connection.filter(|connection| facts.lives.of(connection).is_some()) else { return Vec::new() };
        let same = |other: &&Connection| other.grant_id == connection.grant_id && other.id != connection.id;
        let mut shared: Vec<_> =
            facts.connections.values().filter(same).filter_map(|other| self.catalogue.get(&other.provider_id).cloned()).collect();
        shared.sort_by(|a, b| a.id.cmp(&b.id));
        shared
    }

    async fn facts(&self) -> ServiceResult<Facts> {
        let now = self.environment.now();
        let lives = self.credentials.grants().lives().await?;
        let filter = UsageFilter { from: start_of_month(now), to: now + Duration::minutes(1), provider_id: None, token_id: None };
        Ok(Facts {
            lives,
            connections: self.connections.list().await?.into_iter().map(|c| (c.provider_id.clone(), c)).collect(),
            detections: self.connections.detections().await?.into_iter().collect(),
            under_way: self.under_way().await?,
            models: self.models.counts().await?.into_iter().collect(),
            month: self.usage.sums(&filter, UsageGroup::Provider).await?.into_iter().map(|b| (b.key.clone(), b)).collect(),
        })
    }

    /// Who signs in where, and until when.
    async fn under_way(&self) -> ServiceResult<HashMap<ProviderId, (String, Option<OffsetDateTime>)>> {
        let in_browsers = self.flows.open().await?.into_iter().map(|flow| (flow.provider_id, (flow.user_name, Some(flow.expires_at))));
        let by_code = self.device_flows.open().await?.into_iter().map(|flow| {
            let until = (flow.facts.phase == DevicePhase::Waiting).then_some(flow.facts.at);
            (flow.provider_id, (flow.user_name, until))
        });
        Ok(in_browsers.chain(by_code).collect())
    }

    async fn used_by(&self, id: &ProviderId) -> ServiceResult<Vec<String>> {
        let now = self.environment.now();
        let filter =
            UsageFilter { from: now - Duration::days(30), to: now + Duration::minutes(1), provider_id: Some(id.clone()), token_id: None };
        let used = self.usage.sums(&filter, UsageGroup::Token).await?;
        let tokens = self.tokens.list().await?;
        let name = |key: &str| tokens.iter().find(|(token, _)| token.id.to_string() == key).map(|(token, _)| token.name.clone());
        Ok(used.iter().filter_map(|bucket| name(&bucket.key)).collect())
    }

    /// Another usable provider with at least one of the same models.
    async fn fallback(&self, id: &ProviderId, models: &[ModelProfile]) -> ServiceResult<Option<String>> {
        let others = self.models.all().await?;
        let shared = |other: &ModelProfile| {
            other.provider_id != *id
                && other.status == ModelStatus::Active
                && models.iter().any(|m| m.model_id == other.model_id || (m.tier.is_some() && m.tier == other.tier))
        };
        let lives = self.credentials.grants().lives().await?;
        for connection in self.connections.list().await? {
            let healthy = health_of(Some(&connection), None, lives.credential(Some(&connection), true)).health == Health::Connected;
            if healthy && others.iter().any(|other| other.provider_id == connection.provider_id && shared(other)) {
                return Ok(self.catalogue.get(&connection.provider_id).map(|provider| provider.name.clone()));
            }
        }
        Ok(None)
    }
}

/// What the database knows, read once for all rows.
struct Facts {
    lives: Lives,
    connections: HashMap<ProviderId, Connection>,
    detections: HashMap<ProviderId, Detection>,
    under_way: HashMap<ProviderId, (String, Option<OffsetDateTime>)>,
    models: HashMap<ProviderId, u32>,
    month: HashMap<String, UsageBucket>,
}

fn start_of_month(now: OffsetDateTime) -> OffsetDateTime {
    now.replace_day(1).unwrap_or(now).replace_time(Time::MIDNIGHT)
}
