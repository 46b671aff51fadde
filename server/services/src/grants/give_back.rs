//! Giving a sign-in back to the provider, once it is gone here. Best effort, and said so.

use super::Grants;
use crate::error::ServiceResult;
use crate::ports::TokenRequest;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::grant::{GrantSecrets, fingerprint};
use domain::people::Caller;
use domain::provider::Provider;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use vocab::{AuthMethod, GrantId, ProviderId};

/// How long a provider is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A signed-in grant, held in the hand before it is removed.
#[derive(Debug)]
pub struct Held {
    id: GrantId,
    provider_id: Option<ProviderId>,
    made_by: AuthMethod,
    secrets: Option<GrantSecrets>,
}

/// What became of a sign-in at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// There was none to give back.
    NotNeeded,
    /// Other providers use the same sign-in, so it stays.
    StillUsed {
        /// Their names.
        by: Vec<String>,
    },
    /// The provider ended it.
    Revoked {
        /// The provider's name.
        provider: String,
    },
    /// The provider has no place to give it back to.
    NoEndpoint {
        /// The provider's name.
        provider: String,
    },
    /// It could not be given back.
    Failed {
        /// The provider's name.
        provider: String,
        /// Why.
        message: String,
    },
}

impl Revocation {
    /// In words with a remedy; empty when there is nothing to say.
    pub fn words(&self) -> String {
        match self {
            Self::NotNeeded => String::new(),
            Self::StillUsed { by } => format!("{} still uses the same sign-in, so it was not revoked.", by.join(" and ")),
            Self::Revoked { provider } => format!("The sign-in was revoked at {provider}."),
            Self::NoEndpoint { provider } => {
                format!("{provider} has no way to revoke a sign-in from here; end the session in its account settings if you want to.")
            }
            Self::Failed { provider, message } => {
                format!("{provider} could not revoke the sign-in ({message}); end the session in its account settings.")
            }
        }
    }
}

impl Grants {
    /// Takes a signed-in grant in the hand, before whoever points at it is changed. `None` for a key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hold(&self, id: Option<GrantId>) -> ServiceResult<Option<Held>> {
        let Some(id) = id else { return Ok(None) };
        let Some(grant) = self.0.connections.grant(id).await? else { return Ok(None) };
        if grant.life.is_none() {
            return Ok(None);
        }
        let row = id.to_string();
        let text = self.0.ring.open_text(super::place(&row), &grant.sealed).ok();
        Ok(Some(Held {
            id,
            provider_id: grant.provider_id,
            made_by: grant.made_by,
            secrets: text.as_ref().and_then(GrantSecrets::from_sealed),
        }))
    }

    /// Gives it back, unless somebody here still uses it, and writes down what came of it.
    ///
    /// # Errors
    /// When the database does not answer; never because the provider does not.
    pub async fn give_back(&self, caller: &Caller, held: Option<Held>) -> ServiceResult<Revocation> {
        let Some(held) = held else { return Ok(Revocation::NotNeeded) };
        let users = self.0.grants.used_by(held.id).await?;
        if !users.is_empty() {
            let name = |id: &ProviderId| self.0.catalogue.get(id).map_or_else(|| id.to_string(), |provider| provider.name.clone());
            return Ok(Revocation::StillUsed { by: users.iter().map(name).collect() });
        }
        let (Some(id), Some(secrets)) = (&held.provider_id, &held.secrets) else { return Ok(Revocation::NotNeeded) };
        let revocation = self.revoke(id, held.made_by, secrets).await;
        let object = Object::Provider(id.clone());
        let trail = TrailBuilder::new(&self.0.environment, caller);
        let trail = match &revocation {
            Revocation::Failed { .. } => trail.failed(Action::GRANT_REVOKE, object, revocation.words()),
            _ => trail.done(Action::GRANT_REVOKE, object, revocation.words()),
        };
        self.0.audit.append(trail.build().audit).await?;
        Ok(revocation)
    }

    /// Gives tokens back that were never stored, or that nobody will use; only the log hears of it.
    pub(crate) async fn revoke_quietly(&self, id: Option<&ProviderId>, made_by: AuthMethod, secrets: &GrantSecrets) {
        let Some(id) = id else { return };
        let revocation = self.revoke(id, made_by, secrets).await;
        tracing::info!(provider = %id, token = fingerprint(&secrets.access_token), "{}", revocation.words());
    }

    async fn revoke(&self, id: &ProviderId, made_by: AuthMethod, secrets: &GrantSecrets) -> Revocation {
        let Some((provider, settings)) = Self::renewal(&self.0.catalogue, Some(id), made_by) else { return Revocation::NotNeeded };
        let provider: &Arc<Provider> = provider;
        let name = provider.name.clone();
        let Some(url) = settings.revoke_url.clone() else { return Revocation::NoEndpoint { provider: name } };
        // RFC 7009 §2.1: revoking the refresh token ends the access tokens made with it, too.
        let (token, hint) = match &secrets.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&secrets.access_token, "access_token"),
        };
        let mut fields = vec![("token", token.clone()), ("token_type_hint", SecretString::from(hint))];
        if let Some(client) = secrets.client_id.as_ref().or(settings.client_id.as_ref()) {
            fields.push(("client_id", client.clone().into()));
        }
        let request = TokenRequest { url, format: settings.revoke_format, fields, parameters: BTreeMap::new() };
        let failed = |message: String| Revocation::Failed { provider: name.clone(), message };
        match tokio::time::timeout(PATIENCE, self.0.endpoint.send(request)).await {
            Ok(Ok(reply)) if (200..300).contains(&reply.status) => Revocation::Revoked { provider: name },
            Ok(Ok(reply)) => failed(format!("HTTP {}", reply.status)),
            Ok(Err(none)) => failed(none.message),
            Err(_) => failed("no answer within ten seconds".to_owned()),
        }
    }
}
