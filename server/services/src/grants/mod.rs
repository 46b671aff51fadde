//! Credentials that live: the one place where an access token is asked for, and where it is made fresh.
//!
//! A refresh token is usually good for one use, so a refresh that is sent twice, or whose answer is lost, can end a sign-in. Hence:
//! one flight a grant in this process (`flight`), one lease a grant among processes, a second look after the lease is won, no
//! transaction open while the network is waited for, and an answer that is stored by a task of its own, whoever gave up waiting
//! (`refresh`): for as long as it takes, with the lease held, and a stop of this process waits for it (`crate::unbroken`). All
//! instants of a grant are the database's.

mod flight;
mod give_back;
mod lend;
mod lives;
mod refresh;

pub use give_back::{Held, Revocation};
pub use lend::HandedOver;
pub use lives::Lives;

use crate::Ports;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::places::GRANT_CREDENTIAL;
use crate::ports::{CallFailure, ConnectionRepo, FlowRepo, GrantRepo, InstallationRepo, TokenEndpoint};
use crate::unbroken::Unbroken;
use domain::grant::{Grant, GrantSecrets, Life, Outcome, Refresh, fingerprint};
use domain::provider::{Catalogue, Provider, Renewal};
use flight::Flight;
use secrecy::{ExposeSecret, SecretString};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vault::{KeyRing, KeyState, Place};
use vocab::{AuthMethod, GrantId, ProviderId, Verdict};

/// A token that was refused right after it was issued is not the fault of its age; another one would be refused as well.
const TOO_FRESH: Duration = Duration::seconds(5);

/// An opened credential.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The key, or the access token.
    pub credential: SecretString,
    /// Headers that go with it: the account it was issued for, where calls have to name it.
    pub headers: BTreeMap<String, SecretString>,
    /// Until when it is sent, on this process's clock; `None` for a key.
    pub good_until: Option<OffsetDateTime>,
}

/// Why an access token is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    /// To be sent now.
    Usable,
    /// It is time to look after it.
    Due,
    /// The one with this fingerprint was refused.
    Another(String),
}

/// Living credentials' use cases.
#[derive(Clone)]
pub struct Grants(Arc<Parts>);

struct Parts {
    connections: Arc<dyn ConnectionRepo>,
    grants: Arc<dyn GrantRepo>,
    flows: Arc<dyn FlowRepo>,
    audit: Arc<dyn crate::ports::AuditRepo>,
    installation: Arc<dyn InstallationRepo>,
    endpoint: Arc<dyn TokenEndpoint>,
    catalogue: Arc<Catalogue>,
    ring: Arc<KeyRing>,
    environment: Environment,
    /// Tells this process from others among lease owners.
    process: Uuid,
    flights: Mutex<HashMap<GrantId, Flight>>,
    unbroken: Unbroken,
}

/// A living grant, read and opened, and the database's present.
struct Look {
    grant: Grant,
    life: Life,
    secrets: GrantSecrets,
    now: OffsetDateTime,
}

impl Grants {
    /// Wires the use cases.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>, ring: Arc<KeyRing>, environment: Environment) -> Self {
        Self(Arc::new(Parts {
            connections: ports.connections.clone(),
            grants: ports.grants.clone(),
            flows: ports.flows.clone(),
            audit: ports.audit.clone(),
            installation: ports.installation.clone(),
            endpoint: ports.token_endpoint.clone(),
            catalogue,
            ring,
            process: environment.uuid(),
            environment,
            flights: Mutex::default(),
            unbroken: Unbroken::default(),
        }))
    }

    /// The one getter: a key as it is; an access token that may be sent, refreshed first if it has to be.
    ///
    /// # Errors
    /// [`ServiceError::TokenExpired`] when a person has to sign in again, [`ServiceError::Provider`] when it cannot be had right
    /// now, [`ServiceError::CannotDecrypt`].
    pub async fn access_token(&self, provider: &Provider, id: GrantId) -> ServiceResult<Opened> {
        let grant = self.grant(provider, id).await?;
        if grant.life.is_none() {
            return self.key(provider, &grant);
        }
        let look = self.look(provider, grant).await?;
        if look.life.usable(look.now) {
            return Ok(self.opened(&look));
        }
        let outcome = self.fly(id, Want::Usable).await;
        let look = self.look(provider, self.grant(provider, id).await?).await?;
        if look.life.usable(look.now) { Ok(self.opened(&look)) } else { Err(unusable(provider, outcome)) }
    }

    /// What is stored, however old it is: for who asks [`Grants::access_token`] before it is sent.
    ///
    /// # Errors
    /// [`ServiceError::CannotDecrypt`].
    pub async fn held(&self, provider: &Provider, id: GrantId) -> ServiceResult<Opened> {
        let grant = self.grant(provider, id).await?;
        if grant.life.is_none() {
            return self.key(provider, &grant);
        }
        Ok(self.opened(&self.look(provider, grant).await?))
    }

    /// Another credential than the one a provider has just answered 401 to. `None`: there is no other to be had.
    ///
    /// # Errors
    /// As [`Grants::access_token`].
    pub async fn after_refusal(&self, provider: &Provider, id: GrantId, refused: &SecretString) -> ServiceResult<Option<Opened>> {
        let grant = self.grant(provider, id).await?;
        if grant.life.is_none() {
            return Ok(None);
        }
        let name = fingerprint(refused);
        let look = self.look(provider, grant).await?;
        let other = |look: &Look| fingerprint(&look.secrets.access_token) != name;
        if other(&look) {
            return self.access_token(provider, id).await.map(Some);
        }
        if look.life.refresh == Refresh::Never || look.now - look.life.issued_at < TOO_FRESH.min(look.life.lifetime() / 4) {
            return Ok(None);
        }
        let outcome = self.fly(id, Want::Another(name.clone())).await;
        let look = self.look(provider, self.grant(provider, id).await?).await?;
        if other(&look) && look.life.usable(look.now) { Ok(Some(self.opened(&look))) } else { Err(unusable(provider, outcome)) }
    }

    /// Refreshes up to `limit` grants that are due at `now` (the database's clock), side by side. A job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh_due(&self, now: OffsetDateTime, limit: u32) -> ServiceResult<usize> {
        let due = self.0.grants.due_for_refresh(now, limit).await?;
        let flights: Vec<Flight> = due.iter().map(|id| self.fly(*id, Want::Due)).collect();
        futures::future::join_all(flights).await;
        self.count_states().await?;
        Ok(due.len())
    }

    /// What must not be cut short in this process: flights here, and sign-ins that are being finished.
    pub(crate) fn unbroken(&self) -> &Unbroken {
        &self.0.unbroken
    }

    /// Does the stored credential open?
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opens(&self, id: GrantId) -> ServiceResult<bool> {
        let row = id.to_string();
        let grant = self.0.connections.grant(id).await?;
        Ok(grant.is_some_and(|grant| self.0.ring.state_of(place(&row), &grant.sealed) != KeyState::Undecryptable))
    }

    /// A new grant around a key.
    ///
    /// # Errors
    /// Only for values beyond the cipher's limit.
    pub fn of_key(&self, key: &SecretString) -> ServiceResult<Grant> {
        let id = GrantId::new(self.0.environment.uuid());
        let sealed = self.seal(id, key)?;
        Ok(Grant {
            id,
            sealed,
            created_at: self.0.environment.now(),
            provider_id: None,
            made_by: AuthMethod::ApiKey,
            life: None,
            version: 1,
        })
    }

    /// A new grant around tokens that `provider` has issued through this sign-in method.
    ///
    /// # Errors
    /// Only for values beyond the cipher's limit.
    pub fn of_tokens(&self, provider: &ProviderId, made_by: AuthMethod, secrets: &GrantSecrets, life: Life) -> ServiceResult<Grant> {
        let id = GrantId::new(self.0.environment.uuid());
        let sealed = self.seal(id, &secrets.to_sealable())?;
        let created_at = self.0.environment.now();
        Ok(Grant { id, sealed, created_at, provider_id: Some(provider.clone()), made_by, life: Some(life), version: 1 })
    }

    fn seal(&self, id: GrantId, text: &SecretString) -> ServiceResult<Vec<u8>> {
        let row = id.to_string();
        let nonce = self.0.environment.entropy().bytes();
        self.0.ring.seal(place(&row), text.expose_secret().as_bytes(), nonce).map_err(ServiceError::internal)
    }

    async fn grant(&self, provider: &Provider, id: GrantId) -> ServiceResult<Grant> {
        let gone = || ServiceError::ProviderNotConfigured { provider: provider.name.clone() };
        self.0.connections.grant(id).await?.ok_or_else(gone)
    }

    fn open_text(&self, provider: &Provider, grant: &Grant) -> ServiceResult<SecretString> {
        let row = grant.id.to_string();
        self.0.ring.open_text(place(&row), &grant.sealed).map_err(|error| {
            tracing::warn!(provider = %provider.id, grant = %grant.id, %error, "a stored credential does not open");
            ServiceError::CannotDecrypt { provider: provider.name.clone() }
        })
    }

    async fn look(&self, provider: &Provider, grant: Grant) -> ServiceResult<Look> {
        let shut = || ServiceError::CannotDecrypt { provider: provider.name.clone() };
        let secrets = GrantSecrets::from_sealed(&self.open_text(provider, &grant)?).ok_or_else(shut)?;
        let life = grant.life.clone().ok_or_else(shut)?;
        Ok(Look { grant, life, secrets, now: self.0.installation.now().await? })
    }

    fn key(&self, provider: &Provider, grant: &Grant) -> ServiceResult<Opened> {
        Ok(Opened { credential: self.open_text(provider, grant)?, headers: BTreeMap::new(), good_until: None })
    }

    fn opened(&self, look: &Look) -> Opened {
        let renewal = Self::renewal(&self.0.catalogue, look.grant.provider_id.as_ref(), look.grant.made_by);
        Opened {
            credential: look.secrets.access_token.clone(),
            headers: account_header(renewal.and_then(|(_, renewal)| renewal.account_header).as_deref(), &look.secrets),
            // Two clocks may differ; how much time is left does not.
            good_until: Some(self.0.environment.now() + (look.life.usable_until() - look.now)),
        }
    }

    /// What refreshes a grant: as the sign-in of the provider that made it says.
    fn renewal<'a>(catalogue: &'a Catalogue, id: Option<&ProviderId>, made_by: AuthMethod) -> Option<(&'a Arc<Provider>, Renewal)> {
        let provider = catalogue.get(id?)?;
        Some((provider, provider.renewal(made_by)?))
    }
}

/// The header that names the account, where calls have to name it.
pub(crate) fn account_header(header: Option<&str>, secrets: &GrantSecrets) -> BTreeMap<String, SecretString> {
    let named = header.zip(secrets.account_id.as_ref());
    named.map(|(name, account)| (name.to_ascii_lowercase(), SecretString::from(account.clone()))).into_iter().collect()
}

/// There is no access token to be had.
fn unusable(provider: &Provider, outcome: Outcome) -> ServiceError {
    match outcome {
        Outcome::Transient { message, .. } => ServiceError::Provider {
            provider: provider.name.clone(),
            failure: CallFailure { verdict: Verdict::Unreachable, status: None, message, retry_after: None },
        },
        Outcome::Refreshed | Outcome::AlreadyFresh | Outcome::Terminal { .. } => {
            ServiceError::TokenExpired { provider: provider.name.clone() }
        }
    }
}

fn place(row: &str) -> Place<'_> {
    Place { table: GRANT_CREDENTIAL.table, row, field: GRANT_CREDENTIAL.field }
}
