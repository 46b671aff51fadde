//! From a connection to a [`Target`]: the one place where a stored credential is opened.

use crate::error::{ServiceError, ServiceResult};
use crate::grants::{Grants, Opened};
use crate::inference::FreshCredential;
use crate::ports::Target;
use async_trait::async_trait;
use domain::connection::Connection;
use domain::provider::{BaseUrl, Catalogue, Provider};
use std::sync::Arc;
use url::Url;
use vocab::{AuthMethod, ProviderId};

/// Opens credentials.
#[derive(Clone)]
pub struct Credentials {
    catalogue: Arc<Catalogue>,
    grants: Grants,
}

impl Credentials {
    /// Wires it.
    pub fn new(catalogue: Arc<Catalogue>, grants: Grants) -> Self {
        Self { catalogue, grants }
    }

    /// The credentials that live.
    pub const fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Does the stored credential of a connection open? A connection without one does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opens(&self, connection: &Connection) -> ServiceResult<bool> {
        match connection.grant_id {
            Some(id) => self.grants.opens(id).await,
            None => Ok(true),
        }
    }

    /// Where to call for a connection, and with what.
    ///
    /// # Errors
    /// [`ServiceError::CannotDecrypt`] when the stored credential does not open, [`ServiceError::TokenExpired`] when a person has to
    /// sign in again, [`ServiceError::Provider`] when an access token cannot be had right now.
    pub async fn target(&self, connection: &Connection) -> ServiceResult<Target> {
        let provider = self.provider(&connection.provider_id)?;
        let opened = match connection.grant_id {
            Some(id) => Some(self.grants.access_token(&provider, id).await?),
            None => None,
        };
        fit(provider, connection, opened)
    }

    /// The same with the credential as it is stored, however old: nobody is asked for another one.
    ///
    /// # Errors
    /// [`ServiceError::CannotDecrypt`] when the stored credential does not open.
    pub async fn held(&self, connection: &Connection) -> ServiceResult<Target> {
        let provider = self.provider(&connection.provider_id)?;
        let opened = match connection.grant_id {
            Some(id) => Some(self.grants.held(&provider, id).await?),
            None => None,
        };
        fit(provider, connection, opened)
    }

    /// The catalogue entry.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an id that is not in the catalogue.
    pub fn provider(&self, id: &ProviderId) -> ServiceResult<Arc<Provider>> {
        self.catalogue.get(id).cloned().ok_or(ServiceError::NotFound("provider"))
    }
}

#[async_trait]
impl FreshCredential for Credentials {
    async fn before_expiry(&self, connection: &Connection, _: &Target) -> ServiceResult<Option<Target>> {
        if connection.grant_id.is_none() { Ok(None) } else { self.target(connection).await.map(Some) }
    }

    async fn after_refusal(&self, connection: &Connection, refused: &Target) -> ServiceResult<Option<Target>> {
        let (Some(id), Some(token)) = (connection.grant_id, &refused.credential) else { return Ok(None) };
        let provider = self.provider(&connection.provider_id)?;
        let opened = self.grants.after_refusal(&provider, id, token).await?;
        opened.map(|opened| fit(provider, connection, Some(opened))).transpose()
    }
}

/// A target around what was opened.
fn fit(provider: Arc<Provider>, connection: &Connection, opened: Option<Opened>) -> ServiceResult<Target> {
    let base_url = base_url(&provider, connection.method, connection.base_url.as_ref())?;
    let mut target = Target::new(provider, connection.method, base_url, None);
    if let Some(Opened { credential, headers, good_until }) = opened {
        (target.credential, target.headers, target.expires_at) = (Some(credential), headers, good_until);
    }
    Ok(target)
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
