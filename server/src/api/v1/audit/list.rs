//! `GET /api/v1/audit`

use super::AuditPage;
use crate::api::extract::{Asking, Params};
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use domain::audit::AuditFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use vocab::AuditId;

/// Which lines: all given filters must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Exact action text.
    action: Option<String>,
    /// Part of the actor's name, in any case.
    actor: Option<String>,
    /// `provider`, `user`, `access_token` or `installation`.
    object_kind: Option<String>,
    /// Exact object id.
    object_id: Option<String>,
    /// Only successes, or only failures.
    succeeded: Option<bool>,
    /// Only lines older than this one.
    #[param(value_type = Option<String>, format = "uuid")]
    before: Option<AuditId>,
}

impl From<AuditQuery> for AuditFilter {
    fn from(query: AuditQuery) -> Self {
        let AuditQuery { action, actor, object_kind, object_id, succeeded, before } = query;
        Self { action, actor, object_kind, object_id, succeeded, before }
    }
}

/// Lines of the audit log, newest first
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "list_audit",
    tag = "audit",
    params(AuditQuery),
    responses((status = 200, description = "A page of lines.", body = AuditPage), Refusals)
)]
pub async fn list(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(query): Params<AuditQuery>,
) -> Result<Json<AuditPage>, Problem> {
    Ok(Json(state.services.audit.page(&caller, query.into()).await?.into()))
}
