//! From a connection to a [`Target`]: the one place where a stored credential is opened.

use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::places::GRANT_CREDENTIAL;
use crate::ports::{ConnectionRepo, Target};
use domain::connection::Connection;
use domain::grant::Grant;
use domain::provider::{BaseUrl, Catalogue, Provider};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use url::Url;
use vault::{KeyRing, KeyState, Place};
use vocab::{AuthMethod, GrantId, ProviderId};

/// Seals and opens credentials.
#[derive(Clone)]
pub struct Credentials {
    connections: Arc<dyn ConnectionRepo>,
    catalogue: Arc<Catalogue>,
    ring: Arc<KeyRing>,
    environment: Environment,
}

impl Credentials {
    /// Wires it.
    pub fn new(connections: Arc<dyn ConnectionRepo>, catalogue: Arc<Catalogue>, ring: Arc<KeyRing>, environment: Environment) -> Self {
        Self { connections, catalogue, ring, environment }
    }

    /// A new grant around a credential.
    ///
    /// # Errors
    /// Only for values beyond the cipher's limit.
    pub fn seal(&self, credential: &SecretString) -> ServiceResult<Grant> {
        let id = GrantId::new(self.environment.uuid());
        let row = id.to_string();
        let nonce = self.environment.entropy().bytes();
        let sealed = self.ring.seal(place(&row), credential.expose_secret().as_bytes(), nonce).map_err(ServiceError::internal)?;
        Ok(Grant { id, sealed, created_at: self.environment.now(), provider_id: None, life: None, version: 1 })
    }

    /// Does the stored credential of a connection open? A connection without one does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opens(&self, connection: &Connection) -> ServiceResult<bool> {
        let Some(id) = connection.grant_id else { return Ok(true) };
        let row = id.to_string();
        let grant = self.connections.grant(id).await?;
        Ok(grant.is_some_and(|grant| self.ring.state_of(place(&row), &grant.sealed) != KeyState::Undecryptable))
    }

    /// Where to call for a connection, and with what.
    ///
    /// # Errors
    /// [`ServiceError::CannotDecrypt`] when the stored credential does not open.
    pub async fn target(&self, connection: &Connection) -> ServiceResult<Target> {
        let provider = self.provider(&connection.provider_id)?;
        let credential = match connection.grant_id {
            Some(id) => Some(self.open(&provider, id).await?),
            None => None,
        };
        let base_url = base_url(&provider, connection.method, connection.base_url.as_ref())?;
        Ok(Target::new(provider, connection.method, base_url, credential))
    }

    /// The catalogue entry.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an id that is not in the catalogue.
    pub fn provider(&self, id: &ProviderId) -> ServiceResult<Arc<Provider>> {
        self.catalogue.get(id).cloned().ok_or(ServiceError::NotFound("provider"))
    }

    async fn open(&self, provider: &Provider, id: GrantId) -> ServiceResult<SecretString> {
        let shut = || ServiceError::CannotDecrypt { provider: provider.name.clone() };
        let grant = self.connections.grant(id).await?.ok_or_else(shut)?;
        let row = id.to_string();
        self.ring.open_text(place(&row), &grant.sealed).map_err(|error| {
            tracing::warn!(provider = %provider.id, grant = %id, %error, "a stored credential does not open");
            shut()
        })
    }
}

/// The endpoint of a method: the operator's own, the method's, or the provider's.
///
/// # Errors
/// [`ServiceError::Invalid`] when the operator has to name one and has not.
pub fn base_url(provider: &Provider, method: AuthMethod, own: Option<&Url>) -> ServiceResult<Url> {
    if let Some(url) = own {
        return Ok(url.clone());
    }
    if let Some(url) = provider.method(method).and_then(|m| m.base_url.clone()) {
        return Ok(url);
    }
    match &provider.base_url {
        BaseUrl::Fixed(url) => Ok(url.clone()),
        BaseUrl::Operator(field) => {
            field.default.clone().ok_or_else(|| ServiceError::field("address", format!("enter the {}", field.label)))
        }
    }
}

fn place(row: &str) -> Place<'_> {
    Place { table: GRANT_CREDENTIAL.table, row, field: GRANT_CREDENTIAL.field }
}
