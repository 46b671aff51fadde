//! `GET /api/v1/notifications`

use super::NotificationList;
use crate::api::extract::{Asking, Params};
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use vocab::NotificationId;

/// Which notifications.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only those that somebody still has to act on.
    #[serde(default)]
    open: bool,
    /// Only those older than this one.
    #[param(value_type = Option<String>, format = "uuid")]
    before: Option<NotificationId>,
}

/// What operators were told, newest first
#[utoipa::path(
    get,
    path = "/api/v1/notifications",
    operation_id = "list_notifications",
    tag = "notifications",
    params(NotificationQuery),
    responses((status = 200, description = "A page.", body = NotificationList), Refusals)
)]
pub async fn list(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(query): Params<NotificationQuery>,
) -> Result<Json<NotificationList>, Problem> {
    let page = state.services.notifications.page(&caller, query.open, query.before).await?;
    let unread = state.services.notifications.unread(&caller).await?;
    Ok(Json(NotificationList::new(page, unread)))
}
