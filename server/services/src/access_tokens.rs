//! Our access tokens: made, listed, revoked, and believed.

use crate::Ports;
use crate::caches::{Caches, KnownToken};
use crate::environment::Environment;
use crate::error::{FieldErrors, ServiceError, ServiceResult};
use crate::ports::AccessTokenRepo;
use crate::trail::TrailBuilder;
use domain::access_token::{AccessToken, TokenLimits, issue, read};
use domain::audit::{Action, Object, Origin};
use domain::events::Event;
use domain::people::Caller;
use secrecy::SecretString;
use std::sync::Arc;
use time::Duration;
use vocab::{AccessTokenId, Permission, ProviderId, Role, Scope, UserId};

/// A new token as asked for.
#[derive(Debug, Clone, Default)]
pub struct TokenForm {
    /// As shown; 1 to 80 characters.
    pub name: String,
    /// At least one.
    pub scopes: Vec<Scope>,
    /// Only these providers; empty means all.
    pub providers: Vec<ProviderId>,
    /// Only these models; empty means all.
    pub models: Vec<String>,
    /// Days until it stops by itself; `None` means never.
    pub days: Option<u32>,
}

/// A token with its creator's name.
#[derive(Debug, Clone)]
pub struct ListedToken {
    /// The row.
    pub token: AccessToken,
    /// Who made it.
    pub created_by: String,
    /// Is it good now?
    pub live: bool,
}

/// A token just made; the secret is shown once.
pub struct IssuedToken {
    /// The whole token.
    pub secret: SecretString,
    /// As listed.
    pub listed: ListedToken,
}

/// Access tokens' use cases.
#[derive(Clone)]
pub struct AccessTokens {
    tokens: Arc<dyn AccessTokenRepo>,
    caches: Arc<Caches>,
    environment: Environment,
}

impl AccessTokens {
    /// Wires the use cases.
    pub fn new(ports: &Ports, caches: Arc<Caches>, environment: Environment) -> Self {
        Self { tokens: ports.access_tokens.clone(), caches, environment }
    }

    /// Makes a token for the person asking.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] naming the fields.
    pub async fn create(&self, caller: &Caller, form: TokenForm) -> ServiceResult<IssuedToken> {
        let creator = caller.actor.user_id().ok_or(ServiceError::SignedOut)?;
        self.create_for(caller, creator, caller.actor.name(), caller.role(), form).await
    }

    /// Makes a token in somebody's name; the command line does.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] naming the fields.
    pub async fn create_for(
        &self,
        caller: &Caller,
        creator: UserId,
        creator_name: &str,
        role: Role,
        form: TokenForm,
    ) -> ServiceResult<IssuedToken> {
        caller.require(Permission::ManageAccessTokens)?;
        check(&form, role)?;
        within(caller, &form)?;
        let now = self.environment.now();
        let new = issue(self.environment.entropy());
        let token = AccessToken {
            id: AccessTokenId::new(self.environment.uuid()),
            created_by: creator,
            name: form.name.trim().to_owned(),
            public_id: new.public_id,
            secret_hash: new.secret_hash,
            limits: TokenLimits { scopes: form.scopes, providers: form.providers, models: form.models },
            created_at: now,
            expires_at: form.days.map(|days| now + Duration::days(days.into())),
            revoked_at: None,
            last_used_at: None,
        };
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(Action::TOKEN_CREATE, Object::AccessToken(token.id), token.name.clone())
            .event(Event::AccessTokenChanged { token_id: token.id });
        self.tokens.add(&token, trail.build()).await?;
        Ok(IssuedToken { secret: new.secret, listed: ListedToken { live: true, created_by: creator_name.to_owned(), token } })
    }

    /// Every token, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_access_tokens`.
    pub async fn list(&self, caller: &Caller) -> ServiceResult<Vec<ListedToken>> {
        caller.require(Permission::ManageAccessTokens)?;
        let now = self.environment.now();
        let rows = self.tokens.list().await?;
        Ok(rows.into_iter().map(|(token, created_by)| ListedToken { live: token.is_live(now), created_by, token }).collect())
    }

    /// Stops a token at once, on every replica within a second.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn revoke(&self, caller: &Caller, id: AccessTokenId) -> ServiceResult<()> {
        caller.require(Permission::ManageAccessTokens)?;
        let token = self.tokens.get(id).await?.ok_or(ServiceError::NotFound("access token"))?;
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(Action::TOKEN_REVOKE, Object::AccessToken(id), token.name)
            .event(Event::AccessTokenChanged { token_id: id });
        self.tokens.revoke(id, self.environment.now(), trail.build()).await?;
        self.caches.forget_token(id);
        Ok(())
    }

    /// The caller behind a presented token. Warm, it asks no database.
    ///
    /// # Errors
    /// [`ServiceError::SignedOut`] for a token that is unknown, revoked, expired, or whose creator is disabled.
    pub async fn caller_of(&self, presented: &SecretString, origin: Origin) -> ServiceResult<Caller> {
        let presented = read(presented).ok_or(ServiceError::SignedOut)?;
        let known = match self.caches.token(presented.public_id) {
            Some(known) => known,
            None => self.look_up(presented.public_id).await?,
        };
        let now = self.environment.now();
        if !known.token.matches(&presented) || !known.token.is_live(now) || !known.creator_active {
            return Err(ServiceError::SignedOut);
        }
        self.caches.note_use(known.token.id, now);
        Ok(Caller::token(known.token.id, known.token.created_by, known.token.name.clone(), known.role, known.limits.clone(), origin))
    }

    /// Writes down when tokens were last used; a job calls it.
    ///
    /// # Errors
    /// When the database does not answer; the uses are kept for the next time.
    pub async fn flush_uses(&self) -> ServiceResult<()> {
        let uses = self.caches.take_uses();
        if uses.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.tokens.touch(&uses).await {
            self.caches.give_back_uses(&uses);
            return Err(error.into());
        }
        Ok(())
    }

    async fn look_up(&self, public_id: &str) -> ServiceResult<Arc<KnownToken>> {
        let mark = self.caches.mark();
        let (token, creator) = self.tokens.find(public_id).await?.ok_or(ServiceError::SignedOut)?;
        let known =
            Arc::new(KnownToken { limits: Arc::new(token.limits.clone()), role: creator.role, creator_active: creator.is_active(), token });
        self.caches.remember_token(mark, known.clone());
        Ok(known)
    }
}

/// A token limited to some providers or models may not hand out more of them than it has.
fn within(caller: &Caller, form: &TokenForm) -> ServiceResult<()> {
    let Some(own) = caller.limits() else { return Ok(()) };
    let providers = own.providers.is_empty() || (!form.providers.is_empty() && form.providers.iter().all(|id| own.providers.contains(id)));
    let models = own.models.is_empty() || (!form.models.is_empty() && form.models.iter().all(|model| own.models.contains(model)));
    let mut errors = FieldErrors::default();
    if !providers {
        errors.add("providers", "this access token can only make tokens for its own providers");
    }
    if !models {
        errors.add("models", "this access token can only make tokens for its own models");
    }
    errors.check()
}

fn check(form: &TokenForm, role: Role) -> ServiceResult<()> {
    let mut errors = FieldErrors::default();
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        errors.add("name", "enter a name of at most 80 characters");
    }
    if form.scopes.is_empty() {
        errors.add("scopes", "choose at least one thing the token may be used for");
    }
    if form.days.is_some_and(|days| days == 0 || days > 3650) {
        errors.add("days", "choose between 1 and 3650 days, or never");
    }
    if form.scopes.contains(&Scope::Inference) && !role.may(Permission::UseInference) {
        errors.add("scopes", "your role may not send inference");
    }
    errors.check()
}
