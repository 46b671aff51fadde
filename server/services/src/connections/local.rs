//! Local engines: found by a job, connected without a credential.

use super::key::own_url;
use super::{Connections, Outcome};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::Trail;
use domain::connection::{Activation, Check, Connection, Detection, Standing};
use domain::events::Event;
use domain::people::Caller;
use domain::provider::Provider;
use std::sync::Arc;
use url::Url;
use vocab::{AuthMethod, ConnectionId, Permission, ProviderId, Verdict};

impl Connections {
    /// Looks at every local engine's addresses, notes what changed and connects what was found for the first time.
    /// A job calls it; rendering a page never does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look_for_local_engines(&self) -> ServiceResult<()> {
        let local: Vec<_> = self.catalogue.iter().filter(|provider| !provider.detect.is_empty()).cloned().collect();
        for provider in local {
            self.look_for(&provider).await?;
        }
        Ok(())
    }

    /// Connects a local engine by hand, at another address if one is given.
    ///
    /// # Errors
    /// [`ServiceError::Provider`] when nothing answers there; the address is not saved then.
    pub async fn connect_local(&self, caller: &Caller, id: &ProviderId, address: Option<String>) -> ServiceResult<Outcome> {
        caller.require_for(Permission::ManageProviderConnections, id)?;
        let provider = self.credentials.provider(id)?;
        if provider.method(AuthMethod::None).is_none() {
            return Err(ServiceError::MethodUnavailable(format!("{} needs a credential.", provider.name)));
        }
        let before = self.repo.of_provider(id).await?;
        let typed = own_url(&provider, None, address.as_deref())?;
        let own = typed.or_else(|| before.as_ref().and_then(|c| c.base_url.clone()));
        let addresses = own.clone().map_or_else(|| provider.detect.clone(), |url| vec![url]);
        let found = self.client.detect(&provider, &addresses).await;
        let Detection::Running { base_url, .. } = &found else {
            return Err(not_there(&provider, &addresses));
        };
        let connection = self.local_connection(caller, &provider, before, base_url.clone());
        self.repo.set_detection(id, &found, Trail::default()).await?;
        self.repo.set_auto_connect(id, true).await?;
        let activation =
            Activation { connection, grant: None, siblings: Vec::new(), finishes: None, trigger: "none", actor: caller.actor.clone() };
        self.activate(caller, activation, &Check::ok()).await?;
        self.models.sync_in_background(id, &Check::ok());
        Ok(Outcome { verdict: Verdict::Ok, message: format!("Connected. {} answers at {base_url}.", provider.name), saved: true })
    }

    /// One look at one engine.
    pub(super) async fn look_for(&self, provider: &Arc<Provider>) -> ServiceResult<()> {
        let connection = self.repo.of_provider(&provider.id).await?;
        if connection.as_ref().is_some_and(|c| !c.enabled) {
            return Ok(());
        }
        let own = connection.as_ref().and_then(|c| c.base_url.clone());
        let addresses: Vec<Url> = own.into_iter().chain(provider.detect.iter().cloned()).collect();
        let found = self.client.detect(provider, &addresses).await;
        let before = self.repo.detections().await?.into_iter().find(|(id, _)| *id == provider.id).map(|(_, found)| found);
        if before.as_ref().is_some_and(|before| before.same_as(&found)) {
            return Ok(());
        }
        let trail = Trail { events: vec![Event::ConnectionChanged { provider_id: provider.id.clone() }], ..Trail::default() };
        self.repo.set_detection(&provider.id, &found, trail).await?;
        if let Detection::Running { base_url, models, .. } = &found {
            self.follow(provider, connection, base_url, *models).await?;
        }
        Ok(())
    }

    /// A running engine: connect it if nobody said otherwise, follow it to a new address, sync its models.
    async fn follow(&self, provider: &Arc<Provider>, before: Option<Connection>, base_url: &Url, models: u32) -> ServiceResult<()> {
        let caller = Caller::system();
        let moved = before.as_ref().is_none_or(|c| c.base_url.as_ref() != Some(base_url));
        let wanted = before.is_some() || (models > 0 && self.repo.auto_connect(&provider.id).await?);
        if moved && wanted && before.as_ref().is_none_or(|c| c.method == AuthMethod::None) {
            let connection = self.local_connection(&caller, provider, before, base_url.clone());
            let activation = Activation {
                connection,
                grant: None,
                siblings: Vec::new(),
                finishes: None,
                trigger: "detected",
                actor: caller.actor.clone(),
            };
            self.activate(&caller, activation, &Check::ok()).await?;
        }
        if wanted {
            self.models.sync_in_background(&provider.id, &Check::ok());
        }
        Ok(())
    }

    fn local_connection(&self, caller: &Caller, provider: &Provider, before: Option<Connection>, base_url: Url) -> Connection {
        let now = self.environment.now();
        Connection {
            id: before.as_ref().map_or_else(|| ConnectionId::new(self.environment.uuid()), |c| c.id),
            provider_id: provider.id.clone(),
            method: AuthMethod::None,
            grant_id: None,
            base_url: Some(base_url),
            key_hint: None,
            account: None,
            connected_by: caller.actor.user_id(),
            connected_by_name: caller.actor.name().to_owned(),
            connected_at: now,
            standing: Standing::Good { checked_at: now },
            enabled: true,
            version: before.map_or(0, |c| c.version),
        }
    }
}

fn not_there(provider: &Provider, addresses: &[Url]) -> ServiceError {
    let list = addresses.iter().map(Url::as_str).collect::<Vec<_>>().join(", ");
    ServiceError::field("address", format!("{} does not answer at {list}. Start it, or enter its address.", provider.name))
}
