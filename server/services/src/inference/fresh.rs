//! Credentials that do not last: asked for anew before they expire, and once more when a provider refuses one.
//!
//! A key lasts until somebody changes it, so for keys nothing here asks the database.

use super::Inference;
use super::routes::Route;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{Answer, CallFailure, DeltaStream, Target};
use async_trait::async_trait;
use domain::connection::Connection;
use std::sync::Arc;

/// Where a route gets another credential when the one it has is no longer good.
#[async_trait]
pub trait FreshCredential: Send + Sync {
    /// The credential of `held` has expired or is about to. `None`: there is no other to be had.
    ///
    /// # Errors
    /// When there was one and its time is over for good ([`ServiceError::TokenExpired`]), or it cannot be had right now.
    async fn before_expiry(&self, connection: &Connection, held: &Target) -> ServiceResult<Option<Target>>;

    /// A provider answered 401 to the credential of `refused`. `None`: there is no other to be had, as with a key. When
    /// somebody else has got a fresh one meanwhile, that is the answer: compare with what was refused.
    ///
    /// # Errors
    /// As [`FreshCredential::before_expiry`].
    async fn after_refusal(&self, connection: &Connection, refused: &Target) -> ServiceResult<Option<Target>>;
}

/// For credentials that nothing can renew.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingFresh;

#[async_trait]
impl FreshCredential for NothingFresh {
    async fn before_expiry(&self, _: &Connection, _: &Target) -> ServiceResult<Option<Target>> {
        Ok(None)
    }

    async fn after_refusal(&self, _: &Connection, _: &Target) -> ServiceResult<Option<Target>> {
        Ok(None)
    }
}

/// Why a request did not get through.
pub(super) enum Fault {
    /// The provider, or the way to it.
    Call(CallFailure),
    /// There is no credential to send it with.
    Credential(ServiceError),
}

/// What comes back from an upstream before anything of it went on to the caller.
pub(super) trait FirstWord {
    /// The HTTP status, where it is part of the answer.
    fn status(&self) -> Option<u16>;
}

impl FirstWord for Answer {
    fn status(&self) -> Option<u16> {
        Some(self.status)
    }
}

impl FirstWord for DeltaStream {
    fn status(&self) -> Option<u16> {
        None
    }
}

impl Inference {
    /// Sends with the route's credential; if that is refused with 401 and another is to be had, once more with that.
    /// Nothing has gone back to the caller by then, so the second try is as good as the first.
    pub(super) async fn with_fresh<T, F>(&self, route: &Route, send: impl Fn(Arc<Target>) -> F + Send + Sync) -> Result<T, Fault>
    where
        T: FirstWord,
        F: Future<Output = Result<T, CallFailure>> + Send,
    {
        let target = self.unexpired(route).await.map_err(Fault::Credential)?;
        let first = send(Arc::clone(&target)).await;
        let status = match &first {
            Ok(answer) => answer.status(),
            Err(failure) => failure.status,
        };
        if status != Some(401) {
            return first.map_err(Fault::Call);
        }
        match self.fresh.after_refusal(&route.connection, &target).await {
            Ok(None) => first.map_err(Fault::Call),
            Ok(Some(fresh)) => {
                drop(first);
                send(route.renew(fresh)).await.map_err(Fault::Call)
            }
            Err(error) => Err(Fault::Credential(error)),
        }
    }

    /// The route's target, with a credential that has not expired as far as is known.
    async fn unexpired(&self, route: &Route) -> ServiceResult<Arc<Target>> {
        let held = route.target();
        let Some(expires_at) = held.expires_at else { return Ok(held) };
        let now = self.environment.now();
        if now < expires_at {
            return Ok(held);
        }
        match self.fresh.before_expiry(&route.connection, &held).await {
            Ok(Some(fresh)) => Ok(route.renew(fresh)),
            // Whether it is good after all is for the provider to say.
            Ok(None) => Ok(held),
            Err(error) => Err(error),
        }
    }
}
