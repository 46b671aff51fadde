//! Provider health for monitoring: connected providers only, with one word for all of them.

mod get;

use super::providers::HealthState;
use crate::state::AppState;
use app::convert::moment;
use serde::Serialize;
use services::overview::ProviderState;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{Health, ProviderId};

/// Operations on health.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(get::get))
}

/// Health of every connected provider.
#[derive(Serialize, ToSchema)]
pub struct HealthList {
    status: OverallHealth,
    /// In the order of the catalogue; those that are not connected are left out.
    providers: Vec<ProviderHealth>,
}

/// One word for all connected providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OverallHealth {
    /// Nobody has to do anything.
    Ok,
    /// Something will stop soon, or waits for a rate limit or an outage to pass.
    Warning,
    /// Something does not work until a person acts.
    Failing,
}

/// Health of a connected provider.
#[derive(Serialize, ToSchema)]
pub struct ProviderHealth {
    #[schema(value_type = String)]
    id: ProviderId,
    name: String,
    health: HealthState,
    /// May the gateway send requests to it right now?
    usable: bool,
    /// When it was last asked.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
}

impl From<Vec<ProviderState>> for HealthList {
    fn from(states: Vec<ProviderState>) -> Self {
        let connected: Vec<_> = states.into_iter().filter(|state| state.connection.is_some()).collect();
        let overall = connected.iter().map(|state| judge(state.health.health)).max().unwrap_or(OverallHealth::Ok);
        Self { status: overall, providers: connected.into_iter().map(ProviderHealth::from).collect() }
    }
}

/// As `purser status --check` judges, whose exit codes are 0, 2 and 1.
const fn judge(health: Health) -> OverallHealth {
    match health {
        Health::NotConnected | Health::Connecting | Health::Connected | Health::Disabled => OverallHealth::Ok,
        Health::ExpiringSoon | Health::CoolingDown | Health::Unreachable => OverallHealth::Warning,
        Health::NeedsSignIn | Health::Rejected | Health::NoFunds | Health::CannotDecrypt => OverallHealth::Failing,
    }
}

impl From<ProviderState> for ProviderHealth {
    fn from(state: ProviderState) -> Self {
        Self {
            id: state.provider.id.clone(),
            name: state.provider.name.clone(),
            usable: state.health.health.usable(),
            checked_at: state.connection.map(|connection| moment(connection.standing.checked_at()).iso),
            health: state.health.into(),
        }
    }
}
