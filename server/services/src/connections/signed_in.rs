//! From what a sign-in granted to connections: verified by one call, then through the one door.

use super::Connections;
use crate::credentials::base_url;
use crate::error::ServiceError;
use crate::grants::Held;
use crate::ports::conflict::{FLOW_ENDED, STALE_VERSION};
use crate::ports::{StoreError, Target};
use domain::connection::{Activation, Check, Connection, Finished, Standing};
use domain::grant::Grant;
use domain::people::Caller;
use domain::provider::Provider;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use url::Url;
use vocab::{AuthMethod, ConnectionId, GrantId, ProviderId};

/// How often a connection that only a check has touched meanwhile is written again.
const TRIES: u32 = 3;

/// What a sign-in granted, and how it ends.
pub(crate) struct SignedIn<'a> {
    /// At which provider.
    pub provider: &'a Arc<Provider>,
    /// How the connection authenticates from now on.
    pub method: AuthMethod,
    /// What calls are made with.
    pub credential: SecretString,
    /// Headers that go with it.
    pub headers: BTreeMap<String, SecretString>,
    /// The sealed credential.
    pub grant: Grant,
    /// Last characters of a key.
    pub key_hint: Option<String>,
    /// Who signed in, as shown.
    pub account: Option<String>,
    /// Other providers that the same grant connects.
    pub shared_with: &'a [ProviderId],
    /// The sign-in, as it shall be.
    pub ends: Finished,
    /// What made it active, where nothing was connected before: `oauth`, `device_code`.
    pub trigger: &'static str,
}

/// No connection came of it.
#[derive(Debug)]
pub(crate) enum NotConnected {
    /// The provider refuses the credential; its words.
    Refused(String),
    /// Somebody else connected or disconnected the provider meanwhile, or ended the sign-in.
    Overtaken,
    /// A fault of ours.
    Fault(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for NotConnected {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

/// Everything that is known just before the write.
struct Plan<'a> {
    caller: &'a Caller,
    signed_in: &'a SignedIn<'a>,
    check: &'a Check,
    target: &'a Target,
}

impl Connections {
    /// Verifies what was granted and connects the provider, with everybody who shares its sign-in, unless it is refused.
    pub(crate) async fn connect_signed_in(&self, caller: &Caller, signed_in: &SignedIn<'_>) -> Result<(), NotConnected> {
        let id = &signed_in.provider.id;
        let before = self.repo.of_provider(id).await?;
        let target = target(signed_in, before.as_ref())?;
        let check = self.client.verify(&target).await;
        if !check.verdict.may_be_saved() {
            return Err(NotConnected::Refused(check.message));
        }
        let mut now_stored = before.clone();
        for _ in 0..TRIES {
            if !same(before.as_ref(), now_stored.as_ref()) {
                return Err(NotConnected::Overtaken);
            }
            let plan = Plan { caller, signed_in, check: &check, target: &target };
            let activation = self.signed_in_activation(&plan, now_stored.as_ref()).await?;
            let connected: Vec<ProviderId> =
                std::iter::once(&activation.connection).chain(&activation.siblings).map(|one| one.provider_id.clone()).collect();
            // What it takes the place of is given back, as by a disconnect.
            let replaced = self.held_by(&connected).await?;
            match self.activate(caller, activation, &check).await {
                Ok(_) => {
                    for id in &connected {
                        self.models.sync_in_background(id, &check);
                    }
                    self.give_back_all(caller, replaced).await;
                    return Ok(());
                }
                // A check may have written the same connection; a person's change is not overwritten.
                Err(StoreError::Conflict(STALE_VERSION)) => now_stored = self.repo.of_provider(id).await?,
                Err(StoreError::Conflict(FLOW_ENDED)) => return Err(NotConnected::Overtaken),
                Err(error) => return Err(error.into()),
            }
        }
        Err(NotConnected::Overtaken)
    }

    /// The sign-ins that these providers use until now.
    async fn held_by(&self, ids: &[ProviderId]) -> Result<Vec<Held>, NotConnected> {
        let mut grants = BTreeSet::new();
        for id in ids {
            grants.extend(self.repo.of_provider(id).await?.and_then(|connection| connection.grant_id));
        }
        let mut held = Vec::new();
        for id in grants {
            held.extend(self.grants.hold(Some(id)).await?);
        }
        Ok(held)
    }

    /// The new sign-in stands, whatever becomes of the old ones.
    async fn give_back_all(&self, caller: &Caller, replaced: Vec<Held>) {
        for held in replaced {
            if let Err(error) = self.grants.give_back(caller, Some(held)).await {
                tracing::warn!(%error, "what became of a sign-in that another one took the place of could not be written down");
            }
        }
    }

    async fn signed_in_activation(&self, plan: &Plan<'_>, before: Option<&Connection>) -> Result<Activation, NotConnected> {
        let signed_in = plan.signed_in;
        let trigger = match before {
            Some(before) if before.method != signed_in.method => "method_switch",
            Some(before) if !before.enabled => "re_enabled",
            _ => signed_in.trigger,
        };
        let own = before.filter(|before| before.method == signed_in.method).and_then(|before| before.base_url.clone());
        Ok(Activation {
            connection: self.signed_in_connection(plan, &signed_in.provider.id, before, own),
            siblings: self.siblings(plan).await?,
            grant: Some(signed_in.grant.clone()),
            finishes: Some(signed_in.ends.clone()),
            trigger,
            actor: plan.caller.actor.clone(),
        })
    }

    /// Other providers that the same grant connects: those that are not connected, or by the same sign-in already. What an operator
    /// connected otherwise, or switched off, is left alone.
    async fn siblings(&self, plan: &Plan<'_>) -> Result<Vec<Connection>, NotConnected> {
        let mut siblings = Vec::new();
        for id in plan.signed_in.shared_with {
            let Ok(provider) = self.credentials.provider(id) else { continue };
            let stored = self.repo.of_provider(id).await?;
            if !self.follows(plan, stored.as_ref()).await? {
                continue;
            }
            // The token is good where it was issued for, which may be another endpoint than the sibling's own sign-in uses.
            let own = base_url(&provider, plan.signed_in.method, None).ok();
            let elsewhere = (own.as_ref() != Some(&plan.target.base_url)).then(|| plan.target.base_url.clone());
            siblings.push(self.signed_in_connection(plan, id, stored.as_ref(), elsewhere));
        }
        Ok(siblings)
    }

    async fn follows(&self, plan: &Plan<'_>, stored: Option<&Connection>) -> Result<bool, NotConnected> {
        let Some(stored) = stored else { return Ok(true) };
        let Some(grant) = stored.grant_id.filter(|_| stored.enabled) else { return Ok(false) };
        let grant = self.repo.grant(grant).await?;
        Ok(grant.is_some_and(|grant| grant.provider_id.as_ref() == Some(&plan.signed_in.provider.id)))
    }

    fn signed_in_connection(&self, plan: &Plan<'_>, id: &ProviderId, before: Option<&Connection>, base_url: Option<Url>) -> Connection {
        let now = self.environment.now();
        Connection {
            id: before.map_or_else(|| ConnectionId::new(self.environment.uuid()), |before| before.id),
            provider_id: id.clone(),
            method: plan.signed_in.method,
            grant_id: Some(plan.signed_in.grant.id),
            base_url,
            key_hint: plan.signed_in.key_hint.clone(),
            account: plan.signed_in.account.clone().or_else(|| plan.check.account.clone()),
            connected_by: plan.caller.actor.user_id(),
            connected_by_name: plan.caller.actor.name().to_owned(),
            connected_at: now,
            standing: Standing::after(None, plan.check, now),
            enabled: true,
            version: before.map_or(0, |before| before.version),
        }
    }
}

/// What is called with what was granted.
fn target(signed_in: &SignedIn<'_>, before: Option<&Connection>) -> Result<Target, NotConnected> {
    let own = before.filter(|before| before.method == signed_in.method).and_then(|before| before.base_url.as_ref());
    let base_url = base_url(signed_in.provider, signed_in.method, own)?;
    let mut target = Target::new(signed_in.provider.clone(), signed_in.method, base_url, Some(signed_in.credential.clone()));
    target.headers.clone_from(&signed_in.headers);
    Ok(target)
}

/// Is it what a person left behind, whatever checks said since?
fn same(before: Option<&Connection>, now: Option<&Connection>) -> bool {
    type Left<'a> = (ConnectionId, AuthMethod, Option<GrantId>, bool, Option<&'a Url>);
    fn left(connection: &Connection) -> Left<'_> {
        (connection.id, connection.method, connection.grant_id, connection.enabled, connection.base_url.as_ref())
    }
    before.map(left) == now.map(left)
}
