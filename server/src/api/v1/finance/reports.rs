//! `/api/v1/finance/contracts/{id}/vendor-figures`: what the vendor says was used, entered by hand.

use super::fields::Fields;
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use app::convert::moment;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::finance::{ReportEdit, ReportRow};
use utoipa::ToSchema;
use vocab::{AllowanceId, ContractId, Permission};

/// A vendor's figure beside ours.
#[derive(Serialize, ToSchema)]
pub struct VendorFigure {
    #[schema(value_type = String, format = "uuid")]
    allowance_id: AllowanceId,
    allowance: String,
    unit: String,
    /// The last day it counts, in the contract's zone.
    #[schema(format = Date)]
    date: String,
    /// Units since the allowance's period began, by the vendor.
    quantity: String,
    /// The same, as it went through us; `null` where only the vendor can count.
    ours: Option<String>,
    note: String,
    entered_by: Option<String>,
    #[schema(format = DateTime)]
    entered_at: String,
}

/// Vendors' figures.
#[derive(Serialize, ToSchema)]
pub struct VendorFigures {
    /// Newest day first.
    figures: Vec<VendorFigure>,
}

/// A vendor's figure, as read off its portal or a statement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorFigureBody {
    #[schema(value_type = String, format = "uuid")]
    allowance_id: AllowanceId,
    /// The last day it counts; it must be over.
    #[schema(format = Date)]
    date: String,
    /// Units since the allowance's period began, as exact decimal text.
    quantity: String,
    /// Where it was read; at most 500 characters.
    #[serde(default)]
    note: String,
}

/// Which figure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorFigureKey {
    #[schema(value_type = String, format = "uuid")]
    allowance_id: AllowanceId,
    #[schema(format = Date)]
    date: String,
}

impl From<ReportRow> for VendorFigure {
    fn from(row: ReportRow) -> Self {
        let report = row.reported;
        Self {
            allowance_id: report.allowance_id,
            allowance: row.allowance,
            unit: row.unit,
            date: report.date.to_string(),
            quantity: report.quantity.normalize().to_string(),
            ours: row.ours.map(|ours| ours.normalize().to_string()),
            note: report.note,
            entered_by: row.entered_by,
            entered_at: moment(report.entered.at).iso,
        }
    }
}

/// Vendor's figures of a contract
#[utoipa::path(
    get,
    path = "/api/v1/finance/contracts/{id}/vendor-figures",
    operation_id = "list_vendor_figures",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    responses(
        (status = 200, description = "Figures.", body = VendorFigures),
        (status = 404, description = "No such contract.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ContractId>) -> Result<Json<VendorFigures>, Problem> {
    let rows = state.services.finance.reported(&caller, id).await?;
    Ok(Json(VendorFigures { figures: rows.into_iter().map(VendorFigure::from).collect() }))
}

/// Enter a vendor's figure
///
/// It takes the place of that day's. From its day on it counts before what went through us; a difference that matters becomes
/// a work item.
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/vendor-figures",
    operation_id = "enter_vendor_figure",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = VendorFigureBody,
    responses(
        (status = 204, description = "Entered."),
        (status = 404, description = "No such contract or allowance.", body = ErrorBody),
        (status = 409, description = "The contract was never active.", body = ErrorBody),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn enter(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(body): Body<VendorFigureBody>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    let mut fields = Fields::default();
    let (date, quantity) = (fields.date("date", Some(&body.date)), fields.decimal("quantity", Some(&body.quantity)));
    let parts = fields.needed("date", date).zip(fields.needed("quantity", quantity));
    let (date, quantity) = fields.done(parts)?;
    let edit = ReportEdit { allowance_id: body.allowance_id, date, quantity, note: body.note };
    state.services.finance.report_usage(&caller, id, edit).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a vendor's figure back
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/vendor-figures/remove",
    operation_id = "remove_vendor_figure",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = VendorFigureKey,
    responses(
        (status = 204, description = "Gone."),
        (status = 404, description = "No such figure.", body = ErrorBody),
        (status = 409, description = "Its period is closed.", body = ErrorBody),
        (status = 422, description = "The day is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn remove(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(body): Body<VendorFigureKey>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    let mut fields = Fields::default();
    let date = fields.date("date", Some(&body.date));
    let date = fields.needed("date", date);
    state.services.finance.remove_report(&caller, id, body.allowance_id, fields.done(date)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
