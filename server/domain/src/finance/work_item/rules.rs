//! When each kind of item should be open. What follows from a day's figures is judged by the evaluation; here it gets its
//! key, links and words.

use super::finding::{Finding, Links};
use super::key::{DedupeKey, Scope};
use super::reconcile::object;
use super::words::title;
use crate::finance::contract::Contract;
use crate::finance::evaluation::{Judgement, Signal};
use crate::finance::period::Period;
use crate::finance::supplier::{ReviewReason, SupplierReview};
use serde_json::{Map, Value};
use time::{Date, Duration, OffsetDateTime};
use vocab::finance::{AutoResolution, ContractField, ContractStatus, Severity, SkipReason, WorkItemType as Kind};
use vocab::{AllowanceId, BillId, FinanceProfileId, SupplierId};

/// After this long, missing details are urgent, if the provider is being used.
const PATIENCE: Duration = Duration::days(14);
/// A renewal is announced at least this many days ahead.
const RENEWAL_NOTICE: i64 = 30;

/// A contract that items are about.
#[derive(Debug, Clone, Copy)]
pub struct ContractSubject<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The profile it covers, if it is exactly one.
    pub sole_profile: Option<FinanceProfileId>,
    /// What people call it: the providers or the supplier.
    pub about: &'a str,
}

/// A profile that items are about.
#[derive(Debug, Clone, Copy)]
pub struct ProfileSubject<'a> {
    /// The profile.
    pub id: FinanceProfileId,
    /// Its supplier.
    pub supplier_id: Option<SupplierId>,
    /// The provider's name.
    pub about: &'a str,
}

/// What is known of a draft's gaps.
#[derive(Debug, Clone, Copy)]
pub struct PlanDetails<'a> {
    /// The required fields that lack.
    pub missing: &'a [ContractField],
    /// Since when the item is open, if it is.
    pub open_since: Option<OffsetDateTime>,
    /// Is there any usage under the contract?
    pub is_used: bool,
}

/// Which allowance and period a signal is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The allowance.
    pub allowance_id: Option<AllowanceId>,
    /// The first day of the allowance period, billing period or budget window.
    pub period_start: Option<Date>,
}

impl ContractSubject<'_> {
    /// Are required details missing? Only a draft is asked for them.
    pub fn plan_details(&self, details: PlanDetails<'_>, now: OffsetDateTime) -> Finding {
        let waited = details.open_since.is_some_and(|since| now - since >= PATIENCE);
        let judgement = match self.contract.status() {
            ContractStatus::Draft if details.missing.is_empty() => Judgement::Clear(AutoResolution::DetailsComplete),
            ContractStatus::Draft if waited && details.is_used => Judgement::Raise(Severity::High),
            ContractStatus::Draft => Judgement::Raise(Severity::Medium),
            ContractStatus::Active | ContractStatus::Suspended => Judgement::Clear(AutoResolution::ContractActivated),
            ContractStatus::Superseded => Judgement::Clear(AutoResolution::ContractSuperseded),
            ContractStatus::Expired | ContractStatus::Terminated => Judgement::Clear(AutoResolution::ContractEnded),
        };
        let labels: Vec<&str> = details.missing.iter().map(|field| field.label()).collect();
        let words: Vec<Value> = details.missing.iter().map(|field| Value::from(field.as_str())).collect();
        Finding {
            description: (!labels.is_empty()).then(|| format!("Missing: {}", labels.join(", "))),
            metadata: object([("missing_fields", Value::from(words))]),
            ..self.finding(Kind::PlanDetailsNeeded, None, judgement)
        }
    }

    /// Is a fixed amount owed although no covered provider is connected? Due when the next amount is.
    pub fn commitment_without_provider(&self, any_connected: bool, today: Date) -> Finding {
        let terms = &self.contract.terms;
        let fixed = terms.commitment_amount.is_some_and(|amount| !amount.is_zero());
        let judgement = match self.contract.status() {
            ContractStatus::Active if fixed && !any_connected => Judgement::Raise(Severity::High),
            ContractStatus::Active | ContractStatus::Suspended | ContractStatus::Draft => Judgement::Clear(AutoResolution::Reconnected),
            ContractStatus::Superseded => Judgement::Clear(AutoResolution::ContractSuperseded),
            ContractStatus::Expired | ContractStatus::Terminated => Judgement::Clear(AutoResolution::ContractEnded),
        };
        let renewal = terms.renewal_date.filter(|day| *day > today);
        let period_end = || terms.agreed()?.billing_cycle().containing(today).map(Period::end);
        let due = renewal.or_else(period_end).map(|day| terms.time_zone.start_of(day));
        Finding {
            description: terms
                .commitment()
                .map(|amount| format!("{} a billing period, and no provider of it is connected", amount.to_minor())),
            due_at: due,
            ..self.finding(Kind::CommitmentWithoutProvider, None, judgement)
        }
    }

    /// Does it renew or end soon? A renewal date that has passed stays on the list until the next one is entered.
    pub fn renewal_due(&self, today: Date) -> Finding {
        let terms = &self.contract.terms;
        let days = |day: Date| (day - today).whole_days();
        let next = [terms.renewal_date, terms.end_date].into_iter().flatten().min();
        let notice = i64::from(terms.notice_days.unwrap_or_default());
        let judgement = match (self.contract.status(), next) {
            (ContractStatus::Active | ContractStatus::Suspended, Some(next)) if days(next) <= notice && notice > 0 => {
                Judgement::Raise(Severity::High)
            }
            (ContractStatus::Active | ContractStatus::Suspended, Some(next)) if days(next) <= RENEWAL_NOTICE => {
                Judgement::Raise(Severity::Medium)
            }
            (ContractStatus::Active | ContractStatus::Suspended, _) => Judgement::Clear(AutoResolution::ContractRenewed),
            (ContractStatus::Superseded, _) => Judgement::Clear(AutoResolution::ContractSuperseded),
            (ContractStatus::Draft | ContractStatus::Expired | ContractStatus::Terminated, _) => {
                Judgement::Clear(AutoResolution::ContractEnded)
            }
        };
        let what = if next.is_some() && next == terms.end_date { "Ends" } else { "Renews" };
        let with_notice = terms.notice_days.map(|days| format!(", notice of {days} days")).unwrap_or_default();
        Finding {
            description: next.map(|day| format!("{what} on {day}{with_notice}")),
            ..self.finding(Kind::ContractRenewalDue, None, judgement)
        }
    }

    /// Was a bill refused that should have been drafted? `None`: it was drafted, or there was nothing to pay.
    pub fn bill_blocked(&self, period_start: Date, blocked: Option<SkipReason>, bill_id: Option<BillId>) -> Finding {
        let reason = blocked.filter(|reason| reason.is_blocking());
        let judgement = reason.map_or(Judgement::Clear(AutoResolution::BillDrafted), |_| Judgement::Raise(Severity::High));
        let finding = self.finding(Kind::BillBlocked, Some(period_start), judgement);
        Finding {
            description: reason.map(|reason| format!("The period from {period_start} could not be billed: {}", reason.label())),
            metadata: reason.map(|reason| object([("reason", Value::from(reason.as_str()))])).unwrap_or_default(),
            links: Links { bill_id, ..finding.links },
            ..finding
        }
    }

    /// A judgement of the evaluation, as an item: kept apart by allowance and period where the kind is about one.
    pub fn evaluated(&self, signal: Signal, place: Place, words: (Option<String>, Map<String, Value>)) -> Finding {
        let (scope, period_start) = match (signal.kind, place.allowance_id) {
            // An invoice is reconciled for the contract, a figure of use for its allowance.
            (
                Kind::UnderuseAttention | Kind::LowRemaining | Kind::CriticalLowRemaining | Kind::OverageRisk | Kind::ReconciliationReview,
                Some(id),
            ) => (Scope::Allowance(id), place.period_start),
            (Kind::UsageSourceMissing | Kind::PriceMissing, _) => (Scope::Contract(self.contract.id), None),
            _ => (Scope::Contract(self.contract.id), place.period_start),
        };
        let finding = self.finding(signal.kind, None, signal.judgement);
        let (description, metadata) = words;
        Finding {
            key: DedupeKey::new(signal.kind, scope, period_start),
            links: Links { allowance_id: place.allowance_id, ..finding.links },
            description,
            metadata,
            ..finding
        }
    }

    fn finding(&self, kind: Kind, period_start: Option<Date>, judgement: Judgement) -> Finding {
        Finding {
            kind,
            key: DedupeKey::new(kind, Scope::Contract(self.contract.id), period_start),
            judgement,
            links: Links {
                profile_id: self.sole_profile,
                contract_id: Some(self.contract.id),
                supplier_id: Some(self.contract.supplier_id),
                ..Links::default()
            },
            owner: self.contract.terms.budget_owner,
            title: title(kind, self.about),
            description: None,
            metadata: Map::new(),
            due_at: None,
        }
    }
}

impl ProfileSubject<'_> {
    /// Does nobody know where the bills are?
    pub fn billing_url_missing(&self, is_known: bool) -> Finding {
        let judgement = if is_known { Judgement::Clear(AutoResolution::LinkSet) } else { Judgement::Raise(Severity::Low) };
        self.finding(Kind::BillingUrlMissing, judgement)
    }

    /// Should a person look at the supplier that was matched? `None`: a person has.
    pub fn supplier_review(&self, review: Option<&SupplierReview>) -> Finding {
        let Some(review) = review else {
            return self.finding(Kind::SupplierLinkReview, Judgement::Clear(AutoResolution::SupplierSettled));
        };
        let (word, reason) = match review.reason {
            ReviewReason::Several => ("several", "Several suppliers have this name; the oldest active one was taken"),
            ReviewReason::Inactive => ("inactive", "The supplier is inactive"),
            ReviewReason::Blocked => ("blocked", "The supplier is blocked, so no bill will be drafted"),
        };
        let others: Vec<Value> = review.others.iter().map(|id| Value::from(id.to_string())).collect();
        Finding {
            description: Some(reason.to_owned()),
            metadata: object([("reason", Value::from(word)), ("other_suppliers", Value::from(others))]),
            ..self.finding(Kind::SupplierLinkReview, Judgement::Raise(review.severity()))
        }
    }

    fn finding(&self, kind: Kind, judgement: Judgement) -> Finding {
        Finding {
            kind,
            key: DedupeKey::new(kind, Scope::Profile(self.id), None),
            judgement,
            links: Links { profile_id: Some(self.id), supplier_id: self.supplier_id, ..Links::default() },
            owner: None,
            title: title(kind, self.about),
            description: None,
            metadata: Map::new(),
            due_at: None,
        }
    }
}
