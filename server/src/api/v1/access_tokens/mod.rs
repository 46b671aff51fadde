//! Our access tokens: what an agent presents to us.

mod create;
mod list;
mod revoke;

use super::words;
use crate::state::AppState;
use app::convert::moment;
use serde::Serialize;
use services::access_tokens::ListedToken;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{AccessTokenId, ProviderId, Scope};

/// Operations on access tokens.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list::list, create::create)).routes(routes!(revoke::revoke))
}

/// An access token, without its secret.
#[derive(Serialize, ToSchema)]
pub struct AccessTokenView {
    #[schema(value_type = String, format = "uuid")]
    id: AccessTokenId,
    name: String,
    /// The part between `pur_` and the secret: enough to recognise a token, nothing to use.
    public_id: String,
    #[schema(value_type = Vec<words::Scope>)]
    scopes: Vec<Scope>,
    /// Only these providers; empty means all.
    #[schema(value_type = Vec<String>)]
    providers: Vec<ProviderId>,
    /// Only these models (bare ids); empty means all.
    models: Vec<String>,
    /// The name of who made it. Its creator's role bounds it.
    created_by: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it stops by itself.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// Neither revoked nor expired.
    live: bool,
}

impl From<ListedToken> for AccessTokenView {
    fn from(listed: ListedToken) -> Self {
        let ListedToken { token, created_by, live } = listed;
        Self {
            id: token.id,
            name: token.name,
            public_id: token.public_id,
            scopes: token.limits.scopes,
            providers: token.limits.providers,
            models: token.limits.models,
            created_by,
            created_at: moment(token.created_at).iso,
            expires_at: token.expires_at.map(|at| moment(at).iso),
            last_used_at: token.last_used_at.map(|at| moment(at).iso),
            revoked_at: token.revoked_at.map(|at| moment(at).iso),
            live,
        }
    }
}
