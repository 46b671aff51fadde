//! A pasted key: cleaned, verified at once, sealed.

use super::{Connections, Outcome};
use crate::credentials::base_url;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::Target;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::connection::{Activation, Check, Connection, Standing};
use domain::people::Caller;
use domain::provider::{BaseUrl, Provider, endpoint, key_hint};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use url::Url;
use vocab::{AuthMethod, ConnectionId, Permission, ProviderId};

/// The key form as filled in.
pub struct KeyForm {
    key: SecretString,
    address: Option<String>,
    version: Option<i64>,
}

impl KeyForm {
    /// `key` may be blank to keep the stored one; `version` is the one the page was made from, 0 for a new connection.
    pub fn new(key: impl Into<SecretString>, address: Option<String>, version: i64) -> Self {
        Self { key: key.into(), address, version: Some(version) }
    }

    /// For a program that has seen no version: only a change while the key is being verified is refused.
    pub fn of_any_version(key: impl Into<SecretString>, address: Option<String>) -> Self {
        Self { key: key.into(), address, version: None }
    }
}

/// A provider that a pasted key may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecognised {
    /// Which.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
}

/// A key form, checked: where to call and what to keep.
struct Checked {
    provider: Arc<Provider>,
    before: Option<Connection>,
    own_url: Option<Url>,
    new_key: Option<SecretString>,
    target: Target,
}

impl Connections {
    /// Which providers a pasted key may belong to, best guess first. A hint, never a refusal.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_provider_connections`.
    pub fn recognise_key(&self, caller: &Caller, key: &SecretString) -> ServiceResult<Vec<KeyRecognised>> {
        caller.require(Permission::ManageProviderConnections)?;
        let Ok(key) = key_hint::clean(key) else { return Ok(Vec::new()) };
        let named = |id: ProviderId| self.catalogue.get(&id).map(|p| KeyRecognised { id, name: p.name.clone() });
        Ok(key_hint::recognise(&self.catalogue, &key).into_iter().filter_map(named).collect())
    }

    /// Verifies a key with one call and saves it, unless the provider refuses it.
    ///
    /// # Errors
    /// [`ServiceError::CredentialRejected`] (nothing saved), [`ServiceError::Invalid`], or [`ServiceError::Conflict`] when
    /// the page was older than the connection.
    pub async fn connect_with_key(&self, caller: &Caller, id: &ProviderId, form: KeyForm) -> ServiceResult<Outcome> {
        caller.require_for(Permission::ManageProviderConnections, id)?;
        let version = form.version;
        let checked = self.check_form(id, form).await?;
        let check = self.client.verify(&checked.target).await;
        if !check.verdict.may_be_saved() {
            self.note_refusal(caller, &checked.provider, &check).await?;
            return Err(ServiceError::CredentialRejected { provider: checked.provider.name.clone(), message: check.message });
        }
        let mut outcome = Outcome::of_save(&checked.provider, &check);
        // A sign-in that a key takes the place of is given back.
        let held = self.grants.hold(checked.before.as_ref().and_then(|before| before.grant_id)).await?;
        let activation = self.activation(caller, checked, &check, version)?;
        self.activate(caller, activation, &check).await?;
        let given_back = self.grants.give_back(caller, held).await?.words();
        if !given_back.is_empty() {
            outcome.message = format!("{} {given_back}", outcome.message);
        }
        self.models.sync_in_background(id, &check);
        Ok(outcome)
    }

    async fn check_form(&self, id: &ProviderId, form: KeyForm) -> ServiceResult<Checked> {
        let provider = self.credentials.provider(id)?;
        let method = provider
            .method(AuthMethod::ApiKey)
            .ok_or_else(|| ServiceError::MethodUnavailable(format!("{} does not connect with an API key.", provider.name)))?;
        if let Some(why) = &method.unavailable {
            return Err(ServiceError::MethodUnavailable(why.clone()));
        }
        let before = self.repo.of_provider(id).await?;
        let own_url = own_url(&provider, before.as_ref(), form.address.as_deref())?;
        let new_key = cleaned(&form.key)?;
        if let Some(plan) = new_key.as_ref().and_then(|key| key_hint::plan_token(&self.catalogue, key)) {
            return Err(ServiceError::field(
                "key",
                format!("this is a plan's sign-in token ({plan}), not an API key; the vendor does not allow it here"),
            ));
        }
        let base_url = base_url(&provider, AuthMethod::ApiKey, own_url.as_ref())?;
        if new_key.is_none() && before.as_ref().is_some_and(|before| goes_elsewhere(&provider, before, &base_url)) {
            return Err(ServiceError::field("key", "paste the key again: the stored one is not sent to another address"));
        }
        let credential = match (&new_key, &before) {
            (Some(key), _) => key.clone(),
            (None, Some(connection)) if connection.method == AuthMethod::ApiKey => self.stored_key(connection).await?,
            (None, _) => return Err(ServiceError::field("key", format!("paste a key from {}", provider.name))),
        };
        let target = Target::new(provider.clone(), AuthMethod::ApiKey, base_url, Some(credential));
        Ok(Checked { provider, before, own_url, new_key, target })
    }

    async fn stored_key(&self, connection: &Connection) -> ServiceResult<SecretString> {
        let target = self.credentials.target(connection).await?;
        target.credential.ok_or_else(|| ServiceError::field("key", "paste a key"))
    }

    fn activation(&self, caller: &Caller, checked: Checked, check: &Check, version: Option<i64>) -> ServiceResult<Activation> {
        let Checked { provider, before, own_url, new_key, .. } = checked;
        let now = self.environment.now();
        let grant = new_key.as_ref().map(|key| self.grants.of_key(key)).transpose()?;
        let kept = before.as_ref().filter(|_| new_key.is_none());
        let connection = Connection {
            id: before.as_ref().map_or_else(|| ConnectionId::new(self.environment.uuid()), |c| c.id),
            provider_id: provider.id.clone(),
            method: AuthMethod::ApiKey,
            grant_id: grant.as_ref().map(|g| g.id).or_else(|| kept.and_then(|c| c.grant_id)),
            base_url: own_url,
            key_hint: new_key.as_ref().map(key_hint::hint).or_else(|| kept.and_then(|c| c.key_hint.clone())),
            account: check.account.clone(),
            connected_by: caller.actor.user_id(),
            connected_by_name: caller.actor.name().to_owned(),
            connected_at: now,
            standing: Standing::after(None, check, now),
            enabled: true,
            version: version.unwrap_or_else(|| before.as_ref().map_or(0, |c| c.version)),
        };
        let trigger = match &before {
            Some(c) if c.method != AuthMethod::ApiKey => "method_switch",
            Some(c) if !c.enabled => "re_enabled",
            _ => "api_key",
        };
        Ok(Activation { connection, grant, siblings: Vec::new(), finishes: None, trigger, actor: caller.actor.clone() })
    }

    async fn note_refusal(&self, caller: &Caller, provider: &Provider, check: &Check) -> ServiceResult<()> {
        let trail = TrailBuilder::new(&self.environment, caller)
            .failed(Action::CONNECT_REFUSED, Object::Provider(provider.id.clone()), check.message.clone())
            .build();
        Ok(self.audit.append(trail.audit).await?)
    }
}

/// The typed key without what copying drags along; `None` when the field was left blank.
fn cleaned(key: &SecretString) -> ServiceResult<Option<SecretString>> {
    if key.expose_secret().trim().is_empty() {
        return Ok(None);
    }
    key_hint::clean(key).map(Some).map_err(|error| ServiceError::field("key", error.to_string()))
}

/// Is this another server than the one the stored key was given for?
fn goes_elsewhere(provider: &Provider, before: &Connection, next: &Url) -> bool {
    base_url(provider, before.method, before.base_url.as_ref()).is_ok_and(|known| known.origin() != next.origin())
}

/// The operator's endpoint: typed now, kept from before, or not asked for.
pub(super) fn own_url(provider: &Provider, before: Option<&Connection>, typed: Option<&str>) -> ServiceResult<Option<Url>> {
    let BaseUrl::Operator(field) = &provider.base_url else { return Ok(None) };
    match typed.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => endpoint::resolve(field, text).map(Some).map_err(|error| ServiceError::field("address", error.to_string())),
        None => Ok(before.and_then(|connection| connection.base_url.clone())),
    }
}
