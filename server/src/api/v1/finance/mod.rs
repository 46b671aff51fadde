//! Finance: suppliers, contracts, work items, and what Finance knows of a provider.

mod bill_views;
mod bills;
mod contract_edit;
mod contract_life;
mod contract_views;
mod contracts;
mod exports;
mod fields;
mod items;
mod jobs;
mod provider_prices;
mod provider_views;
mod providers;
mod reports;
mod spend;
mod spend_views;
mod supplier_views;
mod suppliers;
mod terms;

use super::words;
use crate::state::AppState;
use app::convert::moment;
use domain::finance::money::Money;
use domain::finance::work_item::WorkItem;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::finance::{Severity, WorkItemStatus, WorkItemType};
use vocab::{ContractId, FinanceProfileId, SupplierId, UserId, WorkItemId};

/// Operations on Finance.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(suppliers::list, suppliers::add))
        .routes(routes!(suppliers::get, suppliers::edit, suppliers::delete))
        .routes(routes!(suppliers::status))
        .routes(routes!(contracts::list))
        .routes(routes!(contracts::get))
        .routes(routes!(contract_edit::terms))
        .routes(routes!(contract_edit::allowances))
        .routes(routes!(contract_edit::price))
        .routes(routes!(contract_edit::end_price))
        .routes(routes!(reports::list, reports::enter))
        .routes(routes!(reports::remove))
        .routes(routes!(contract_life::activate))
        .routes(routes!(contract_life::suspend))
        .routes(routes!(contract_life::resume))
        .routes(routes!(contract_life::terminate))
        .routes(routes!(contract_life::supersede))
        .routes(routes!(spend::spend))
        .routes(routes!(spend::evaluations))
        .routes(routes!(bills::list))
        .routes(routes!(bills::get))
        .routes(routes!(bills::confirm))
        .routes(routes!(bills::submit))
        .routes(routes!(bills::approve))
        .routes(routes!(bills::reject))
        .routes(routes!(bills::pay))
        .routes(routes!(bills::void))
        .routes(routes!(bills::redraft))
        .routes(routes!(exports::csv))
        .routes(routes!(exports::description))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::run))
        .routes(routes!(items::list))
        .routes(routes!(items::change))
        .merge(of_providers())
}

/// What Finance keeps of a provider.
fn of_providers() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(providers::panel))
        .routes(routes!(providers::hand_off))
        .routes(routes!(providers::settings, providers::edit))
        .routes(routes!(providers::relink))
        .routes(routes!(providers::archive))
        .routes(routes!(provider_prices::list, provider_prices::add))
        .routes(routes!(provider_prices::end))
}

/// An amount in its currency.
#[derive(Serialize, ToSchema)]
pub struct MoneyView {
    /// Exact decimal text, for example `500.00`.
    amount: String,
    /// ISO 4217.
    currency: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { amount: money.amount().to_string(), currency: money.currency().code().to_owned() }
    }
}

/// The version that was read, so that a change by somebody else since then is refused with 409.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionBody {
    version: i64,
}

/// Something Finance has to do.
#[derive(Serialize, ToSchema)]
pub struct WorkItemView {
    #[schema(value_type = String, format = "uuid")]
    id: WorkItemId,
    /// `FWI-…`.
    number: String,
    #[schema(value_type = words::WorkItemType)]
    kind: WorkItemType,
    #[schema(value_type = words::WorkItemStatus)]
    status: WorkItemStatus,
    #[schema(value_type = words::Severity)]
    severity: Severity,
    /// What to do, for which provider or contract.
    title: String,
    /// The figures, in words.
    description: Option<String>,
    /// The figures, for machines, for example `missing_fields`.
    #[schema(value_type = Object)]
    metadata: serde_json::Value,
    #[schema(value_type = Option<String>, format = "uuid")]
    profile_id: Option<FinanceProfileId>,
    #[schema(value_type = Option<String>, format = "uuid")]
    contract_id: Option<ContractId>,
    #[schema(value_type = Option<String>, format = "uuid")]
    supplier_id: Option<SupplierId>,
    /// Who should do it; `null` is the finance queue.
    #[schema(value_type = Option<String>, format = "uuid")]
    owner_id: Option<UserId>,
    #[schema(format = DateTime)]
    due_at: Option<String>,
    #[schema(format = DateTime)]
    snoozed_until: Option<String>,
    #[schema(format = DateTime)]
    first_seen_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// How often it was detected.
    occurrences: u32,
    #[schema(format = DateTime)]
    resolved_at: Option<String>,
    /// `auto:` and a word, or a person's reason.
    resolution: Option<String>,
}

impl From<WorkItem> for WorkItemView {
    fn from(item: WorkItem) -> Self {
        let facts = item.state.facts();
        let at = |at: Option<OffsetDateTime>| at.map(|at| moment(at).iso);
        Self {
            id: item.id,
            number: item.number,
            kind: item.kind,
            status: facts.status,
            severity: item.severity,
            title: item.title,
            description: item.description,
            metadata: item.metadata.into(),
            profile_id: item.links.profile_id,
            contract_id: item.links.contract_id,
            supplier_id: item.links.supplier_id,
            owner_id: item.owner,
            due_at: at(item.due_at),
            snoozed_until: at(item.snoozed_until),
            first_seen_at: moment(item.first_seen_at).iso,
            last_seen_at: moment(item.last_seen_at).iso,
            occurrences: item.occurrences,
            resolved_at: at(facts.resolved_at),
            resolution: facts.resolution,
        }
    }
}
