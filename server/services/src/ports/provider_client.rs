//! Calls to a provider's API that are not inference.

use async_trait::async_trait;
use domain::connection::{Check, Detection};
use domain::finance::vendor::{BillingAccount, Commercial};
use domain::models::ListedModel;
use domain::provider::{CredentialHeader, Method, ModelList, PlanRules, Provider, StatusRule, VerifyCall};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::OffsetDateTime;
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
    /// Further headers that go with the credential, for example the account it was issued for. Names in lower case.
    pub headers: BTreeMap<String, SecretString>,
    /// From when on the credential is not sent any more, on this process's clock and a little before its end; `None` for a key.
    pub expires_at: Option<OffsetDateTime>,
}

impl Target {
    /// A target with a credential that needs no further headers and does not expire.
    pub const fn new(provider: Arc<Provider>, method: AuthMethod, base_url: Url, credential: Option<SecretString>) -> Self {
        Self { provider, method, base_url, credential, headers: BTreeMap::new(), expires_at: None }
    }

    /// The wire of this method's inference endpoint.
    pub fn dialect(&self) -> Dialect {
        self.entry().and_then(|method| method.dialect).unwrap_or(self.provider.dialect)
    }

    /// Does the endpoint serve `POST responses`?
    pub fn serves_responses(&self) -> bool {
        let beside = self.entry().and_then(|method| method.responses).unwrap_or(self.provider.responses);
        beside || self.dialect() == Dialect::OpenaiResponses
    }

    /// What the endpoint takes of a Responses request, where it spends a plan and takes less than all.
    pub fn plan(&self) -> Option<&PlanRules> {
        self.entry().and_then(|method| method.plan.as_ref())
    }

    /// Whose account what is used is on; `None` when nobody is paid.
    pub fn account(&self) -> Option<BillingAccount> {
        let commercial = Commercial::of(&self.entry()?.finance).ok()?;
        commercial.account().cloned()
    }

    /// Is what is used covered by a plan?
    pub fn spends_plan(&self) -> bool {
        self.entry().is_some_and(Method::spends_plan)
    }

    /// The free call that proves the credential.
    pub fn verify(&self) -> &VerifyCall {
        self.provider.verify_of(self.method)
    }

    /// Where the models are.
    pub fn models(&self) -> &ModelList {
        self.provider.models_of(self.method)
    }

    /// Exceptions to the general reading of a status, in order.
    pub fn status_rules(&self) -> impl Iterator<Item = &StatusRule> {
        self.provider.status_rules_of(self.method)
    }

    fn entry(&self) -> Option<&Method> {
        self.provider.method(self.method)
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
    /// (model unknown, prompt too long); `status` says how. Without a status the answer did not come in time.
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
