//! Spend and figures, as sent.

use super::MoneyView;
use crate::api::v1::words;
use app::convert::moment;
use domain::finance::evaluation::{Evaluation, Snapshot, Subject};
use domain::finance::spend::Converted;
use domain::finance::{Money, Totals};
use rust_decimal::Decimal;
use serde::Serialize;
use services::finance::{SpendPage, SpendRow};
use utoipa::ToSchema;
use vocab::finance::{Confidence, UsageSource};
use vocab::{AllowanceId, ContractId, ProviderId};

/// What is spent on AI. Amounts of different currencies are never added; what is not known is absent, never 0.
#[derive(Serialize, ToSchema)]
pub struct Spend {
    /// Suppliers behind providers.
    suppliers: usize,
    /// Committed to a month by contracts in force, by currency.
    committed: Vec<MoneyView>,
    /// That as one total, where there are several currencies and the operator gave rates.
    committed_total: Option<ConvertedView>,
    /// The same of drafts, which nobody has confirmed.
    unconfirmed: Vec<MoneyView>,
    /// Contracts that need setting up.
    needs_setup: usize,
    open_items: usize,
    /// What may be lost in the periods that run.
    unused_at_risk: Vec<MoneyView>,
    /// That as one total, likewise.
    at_risk_total: Option<ConvertedView>,
    contracts: Vec<SpendContract>,
    /// Metered use by day.
    by_day: Vec<SpendSeries>,
    by_provider: Vec<SpendProvider>,
    #[schema(format = DateTime)]
    last_evaluated: Option<String>,
    /// Yesterday's figures are late.
    overdue: bool,
}

/// A total of several currencies: an indication, as old as its oldest rate.
#[derive(Serialize, ToSchema)]
pub struct ConvertedView {
    total: MoneyView,
    #[schema(format = Date)]
    rate_date: Option<String>,
}

/// A contract in [`Spend`].
#[derive(Serialize, ToSchema)]
pub struct SpendContract {
    #[schema(value_type = String, format = "uuid")]
    id: ContractId,
    number: String,
    supplier: String,
    monthly: Option<MoneyView>,
    /// Percent of the budget's window.
    budget_used_pct: Option<String>,
    /// Newest figures of each allowance in its present period.
    allowances: Vec<SpendAllowance>,
}

/// An allowance in [`SpendContract`].
#[derive(Serialize, ToSchema)]
pub struct SpendAllowance {
    #[schema(value_type = String, format = "uuid")]
    id: AllowanceId,
    name: String,
    unit: String,
    /// Does the vendor publish a quantity?
    disclosed: bool,
    /// `null`: no data.
    newest: Option<EvaluationView>,
}

/// One currency by day.
#[derive(Serialize, ToSchema)]
pub struct SpendSeries {
    /// ISO 4217.
    currency: String,
    days: Vec<SpendDay>,
}

/// One day.
#[derive(Serialize, ToSchema)]
pub struct SpendDay {
    #[schema(format = Date)]
    date: String,
    /// `null`: nobody was measuring.
    amount: Option<String>,
    /// Some requests have no known price: at least this much.
    partial: bool,
}

/// One provider.
#[derive(Serialize, ToSchema)]
pub struct SpendProvider {
    #[schema(value_type = String)]
    id: ProviderId,
    name: String,
    /// What its metered use cost.
    spent: Vec<MoneyView>,
    /// What use covered by a plan would have cost.
    included: Vec<MoneyView>,
    requests: u64,
    /// Requests without a known value.
    unpriced: u64,
}

/// A contract's figures, oldest day first.
#[derive(Serialize, ToSchema)]
pub struct EvaluationList {
    pub(super) evaluations: Vec<EvaluationView>,
}

/// The figures of one day. Quantities are cumulative since the period began; percentages and amounts are exact decimal text.
#[derive(Serialize, ToSchema)]
pub struct EvaluationView {
    /// `null`: the metered contract as a whole.
    #[schema(value_type = Option<String>, format = "uuid")]
    allowance_id: Option<AllowanceId>,
    #[schema(format = Date)]
    date: String,
    #[schema(format = Date)]
    period_start: String,
    /// The day after its last.
    #[schema(format = Date)]
    period_end: String,
    #[schema(value_type = words::UsageSource)]
    source: UsageSource,
    #[schema(value_type = words::Confidence)]
    confidence: Confidence,
    consumed: String,
    included: Option<String>,
    utilization_pct: Option<String>,
    projected: Option<String>,
    projected_utilization_pct: Option<String>,
    projected_unused_value: Option<MoneyView>,
    projected_overage_cost: Option<MoneyView>,
    /// What the use would cost at list price.
    usage_cost_estimate: Option<MoneyView>,
    #[serde(rename = "final")]
    is_final: bool,
    /// 1 at first, one more each time a number changed; `null` in overviews.
    revision: Option<u32>,
}

impl From<&Evaluation> for EvaluationView {
    fn from(evaluation: &Evaluation) -> Self {
        let figures = evaluation.figures.as_ref();
        let text = |value: Decimal| value.normalize().to_string();
        Self {
            allowance_id: match evaluation.subject {
                Subject::Allowance(id) => Some(id),
                Subject::Contract => None,
            },
            date: evaluation.date.to_string(),
            period_start: evaluation.period.start().to_string(),
            period_end: evaluation.period.end().to_string(),
            source: evaluation.source,
            confidence: evaluation.confidence,
            consumed: text(evaluation.consumed),
            included: evaluation.included.map(text),
            utilization_pct: figures.and_then(|figures| figures.utilization_pct).map(text),
            projected: figures.map(|figures| text(figures.projected)),
            projected_utilization_pct: figures.and_then(|figures| figures.projected_utilization_pct).map(text),
            projected_unused_value: figures.and_then(|figures| figures.projected_unused_value).map(MoneyView::from),
            projected_overage_cost: figures.and_then(|figures| figures.projected_overage_cost).map(MoneyView::from),
            usage_cost_estimate: evaluation.usage_cost_estimate.map(MoneyView::from),
            is_final: evaluation.is_final,
            revision: None,
        }
    }
}

impl From<&Snapshot> for EvaluationView {
    fn from(row: &Snapshot) -> Self {
        Self { revision: Some(row.revision), ..Self::from(&row.evaluation) }
    }
}

fn amounts(totals: &Totals) -> Vec<MoneyView> {
    totals.sums().map(|sum| sum.to_minor().into()).collect()
}

fn monies(sums: Vec<Money>) -> Vec<MoneyView> {
    sums.into_iter().map(MoneyView::from).collect()
}

impl From<SpendRow> for SpendContract {
    fn from(row: SpendRow) -> Self {
        let allowance = |state: services::finance::AllowanceState| SpendAllowance {
            id: state.id,
            name: state.name,
            unit: state.unit,
            disclosed: state.is_disclosed,
            newest: state.newest.as_ref().map(EvaluationView::from),
        };
        Self {
            id: row.row.contract.id,
            number: row.row.contract.number,
            supplier: row.row.supplier,
            monthly: row.monthly.map(|amount| amount.to_minor().into()),
            budget_used_pct: row.budget_used_pct.map(|percent| percent.round_dp(4).normalize().to_string()),
            allowances: row.allowances.into_iter().map(allowance).collect(),
        }
    }
}

impl From<Converted> for ConvertedView {
    fn from(converted: Converted) -> Self {
        Self { total: converted.total.into(), rate_date: converted.rate_date.map(|date| date.to_string()) }
    }
}

impl From<SpendPage> for Spend {
    fn from(page: SpendPage) -> Self {
        let day = |point: domain::finance::spend::DaySpend| SpendDay {
            date: point.date.to_string(),
            amount: point.amount.map(|amount| amount.to_minor().amount().to_string()),
            partial: point.is_partial,
        };
        let series = |series: services::finance::DaySeries| SpendSeries {
            currency: series.currency.code().to_owned(),
            days: series.points.into_iter().map(day).collect(),
        };
        let provider = |spend: services::finance::ProviderSpend| SpendProvider {
            id: spend.id,
            name: spend.name,
            spent: monies(spend.sums),
            included: monies(spend.included),
            requests: spend.requests,
            unpriced: spend.unpriced,
        };
        Self {
            suppliers: page.card.suppliers,
            committed: amounts(&page.card.committed.confirmed),
            committed_total: page.card.committed_total.map(ConvertedView::from),
            unconfirmed: amounts(&page.card.committed.unconfirmed),
            needs_setup: page.card.needs_setup,
            open_items: page.card.open_items.total(),
            unused_at_risk: amounts(&page.card.unused_at_risk),
            at_risk_total: page.card.at_risk_total.map(ConvertedView::from),
            contracts: page.rows.into_iter().map(SpendContract::from).collect(),
            by_day: page.by_day.into_iter().map(series).collect(),
            by_provider: page.by_provider.into_iter().map(provider).collect(),
            last_evaluated: page.last_evaluated.map(|at| moment(at).iso),
            overdue: page.is_overdue,
        }
    }
}
