//! People with an account.

mod add;
mod change;
mod list;
mod reset_password;

use super::words;
use crate::state::AppState;
use app::convert::moment;
use domain::people::User;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{Role, UserId};

/// Operations on the team.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list, add::add))
        .routes(routes!(change::change))
        .routes(routes!(reset_password::reset_password))
}

/// A person with an account.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    #[schema(value_type = String, format = "uuid")]
    id: UserId,
    name: String,
    email: String,
    #[schema(value_type = words::Role)]
    role: Role,
    /// May they sign in?
    active: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_sign_in_at: Option<String>,
}

impl From<User> for PersonView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            active: user.is_active(),
            email: user.email.as_str().to_owned(),
            role: user.role,
            created_at: moment(user.created_at).iso,
            last_sign_in_at: user.last_sign_in_at.map(|at| moment(at).iso),
            name: user.name,
        }
    }
}
