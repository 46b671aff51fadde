//! Signing in at providers: an agent may begin, a person approves at the provider.

mod answer;
mod begin;
mod cancel;
mod list;

use crate::state::AppState;
use app::convert::moment;
use serde::Serialize;
use services::sign_in::SignInState;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::FlowPhase;

/// Operations on sign-ins.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list::list, begin::begin, cancel::cancel)).routes(routes!(answer::answer))
}

/// A sign-in under way.
#[derive(Serialize, ToSchema)]
pub struct SignInView {
    /// Name of who began it.
    by: String,
    /// Is that the caller?
    mine: bool,
    /// Has the provider answered, so that only Purser is still busy?
    finishing: bool,
    /// Will the answer have to be sent to `…/sign-in/answer`?
    pasting: bool,
    /// When the waiting ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<SignInState> for SignInView {
    fn from(state: SignInState) -> Self {
        let SignInState { by, mine, phase, pasting, expires_at, .. } = state;
        Self { by, mine, finishing: phase == FlowPhase::Finishing, pasting, expires_at: moment(expires_at).iso }
    }
}
