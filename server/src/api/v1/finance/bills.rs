//! `/api/v1/finance/bills`

use super::VersionBody;
use super::bill_views::{BillDetail, BillList, BillListed, BillView, InvoiceBody};
use super::fields::Fields;
use crate::api::extract::{Asking, Body, Id, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use domain::finance::bill::Bill;
use serde::Deserialize;
use services::ServiceResult;
use services::finance::BillQuery;
use utoipa::{IntoParams, IntoResponses, ToSchema};
use vocab::finance::BillStatus;
use vocab::{BillId, ContractId, SupplierId};

/// Which bills: all given filters must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BillParams {
    #[param(value_type = Option<words::BillStatus>)]
    status: Option<BillStatus>,
    #[param(value_type = Option<String>, format = "uuid")]
    supplier_id: Option<SupplierId>,
    #[param(value_type = Option<String>, format = "uuid")]
    contract_id: Option<ContractId>,
}

/// Which bill.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what the address holds")]
pub struct BillPath {
    /// The bill's id.
    #[param(format = "uuid")]
    id: String,
}

/// What a step of a bill may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes what Problem sends")]
pub enum StepRefusals {
    /// No such bill.
    #[response(status = 404)]
    NotFound(ErrorBody),
    /// Changed meanwhile, or it stands otherwise.
    #[response(status = 409)]
    Conflict(ErrorBody),
    /// A field is wrong.
    #[response(status = 422)]
    Invalid(ErrorBody),
}

/// Why a step is taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillReason {
    /// The version that was read.
    version: i64,
    /// 1 to 1000 characters.
    reason: String,
}

/// A payment that was made elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentBody {
    /// The version that was read.
    version: i64,
    /// Exact decimal text, in the bill's currency.
    amount: String,
    #[schema(format = Date)]
    on: String,
}

/// Bills, newest first
#[utoipa::path(
    get,
    path = "/api/v1/finance/bills",
    operation_id = "list_bills",
    tag = "finance",
    params(BillParams),
    responses((status = 200, description = "Bills.", body = BillList), Refusals)
)]
pub async fn list(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(query): Params<BillParams>,
) -> Result<Json<BillList>, Problem> {
    let query = BillQuery { status: query.status, supplier: query.supplier_id, contract: query.contract_id };
    let rows = state.services.finance.bills(&caller, &query).await?;
    Ok(Json(BillList { bills: rows.into_iter().map(BillListed::from).collect() }))
}

/// A bill with its sums and history
#[utoipa::path(
    get,
    path = "/api/v1/finance/bills/{id}",
    operation_id = "get_bill",
    tag = "finance",
    params(BillPath),
    responses(
        (status = 200, description = "The bill.", body = BillDetail),
        (status = 404, description = "No such bill.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn get(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<BillId>) -> Result<Json<BillDetail>, Problem> {
    Ok(Json(state.services.finance.bill(&caller, id).await?.into()))
}

/// Enter the vendor's invoice
///
/// Its number and lines take the place of what was expected; a difference that matters becomes a work item.
#[utoipa::path(
    post,
    path = "/api/v1/finance/bills/{id}/invoice",
    operation_id = "confirm_bill",
    tag = "finance",
    params(BillPath),
    request_body = InvoiceBody,
    responses((status = 200, description = "As it is now.", body = BillView), StepRefusals, Refusals)
)]
pub async fn confirm(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BillId>,
    Body(body): Body<InvoiceBody>,
) -> Result<Json<BillView>, Problem> {
    caller.require(vocab::Permission::ManageFinance).map_err(services::ServiceError::from)?;
    let version = body.version;
    Ok(Json(state.services.finance.confirm_bill(&caller, id, version, body.read()?).await?.into()))
}

/// Submit a bill for approval
#[utoipa::path(
    post,
    path = "/api/v1/finance/bills/{id}/submit",
    operation_id = "submit_bill",
    tag = "finance",
    params(BillPath),
    request_body = VersionBody,
    responses((status = 200, description = "As it is now.", body = BillView), StepRefusals, Refusals)
)]
pub async fn submit(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BillId>,
    Body(body): Body<VersionBody>,
) -> Result<Json<BillView>, Problem> {
    stepped(state.services.finance.submit_bill(&caller, id, body.version).await)
}

/// Approve a bill
///
/// As soon as several people manage Finance, it takes somebody who neither drafted nor submitted it nor activated its contract.
#[utoipa::path(
    post,
    path = "/api/v1/finance/bills/{id}/approve",
    operation_id = "approve_bill",
    tag = "finance",
    params(BillPath),
    request_body = VersionBody,
    responses((status = 200, description = "As it is now.", body = BillView), StepRefusals, Refusals)
)]
pub async fn approve(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BillId>,
    Body(body): Body<VersionBody>,
) -> Result<Json<BillView>, Problem> {
    stepped(state.services.finance.approve_bill(&caller, id, body.version).await)
}

/// Send a bill back to its draft
#[utoipa::path(
    post,
    path = "/api/v1/finance/bills/{id}/reject",
    operation_id = "reject_bill",
    tag = "finance",
    params(BillPath),
    request_body = BillReason,
    responses((status = 200, description = "As it is now.", body = BillView), StepRefusals, Refusals)
)]
pub async fn reject(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BillId>,
    Body(body): Body<BillReason>,
) -> Result<Json<BillView>, Problem> {
    stepped(state.services.finance.reject_bill(&caller, id, body.version, &body.reason).await)
}

/// Note a payment that was made elsewhere
#[utoipa::path(
    post,
    path = "/api/v1/finance/bills/{id}/pay",
    operation_id = "pay_bill",
    tag = "finance",
    params(BillPath),
    request_body = PaymentBody,
    responses((status = 200, description = "As it is now.", body = BillView), StepRefusals, Refusals)
)]
pub async fn pay(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BillId>,
    Body(body): Body<PaymentBody>,
) -> Result<Json<BillView>, Problem> {
    caller.require(vocab::Permission::ManageFinance).map_err(services::ServiceError::from)?;
    let mut fields = Fields::default();
    let (amount, on) = (fields.decimal("amount", Some(&body.amount)), fields.date("on", Some(&body.on)));
    let payment = fields.needed("amount", amount).zip(fields.needed("on", on));
    let (amount, on) = fields.done(payment)?;
    stepped(state.services.finance.pay_bill(&caller, id, body.version, amount, on).await)
}

/// End a bill without payment
#[utoipa::path(
    post,
    path = "/api/v1/finance/bills/{id}/void",
    operation_id = "void_bill",
    tag = "finance",
    params(BillPath),
    request_body = BillReason,
    responses((status = 200, description = "As it is now.", body = BillView), StepRefusals, Refusals)
)]
pub async fn void(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BillId>,
    Body(body): Body<BillReason>,
) -> Result<Json<BillView>, Problem> {
    stepped(state.services.finance.void_bill(&caller, id, body.version, &body.reason).await)
}

/// Draft the period of a voided bill again
#[utoipa::path(
    post,
    path = "/api/v1/finance/bills/{id}/redraft",
    operation_id = "redraft_bill",
    tag = "finance",
    params(("id" = String, Path, description = "The voided bill's id.", format = "uuid")),
    responses(
        (status = 200, description = "The new draft.", body = BillView),
        (status = 404, description = "No such bill.", body = ErrorBody),
        (status = 409, description = "A bill of the period stands.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn redraft(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<BillId>) -> Result<Json<BillView>, Problem> {
    Ok(Json(state.services.finance.redraft_bill(&caller, id).await?.into()))
}

/// The bill as a step left it.
fn stepped(done: ServiceResult<Bill>) -> Result<Json<BillView>, Problem> {
    Ok(Json(done?.into()))
}
