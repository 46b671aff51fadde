//! `POST /api/v1/keys/rotate`

use super::SealingReport;
use crate::api::extract::Asking;
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;

/// Re-seal everything under the newest key
///
/// Values that lie under an older key of the ring are re-sealed while the server runs. Interrupted, it can be run again;
/// done, it changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/keys/rotate",
    operation_id = "rotate_keys",
    tag = "keys",
    responses(
        (status = 200, description = "Done. `old` is 0 unless somebody wrote meanwhile.", body = SealingReport),
        (status = 409, description = "Another rotation is running.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn rotate(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<SealingReport>, Problem> {
    let report = state.services.keys.rotate(&caller, |_, _| ()).await?;
    Ok(Json(SealingReport::new(state.services.keys.current(), report)))
}
