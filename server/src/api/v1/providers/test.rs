//! `POST /api/v1/providers/{id}/test`

use super::CheckResult;
use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use vocab::ProviderId;

/// Test a connection
///
/// One free call with the stored credential. What the provider says of it is the result, also when it is a refusal.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/test",
    operation_id = "test_connection",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 200, description = "The provider was asked.", body = CheckResult),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 409, description = "The stored credential does not open.", body = ErrorBody),
        (status = 503, description = "The provider is not connected, or the database is not available.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn test(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<CheckResult>, Problem> {
    Ok(Json(state.services.connections.test(&caller, &id).await?.into()))
}
