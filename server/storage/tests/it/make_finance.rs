//! Finance's rows to test with, every column filled.

use crate::make::{NOW, id, later, provider};
use domain::finance::allowance::{Allowance, AllowanceTerms, Scope, Thresholds, Valuation};
use domain::finance::contract::{Contract, ContractTerms, Coverage, Stamp, Standing};
use domain::finance::evaluation::Reported;
use domain::finance::period::Span;
use domain::finance::price::{PriceFact, PriceOrigin, Seller};
use domain::finance::profile::{ArchiveReason, Archived, FinanceProfile, Payee, ProfileSettings};
use domain::finance::supplier::{Supplier, SupplierDetails};
use domain::finance::work_item::{DedupeKey, ItemState, Links, Resolution, Scope as About, WorkItem};
use domain::finance::zone::Zone;
use domain::finance::{Currency, UnitPrice};
use rust_decimal::Decimal;
use time::macros::date;
use vocab::finance::{
    AutoResolution, BillingCadence, BillingTiming, BudgetWindow, ConnectionState, ContractType, Meter, MetricKey, PriceVariant,
    ProfileStatus, Proration, ResetInterval, Severity, SupplierStatus, UsageSource, ValuationMethod, WorkItemType,
};
use vocab::{AllowanceId, ContractId, FinanceProfileId, PriceFactId, SupplierId, UserId, WorkItemId};

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn supplier(n: u128, vendor: &str) -> Supplier {
    Supplier {
        id: SupplierId::new(id(n)),
        number: format!("SUP-{n:08}"),
        vendor_key: Some(vendor.parse().unwrap()),
        details: SupplierDetails {
            name: format!("Firm {n}, \"Inc.\""),
            aliases: vec!["a, b".into(), "ＣＤ".into()],
            contact_name: Some("Ann".to_owned()),
            email: Some("ann@example.com".to_owned()),
            phone: Some("+1 555".to_owned()),
            address: Some("1 Road\nTown".to_owned()),
            tax_id: Some("DE123".to_owned()),
            payment_terms: Some("Net 30".to_owned()),
            default_currency: Some(Currency::parse("JPY").unwrap()),
            notes: Some("=SUM(A1)".to_owned()),
        },
        status: SupplierStatus::Blocked,
        created_at: NOW,
        updated_at: later(1),
        version: 3,
    }
}

pub fn profile(n: u128, name: &str, account: &str, supplier: Option<&Supplier>) -> FinanceProfile {
    FinanceProfile {
        id: FinanceProfileId::new(id(n)),
        provider_id: provider(name),
        payee: Payee::Supplier { resold: true, account: account.parse().unwrap(), id: supplier.map(|supplier| supplier.id) },
        status: ProfileStatus::Archived,
        connection: ConnectionState::Disconnected,
        settings: ProfileSettings {
            reconciliation: UsageSource::Manual,
            valuation: ValuationMethod::ListPrice,
            plan_currency: Some(Currency::USD),
            monthly_budget: Some(dec("1234.5600")),
            billing_url: Some("https://example.com/bills?x=1".parse().unwrap()),
            usage_url: Some("https://example.com/usage".parse().unwrap()),
            notes: Some("words".to_owned()),
        },
        last_evaluated_at: Some(later(2)),
        last_snapshot_at: Some(later(3)),
        seeded_at: NOW,
        archived: Some(Archived { at: later(4), why: ArchiveReason::NeverUsed }),
        updated_at: later(5),
        version: 2,
    }
}

pub fn reported(contract: &Contract, day: u8, quantity: &str, note: &str) -> Reported {
    Reported {
        contract_id: contract.id,
        allowance_id: AllowanceId::new(id(4)),
        date: date!(2026 - 11 - 01).replace_day(day).unwrap(),
        quantity: dec(quantity),
        note: note.to_owned(),
        entered: Stamp { at: later(1), by: Some(UserId::new(id(1))) },
    }
}

pub fn draft(n: u128, supplier: &Supplier, account: &str) -> Contract {
    let terms = ContractTerms::unknown(Zone::utc());
    Contract::draft(ContractId::new(id(n)), format!("AIC-{n:08}"), supplier.id, account.parse().unwrap(), terms, NOW)
}

/// Everything that can be said of a contract.
pub fn full_contract(n: u128, supplier: &Supplier, account: &str) -> Contract {
    let by = Some(UserId::new(id(900)));
    let terms = ContractTerms {
        contract_type: Some(ContractType::Hybrid),
        budget_owner: by,
        currency: Some(Currency::parse("KWD").unwrap()),
        cadence: Some(BillingCadence::Quarterly),
        timing: BillingTiming::Arrears,
        commitment_amount: Some(dec("999999999999999.123")),
        free_plan: true,
        minimum_spend: Some(dec("0.001")),
        budget_amount: Some(dec("0")),
        budget_window: BudgetWindow::Annual,
        allows_overage: true,
        start_date: Some(date!(2026 - 01 - 31)),
        end_date: Some(date!(2027 - 01 - 31)),
        renewal_date: Some(date!(2027 - 01 - 01)),
        notice_days: Some(60),
        anchor_date: Some(date!(2026 - 02 - 28)),
        time_zone: Zone::named("Europe/Berlin").unwrap(),
        proration: Proration::Daily,
        billing_url: Some("https://example.com/b".parse().unwrap()),
        usage_url: Some("https://example.com/u".parse().unwrap()),
        payment_terms: Some("Net 14".to_owned()),
        account_code: Some("6000".to_owned()),
        notes: Some("line\nline".to_owned()),
    };
    let (activated, superseded) = (Stamp { at: later(1), by }, Stamp { at: later(2), by: None });
    let (ended_on, by) = (date!(2026 - 06 - 30), ContractId::new(id(901)));
    Contract {
        suggested_type: Some(ContractType::Metered),
        standing: Standing::Superseded { activated, superseded, ended_on, by },
        supersedes: Some(ContractId::new(id(902))),
        updated_at: later(9),
        version: 7,
        terms,
        ..draft(n, supplier, account)
    }
}

pub fn coverage(contract: &Contract, profile: &FinanceProfile, from: i64, to: Option<i64>) -> Coverage {
    Coverage { contract_id: contract.id, profile_id: profile.id, from: later(from), to: to.map(later) }
}

pub fn allowance(n: u128, contract: &Contract) -> Allowance {
    Allowance {
        id: AllowanceId::new(id(n)),
        contract_id: contract.id,
        terms: AllowanceTerms {
            name: "Tokens".into(),
            metric: MetricKey::TotalTokens,
            scope: Scope { providers: vec![provider("openai")], models: vec!["gpt \"5\"".into()] },
            unit: "Tokens".into(),
            included: Some(dec("1000000.123456")),
            reset: ResetInterval::BillingPeriod,
            rollover_cap: Some(dec("5")),
            prorate_included: true,
            overage: UnitPrice::new(dec("0.000000000001"), dec("1000000"), Currency::USD).ok(),
            valuation: Valuation::UnitValue(dec("0.000000000003")),
            weight: Some(dec("0.333333333")),
            thresholds: Thresholds { low: dec("25.5"), critical: dec("10"), underuse: dec("75.25") },
            sort_order: i32::try_from(n).unwrap(),
        },
        effective: Span::new(date!(2026 - 01 - 01), Some(date!(2027 - 01 - 01))).unwrap(),
    }
}

pub fn price(n: u128, contract: Option<&Contract>) -> PriceFact {
    PriceFact {
        id: PriceFactId::new(id(n)),
        seller: contract.map_or(Seller::Provider(provider("openai")), |contract| Seller::Vendor(contract.account.vendor().clone())),
        model_id: format!("model-{n}"),
        meter: Meter::CacheWrite1h,
        price: UnitPrice::new(dec("1.25"), dec("1000000"), Currency::USD).unwrap(),
        tier_start: 200_000,
        variant: Some(PriceVariant::Batch),
        effective: Span::open(date!(2026 - 03 - 01)),
        origin: contract.map_or(PriceOrigin::Bundled { version: "list 1".into() }, |contract| PriceOrigin::Contract(contract.id)),
    }
}

pub fn item(n: u128, contract: &Contract) -> WorkItem {
    WorkItem {
        id: WorkItemId::new(id(n)),
        number: format!("FWI-{n:08}"),
        kind: WorkItemType::PlanDetailsNeeded,
        links: Links { contract_id: Some(contract.id), supplier_id: Some(contract.supplier_id), ..Links::default() },
        owner: Some(UserId::new(id(900))),
        state: ItemState::Open,
        severity: Severity::High,
        title: "Do \0 this".into(),
        description: Some("because".to_owned()),
        metadata: serde_json::json!({"missing_fields": ["currency"]}).as_object().unwrap().clone(),
        key: DedupeKey::new(WorkItemType::PlanDetailsNeeded, About::Contract(contract.id), None),
        due_at: Some(later(10)),
        snoozed_until: Some(later(11)),
        first_seen_at: NOW,
        last_seen_at: later(12),
        occurrences: 4,
        updated_at: later(13),
    }
}

pub fn done(item: WorkItem) -> WorkItem {
    WorkItem { state: ItemState::Done { at: later(20), how: Resolution::Auto(AutoResolution::DetailsComplete) }, ..item }
}
