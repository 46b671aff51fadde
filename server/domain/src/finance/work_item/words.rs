//! What items say to people.

use super::reconcile::object;
use crate::finance::evaluation::Evaluation;
use crate::finance::money::rounded;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use vocab::finance::WorkItemType;

/// What to do, for which provider or contract.
pub fn title(kind: WorkItemType, about: &str) -> String {
    match kind {
        WorkItemType::PlanDetailsNeeded => format!("Complete the plan details of {about}"),
        WorkItemType::BillingUrlMissing => format!("Enter the billing link of {about}"),
        WorkItemType::UsageSourceMissing => format!("Find out why no usage is recorded for {about}"),
        WorkItemType::ReconciliationReview => format!("Compare the vendor's figures with ours for {about}"),
        WorkItemType::UnderuseAttention => format!("Use or reduce the paid allowance of {about}"),
        WorkItemType::LowRemaining => format!("Plan for the end of the allowance of {about}"),
        WorkItemType::CriticalLowRemaining => format!("Act before the allowance of {about} runs out"),
        WorkItemType::OverageRisk => format!("Decide about usage beyond the allowance of {about}"),
        WorkItemType::BudgetExceeded => format!("Review the spend of {about}: it is over budget"),
        WorkItemType::CommitmentWithoutProvider => format!("Reconnect a provider of {about} or end it"),
        WorkItemType::SupplierLinkReview => format!("Confirm the supplier of {about}"),
        WorkItemType::ContractRenewalDue => format!("Decide on the renewal of {about}"),
        WorkItemType::PriceMissing => format!("Enter prices for {about}"),
        WorkItemType::BillBlocked => format!("Clear the way for the bill of {about}"),
    }
}

/// A day's figures in one sentence, and for machines.
pub fn evaluation_words(evaluation: &Evaluation) -> (Option<String>, Map<String, Value>) {
    let Some(figures) = &evaluation.figures else { return (None, Map::new()) };
    let mut parts = Vec::new();
    if let Some(percent) = figures.utilization_pct {
        parts.push(format!("{} % used on day {} of {}", one_decimal(percent), evaluation.days_elapsed, evaluation.days_in_period));
    }
    if let Some(percent) = figures.projected_utilization_pct {
        parts.push(format!("{} % projected", one_decimal(percent)));
    }
    if let Some(value) = figures.projected_unused_value.filter(|value| value.is_positive()) {
        parts.push(format!("{} of the commitment would be lost", value.to_minor()));
    }
    if let Some(cost) = figures.projected_overage_cost.filter(|cost| cost.is_positive()) {
        parts.push(format!("{} would be charged on top", cost.to_minor()));
    }
    let text = |value: Decimal| Value::from(value.normalize().to_string());
    let optional = |value: Option<Decimal>| value.map_or(Value::Null, text);
    let metadata = object([
        ("date", Value::from(evaluation.date.to_string())),
        ("consumed", text(evaluation.consumed)),
        ("included", optional(evaluation.included)),
        ("projected", text(figures.projected)),
        ("projected_unused_value", optional(figures.projected_unused_value.map(|value| value.to_stored().amount()))),
        ("projected_overage", text(figures.projected_overage)),
        ("projected_overage_cost", optional(figures.projected_overage_cost.map(|cost| cost.to_stored().amount()))),
        ("currency", Value::from(evaluation.currency.code())),
    ]);
    ((!parts.is_empty()).then(|| parts.join("; ")), metadata)
}

fn one_decimal(percent: Decimal) -> String {
    let mut shown = rounded(percent, 1);
    shown.rescale(1);
    shown.to_string()
}
