//! `GET /api/v1/providers/{id}/device-flows`

use super::DeviceFlowView;
use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use vocab::ProviderId;

/// List sign-ins with a code
///
/// The one that is open at this provider, or how the last one ended within the hour. Code and address are for those who may
/// connect providers.
#[utoipa::path(
    get,
    path = "/api/v1/providers/{id}/device-flows",
    operation_id = "list_device_flows",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `xai`.")),
    responses(
        (status = 200, description = "None or one.", body = Vec<DeviceFlowView>),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn read(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
) -> Result<Json<Vec<DeviceFlowView>>, Problem> {
    let offer = state.services.device_sign_in.state(&caller, &id).await?;
    Ok(Json(offer.and_then(|offer| offer.flow).map(DeviceFlowView::from).into_iter().collect()))
}
