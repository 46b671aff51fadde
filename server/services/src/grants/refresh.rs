//! One refresh, from the lease to the stored answer.

use super::flight::Waiting;
use super::{Grants, Look, Want};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{LeaseOwner, Rotation, StoreResult, TokenRequest, Trail};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::grant::{GrantSecrets, Life, Outcome, Refresh, TokenError, TokenErrorKind, Tokens, fingerprint, token_answer};
use domain::people::Caller;
use domain::provider::{Provider, Renewal};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep, timeout};
use vocab::GrantId;

/// A lease that nobody renews ends after this long: its holder is gone.
const LEASE: Duration = Duration::from_secs(20);
/// How often it is renewed while the provider is waited for.
const RENEWAL: Duration = Duration::from_secs(5);
/// How long somebody else's refresh is waited for. Longer than a lease, so that a dead holder's is taken over.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long those who wait are kept waiting while an answer is tried to be stored.
pub(super) const STORING: Duration = Duration::from_mins(1);
/// Pause after a fault of ours.
const BREATH: time::Duration = time::Duration::seconds(5);

impl Grants {
    /// Makes the grant as it is wanted, or says why not.
    pub(super) async fn refresh(&self, id: GrantId, want: &Want, waiting: &mut Waiting) -> Outcome {
        match self.refresh_once(id, want, waiting).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(grant = %id, error = %error, "a sign-in could not be refreshed by a fault of ours");
                Outcome::Transient { retry_at: self.0.environment.now() + BREATH, message: error.to_string() }
            }
        }
    }

    /// Until the lease is won or somebody else has done it.
    async fn refresh_once(&self, id: GrantId, want: &Want, waiting: &mut Waiting) -> ServiceResult<Outcome> {
        let (lease, until) = (format!("grant:{id}"), Instant::now() + PATIENCE);
        let mut pause = Duration::from_millis(50);
        loop {
            let Some((look, provider)) = self.look_again(id).await? else { return Ok(gone()) };
            if let Some(decided) = look.decided(want) {
                return Ok(decided);
            }
            let Some(token) = &look.secrets.refresh_token else { return Ok(gone()) };
            let owner = LeaseOwner(format!("{}:{}", self.0.process, fingerprint(token)));
            if self.0.installation.take_lease(&lease, &owner, LEASE).await? {
                let work = self.with_lease(id, want, &provider, waiting);
                let outcome = tokio::select! {
                    biased;
                    outcome = work => outcome,
                    never = self.keep(&lease, &owner) => match never {},
                };
                if let Err(error) = self.0.installation.release_lease(&lease, &owner).await {
                    tracing::debug!(%error, "a lease was not given back; it ends by itself");
                }
                return outcome;
            }
            if Instant::now() >= until {
                return Ok(Outcome::Transient { retry_at: look.now + BREATH, message: "another process is refreshing it".to_owned() });
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    /// Renews a lease for as long as it is polled.
    async fn keep(&self, lease: &str, owner: &LeaseOwner) -> Infallible {
        loop {
            sleep(RENEWAL).await;
            match self.0.installation.take_lease(lease, owner, LEASE).await {
                Ok(true) => {}
                Ok(false) => tracing::warn!(lease, "somebody else took a lease while the provider was waited for"),
                Err(error) => tracing::warn!(lease, %error, "a lease could not be renewed"),
            }
        }
    }

    /// The lease is ours: look once more, ask the provider, store what it said.
    async fn with_lease(&self, id: GrantId, want: &Want, provider: &Provider, waiting: &mut Waiting) -> ServiceResult<Outcome> {
        let Some((look, _)) = self.look_again(id).await? else { return Ok(gone()) };
        if let Some(decided) = look.decided(want) {
            return Ok(decided);
        }
        let renewal = Self::renewal(&self.0.catalogue, look.grant.provider_id.as_ref(), look.grant.made_by);
        let Some((_, settings)) = renewal else { return Ok(gone()) };
        let started = Instant::now();
        let answer = self.ask(&settings, &look.secrets).await;
        let (took, answered) = (started.elapsed(), Instant::now());
        let now = look.now + took;
        metrics::histogram!("purser_token_refresh_seconds", "provider" => provider.id.to_string()).record(took.as_secs_f64());
        let outcome = match answer {
            Ok(tokens) => self.renewed(&look, &tokens, &settings, now, waiting).await?,
            Err(error) => self.refused(&look, provider, &settings, error, now).await?,
        };
        if outcome == Outcome::Refreshed {
            // For as long as this takes, a kill loses the sign-in: the token is spent there and not stored here.
            metrics::histogram!("purser_token_store_seconds").record(answered.elapsed().as_secs_f64());
        }
        let word = match &outcome {
            Outcome::Refreshed => "refreshed",
            Outcome::AlreadyFresh => "already_fresh",
            Outcome::Transient { .. } => "transient",
            Outcome::Terminal { .. } => "terminal",
        };
        metrics::counter!("purser_token_refreshes_total", "provider" => provider.id.to_string(), "outcome" => word).increment(1);
        Ok(outcome)
    }

    async fn ask(&self, settings: &Renewal, secrets: &GrantSecrets) -> Result<Tokens, TokenError> {
        let Some(token) = &secrets.refresh_token else { return Err(TokenError::network(false, "there is no refresh token")) };
        let mut fields = vec![("grant_type", SecretString::from("refresh_token")), ("refresh_token", token.clone())];
        if let Some(client) = secrets.client_id.as_ref().or(settings.client_id.as_ref()) {
            fields.push(("client_id", client.clone().into()));
        }
        if let Some(resource) = &settings.resource {
            fields.push(("resource", resource.clone().into()));
        }
        let request = TokenRequest { url: settings.token_url.clone(), format: settings.token_format, fields, parameters: BTreeMap::new() };
        match self.0.endpoint.send(request).await {
            Ok(reply) => token_answer::read(reply.status, reply.retry_after, reply.body.expose_secret(), &settings.terminal),
            Err(none) => Err(TokenError::network(none.sent, none.message)),
        }
    }

    /// New tokens: nothing is done with them before they are stored. The old one is spent, so that is tried for as long as this process
    /// lives, and the lease keeps others from sending the old one meanwhile; only whoever waits is not kept waiting.
    async fn renewed(
        &self,
        look: &Look,
        tokens: &Tokens,
        settings: &Renewal,
        now: OffsetDateTime,
        waiting: &mut Waiting,
    ) -> ServiceResult<Outcome> {
        let secrets = tokens.merged(Some(&look.secrets));
        let [dice] = self.0.environment.entropy().bytes::<1>();
        let ends_at = tokens.refresh_ends_at(now, settings.refresh_token_lives).or(look.life.ends_at);
        let life = Life::begin(now, tokens.expires_in, secrets.refresh_token.is_some(), ends_at, dice);
        let sealed = Some(self.seal(look.grant.id, &secrets.to_sealable())?);
        let rotation = Rotation { id: look.grant.id, version: look.grant.version, sealed, life };
        let recovered = matches!(look.life.refresh, Refresh::Retrying { .. });
        // A busy grant is refreshed many times a day; the log needs one line of it.
        let entry = (recovered || look.life.issued_at.date() != now.date())
            .then(|| (Action::TOKEN_REFRESH, true, if recovered { "after a failure" } else { "" }.to_owned()));
        let mut storing = pin!(self.store(&rotation, look, entry));
        let stored = if let Ok(stored) = timeout(STORING, storing.as_mut()).await {
            stored
        } else {
            tracing::error!(grant = %rotation.id, "a refreshed sign-in is not stored yet; it is lost if Purser is killed now");
            let message = "the provider answered and Purser's database does not take the answer".to_owned();
            waiting.tell(Outcome::Transient { retry_at: now + BREATH, message });
            storing.await
        };
        if stored {
            return Ok(Outcome::Refreshed);
        }
        // Disconnected while we asked, most likely: what nobody will use is given back.
        if self.0.connections.grant(look.grant.id).await?.is_none() {
            self.revoke_quietly(look.grant.provider_id.as_ref(), look.grant.made_by, &secrets).await;
            return Ok(gone());
        }
        Ok(Outcome::AlreadyFresh)
    }

    /// No tokens: wait, or a person has to sign in again.
    async fn refused(
        &self,
        look: &Look,
        provider: &Provider,
        settings: &Renewal,
        error: TokenError,
        now: OffsetDateTime,
    ) -> ServiceResult<Outcome> {
        let first = !matches!(look.life.refresh, Refresh::Retrying { .. });
        let life = look.life.clone().after_failure(&error, now);
        let ended = error.kind == TokenErrorKind::Ended;
        let sealed = if ended {
            let spent = GrantSecrets { refresh_token: None, ..look.secrets.clone() };
            Some(self.seal(look.grant.id, &spent.to_sealable())?)
        } else {
            None
        };
        tracing::warn!(provider = %provider.id, code = error.code, status = error.status, ended, "a refresh brought no token: {}", error.message);
        if ended && error.code == "invalid_client" && settings.dynamic_client {
            self.forget_client(provider).await?;
        }
        let entry = (ended || first).then(|| (Action::TOKEN_REFRESH_FAILED, false, error.message.clone()));
        let retry_at = life.refresh_at().unwrap_or(now);
        // Not stored, it is asked again, and refused again: nothing is lost with it.
        let rotation = Rotation { id: look.grant.id, version: look.grant.version, sealed, life };
        drop(timeout(STORING, self.store(&rotation, look, entry)).await);
        let TokenError { code, message, .. } = error;
        Ok(if ended { Outcome::Terminal { code, message } } else { Outcome::Transient { retry_at, message } })
    }

    /// The registration itself is gone: the next sign-in asks for a new one.
    async fn forget_client(&self, provider: &Provider) -> ServiceResult<()> {
        let remembered = self.0.flows.remembered(&provider.id).await?;
        let remembered = domain::flow::Remembered { issued_client: None, subject: None, ..remembered };
        Ok(self.0.flows.remember(&provider.id, &remembered, Trail::default()).await?)
    }

    /// Stores, again and again until the database has taken it; `false` when the stored version was another one by then. Whoever
    /// waits for this decides for how long.
    pub(super) async fn store(&self, rotation: &Rotation, look: &Look, entry: Option<(Action, bool, String)>) -> bool {
        let mut pause = Duration::from_millis(100);
        loop {
            match self.store_once(rotation, look, entry.clone()).await {
                Ok(stored) => return stored,
                Err(error) => tracing::warn!(grant = %rotation.id, %error, "storing a refreshed sign-in; trying again"),
            }
            sleep(pause).await;
            // Soon enough to be there before anybody whose lease it might be by then.
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    async fn store_once(&self, rotation: &Rotation, look: &Look, entry: Option<(Action, bool, String)>) -> StoreResult<bool> {
        let mut users = self.0.grants.used_by(rotation.id).await?;
        if users.is_empty() {
            users.extend(look.grant.provider_id.clone());
        }
        let caller = Caller::system();
        let mut trail = TrailBuilder::new(&self.0.environment, &caller);
        if let (Some((action, good, detail)), Some(first)) = (entry, users.first()) {
            let object = Object::Provider(first.clone());
            trail = if good { trail.done(action, object, detail) } else { trail.failed(action, object, detail) };
        }
        for provider_id in users {
            trail = trail.event(Event::ConnectionChanged { provider_id });
        }
        self.0.grants.rotate(rotation, trail.build()).await
    }

    /// The grant as it is now, with the provider that refreshes it; `None` when it is gone.
    async fn look_again(&self, id: GrantId) -> ServiceResult<Option<(Look, std::sync::Arc<Provider>)>> {
        let Some(grant) = self.0.connections.grant(id).await? else { return Ok(None) };
        let Some((provider, _)) = Self::renewal(&self.0.catalogue, grant.provider_id.as_ref(), grant.made_by) else {
            return Err(ServiceError::NotFound("provider"));
        };
        let provider = provider.clone();
        let look = self.look(&provider, grant).await?;
        Ok(Some((look, provider)))
    }
}

impl Look {
    /// Is there nothing to ask the provider?
    fn decided(&self, want: &Want) -> Option<Outcome> {
        let fresh = match want {
            Want::Usable => self.life.usable(self.now),
            Want::Due => !self.life.due(self.now),
            Want::Another(refused) => fingerprint(&self.secrets.access_token) != *refused,
        };
        if fresh {
            return Some(Outcome::AlreadyFresh);
        }
        match &self.life.refresh {
            Refresh::Ended { code, message, .. } => Some(Outcome::Terminal { code: code.clone(), message: message.clone() }),
            Refresh::Never => Some(gone()),
            Refresh::Retrying { at, message, .. } if !self.life.may_refresh(self.now) => {
                Some(Outcome::Transient { retry_at: *at, message: message.clone() })
            }
            Refresh::Due { .. } | Refresh::Retrying { .. } => None,
        }
    }
}

/// There is nothing to refresh with.
fn gone() -> Outcome {
    Outcome::Terminal { code: String::new(), message: "the sign-in has ended".to_owned() }
}
