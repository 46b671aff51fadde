//! `POST /api/v1/providers/{id}/device-flows`

use super::DeviceFlowView;
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;
use vocab::{DeviceMode, ProviderId};

/// The code is waited for so long: a program has to be started for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// How to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceFlowBody {
    /// `cli` or `native`. Left out: the provider's program where it is the better way and installed, else Purser itself.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    mode: Option<DeviceMode>,
}

/// Begin a sign-in with a code
///
/// Answers with the code and the address where a person approves it; nothing is connected until they have. One at a time for a
/// provider: who comes second is shown the first one's. Needs the scope `connect`.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/device-flows",
    operation_id = "begin_device_flow",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `xai`.")),
    request_body = DeviceFlowBody,
    responses(
        (status = 201, description = "Begun. In the phase `starting` the code is still to come; ask again.", body = DeviceFlowView),
        (status = 200, description = "One was open already; this is it.", body = DeviceFlowView),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 422, description = "The provider has no such sign-in, or its program is not installed.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn begin(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(DeviceFlowBody { mode }): Body<DeviceFlowBody>,
) -> Result<(StatusCode, Json<DeviceFlowView>), Problem> {
    let device = &state.services.device_sign_in;
    let begun = device.begin(&caller, &id, mode).await?;
    let shown = device.shown(&caller, begun.flow.id, PATIENCE).await?;
    let status = if begun.new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(shown.into())))
}
