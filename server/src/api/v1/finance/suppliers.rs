//! `/api/v1/finance/suppliers`

use super::supplier_views::{SupplierBody, SupplierDetail, SupplierEdit, SupplierList, SupplierListed, SupplierStatusBody, SupplierView};
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use services::ServiceError;
use vocab::SupplierId;

/// All suppliers
#[utoipa::path(
    get,
    path = "/api/v1/finance/suppliers",
    operation_id = "list_suppliers",
    tag = "finance",
    responses((status = 200, description = "All suppliers.", body = SupplierList), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<SupplierList>, Problem> {
    let rows = state.services.finance.suppliers(&caller).await?;
    Ok(Json(SupplierList { suppliers: rows.into_iter().map(SupplierListed::from).collect() }))
}

/// Add a supplier
#[utoipa::path(
    post,
    path = "/api/v1/finance/suppliers",
    operation_id = "add_supplier",
    tag = "finance",
    request_body = SupplierBody,
    responses(
        (status = 201, description = "Added.", body = SupplierView),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn add(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Body(body): Body<SupplierBody>,
) -> Result<(StatusCode, Json<SupplierView>), Problem> {
    caller.require(vocab::Permission::ManageFinance).map_err(ServiceError::from)?;
    let supplier = state.services.finance.add_supplier(&caller, body.read()?).await?;
    Ok((StatusCode::CREATED, Json(supplier.into())))
}

/// A supplier with everything that hangs on it
#[utoipa::path(
    get,
    path = "/api/v1/finance/suppliers/{id}",
    operation_id = "get_supplier",
    tag = "finance",
    params(("id" = String, Path, description = "The supplier's id.", format = "uuid")),
    responses(
        (status = 200, description = "The supplier.", body = SupplierDetail),
        (status = 404, description = "No such supplier.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn get(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<SupplierId>) -> Result<Json<SupplierDetail>, Problem> {
    Ok(Json(state.services.finance.supplier(&caller, id).await?.into()))
}

/// Change a supplier
#[utoipa::path(
    put,
    path = "/api/v1/finance/suppliers/{id}",
    operation_id = "edit_supplier",
    tag = "finance",
    params(("id" = String, Path, description = "The supplier's id.", format = "uuid")),
    request_body = SupplierEdit,
    responses(
        (status = 200, description = "As it is now.", body = SupplierView),
        (status = 404, description = "No such supplier.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile.", body = ErrorBody),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn edit(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<SupplierId>,
    Body(SupplierEdit { version, details }): Body<SupplierEdit>,
) -> Result<Json<SupplierView>, Problem> {
    caller.require(vocab::Permission::ManageFinance).map_err(ServiceError::from)?;
    Ok(Json(state.services.finance.edit_supplier(&caller, id, version, details.read()?).await?.into()))
}

/// Change a supplier's status
///
/// No bill is drafted for a blocked one.
#[utoipa::path(
    put,
    path = "/api/v1/finance/suppliers/{id}/status",
    operation_id = "set_supplier_status",
    tag = "finance",
    params(("id" = String, Path, description = "The supplier's id.", format = "uuid")),
    request_body = SupplierStatusBody,
    responses(
        (status = 200, description = "As it is now.", body = SupplierView),
        (status = 404, description = "No such supplier.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn status(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<SupplierId>,
    Body(SupplierStatusBody { version, status }): Body<SupplierStatusBody>,
) -> Result<Json<SupplierView>, Problem> {
    Ok(Json(state.services.finance.set_supplier_status(&caller, id, version, status).await?.into()))
}

/// Delete a supplier on which nothing hangs
#[utoipa::path(
    delete,
    path = "/api/v1/finance/suppliers/{id}",
    operation_id = "delete_supplier",
    tag = "finance",
    params(("id" = String, Path, description = "The supplier's id.", format = "uuid")),
    responses(
        (status = 204, description = "Deleted."),
        (status = 404, description = "No such supplier.", body = ErrorBody),
        (status = 409, description = "It has profiles, contracts or bills; make it inactive.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn delete(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<SupplierId>) -> Result<StatusCode, Problem> {
    state.services.finance.delete_supplier(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
