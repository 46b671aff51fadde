//! `GET /api/v1/finance/exports/focus.csv` and `…/focus.json`

use super::fields::Fields;
use crate::api::extract::{Asking, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use axum::response::IntoResponse;
use domain::finance::focus::Profile;
use domain::people::Caller;
use serde::Deserialize;
use services::ServiceError;
use services::finance::{Export, ExportQuery};
use utoipa::{IntoParams, IntoResponses};
use vocab::finance::FocusDataset;

/// Which file.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// First day, the first of a month: `2026-11-01`. Terms of contracts are given whole.
    #[serde(default)]
    #[param(required = true)]
    from: String,
    /// Day after the last, the first of a month.
    #[serde(default)]
    #[param(required = true)]
    to: String,
    /// FOCUS version: `1.2`, or `1.4`. When not given, the oldest that has the dataset.
    version: Option<String>,
    /// Costs and use when not given; the others are new in 1.4.
    #[param(inline, value_type = Option<words::FocusDataset>)]
    dataset: Option<String>,
    /// For importers that know no purchases: those as use. Such a file is no longer what the standard says.
    #[serde(default)]
    purchases_as_usage: bool,
}

impl ExportParams {
    fn read(&self) -> Result<ExportQuery, ServiceError> {
        let mut fields = Fields::default();
        let dataset = fields.word("dataset", self.dataset.as_deref()).unwrap_or(FocusDataset::CostAndUsage);
        let oldest = if dataset == FocusDataset::CostAndUsage { Profile::V1_2 } else { Profile::V1_4 };
        let given = fields.read("version", self.version.as_deref(), |text| match text {
            "1.2" => Ok(Profile::V1_2),
            "1.4" => Ok(Profile::V1_4),
            _ => Err("choose 1.2 or 1.4"),
        });
        let profile = given.unwrap_or(oldest);
        let (from, to) = (fields.date("from", Some(&self.from)), fields.date("to", Some(&self.to)));
        let days = fields.needed("from", from).zip(fields.needed("to", to));
        let purchases_as_usage = self.purchases_as_usage;
        fields.done(days.map(|(from, to)| ExportQuery { from, to, profile, dataset, purchases_as_usage }))
    }
}

/// What an export may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes what Problem sends")]
pub enum ExportRefusals {
    /// The file breaks a rule.
    #[response(status = 409)]
    Conflict(ErrorBody),
    /// Whole months only.
    #[response(status = 422)]
    Invalid(ErrorBody),
}

/// Costs and use in FOCUS, or a dataset of 1.4 beside them
///
/// Whole terms of contracts; the same question gives the same bytes. A file that breaks a rule is not given away.
#[utoipa::path(
    get,
    path = "/api/v1/finance/exports/focus.csv",
    operation_id = "export_focus",
    tag = "finance",
    params(ExportParams),
    responses(
        (status = 200, description = "The file.", content_type = "text/csv", body = String),
        ExportRefusals,
        Refusals,
    )
)]
pub async fn csv(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(query): Params<ExportParams>,
) -> Result<impl IntoResponse, Problem> {
    let Export { name, csv, .. } = export(&state, &caller, &query).await?;
    Ok((file("text/csv; charset=utf-8; header=present", &format!("{name}.csv")), csv))
}

/// The description of a FOCUS file
#[utoipa::path(
    get,
    path = "/api/v1/finance/exports/focus.json",
    operation_id = "describe_focus",
    tag = "finance",
    params(ExportParams),
    responses(
        (status = 200, description = "Version, schema and columns.", content_type = "application/json", body = Object),
        ExportRefusals,
        Refusals,
    )
)]
pub async fn description(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(query): Params<ExportParams>,
) -> Result<impl IntoResponse, Problem> {
    let Export { name, metadata, .. } = export(&state, &caller, &query).await?;
    Ok((file("application/json", &format!("{name}.json")), metadata))
}

/// Who may not see Finance is told so before what was asked is read.
async fn export(state: &AppState, caller: &Caller, query: &ExportParams) -> Result<Export, Problem> {
    caller.require(vocab::Permission::ViewFinance).map_err(ServiceError::from)?;
    Ok(state.services.finance.export(caller, &query.read()?).await?)
}

fn file(kind: &'static str, name: &str) -> [(HeaderName, String); 2] {
    [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))]
}
