//! `POST /api/v1/finance/contracts/{id}/activate`, `…/suspend`, `…/resume`, `…/terminate`, `…/supersede`

use super::VersionBody;
use super::contract_views::ContractView;
use super::fields::Fields;
use super::terms::{AllowanceBody, Terms, read_allowances};
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use services::ServiceError;
use utoipa::ToSchema;
use vocab::{ContractId, Permission};

/// A step that needs a reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// As last read.
    version: i64,
    /// 1 to 1000 characters.
    reason: String,
}

/// An end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminateBody {
    /// As last read.
    version: i64,
    /// The day after its last; today when not given.
    #[schema(format = Date)]
    ended_on: Option<String>,
    /// 1 to 1000 characters.
    reason: String,
}

/// A new version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupersedeBody {
    /// Of the old one, as last read.
    version: i64,
    /// Complete; the start date is the day it takes over.
    terms: Terms,
    allowances: Vec<AllowanceBody>,
}

/// Activate a draft
///
/// Every field that still lacks is named (422).
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/activate",
    operation_id = "activate_contract",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = VersionBody,
    responses(
        (status = 200, description = "As it is now.", body = ContractView),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or it is no draft.", body = ErrorBody),
        (status = 422, description = "Fields lack or are wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn activate(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(VersionBody { version }): Body<VersionBody>,
) -> Result<Json<ContractView>, Problem> {
    Ok(Json(state.services.finance.activate_contract(&caller, id, version).await?.into()))
}

/// Suspend an active contract
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/suspend",
    operation_id = "suspend_contract",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = ReasonBody,
    responses(
        (status = 200, description = "As it is now.", body = ContractView),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or it is not active.", body = ErrorBody),
        (status = 422, description = "The reason lacks.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn suspend(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(ReasonBody { version, reason }): Body<ReasonBody>,
) -> Result<Json<ContractView>, Problem> {
    Ok(Json(state.services.finance.suspend_contract(&caller, id, version, &reason).await?.into()))
}

/// Resume a suspended contract
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/resume",
    operation_id = "resume_contract",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = VersionBody,
    responses(
        (status = 200, description = "As it is now.", body = ContractView),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or it is not suspended.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn resume(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(VersionBody { version }): Body<VersionBody>,
) -> Result<Json<ContractView>, Problem> {
    Ok(Json(state.services.finance.resume_contract(&caller, id, version).await?.into()))
}

/// End a contract
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/terminate",
    operation_id = "terminate_contract",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = TerminateBody,
    responses(
        (status = 200, description = "As it is now.", body = ContractView),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or it has ended.", body = ErrorBody),
        (status = 422, description = "The reason lacks, or the day is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn terminate(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(TerminateBody { version, ended_on, reason }): Body<TerminateBody>,
) -> Result<Json<ContractView>, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    let mut fields = Fields::default();
    let ended_on = fields.date("ended_on", ended_on.as_deref());
    let ended_on = fields.done(Some(ended_on))?;
    Ok(Json(state.services.finance.terminate_contract(&caller, id, version, ended_on, &reason).await?.into()))
}

/// Replace an active contract by a new version
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/supersede",
    operation_id = "supersede_contract",
    tag = "finance",
    params(("id" = String, Path, description = "The old version's id.", format = "uuid")),
    request_body = SupersedeBody,
    responses(
        (status = 200, description = "The new version.", body = ContractView),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or it is not active.", body = ErrorBody),
        (status = 422, description = "Fields lack or are wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn supersede(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(SupersedeBody { version, terms, allowances }): Body<SupersedeBody>,
) -> Result<Json<ContractView>, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    let terms = terms.read()?;
    let allowances = read_allowances(allowances, terms.currency)?;
    Ok(Json(state.services.finance.supersede_contract(&caller, id, version, terms, allowances).await?.into()))
}
