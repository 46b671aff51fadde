//! What differs between two versions of the terms, in words for the audit log.

use super::ContractTerms;
use rust_decimal::Decimal;
use vocab::finance::ContractField as Field;

/// One field before and after; `None` where nothing was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which field.
    pub field: Field,
    /// As it was.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

impl ContractTerms {
    /// The fields that differ, with both values.
    pub fn changes_to(&self, after: &Self) -> Vec<FieldChange> {
        let pairs = self.texts().into_iter().zip(after.texts());
        pairs.filter(|(was, is)| was != is).map(|((field, before), (_, after))| FieldChange { field, before, after }).collect()
    }

    fn texts(&self) -> Vec<(Field, Option<String>)> {
        // Two ways of writing one amount are no change.
        let amount = |value: Option<Decimal>| value.map(|value| value.normalize().to_string());
        let tick = |value: bool| Some(if value { "yes" } else { "no" }.to_owned());
        vec![
            (Field::ContractType, text(self.contract_type.as_ref())),
            (Field::BudgetOwner, text(self.budget_owner.as_ref())),
            (Field::Currency, text(self.currency.as_ref())),
            (Field::BillingCadence, text(self.cadence.as_ref())),
            (Field::BillingTiming, text(Some(&self.timing))),
            (Field::CommitmentAmount, amount(self.commitment_amount)),
            (Field::FreePlan, tick(self.free_plan)),
            (Field::MinimumSpend, amount(self.minimum_spend)),
            (Field::BudgetAmount, amount(self.budget_amount)),
            (Field::BudgetWindow, text(Some(&self.budget_window))),
            (Field::AllowsOverage, tick(self.allows_overage)),
            (Field::StartDate, text(self.start_date.as_ref())),
            (Field::EndDate, text(self.end_date.as_ref())),
            (Field::RenewalDate, text(self.renewal_date.as_ref())),
            (Field::NoticeDays, text(self.notice_days.as_ref())),
            (Field::AnchorDate, text(self.anchor_date.as_ref())),
            (Field::TimeZone, text(Some(&self.time_zone))),
            (Field::Proration, text(Some(&self.proration))),
            (Field::BillingUrl, text(self.billing_url.as_ref())),
            (Field::UsageUrl, text(self.usage_url.as_ref())),
            (Field::PaymentTerms, self.payment_terms.clone()),
            (Field::AccountCode, self.account_code.clone()),
            (Field::Notes, self.notes.clone()),
        ]
    }
}

fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}
