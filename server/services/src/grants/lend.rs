//! What a build gets of a sign-in: an access token, or for one run at a time the whole of it.

use super::refresh::STORING;
use super::{Grants, Look, Want};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{LeaseOwner, Rotation};
use domain::cli::CliCredential;
use domain::grant::{GrantSecrets, Life, Refresh, fingerprint};
use domain::provider::Provider;
use secrecy::SecretString;
use std::time::Duration;
use tokio::time::timeout;
use vocab::{AuthMethod, GrantId};

/// A lent token should live at least this long: programs take one that is about to end for ended (five minutes, measured).
const LENT_FOR: time::Duration = time::Duration::minutes(15);
/// A hold on a handed-over sign-in that nobody renews ends after this long.
const LEASE: Duration = Duration::from_secs(30);

/// A sign-in that one run has to itself. Nobody refreshes it until it is given back.
#[derive(Debug)]
pub struct HandedOver {
    id: GrantId,
    lease: String,
    owner: LeaseOwner,
    /// As it was handed over, or last taken back.
    pub credential: CliCredential,
}

impl Grants {
    /// An access token for a run that borrows, without anything that could fetch another.
    ///
    /// # Errors
    /// As [`Grants::access_token`]; [`ServiceError::Invalid`] for an API key, which is never lent.
    pub async fn lend(&self, provider: &Provider, id: GrantId) -> ServiceResult<CliCredential> {
        let look = self.long_lived(provider, id).await?;
        let mut credential = self.written(provider, &look);
        credential.refresh_token = None;
        Ok(credential)
    }

    /// Another token for a run than the one that was refused, or is about to end; the same when there is no other to be had yet.
    ///
    /// # Errors
    /// As [`Grants::access_token`].
    pub async fn lend_another(&self, provider: &Provider, id: GrantId, last: Option<&SecretString>) -> ServiceResult<CliCredential> {
        if let Some(last) = last {
            self.after_refusal(provider, id, last).await?;
        }
        self.lend(provider, id).await
    }

    /// The whole sign-in, for one run; `None` while somebody else holds it or refreshes it.
    ///
    /// # Errors
    /// As [`Grants::access_token`].
    pub async fn hand_over(&self, provider: &Provider, id: GrantId, run: &str) -> ServiceResult<Option<HandedOver>> {
        let (lease, owner) = (format!("grant:{id}"), LeaseOwner(format!("{}:build:{run}", self.0.process)));
        // Made fresh before the lease is taken: while a run has the sign-in, nobody else refreshes it.
        self.long_lived(provider, id).await?;
        if !self.0.installation.take_lease(&lease, &owner, LEASE).await? {
            return Ok(None);
        }
        let look = async { self.look(provider, self.grant(provider, id).await?).await };
        match look.await {
            Ok(look) => Ok(Some(HandedOver { id, lease, owner, credential: self.written(provider, &look) })),
            Err(error) => {
                drop(self.0.installation.release_lease(&lease, &owner).await);
                Err(error)
            }
        }
    }

    /// Renews the hold; `false` when it was lost.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_handed_over(&self, handed: &HandedOver) -> ServiceResult<bool> {
        Ok(self.0.installation.take_lease(&handed.lease, &handed.owner, LEASE).await?)
    }

    /// Stores what the run has made of the sign-in; `false` when it is as it was.
    ///
    /// # Errors
    /// As [`Grants::access_token`].
    pub async fn take_back(&self, provider: &Provider, handed: &mut HandedOver, now: CliCredential) -> ServiceResult<bool> {
        let same = |a: Option<&SecretString>, b: Option<&SecretString>| a.map(fingerprint) == b.map(fingerprint);
        let kept = &handed.credential;
        let unchanged = same(Some(&now.access_token), Some(&kept.access_token));
        if unchanged && (now.refresh_token.is_none() || same(now.refresh_token.as_ref(), kept.refresh_token.as_ref())) {
            return Ok(false);
        }
        let look = self.look(provider, self.grant(provider, handed.id).await?).await?;
        if !same(look.secrets.refresh_token.as_ref(), kept.refresh_token.as_ref()) {
            // Renewed here after the hold was lost, or signed in anew: what the run has is older.
            return Ok(false);
        }
        let secrets = GrantSecrets {
            access_token: now.access_token.clone(),
            refresh_token: now.refresh_token.clone().or_else(|| look.secrets.refresh_token.clone()),
            ..look.secrets.clone()
        };
        let expires_in = now.expires_at.map(|at| at - self.0.environment.now());
        let [dice] = self.0.environment.entropy().bytes::<1>();
        let life = Life::begin(look.now, expires_in, secrets.refresh_token.is_some(), look.life.ends_at, dice);
        let sealed = Some(self.seal(handed.id, &secrets.to_sealable())?);
        let rotation = Rotation { id: handed.id, version: look.grant.version, sealed, life };
        // A stop of this process waits for it: what the run began with is spent.
        let _hold = self.0.unbroken.go_on();
        let stored = timeout(STORING, self.store(&rotation, &look, None)).await;
        let stored = stored.map_err(|_| ServiceError::internal("the database does not take a sign-in back"))?;
        if stored {
            handed.credential = now;
        }
        Ok(stored)
    }

    /// Gives the hold back: from here on Purser refreshes again.
    pub async fn end_hand_over(&self, handed: HandedOver) {
        if let Err(error) = self.0.installation.release_lease(&handed.lease, &handed.owner).await {
            tracing::debug!(%error, "a lease was not given back; it ends by itself");
        }
    }

    /// The grant with an access token that lives long enough, where such a one can be had.
    async fn long_lived(&self, provider: &Provider, id: GrantId) -> ServiceResult<Look> {
        let key =
            || ServiceError::field("provider_id", "builds borrow a sign-in; an API key is never lent. Sign in to this provider first");
        self.access_token(provider, id).await?.good_until.ok_or_else(key)?;
        let look = self.look(provider, self.grant(provider, id).await?).await?;
        let left = look.life.access_expires_at - look.now;
        if look.life.refresh == Refresh::Never || left >= LENT_FOR.min(look.life.lifetime() / 2) {
            return Ok(look);
        }
        // A failure is no matter as long as the one at hand is good.
        drop(self.fly(id, Want::Another(fingerprint(&look.secrets.access_token))).await);
        self.look(provider, self.grant(provider, id).await?).await
    }

    /// As the provider's program keeps it.
    fn written(&self, provider: &Provider, look: &Look) -> CliCredential {
        let device = provider.method(AuthMethod::DeviceCode).and_then(|method| method.device.as_ref());
        let origin = device.and_then(|device| device.token_url.as_ref()).map(|url| url.origin().ascii_serialization());
        let own = device.and_then(|device| device.client_id.clone());
        CliCredential {
            access_token: look.secrets.access_token.clone(),
            refresh_token: look.secrets.refresh_token.clone(),
            id_token: None,
            // Two clocks may differ; how much time is left does not.
            expires_at: Some(self.0.environment.now() + (look.life.access_expires_at - look.now)),
            account_id: look.secrets.account_id.clone(),
            user_id: look.secrets.subject.clone(),
            email: None,
            issuer: origin,
            client_id: own.or_else(|| look.secrets.client_id.clone()),
        }
    }
}
