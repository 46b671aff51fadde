//! Handing providers to Finance: what happened to a connection is read from the outbox, what is done about it from the
//! connection as it is now. So it may run late, twice, or on two replicas, and the rows come out the same.

use super::ledger::{Decision, Ledger};
use super::seed_world::SeedWorld;
use crate::Ports;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{ConnectionRepo, FinanceWrite, HandOff, HandOffRepo, PeopleRepo, Trail};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object, Origin};
use domain::connection::Connection;
use domain::events::Event;
use domain::finance::seed::{SeedEvent, SeededProvider, Write, after_failure, plan};
use domain::finance::vendor::Commercial;
use domain::people::{Actor, Caller};
use domain::provider::{Catalogue, Links, Provider};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use vocab::finance::SeedStatus;
use vocab::{AuthMethod, OutboxId, Permission, ProviderId};

/// Hand-offs taken at a time.
const BATCH: u32 = 50;
/// Nobody else tries a hand-off that long.
const LEASE: Duration = Duration::from_mins(1);
/// How long a try right after connecting may take; the job is patient.
const AT_ONCE: Duration = Duration::from_secs(2);
const PATIENT: Duration = Duration::from_secs(20);

/// Hands providers to Finance.
#[derive(Clone)]
pub struct Seeding {
    pub(super) ledger: Ledger,
    hand_offs: Arc<dyn HandOffRepo>,
    connections: Arc<dyn ConnectionRepo>,
    pub(super) people: Arc<dyn PeopleRepo>,
    pub(super) catalogue: Arc<Catalogue>,
    environment: Environment,
}

/// What a provider is now, and so what has to be done.
struct Present {
    event: SeedEvent,
    provider: Option<Arc<Provider>>,
    commercial: Commercial,
}

impl Seeding {
    /// Wires it.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>, environment: Environment) -> Self {
        Self {
            ledger: Ledger::new(ports.finance.clone()),
            hand_offs: ports.hand_offs.clone(),
            connections: ports.connections.clone(),
            people: ports.people.clone(),
            catalogue,
            environment,
        }
    }

    /// Tries what waits, without being waited for: connecting neither takes longer nor fails because of Finance.
    pub fn in_background(&self) {
        let seeding = self.clone();
        tokio::spawn(async move {
            if let Err(error) = seeding.handle(AT_ONCE).await {
                tracing::info!(%error, "providers are not handed to Finance yet; it will be tried again");
            }
        });
    }

    /// Tries everything that is due. A job calls it. Returns how many providers were handed over.
    ///
    /// # Errors
    /// When the hand-offs themselves cannot be read; one that fails is put off and does not stop the others.
    pub async fn handle_due(&self) -> ServiceResult<u32> {
        self.handle(PATIENT).await
    }

    /// Hands a provider over because somebody asks for it, now.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::NotFound`],
    /// [`ServiceError::ProviderNotConfigured`], or what went wrong.
    pub async fn hand_off(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        let provider = self.catalogue.get(id).ok_or(ServiceError::NotFound("provider"))?;
        let connection = self.connections.of_provider(id).await?;
        let connection = connection.ok_or_else(|| ServiceError::ProviderNotConfigured { provider: provider.name.clone() })?;
        let trail = TrailBuilder::new(&self.environment, caller).done(Action::FINANCE_HAND_OFF, Object::Provider(id.clone()), "");
        self.hand_offs.request(id, connection.method, &caller.actor, trail.event(Event::FinanceChanged).build()).await?;
        self.handle(PATIENT).await.map(drop)
    }

    async fn handle(&self, patience: Duration) -> ServiceResult<u32> {
        let mut handled = 0;
        for (provider, waiting) in by_provider(self.hand_offs.take_due(BATCH, LEASE).await?) {
            match tokio::time::timeout(patience, self.seed(&provider, &waiting)).await {
                Ok(Ok(())) => handled += 1,
                Ok(Err(error)) => self.put_off(&provider, &waiting, &error.to_string()).await?,
                Err(_) => self.put_off(&provider, &waiting, "the database did not answer in time").await?,
            }
        }
        Ok(handled)
    }

    async fn put_off(&self, provider: &ProviderId, waiting: &[HandOff], why: &str) -> ServiceResult<()> {
        let failures = waiting.iter().map(|hand_off| hand_off.attempts).max().unwrap_or_default() + 1;
        let retry = after_failure(failures);
        tracing::warn!(%provider, failures, why, "this provider could not be handed to Finance; it will be tried again");
        let ids: Vec<OutboxId> = waiting.iter().map(|hand_off| hand_off.id).collect();
        let wait = retry.wait.unsigned_abs();
        Ok(self.hand_offs.failed(&ids, why, retry.status, wait).await?)
    }

    /// One provider, in one transaction.
    async fn seed(&self, id: &ProviderId, waiting: &[HandOff]) -> ServiceResult<()> {
        self.ledger
            .change(move || async move {
                let present = self.present(id, waiting).await?;
                let world = SeedWorld::load(self, id, &present.commercial).await?;
                let writes = present.plan(id, &world, &self.environment);
                let nothing = writes.is_empty() && !world.knows(id);
                let trail = self.trail(id, waiting, &writes);
                let ids = waiting.iter().map(|hand_off| hand_off.id).collect();
                let status = if nothing { SeedStatus::Skipped } else { SeedStatus::Done };
                let done = FinanceWrite::HandedOff(ids, status);
                let writes = writes.into_iter().map(FinanceWrite::from).chain([done]).collect();
                Ok(Decision { writes, trail, answer: () })
            })
            .await
    }

    async fn present(&self, id: &ProviderId, waiting: &[HandOff]) -> ServiceResult<Present> {
        let provider = self.catalogue.get(id).cloned();
        let connection = self.connections.of_provider(id).await?.filter(|connection| connection.enabled);
        let method = connection.as_ref().map(|connection: &Connection| connection.method);
        let event = match (&provider, &connection) {
            (None, _) => SeedEvent::Removed,
            (Some(_), Some(_)) => SeedEvent::Connected,
            (Some(_), None) => SeedEvent::Disconnected,
        };
        let method = method.or_else(|| waiting.last().map(|hand_off| hand_off.method));
        Ok(Present { event, commercial: commercial(provider.as_deref(), method)?, provider })
    }

    fn trail(&self, id: &ProviderId, waiting: &[HandOff], writes: &[Write]) -> Trail {
        if writes.is_empty() {
            return Trail::default();
        }
        let detail = waiting.last().map(|hand_off| format!("after a change by {}", hand_off.actor_name)).unwrap_or_default();
        TrailBuilder::of(&self.environment, Actor::System, Origin::default())
            .done(Action::FINANCE_SEED, Object::Provider(id.clone()), detail)
            .event(Event::FinanceChanged)
            .event(Event::ConnectionChanged { provider_id: id.clone() })
            .build()
    }
}

impl Present {
    fn plan(&self, id: &ProviderId, world: &SeedWorld, environment: &Environment) -> Vec<Write> {
        let none = Links::default();
        let seeded = SeededProvider {
            id,
            name: self.provider.as_ref().map_or(id.as_str(), |provider| provider.name.as_str()),
            commercial: self.commercial.clone(),
            links: self.provider.as_ref().map_or(&none, |provider| &provider.links),
        };
        plan(self.event, &seeded, &world.lent(), environment.now(), environment.entropy())
    }
}

/// Who is paid, from the catalogue. A method it does not know (any more) says nothing about money.
fn commercial(provider: Option<&Provider>, method: Option<AuthMethod>) -> ServiceResult<Commercial> {
    let method = provider.zip(method).and_then(|(provider, kind)| provider.method(kind));
    method.map_or(Ok(Commercial::SelfHosted), |method| Commercial::of(&method.finance).map_err(ServiceError::internal))
}

fn by_provider(waiting: Vec<HandOff>) -> BTreeMap<ProviderId, Vec<HandOff>> {
    let mut grouped: BTreeMap<ProviderId, Vec<HandOff>> = BTreeMap::new();
    for hand_off in waiting {
        grouped.entry(hand_off.provider_id.clone()).or_default().push(hand_off);
    }
    grouped
}

impl From<Write> for FinanceWrite {
    fn from(write: Write) -> Self {
        match write {
            Write::InsertSupplier(row) => Self::InsertSupplier(row),
            Write::UpdateSupplier(row) => Self::UpdateSupplier(row),
            Write::InsertProfile(row) => Self::InsertProfile(row),
            Write::UpdateProfile(row) => Self::UpdateProfile(row),
            Write::InsertContract(row) => Self::InsertContract(row),
            Write::UpdateContract(row) => Self::UpdateContract(row),
            Write::Coverage(change) => Self::Coverage(change),
            Write::InsertItem(row) => Self::InsertItem(row),
            Write::UpdateItem(row) => Self::UpdateItem(row),
        }
    }
}
