//! Connecting, testing and disconnecting providers: one door in (`Connections::activate`), one door out.

mod key;
mod local;
mod recheck;
mod signed_in;
mod words;

pub use key::{KeyForm, KeyRecognised};
pub(crate) use signed_in::{NotConnected, SignedIn};
pub use words::Outcome;

use crate::Ports;
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::finance::Seeding;
use crate::grants::{Grants, Revocation};
use crate::models::Models;
use crate::ports::{AuditRepo, ConnectionRepo, ProviderClient, StoreResult, Trail};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::connection::{Activation, Check, Connection, Standing};
use domain::events::Event;
use domain::people::Caller;
use domain::provider::{Catalogue, Provider};
use std::sync::Arc;
use vocab::{AuthMethod, Permission, ProviderId};

/// Connections' use cases.
#[derive(Clone)]
pub struct Connections {
    repo: Arc<dyn ConnectionRepo>,
    audit: Arc<dyn AuditRepo>,
    client: Arc<dyn ProviderClient>,
    catalogue: Arc<Catalogue>,
    credentials: Credentials,
    grants: Grants,
    models: Models,
    seeding: Seeding,
    environment: Environment,
}

/// What came of disconnecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnected {
    /// What became of the sign-in at the provider.
    pub revocation: Revocation,
}

impl Connections {
    /// Wires the use cases.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>, credentials: Credentials, models: Models, environment: Environment) -> Self {
        Self {
            grants: credentials.grants().clone(),
            repo: ports.connections.clone(),
            audit: ports.audit.clone(),
            client: ports.provider_client.clone(),
            seeding: Seeding::new(ports, catalogue.clone(), environment.clone()),
            catalogue,
            credentials,
            models,
            environment,
        }
    }

    /// The free identity call, with the stored credential.
    ///
    /// # Errors
    /// [`ServiceError::ProviderNotConfigured`], [`ServiceError::CannotDecrypt`]; what the provider says is the outcome.
    pub async fn test(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Outcome> {
        caller.require_for(Permission::ManageProviderConnections, id)?;
        let (provider, connection) = self.existing(id).await?;
        if connection.method == AuthMethod::None {
            self.look_for(&provider).await?;
        }
        let method = connection.method;
        let (_, check) = self.verify_stored(&connection).await?;
        let trail = self.trail_of_check(caller, Action::CONNECTION_TEST, &provider, &check);
        self.note_check(connection, &check, trail).await?;
        Ok(Outcome::of_test(&provider, &check, method))
    }

    /// Clears the stored credential now, ends the provider's open sign-ins, then gives a sign-in back to the provider as well as
    /// that can be done. Agents that used the provider get the next eligible endpoint, or are told.
    ///
    /// # Errors
    /// [`ServiceError::ProviderNotConfigured`] when there is nothing to disconnect.
    pub async fn disconnect(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Disconnected> {
        caller.require_for(Permission::ManageProviderConnections, id)?;
        let (provider, connection) = self.existing(id).await?;
        if connection.method == AuthMethod::None {
            // Or the detection job would connect it again within seconds.
            self.repo.set_auto_connect(id, false).await?;
        }
        let held = self.grants.hold(connection.grant_id).await?;
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(Action::DISCONNECT, Object::Provider(id.clone()), connection.method.label())
            .event(Event::ConnectionChanged { provider_id: id.clone() });
        if self.repo.deactivate(id, &caller.actor, trail.build()).await? {
            self.seeding.in_background();
            Ok(Disconnected { revocation: self.grants.give_back(caller, held).await? })
        } else {
            Err(ServiceError::ProviderNotConfigured { provider: provider.name.clone() })
        }
    }

    /// Switches a connection off or on; the credential stays.
    ///
    /// # Errors
    /// [`ServiceError::ProviderNotConfigured`], or [`ServiceError::Conflict`] when somebody else changed it meanwhile.
    pub async fn set_enabled(&self, caller: &Caller, id: &ProviderId, enabled: bool) -> ServiceResult<()> {
        caller.require_for(Permission::ManageProviderConnections, id)?;
        let (_, connection) = self.existing(id).await?;
        let action = if enabled { Action::CONNECTION_ENABLE } else { Action::CONNECTION_DISABLE };
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(action, Object::Provider(id.clone()), "")
            .event(Event::ConnectionChanged { provider_id: id.clone() });
        self.repo.update(&Connection { enabled, ..connection }, trail.build()).await?;
        self.seeding.in_background();
        Ok(())
    }

    /// The one door in. Everything that makes a provider usable ends here.
    async fn activate(&self, caller: &Caller, activation: Activation, check: &Check) -> StoreResult<Connection> {
        let detail = format!("{}; {}", activation.connection.method.label(), words::verdict(check.verdict));
        let mut trail = TrailBuilder::new(&self.environment, caller);
        for connection in std::iter::once(&activation.connection).chain(&activation.siblings) {
            let provider_id = connection.provider_id.clone();
            trail = trail
                .done(Action::CONNECT, Object::Provider(provider_id.clone()), detail.clone())
                .event(Event::ConnectionChanged { provider_id });
        }
        let connection = self.repo.activate(activation, trail.build()).await?;
        self.seeding.in_background();
        Ok(connection)
    }

    /// A provider and its connection.
    async fn existing(&self, id: &ProviderId) -> ServiceResult<(Arc<Provider>, Connection)> {
        let provider = self.credentials.provider(id)?;
        match self.repo.of_provider(id).await? {
            Some(connection) => Ok((provider, connection)),
            None => Err(ServiceError::ProviderNotConfigured { provider: provider.name.clone() }),
        }
    }

    /// Writes what a check said. Somebody else's newer write wins: their check is as fresh as ours.
    async fn note_check(&self, connection: Connection, check: &Check, trail: Trail) -> ServiceResult<()> {
        let standing = Standing::after(Some(&connection.standing), check, self.environment.now());
        let account = check.account.clone().or(connection.account.clone());
        match self.repo.update(&Connection { standing, account, ..connection }, trail).await {
            Ok(_) | Err(crate::ports::StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn trail_of_check(&self, caller: &Caller, action: Action, provider: &Provider, check: &Check) -> Trail {
        let builder = TrailBuilder::new(&self.environment, caller);
        let object = Object::Provider(provider.id.clone());
        let words = words::verdict(check.verdict);
        let builder = match check.verdict {
            vocab::Verdict::Ok => builder.done(action, object, words),
            _ => builder.failed(action, object, format!("{words}: {}", check.message)),
        };
        builder.event(Event::ConnectionChanged { provider_id: provider.id.clone() }).build()
    }
}
