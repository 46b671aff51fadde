//! `/api/v1/finance/providers/{id}`: the panel, the hand-off, and what Finance keeps of a provider.

use super::VersionBody;
use super::provider_views::{PanelView, ProfileEdit, RelinkBody};
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use services::ServiceError;
use vocab::{Permission, ProviderId};

/// The finance panel of a provider
///
/// Who connects providers sees the facts, who may see Finance the amounts as well; for others there is none.
#[utoipa::path(
    get,
    path = "/api/v1/finance/providers/{id}/panel",
    operation_id = "get_finance_panel",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 200, description = "The panel.", body = PanelView),
        (status = 404, description = "No such provider, or not for you.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn panel(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<PanelView>, Problem> {
    let panel = state.services.finance.panel(&caller, &id).await?;
    panel.map(|panel| Json(panel.into())).ok_or(Problem(ServiceError::NotFound("provider")))
}

/// Hand a provider to Finance, or try again
#[utoipa::path(
    post,
    path = "/api/v1/finance/providers/{id}/hand-off",
    operation_id = "hand_provider_to_finance",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 204, description = "Asked for and tried; the panel says what came of it."),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn hand_off(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<StatusCode, Problem> {
    state.services.finance.seeding.hand_off(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What Finance keeps of a provider
#[utoipa::path(
    get,
    path = "/api/v1/finance/providers/{id}",
    operation_id = "get_finance_profile",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 200, description = "Settings with their version.", body = ProfileEdit),
        (status = 404, description = "Finance does not know the provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn settings(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<ProfileEdit>, Problem> {
    let profile = state.services.finance.profile(&caller, &id).await?;
    profile.map(|profile| Json(profile.into())).ok_or(Problem(ServiceError::NotFound("finance profile")))
}

/// Change what Finance keeps of a provider
#[utoipa::path(
    put,
    path = "/api/v1/finance/providers/{id}",
    operation_id = "edit_finance_profile",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    request_body = ProfileEdit,
    responses(
        (status = 200, description = "As it is now.", body = ProfileEdit),
        (status = 404, description = "Finance does not know the provider.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile.", body = ErrorBody),
        (status = 422, description = "Fields are wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn edit(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(ProfileEdit { version, settings }): Body<ProfileEdit>,
) -> Result<Json<ProfileEdit>, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    Ok(Json(state.services.finance.edit_profile(&caller, &id, version, settings.read()?).await?.into()))
}

/// Choose or confirm a provider's supplier
#[utoipa::path(
    put,
    path = "/api/v1/finance/providers/{id}/supplier",
    operation_id = "relink_provider",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    request_body = RelinkBody,
    responses(
        (status = 200, description = "As it is now.", body = ProfileEdit),
        (status = 404, description = "Finance does not know the provider or the supplier.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or nobody is paid for it.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn relink(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(RelinkBody { version, supplier_id }): Body<RelinkBody>,
) -> Result<Json<ProfileEdit>, Problem> {
    Ok(Json(state.services.finance.relink(&caller, &id, version, supplier_id).await?.into()))
}

/// Put what Finance keeps of a provider away
///
/// History stays; connecting the provider anew brings it back.
#[utoipa::path(
    post,
    path = "/api/v1/finance/providers/{id}/archive",
    operation_id = "archive_finance_profile",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    request_body = VersionBody,
    responses(
        (status = 200, description = "As it is now.", body = ProfileEdit),
        (status = 404, description = "Finance does not know the provider.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn archive(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(VersionBody { version }): Body<VersionBody>,
) -> Result<Json<ProfileEdit>, Problem> {
    Ok(Json(state.services.finance.archive_profile(&caller, &id, version).await?.into()))
}
