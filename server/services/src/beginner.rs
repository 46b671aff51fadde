//! Who began a sign-in at a provider, and whether they still may when it ends.

use crate::Ports;
use crate::environment::Environment;
use crate::error::ServiceResult;
use domain::access_token::AccessToken;
use domain::audit::Origin;
use domain::flow::BegunIn;
use domain::people::{Actor, Caller, Forbidden, SessionRules, User};
use std::sync::Arc;
use vocab::{Permission, ProviderId, Scope, UserId};

/// The person, and what they show for it. A sign-in is a person's: the command line and jobs have none.
pub(crate) fn beginner(caller: &Caller) -> ServiceResult<(UserId, BegunIn)> {
    match (&caller.actor, caller.session_id()) {
        (Actor::Person { user_id, .. }, Some(session)) => Ok((*user_id, BegunIn::Session(session))),
        (Actor::Token { user_id, token_id, .. }, _) => Ok((*user_id, BegunIn::Token(*token_id))),
        _ => Err(Forbidden(Permission::ManageProviderConnections).into()),
    }
}

/// What is stored of who began a sign-in.
pub(crate) struct Begun<'a> {
    /// Who.
    pub user_id: UserId,
    /// With what.
    pub with: BegunIn,
    /// Where.
    pub provider_id: &'a ProviderId,
}

/// The caller who began it, if they still may: their session or token lives, and their role has not been taken away.
pub(crate) async fn still_allowed(
    ports: &Ports,
    environment: &Environment,
    begun: &Begun<'_>,
    origin: &Origin,
) -> ServiceResult<Option<Caller>> {
    let may = |user: &User| user.is_active() && user.role.may(Permission::ManageProviderConnections);
    let Some(user) = ports.people.user(begun.user_id).await?.filter(may) else { return Ok(None) };
    let now = environment.now();
    match begun.with {
        BegunIn::Session(id) => {
            let sessions = ports.sessions.of_user(user.id).await?;
            let rules = SessionRules::default();
            let alive = sessions.iter().any(|session| session.id == id && !session.is_expired(now, &rules));
            Ok(alive.then(|| Caller::person(user.id, user.name.clone(), user.role, id, origin.clone())))
        }
        BegunIn::Token(id) => {
            let alive = |token: &AccessToken| {
                let opens = token.limits.scopes.iter().any(|scope| matches!(scope, Scope::Connect | Scope::Admin));
                token.is_live(now) && opens && token.limits.allows_provider(begun.provider_id)
            };
            let token = ports.access_tokens.get(id).await?.filter(alive);
            Ok(token.map(|token| Caller::token(token.id, user.id, token.name, user.role, Arc::new(token.limits), origin.clone())))
        }
    }
}
