//! `GET /api/v1/access-tokens`

use super::AccessTokenView;
use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Every access token.
#[derive(Serialize, ToSchema)]
pub struct AccessTokenList {
    /// Newest first, revoked and expired ones included.
    access_tokens: Vec<AccessTokenView>,
}

/// Every access token, without secrets
#[utoipa::path(
    get,
    path = "/api/v1/access-tokens",
    operation_id = "list_access_tokens",
    tag = "access tokens",
    responses((status = 200, description = "Every access token.", body = AccessTokenList), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<AccessTokenList>, Problem> {
    let tokens = state.services.access_tokens.list(&caller).await?;
    Ok(Json(AccessTokenList { access_tokens: tokens.into_iter().map(AccessTokenView::from).collect() }))
}
