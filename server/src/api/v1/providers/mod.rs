//! Providers: the catalogue with each entry's connection and health, and everything that can be done to a connection.

mod connect_key;
mod connect_local;
mod details;
mod disconnect;
mod get;
mod list;
mod paid_test;
mod switch;
mod test;

use super::words;
use crate::state::AppState;
use app::convert::{dollars, moment};
use domain::connection::{Connection, Detection, HealthReport};
use serde::Serialize;
use services::connections::Outcome;
use services::credentials;
use services::overview::ProviderState;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{AuthMethod, Category, Health, ProviderId, Verdict};

/// Operations on providers.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(get::get))
        .routes(routes!(connect_key::connect_key))
        .routes(routes!(connect_local::connect_local))
        .routes(routes!(test::test))
        .routes(routes!(paid_test::paid_test))
        .routes(routes!(disconnect::disconnect, switch::switch))
}

/// A provider with its state.
#[derive(Serialize, ToSchema)]
pub struct ProviderView {
    /// Stable name, for example `anthropic`.
    #[schema(value_type = String)]
    id: ProviderId,
    /// As shown.
    name: String,
    /// One sentence on what it is.
    summary: String,
    #[schema(value_type = words::Category)]
    category: Category,
    /// Ways it can be connected, the recommended one first.
    #[schema(value_type = Vec<words::AuthMethod>)]
    methods: Vec<AuthMethod>,
    health: HealthState,
    /// The account there, if it is connected.
    connection: Option<ConnectionView>,
    /// For local engines: what the last look found.
    detection: Option<DetectionView>,
    /// Active models.
    models: u32,
    /// List-price use since the first of the month in US dollars, as exact decimal text; `null` when there was none
    /// with a known price.
    month_cost_usd: Option<String>,
}

/// A health state with its cause and its end.
#[derive(Serialize, ToSchema)]
pub struct HealthState {
    #[schema(value_type = words::Health)]
    state: Health,
    /// The cause in words, with the provider's own message where there is one; may be empty.
    cause: String,
    /// When it changes, or is looked at again, by itself.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// An account at a provider.
#[derive(Serialize, ToSchema)]
pub struct ConnectionView {
    #[schema(value_type = words::AuthMethod)]
    method: AuthMethod,
    /// Switched off, it keeps its credential and gets no requests.
    enabled: bool,
    /// Account name or e-mail address, where the provider tells.
    account: Option<String>,
    /// The last four characters of the key, for example `…a1B2`.
    key_hint: Option<String>,
    /// Where requests go.
    base_url: Option<String>,
    /// The name of who connected it.
    connected_by: String,
    #[schema(format = DateTime)]
    connected_at: String,
    /// What the last check said.
    #[schema(value_type = words::Verdict)]
    verdict: Verdict,
    #[schema(format = DateTime)]
    checked_at: String,
    /// When it is checked again by itself.
    #[schema(format = DateTime)]
    next_check_at: Option<String>,
    /// Grows with every change. Send it with a new key to be refused when somebody else was faster.
    version: i64,
}

/// What the last look at a local engine found.
#[derive(Serialize, ToSchema)]
pub struct DetectionView {
    /// Did it answer?
    running: bool,
    /// The addresses that were looked at; the one that answered, if one did.
    addresses: Vec<String>,
    /// Models it has.
    models: u32,
    #[schema(format = DateTime)]
    looked_at: String,
}

/// What came of saving or testing.
#[derive(Serialize, ToSchema)]
pub struct CheckResult {
    /// What the provider said of the credential.
    #[schema(value_type = words::Verdict)]
    verdict: Verdict,
    /// What happened and what to do.
    message: String,
    /// Was a credential, or an address, saved?
    saved: bool,
}

impl From<Outcome> for CheckResult {
    fn from(outcome: Outcome) -> Self {
        Self { verdict: outcome.verdict, message: outcome.message, saved: outcome.saved }
    }
}

impl From<ProviderState> for ProviderView {
    fn from(state: ProviderState) -> Self {
        let provider = &state.provider;
        let base_url = |c: &Connection| credentials::base_url(provider, c.method, c.base_url.as_ref()).ok();
        Self {
            id: provider.id.clone(),
            name: provider.name.clone(),
            summary: provider.summary.clone(),
            category: provider.category,
            methods: provider.methods.iter().map(|method| method.kind).collect(),
            health: state.health.clone().into(),
            connection: state.connection.clone().map(|c| ConnectionView { base_url: base_url(&c).map(String::from), ..c.into() }),
            detection: state.detection.as_ref().map(DetectionView::from),
            models: state.models,
            month_cost_usd: state.month_cost.map(dollars),
        }
    }
}

impl From<HealthReport> for HealthState {
    fn from(report: HealthReport) -> Self {
        Self { state: report.health, cause: report.cause, until: report.until.map(|at| moment(at).iso) }
    }
}

impl From<Connection> for ConnectionView {
    fn from(connection: Connection) -> Self {
        Self {
            method: connection.method,
            enabled: connection.enabled,
            account: connection.account,
            key_hint: connection.key_hint,
            base_url: connection.base_url.map(String::from),
            connected_by: connection.connected_by_name,
            connected_at: moment(connection.connected_at).iso,
            verdict: connection.standing.verdict(),
            checked_at: moment(connection.standing.checked_at()).iso,
            next_check_at: connection.standing.next_check_at().map(|at| moment(at).iso),
            version: connection.version,
        }
    }
}

impl From<&Detection> for DetectionView {
    fn from(detection: &Detection) -> Self {
        match detection {
            Detection::NotRunning { looked_at, at } => Self {
                running: false,
                addresses: looked_at.iter().map(ToString::to_string).collect(),
                models: 0,
                looked_at: moment(*at).iso,
            },
            Detection::Running { base_url, models, at } => {
                Self { running: true, addresses: vec![base_url.to_string()], models: *models, looked_at: moment(*at).iso }
            }
        }
    }
}
