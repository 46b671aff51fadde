//! Signed-in browsers of the person asking. An access token has none, and is told to sign in.

mod end;
mod list;
mod start;

use crate::http::cookies;
use crate::state::AppState;
use app::convert::moment;
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::people::Session;
use serde::Serialize;
use services::people::NewSession;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::SessionId;

/// Operations on sessions.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list::list, start::start)).routes(routes!(end::end))
}

/// A signed-in browser.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    #[schema(value_type = String, format = "uuid")]
    id: SessionId,
    /// What the browser calls itself.
    user_agent: String,
    /// Where they signed in from.
    address: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    seen_at: String,
    /// Is it the one asking?
    current: bool,
}

impl SessionView {
    fn new(session: Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id,
            user_agent: session.user_agent,
            address: session.address,
            created_at: moment(session.created_at).iso,
            seen_at: moment(session.seen_at).iso,
            current: current == Some(session.id),
        }
    }
}

/// A session just begun: its row in the body, its secret in the cookie.
pub struct NewSessionAnswer {
    headers: HeaderMap,
    view: SessionView,
}

impl NewSessionAnswer {
    /// For whoever asked.
    pub fn new(state: &AppState, new: NewSession) -> Self {
        let mut headers = HeaderMap::new();
        cookies::keep_session(&mut headers, state.settings.listen.public_url.is_https(), &new);
        let id = new.session.id;
        Self { headers, view: SessionView::new(new.session, Some(id)) }
    }
}

impl IntoResponse for NewSessionAnswer {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, self.headers, Json(self.view)).into_response()
    }
}
