//! `POST /api/v1/providers/{id}/models/sync`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use domain::models::sync::SyncOutcome;
use serde::Serialize;
use utoipa::ToSchema;
use vocab::ProviderId;

/// What a sync changed.
#[derive(Serialize, ToSchema)]
pub struct SyncResult {
    /// Models in the provider's list.
    found: u32,
    /// Never seen before.
    new: u32,
    /// Known, and something about them changed.
    updated: u32,
    /// Missing for the first time.
    missing: u32,
    /// Missing for the second time in a row, and retired.
    retired: u32,
    /// Back after having been missing or retired.
    returned: u32,
    /// Entries with a name that no model can have.
    ignored: u32,
}

impl From<SyncOutcome> for SyncResult {
    fn from(outcome: SyncOutcome) -> Self {
        let SyncOutcome { found, new, updated, missing, retired, returned, ignored } = outcome;
        Self { found, new, updated, missing, retired, returned, ignored }
    }
}

/// Sync models and profiles
///
/// Fetches the provider's list now and brings what is known up to date. When the list cannot be had, nothing changes.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/models/sync",
    operation_id = "sync_models",
    tag = "models",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 200, description = "Up to date.", body = SyncResult),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 409, description = "The list is not believed, or the stored credential does not open.", body = ErrorBody),
        (status = 502, description = "The provider did not give its list.", body = ErrorBody),
        (status = 503, description = "The provider is not connected, or the database is not available.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn sync(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<SyncResult>, Problem> {
    Ok(Json(state.services.models.sync(&caller, &id).await?.into()))
}
