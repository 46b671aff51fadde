//! The caller, as Purser sees them.

mod get;

use super::words;
use crate::state::AppState;
use domain::people::{Actor, Caller};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{AccessTokenId, Permission, ProviderId, Role, Scope, UserId};

/// Operations on oneself.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(get::get))
}

/// Who is asking, and what they may do.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The person's or the access token's name.
    name: String,
    /// The person; of an access token, who made it.
    #[schema(value_type = Option<String>, format = "uuid")]
    user_id: Option<UserId>,
    #[schema(value_type = words::Role)]
    role: Role,
    /// What the role and, of an access token, its scopes allow together.
    #[schema(value_type = Vec<words::Permission>)]
    permissions: Vec<Permission>,
    /// `null` for a signed-in browser.
    access_token: Option<TokenInUse>,
}

/// The access token that is asking.
#[derive(Serialize, ToSchema)]
pub struct TokenInUse {
    #[schema(value_type = Option<String>, format = "uuid")]
    id: Option<AccessTokenId>,
    #[schema(value_type = Vec<words::Scope>)]
    scopes: Vec<Scope>,
    /// Only these providers; empty means all.
    #[schema(value_type = Vec<String>)]
    providers: Vec<ProviderId>,
    /// Only these models (bare ids); empty means all.
    models: Vec<String>,
}

impl From<Caller> for Me {
    fn from(caller: Caller) -> Self {
        let id = match &caller.actor {
            Actor::Token { token_id, .. } => Some(*token_id),
            _ => None,
        };
        let in_use = |limits: &domain::access_token::TokenLimits| TokenInUse {
            id,
            scopes: limits.scopes.clone(),
            providers: limits.providers.clone(),
            models: limits.models.clone(),
        };
        Self {
            name: caller.actor.name().to_owned(),
            user_id: caller.actor.user_id(),
            role: caller.role(),
            permissions: Permission::ALL.iter().copied().filter(|permission| caller.may(*permission)).collect(),
            access_token: caller.limits().map(in_use),
        }
    }
}
