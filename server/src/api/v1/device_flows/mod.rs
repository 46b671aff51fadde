//! Signing in with a code: an agent may begin, a person approves on any device.

mod begin;
mod cancel;
mod read;

use crate::state::AppState;
use app::convert::moment;
use serde::Serialize;
use services::device_sign_in::DeviceFlowState;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Operations on sign-ins with a code.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(read::read, begin::begin, cancel::cancel))
}

/// A sign-in with a code.
#[derive(Serialize, ToSchema)]
pub struct DeviceFlowView {
    /// Its id.
    id: String,
    /// Name of who began it.
    by: String,
    /// `starting`, `waiting`, `finishing`, `connected`, `expired`, `denied`, `failed` or `cancelled`.
    phase: &'static str,
    /// `cli`: the provider's program does it; `native`: Purser does.
    mode: &'static str,
    /// What the person compares or types in, while it waits.
    user_code: Option<String>,
    /// Where they type it in.
    verification_uri: Option<String>,
    /// The same with the code in it, where the provider gives one.
    verification_uri_complete: Option<String>,
    /// When the code stops being valid.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Why it failed, in a stable word.
    reason: Option<String>,
    /// What happened and what to do, when it ended without a connection.
    message: String,
}

impl From<DeviceFlowState> for DeviceFlowView {
    fn from(state: DeviceFlowState) -> Self {
        let shown = state.shown.as_ref();
        Self {
            id: state.id.to_string(),
            by: state.by,
            phase: state.phase.as_str(),
            mode: state.mode.as_str(),
            user_code: shown.map(|shown| shown.user_code.as_str().to_owned()),
            verification_uri: shown.map(|shown| shown.verification_uri.to_string()),
            verification_uri_complete: shown.and_then(|shown| shown.verification_uri_complete.as_ref()).map(ToString::to_string),
            expires_at: state.expires_at.map(|at| moment(at).iso),
            reason: state.reason,
            message: state.words,
        }
    }
}
