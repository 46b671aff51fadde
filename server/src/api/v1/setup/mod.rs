//! The first account.

mod create_owner;

use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Operations on an installation that nobody has an account on.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(create_owner::create_owner))
}
