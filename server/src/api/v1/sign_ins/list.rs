//! `GET /api/v1/providers/{id}/sign-in`

use super::SignInView;
use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use vocab::ProviderId;

/// List sign-ins under way
///
/// Everybody's at this provider, the caller's own first. One that is gone has ended: the provider says how.
#[utoipa::path(
    get,
    path = "/api/v1/providers/{id}/sign-in",
    operation_id = "list_sign_ins",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `codex`.")),
    responses(
        (status = 200, description = "Those that wait or are being finished.", body = Vec<SignInView>),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<Vec<SignInView>>, Problem> {
    let offer = state.services.sign_in.state(&caller, &id).await?;
    Ok(Json(offer.into_iter().flat_map(|offer| offer.under_way).map(SignInView::from).collect()))
}
