//! Who began something that lasts, and whether they still may when it goes on or ends.

use crate::Ports;
use crate::environment::Environment;
use crate::error::ServiceResult;
use domain::access_token::AccessToken;
use domain::audit::Origin;
use domain::flow::BegunIn;
use domain::people::{Actor, Caller, Forbidden, SessionRules, User};
use std::sync::Arc;
use time::OffsetDateTime;
use vocab::{Permission, ProviderId, Scope, SessionId, UserId};

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

/// A caller as they are by now: `None` when their session or token has ended, or they may act no more. Jobs and the command
/// line hold the machine, and stay.
pub(crate) async fn as_now(ports: &Ports, environment: &Environment, caller: &Caller) -> ServiceResult<Option<Caller>> {
    let Ok((user_id, with)) = beginner(caller) else { return Ok(Some(caller.clone())) };
    let Some(user) = ports.people.user(user_id).await?.filter(User::is_active) else { return Ok(None) };
    let now = environment.now();
    match with {
        BegunIn::Session(id) => {
            let alive = has_session(ports, &user, id, now).await?;
            Ok(alive.then(|| Caller::person(user.id, user.name.clone(), user.role, id, caller.origin.clone())))
        }
        BegunIn::Token(id) => {
            let token = ports.access_tokens.get(id).await?.filter(|token| token.is_live(now));
            Ok(token.map(|token| Caller::token(token.id, user.id, token.name, user.role, Arc::new(token.limits), caller.origin.clone())))
        }
    }
}

async fn has_session(ports: &Ports, user: &User, id: SessionId, now: OffsetDateTime) -> ServiceResult<bool> {
    let rules = SessionRules::default();
    let sessions = ports.sessions.of_user(user.id).await?;
    Ok(sessions.iter().any(|session| session.id == id && !session.is_expired(now, &rules)))
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
            let alive = has_session(ports, &user, id, now).await?;
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
