//! `/metrics`, in Prometheus's text format. It names providers and says how much is asked of each, so it is not for
//! everybody. What there is, is listed in `serve::meters`.

use super::door::Door;
use super::refusal;
use crate::state::AppState;
use app::ctx::FromThisMachine;
use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::people::Caller;
use services::ServiceError;
use vocab::Permission;

/// For callers with `read_metrics`, and for programs on this machine.
pub async fn show(
    State(state): State<AppState>,
    Extension(local): Extension<FromThisMachine>,
    caller: Option<Extension<Caller>>,
) -> Response {
    let refused = match &caller {
        Some(Extension(caller)) => caller.require(Permission::ReadMetrics).err().map(ServiceError::from),
        None if local.0 => None,
        None => Some(ServiceError::SignedOut),
    };
    if let Some(error) = refused {
        return refusal::refuse(Door::Metrics, error);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}
