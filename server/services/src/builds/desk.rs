//! Where a run in broker mode asks for access tokens: good for that run, and for as long as it lasts.

use super::Builds;
use super::follow::Known;
use crate::error::ServiceError;
use crate::ports::TokenDesk;
use async_trait::async_trait;
use domain::cli::broker::{BrokerAnswer, BrokerRequest, RefusalWord};
use domain::provider::Provider;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;
use vocab::{BuildId, GrantId};

/// The desk of one run.
pub(super) struct Desk {
    pub(super) builds: Builds,
    pub(super) id: BuildId,
    pub(super) provider: Arc<Provider>,
    pub(super) grant: GrantId,
    /// Made for this run, and known to nobody else.
    pub(super) capability: SecretString,
    pub(super) over: AtomicBool,
    pub(super) known: Arc<Known>,
    pub(super) last: Mutex<Option<SecretString>>,
}

#[async_trait]
impl TokenDesk for Desk {
    async fn answer(&self, request: BrokerRequest) -> BrokerAnswer {
        let same = self.capability.expose_secret().as_bytes().ct_eq(request.capability.expose_secret().as_bytes());
        if !bool::from(same) {
            return BrokerAnswer::Refused(RefusalWord::Unknown);
        }
        if self.over.load(Ordering::Acquire) {
            return BrokerAnswer::Refused(RefusalWord::RunOver);
        }
        let mut last = self.last.lock().await;
        let grants = &self.builds.0.grants;
        let refused = last.as_ref().filter(|_| request.refused);
        let credential = match grants.lend_another(&self.provider, self.grant, refused).await {
            Ok(credential) => credential,
            Err(ServiceError::TokenExpired { .. }) => return BrokerAnswer::Refused(RefusalWord::SignedOut),
            Err(error) => {
                tracing::warn!(build = %self.id, %error, "a run asked for a token and there was none");
                return BrokerAnswer::Refused(RefusalWord::Unavailable);
            }
        };
        let new = last.as_ref().is_none_or(|last| last.expose_secret() != credential.access_token.expose_secret());
        if new && self.builds.note_credential(self.id, &self.provider.id, "an access token, through the broker").await.is_err() {
            // What cannot be written down is not given.
            return BrokerAnswer::Refused(RefusalWord::Unavailable);
        }
        self.known.add(&credential.access_token);
        *last = Some(credential.access_token.clone());
        let left = credential.expires_at.map(|at| at - self.builds.0.environment.now());
        BrokerAnswer::Token { access_token: credential.access_token, expires_in: left.unwrap_or(time::Duration::HOUR) }
    }
}
