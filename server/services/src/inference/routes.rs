//! The route table: who serves which model, with everything a request needs. Built from the database once, believed
//! until an event says otherwise.

use super::Inference;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{StoreError, Target};
use domain::connection::{Connection, Detection, HealthReport, health_of};
use domain::finance::vendor::BillingAccount;
use domain::inference::Candidate;
use domain::models::{ModelProfile, TokenPrice};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use vocab::{Category, Health, ModelStatus, ProviderId};

/// A usable connection.
pub struct Route {
    /// Which connection.
    pub connection: Connection,
    /// Where to call and with what; the credential in it may be renewed.
    target: RwLock<Arc<Target>>,
    /// Runs on our own machine: no list price.
    pub local: bool,
    /// Covered by a plan: no list price either.
    pub spends_plan: bool,
    /// Whose account its use is on.
    pub account: Option<BillingAccount>,
}

impl Route {
    fn new(connection: Connection, target: Target) -> Self {
        let (local, spends_plan) = (target.provider.category == Category::Local, target.spends_plan());
        let account = target.account();
        Self { connection, target: RwLock::new(Arc::new(target)), local, spends_plan, account }
    }

    /// Where to call and with what, as of now.
    pub fn target(&self) -> Arc<Target> {
        Arc::clone(&self.target.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Requests after this one go out with this credential, too.
    pub fn renew(&self, target: Target) -> Arc<Target> {
        let target = Arc::new(target);
        *self.target.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&target);
        target
    }
}

/// A model in `GET /v1/models`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRoute {
    /// Whose.
    pub provider_id: ProviderId,
    /// Bare id.
    pub model_id: String,
    /// When a list first had it.
    pub created: OffsetDateTime,
}

/// Who serves which model.
pub struct RouteTable {
    candidates: Vec<Candidate>,
    listed: Vec<ListedRoute>,
    routes: HashMap<ProviderId, Arc<Route>>,
    prices: HashMap<ProviderId, HashMap<String, TokenPrice>>,
}

impl RouteTable {
    /// Every model that could be asked for.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The usable connection of a provider.
    pub fn route(&self, id: &ProviderId) -> Option<&Arc<Route>> {
        self.routes.get(id)
    }

    /// List price of a model, if known.
    pub fn price(&self, id: &ProviderId, model: &str) -> Option<TokenPrice> {
        self.prices.get(id)?.get(model).copied()
    }

    /// Models that can be asked for right now.
    pub fn listed(&self) -> impl Iterator<Item = &ListedRoute> {
        self.listed.iter()
    }
}

/// The one table that is being built.
#[derive(Debug, Default)]
pub struct Building {
    /// How many builds were begun.
    begun: AtomicU64,
    /// What came of the last one, as long as anybody holds it.
    last: Mutex<Weak<RouteTable>>,
}

impl std::fmt::Debug for RouteTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RouteTable({} models, {} connections)", self.candidates.len(), self.routes.len())
    }
}

impl Inference {
    /// The route table: remembered, or built from the database.
    pub(super) async fn table(&self) -> ServiceResult<Arc<RouteTable>> {
        if let Some(table) = self.caches.routes() {
            return Ok(table);
        }
        // One builds, the others wait for it: what was begun after they came is new enough for them, remembered or not.
        let came = self.building.begun.load(Ordering::Acquire);
        let mut last = self.building.last.lock().await;
        if let Some(table) = self.caches.routes() {
            return Ok(table);
        }
        if let Some(table) = last.upgrade().filter(|_| self.building.begun.load(Ordering::Acquire) > came) {
            return Ok(table);
        }
        self.building.begun.fetch_add(1, Ordering::AcqRel);
        let mark = self.caches.mark();
        let table = Arc::new(self.build_table().await?);
        self.caches.remember_routes(mark, table.clone());
        *last = Arc::downgrade(&table);
        Ok(table)
    }

    async fn build_table(&self) -> ServiceResult<RouteTable> {
        let mut routes = HashMap::new();
        let mut health = HashMap::new();
        let lives = self.credentials.grants().lives().await?;
        let detections: HashMap<ProviderId, Detection> = self.connections.detections().await?.into_iter().collect();
        for connection in self.connections.list().await? {
            let detection = detections.get(&connection.provider_id);
            let HealthReport { health: state, .. } = health_of(Some(&connection), detection, lives.credential(Some(&connection), true));
            // A sign-in that has ended is used up: its access token is good until it expires.
            let last_days = state == Health::NeedsSignIn && lives.of(&connection).is_some_and(|life| life.usable(lives.now));
            if !state.usable() && !last_days {
                continue;
            }
            // As it is stored: whether it has to be renewed is asked when it is used, so that nobody waits for somebody else's.
            let target = match self.credentials.held(&connection).await {
                Ok(target) => target,
                // A table without a connection would be believed until the next event.
                Err(error @ ServiceError::Store(StoreError::Unavailable(_) | StoreError::Failed(_))) => return Err(error),
                // A credential that does not open makes its connection unusable, and the page says so.
                Err(_) => continue,
            };
            health.insert(connection.provider_id.clone(), state);
            routes.insert(connection.provider_id.clone(), Arc::new(Route::new(connection, target)));
        }
        let models = self.models.all().await?;
        let mut table = RouteTable { candidates: Vec::new(), listed: Vec::new(), routes, prices: HashMap::new() };
        for model in models.into_iter().filter(|model| model.status != ModelStatus::Retired) {
            table.add(&model, health.get(&model.provider_id).copied());
        }
        Ok(table)
    }
}

impl RouteTable {
    fn add(&mut self, model: &ModelProfile, health: Option<Health>) {
        if let Some(price) = &model.price {
            self.prices.entry(model.provider_id.clone()).or_default().insert(model.model_id.clone(), price.per_million);
        }
        if health.is_some() {
            self.listed.push(ListedRoute {
                provider_id: model.provider_id.clone(),
                model_id: model.model_id.clone(),
                created: model.first_seen_at,
            });
        }
        self.candidates.push(Candidate {
            provider_id: model.provider_id.clone(),
            model_id: model.model_id.clone(),
            tier: model.tier.filter(|_| model.class.converses()),
            usable: health.is_some(),
            healthy: health == Some(Health::Connected),
            input_microdollars: model
                .price
                .as_ref()
                .and_then(|p| p.per_million.input)
                .and_then(|d| (d * Decimal::from(1_000_000)).to_u64()),
        });
    }
}
