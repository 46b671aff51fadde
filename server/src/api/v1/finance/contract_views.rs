//! Contracts on the wire.

use super::terms::{AllowanceBody, Terms};
use super::{MoneyView, WorkItemView};
use crate::api::v1::words;
use app::convert::moment;
use domain::audit::{Action, AuditRecord};
use domain::finance::contract::{Contract, FieldProblem};
use domain::finance::price::PriceFact;
use serde::Serialize;
use services::finance::{ContractPage, ContractRow, Covered};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use vocab::finance::{ContractStatus, ContractType, Meter, PriceVariant};
use vocab::{ContractId, PriceFactId, ProviderId, SupplierId};

/// One version of a contract.
#[derive(Serialize, ToSchema)]
pub struct ContractView {
    #[schema(value_type = String, format = "uuid")]
    id: ContractId,
    /// `AIC-…`.
    number: String,
    #[schema(value_type = String, format = "uuid")]
    supplier_id: SupplierId,
    /// `vendor:channel`.
    billing_account: String,
    #[schema(value_type = words::ContractStatus)]
    status: ContractStatus,
    /// What its type probably is, from how the provider is connected.
    #[schema(value_type = Option<words::ContractType>)]
    suggested_type: Option<ContractType>,
    terms: Terms,
    /// The fixed amount of one month: to compare by, never billed.
    monthly_equivalent: Option<MoneyView>,
    #[schema(format = DateTime)]
    activated_at: Option<String>,
    /// Why it was suspended or terminated.
    reason: Option<String>,
    /// The version it replaced.
    #[schema(value_type = Option<String>, format = "uuid")]
    supersedes: Option<ContractId>,
    /// The version that replaced it.
    #[schema(value_type = Option<String>, format = "uuid")]
    successor: Option<ContractId>,
    version: i64,
}

/// A contract in a list.
#[derive(Serialize, ToSchema)]
pub struct ContractSummary {
    contract: ContractView,
    /// With whom.
    supplier: String,
    /// Its budget owner's name.
    owner: Option<String>,
    covers: Vec<CoveredView>,
    open_items: Vec<WorkItemView>,
}

/// A provider under a contract.
#[derive(Serialize, ToSchema)]
pub struct CoveredView {
    #[schema(value_type = String)]
    provider_id: ProviderId,
    provider: String,
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    to: Option<String>,
}

/// Contracts.
#[derive(Serialize, ToSchema)]
pub struct ContractList {
    /// Newest first.
    pub(super) contracts: Vec<ContractSummary>,
}

/// Everything about a contract.
#[derive(Serialize, ToSchema)]
pub struct ContractDetail {
    contract: ContractView,
    supplier: String,
    owner: Option<String>,
    allowances: Vec<AllowanceBody>,
    coverage: Vec<CoveredView>,
    /// Field → what keeps a draft from being activated.
    problems: BTreeMap<String, String>,
    open_items: Vec<WorkItemView>,
    prices: Vec<PriceView>,
    /// The other versions for the same account, newest first.
    versions: Vec<ContractView>,
    /// What was done to it, newest first.
    history: Vec<HistoryLine>,
}

/// A price that a contract says.
#[derive(Serialize, ToSchema)]
pub struct PriceView {
    #[schema(value_type = String, format = "uuid")]
    id: PriceFactId,
    model_id: String,
    #[schema(value_type = words::Meter)]
    meter: Meter,
    #[schema(value_type = Option<words::PriceVariant>)]
    variant: Option<PriceVariant>,
    price: String,
    /// Units the price is for.
    per: String,
    currency: String,
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    until: Option<String>,
}

/// Something that was done to a contract.
#[derive(Serialize, ToSchema)]
pub struct HistoryLine {
    #[schema(format = DateTime)]
    at: String,
    actor: String,
    /// Stable text, for example `contract_activate`.
    action: String,
    /// That in words.
    words: String,
    detail: String,
}

impl From<Contract> for ContractView {
    fn from(contract: Contract) -> Self {
        let facts = contract.standing.facts();
        Self {
            id: contract.id,
            supplier_id: contract.supplier_id,
            billing_account: contract.account.to_string(),
            status: facts.status,
            suggested_type: contract.suggested_type,
            terms: (&contract.terms).into(),
            monthly_equivalent: contract.terms.monthly_equivalent().map(|money| money.to_stored().into()),
            activated_at: facts.activated.map(|stamp| moment(stamp.at).iso),
            reason: facts.reason,
            supersedes: contract.supersedes,
            successor: facts.successor,
            version: contract.version,
            number: contract.number,
        }
    }
}

impl From<Covered> for CoveredView {
    fn from(covered: Covered) -> Self {
        let to = covered.to.map(|to| moment(to).iso);
        Self { provider_id: covered.id, provider: covered.name, from: moment(covered.from).iso, to }
    }
}

impl From<ContractRow> for ContractSummary {
    fn from(row: ContractRow) -> Self {
        Self {
            contract: row.contract.into(),
            supplier: row.supplier,
            owner: row.owner,
            covers: row.covers.into_iter().map(CoveredView::from).collect(),
            open_items: row.open_items.into_iter().map(WorkItemView::from).collect(),
        }
    }
}

impl From<ContractPage> for ContractDetail {
    fn from(page: ContractPage) -> Self {
        Self {
            supplier: page.supplier.details.name,
            owner: page.owner,
            allowances: page.allowances.iter().map(AllowanceBody::from).collect(),
            coverage: page.coverage.into_iter().map(CoveredView::from).collect(),
            problems: problems(&page.problems),
            open_items: page.open_items.into_iter().map(WorkItemView::from).collect(),
            prices: page.prices.into_iter().map(PriceView::from).collect(),
            versions: page.versions.into_iter().map(ContractView::from).collect(),
            history: page.history.into_iter().map(HistoryLine::from).collect(),
            contract: page.contract.into(),
        }
    }
}

fn problems(found: &[FieldProblem]) -> BTreeMap<String, String> {
    services::finance::field_errors(found).0
}

impl From<PriceFact> for PriceView {
    fn from(fact: PriceFact) -> Self {
        Self {
            id: fact.id,
            meter: fact.meter,
            variant: fact.variant,
            price: fact.price.price().to_string(),
            per: fact.price.per().to_string(),
            currency: fact.price.currency().code().to_owned(),
            from: fact.effective.from().to_string(),
            until: fact.effective.until().map(|day| day.to_string()),
            model_id: fact.model_id,
        }
    }
}

impl From<AuditRecord> for HistoryLine {
    fn from(record: AuditRecord) -> Self {
        let words = Action::words(&record.action).to_owned();
        Self { at: moment(record.at).iso, actor: record.actor_name, words, action: record.action, detail: record.detail }
    }
}
