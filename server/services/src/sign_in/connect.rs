//! From what the provider granted to connections: verified by one call, then through the one door.

use super::SignIn;
use super::exchange::{Exchanged, Failed};
use super::finish::{Granted, internal};
use crate::credentials::base_url;
use crate::grants::account_header;
use crate::ports::conflict::{FLOW_ENDED, STALE_VERSION};
use crate::ports::{StoreError, Target};
use domain::connection::{Activation, Check, Connection, Standing};
use domain::flow::OAuthFlow;
use domain::grant::Grant;
use domain::people::Caller;
use domain::provider::{Provider, key_hint};
use std::sync::Arc;
use url::Url;
use vocab::{AuthMethod, ConnectionId, FlowFailure, GrantId, ProviderId};

/// How often a connection that only a check has touched meanwhile is written again.
const TRIES: u32 = 3;

impl SignIn {
    /// Verifies what was granted and connects the provider, with everybody who shares its sign-in, unless it is refused.
    pub(super) async fn connect(
        &self,
        caller: &Caller,
        provider: &Arc<Provider>,
        flow: &OAuthFlow,
        granted: Granted,
    ) -> Result<(), Failed> {
        let unwanted = granted.secrets.clone();
        let done = self.verify_and_activate(caller, provider, flow, granted).await;
        done.map_err(|failed| match &unwanted {
            Some(secrets) => failed.giving_back(secrets),
            None => failed,
        })
    }

    async fn verify_and_activate(
        &self,
        caller: &Caller,
        provider: &Arc<Provider>,
        flow: &OAuthFlow,
        granted: Granted,
    ) -> Result<(), Failed> {
        let before = self.stored(&provider.id).await?;
        let target = Self::target(provider, before.as_ref(), &granted)?;
        let check = self.0.ports.provider_client.verify(&target).await;
        if !check.verdict.may_be_saved() {
            return Err(Failed::new(FlowFailure::ProviderRefused, check.message));
        }
        let grant = match (&granted.credential, &granted.secrets, &granted.life) {
            (Exchanged::Key(key), ..) => self.0.credentials.grants().of_key(key),
            (_, Some(secrets), Some(life)) => self.0.credentials.grants().of_tokens(&provider.id, secrets, life.clone()),
            _ => return Err(Failed::new(FlowFailure::Internal, "")),
        };
        let grant = grant.map_err(|error| internal(&error))?;
        let mut now_stored = before.clone();
        for _ in 0..TRIES {
            if !same(before.as_ref(), now_stored.as_ref()) {
                return Err(Failed::new(FlowFailure::Overtaken, ""));
            }
            let plan = Plan { caller, provider, granted: &granted, check: &check, target: &target, grant: &grant };
            let activation = self.activation(&plan, flow, now_stored.as_ref()).await?;
            let shared: Vec<ProviderId> = activation.siblings.iter().map(|sibling| sibling.provider_id.clone()).collect();
            match self.0.connections.activate_signed_in(caller, activation, &check).await {
                Ok(_) => {
                    for id in std::iter::once(&provider.id).chain(&shared) {
                        self.0.connections.sync_in_background(id, &check);
                    }
                    return Ok(());
                }
                // A check may have written the same connection; a person's change is not overwritten.
                Err(StoreError::Conflict(STALE_VERSION)) => now_stored = self.stored(&provider.id).await?,
                Err(StoreError::Conflict(FLOW_ENDED)) => return Err(Failed::new(FlowFailure::Overtaken, "")),
                Err(error) => return Err(internal(&error)),
            }
        }
        Err(Failed::new(FlowFailure::Overtaken, ""))
    }

    /// What is called with what was granted.
    fn target(provider: &Arc<Provider>, before: Option<&Connection>, granted: &Granted) -> Result<Target, Failed> {
        let method = method_of(granted);
        let own = before.filter(|before| before.method == method).and_then(|before| before.base_url.as_ref());
        let base_url = base_url(provider, method, own).map_err(|error| internal(&error))?;
        let credential = match &granted.credential {
            Exchanged::Tokens(tokens) => tokens.access_token.clone(),
            Exchanged::Key(key) => key.clone(),
        };
        let mut target = Target::new(provider.clone(), method, base_url, Some(credential));
        if let (Ok((_, settings)), Some(secrets)) = (Self::settings(provider), &granted.secrets) {
            target.headers = account_header(settings, secrets);
        }
        Ok(target)
    }

    async fn activation(&self, plan: &Plan<'_>, flow: &OAuthFlow, before: Option<&Connection>) -> Result<Activation, Failed> {
        let method = method_of(plan.granted);
        let trigger = match before {
            Some(before) if before.method != method => "method_switch",
            Some(before) if !before.enabled => "re_enabled",
            _ => "oauth",
        };
        let own = before.filter(|before| before.method == method).and_then(|before| before.base_url.clone());
        let connection = self.connection(plan, &plan.provider.id, before, own);
        Ok(Activation {
            connection,
            siblings: self.siblings(plan).await?,
            grant: Some(plan.grant.clone()),
            finishes: Some(self.succeeded(flow).await?),
            trigger,
            actor: plan.caller.actor.clone(),
        })
    }

    /// Other providers that the same grant connects: those that are not connected, or by the same sign-in already. What an operator
    /// connected otherwise, or switched off, is left alone.
    async fn siblings(&self, plan: &Plan<'_>) -> Result<Vec<Connection>, Failed> {
        let Ok((_, settings)) = Self::settings(plan.provider) else { return Ok(Vec::new()) };
        let mut siblings = Vec::new();
        for id in &settings.shared_with {
            let Ok(provider) = self.0.credentials.provider(id) else { continue };
            let stored = self.stored(id).await?;
            if !self.follows(plan, stored.as_ref()).await? {
                continue;
            }
            // The token is good where it was issued for, which may be another endpoint than the sibling's own sign-in uses.
            let own = base_url(&provider, AuthMethod::OAuth, None).ok();
            let elsewhere = (own.as_ref() != Some(&plan.target.base_url)).then(|| plan.target.base_url.clone());
            siblings.push(self.connection(plan, id, stored.as_ref(), elsewhere));
        }
        Ok(siblings)
    }

    async fn follows(&self, plan: &Plan<'_>, stored: Option<&Connection>) -> Result<bool, Failed> {
        let Some(stored) = stored else { return Ok(true) };
        let Some(grant) = stored.grant_id.filter(|_| stored.enabled) else { return Ok(false) };
        let grant = self.0.ports.connections.grant(grant).await.map_err(|error| internal(&error))?;
        Ok(grant.is_some_and(|grant| grant.provider_id.as_ref() == Some(&plan.provider.id)))
    }

    fn connection(&self, plan: &Plan<'_>, id: &ProviderId, before: Option<&Connection>, base_url: Option<Url>) -> Connection {
        let now = self.0.environment.now();
        Connection {
            id: before.map_or_else(|| ConnectionId::new(self.0.environment.uuid()), |before| before.id),
            provider_id: id.clone(),
            method: method_of(plan.granted),
            grant_id: Some(plan.grant.id),
            base_url,
            key_hint: match &plan.granted.credential {
                Exchanged::Key(key) => Some(key_hint::hint(key)),
                Exchanged::Tokens(_) => None,
            },
            account: plan.granted.account.clone().or_else(|| plan.check.account.clone()),
            connected_by: plan.caller.actor.user_id(),
            connected_by_name: plan.caller.actor.name().to_owned(),
            connected_at: now,
            standing: Standing::after(None, plan.check, now),
            enabled: true,
            version: before.map_or(0, |before| before.version),
        }
    }

    async fn stored(&self, id: &ProviderId) -> Result<Option<Connection>, Failed> {
        self.0.ports.connections.of_provider(id).await.map_err(|error| internal(&error))
    }
}

/// What is about to be connected.
struct Plan<'a> {
    caller: &'a Caller,
    provider: &'a Arc<Provider>,
    granted: &'a Granted,
    check: &'a Check,
    target: &'a Target,
    grant: &'a Grant,
}

/// A key that came of a sign-in is a key from then on.
fn method_of(granted: &Granted) -> AuthMethod {
    match granted.credential {
        Exchanged::Tokens(_) => AuthMethod::OAuth,
        Exchanged::Key(_) => AuthMethod::ApiKey,
    }
}

/// Is it what a person left behind, whatever checks said since?
fn same(before: Option<&Connection>, now: Option<&Connection>) -> bool {
    type Left<'a> = (ConnectionId, AuthMethod, Option<GrantId>, bool, Option<&'a Url>);
    fn left(connection: &Connection) -> Left<'_> {
        (connection.id, connection.method, connection.grant_id, connection.enabled, connection.base_url.as_ref())
    }
    before.map(left) == now.map(left)
}
