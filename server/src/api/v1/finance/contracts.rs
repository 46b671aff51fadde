//! `GET /api/v1/finance/contracts`

use super::contract_views::{ContractDetail, ContractList, ContractSummary};
use crate::api::extract::{Asking, Id, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use vocab::{ContractId, SupplierId};

/// Which contracts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContractQuery {
    /// Only those with this supplier.
    #[param(value_type = Option<String>, format = "uuid")]
    supplier_id: Option<SupplierId>,
}

/// Contracts, newest first
#[utoipa::path(
    get,
    path = "/api/v1/finance/contracts",
    operation_id = "list_contracts",
    tag = "finance",
    params(ContractQuery),
    responses((status = 200, description = "Contracts.", body = ContractList), Refusals)
)]
pub async fn list(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(ContractQuery { supplier_id }): Params<ContractQuery>,
) -> Result<Json<ContractList>, Problem> {
    let rows = state.services.finance.contracts(&caller, supplier_id).await?;
    Ok(Json(ContractList { contracts: rows.into_iter().map(ContractSummary::from).collect() }))
}

/// Everything about a contract
#[utoipa::path(
    get,
    path = "/api/v1/finance/contracts/{id}",
    operation_id = "get_contract",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    responses(
        (status = 200, description = "The contract.", body = ContractDetail),
        (status = 404, description = "No such contract.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn get(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ContractId>) -> Result<Json<ContractDetail>, Problem> {
    Ok(Json(state.services.finance.contract(&caller, id).await?.into()))
}
