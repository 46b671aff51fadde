//! Calls to a provider's API that are not inference.

use async_trait::async_trait;
use domain::connection::{Check, Detection};
use domain::models::ListedModel;
use domain::provider::{CredentialHeader, Provider};
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;
use vocab::{AuthMethod, Dialect, Verdict};

/// Where to call and with what.
#[derive(Debug, Clone)]
pub struct Target {
    /// The catalogue entry: headers, paths, rules.
    pub provider: Arc<Provider>,
    /// Which method's endpoint and dialect.
    pub method: AuthMethod,
    /// Resolved base URL, without a trailing slash.
    pub base_url: Url,
    /// The opened credential; `None` for local engines.
    pub credential: Option<SecretString>,
}

impl Target {
    /// The wire of this method's inference endpoint.
    pub fn dialect(&self) -> Dialect {
        self.provider.method(self.method).and_then(|method| method.dialect).unwrap_or(self.provider.dialect)
    }

    /// How the credential travels.
    pub fn credential_header(&self) -> CredentialHeader {
        if self.credential.is_none() { CredentialHeader::None } else { self.provider.credential_header.clone() }
    }
}

/// A call that brought no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CallFailure {
    /// The classification. [`Verdict::Ok`] on an inference call: the connection is in order and the request was refused
    /// (model unknown, prompt too long); `status` says how.
    pub verdict: Verdict,
    /// The upstream's HTTP status, if it answered.
    pub status: Option<u16>,
    /// The provider's or the network's own words, trimmed and free of control characters. Never a credential.
    pub message: String,
    /// The provider's `Retry-After`.
    pub retry_after: Option<time::Duration>,
}

/// A provider's management surface.
#[async_trait]
pub trait ProviderClient: Send + Sync {
    /// One free call that proves the credential. Never fails: what goes wrong is the verdict.
    async fn verify(&self, target: &Target) -> Check;
    /// The provider's model list, all pages, or the curated one.
    async fn list_models(&self, target: &Target) -> Result<Vec<ListedModel>, CallFailure>;
    /// Looks for a local engine at these base URLs, in order; keeps the first that answers.
    async fn detect(&self, provider: &Arc<Provider>, addresses: &[Url]) -> Detection;
}
