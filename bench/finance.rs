//! Finance's evaluation of 1,000 contracts, at two sizes of a period, on both databases.
//!
//! `make bench-finance`. Prints how long
//! one day's evaluation of all contracts takes, rows read a period, and how the databases find them. It fails when ten
//! times the rows cost more than ten times the time.

use crate::finance_world::*;
use crate::support::{House, id};
use domain::finance::Currency;
use domain::finance::allowance::Allowance;
use domain::finance::contract::{Contract, ContractTerms, Coverage, CoverageChange, Stamp, Standing};
use domain::finance::period::Span;
use domain::finance::profile::{FinanceProfile, Payee, ProfileSettings};
use domain::finance::supplier::{Supplier, SupplierDetails};
use domain::finance::zone::Zone;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use services::ports::{FinanceWrite, Trail};
use std::time::{Duration as StdDuration, Instant};
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vocab::finance::{BillingCadence, ConnectionState, ContractType, ProfileStatus, SupplierStatus, UsageSource, ValuationMethod};
use vocab::{AllowanceId, ContractId, FinanceProfileId, SupplierId, UserId};

const CONTRACTS: u128 = 1_000;
const START: OffsetDateTime = datetime!(2026-11-01 00:00 UTC);
const ACTIVATED: OffsetDateTime = datetime!(2026-11-20 10:00 UTC);
/// When the only day that is due is the 20th, and its period has twenty days of use.
const NOW: OffsetDateTime = datetime!(2026-11-21 03:00 UTC);

#[tokio::test]
#[ignore = "takes minutes; run by `make bench-finance`"]
async fn a_thousand_contracts_cost_what_their_rows_cost() {
    let mut times = Vec::new();
    for rows in [100_u64, 1_000] {
        for house in House::each().await {
            world(&house).await;
            requests(&house, rows).await;
            let begun = Instant::now();
            let run = finance(&house).evaluate_due(NOW).await.unwrap();
            let took = begun.elapsed();
            assert_eq!((run.contracts, run.days, run.failed.len()), (1_000, 1_000, 0));
            let again = Instant::now();
            assert_eq!(finance(&house).evaluate_due(NOW).await.unwrap().days, 0);
            let kind = house.database.kind();
            println!("{kind:?}: 1,000 contracts, {} rows: {took:.2?}; again, nothing due: {:.2?}", rows * 1_000, again.elapsed());
            if rows == 1_000 {
                plans(&house).await;
            }
            times.push((format!("{kind:?}"), took));
        }
    }
    let half = times.len() / 2;
    for ((kind, few), (_, many)) in times[..half].iter().zip(&times[half..]) {
        assert!(*many < *few * 10 + StdDuration::from_secs(1), "{kind}: {few:?} for a tenth of the rows, {many:?} for all");
    }
}

/// A thousand providers, each with a supplier, a profile, an active contract and an allowance.
async fn world(house: &House) {
    let rows = &house.ports.finance;
    for first in (0..CONTRACTS).step_by(100) {
        let writes: Vec<FinanceWrite> = (first..first + 100).flat_map(parties).collect();
        rows.commit(rows.revision().await.unwrap(), &writes, Trail::default()).await.unwrap();
    }
}

fn parties(n: u128) -> Vec<FinanceWrite> {
    let key = |kind: u128| Uuid::from_u128(kind * 1_000_000 + n + 1);
    let supplier = Supplier {
        id: SupplierId::new(key(1)),
        number: format!("SUP-{n:08}"),
        vendor_key: Some(format!("vendor-{n}").parse().unwrap()),
        details: SupplierDetails { name: format!("Vendor {n}"), ..empty_details() },
        status: SupplierStatus::Active,
        created_at: START,
        updated_at: START,
        version: 0,
    };
    let account: domain::finance::vendor::BillingAccount = format!("vendor-{n}:subscription").parse().unwrap();
    let profile = profile_of(&supplier, &account, key(2), n);
    let terms = ContractTerms {
        contract_type: Some(ContractType::Subscription),
        budget_owner: Some(UserId::new(key(9))),
        currency: Some(Currency::USD),
        cadence: Some(BillingCadence::Monthly),
        commitment_amount: Some(500.into()),
        start_date: Some(date!(2026 - 11 - 01)),
        ..ContractTerms::unknown(Zone::utc())
    };
    let mut contract = Contract::draft(ContractId::new(key(3)), format!("AIC-{n:08}"), supplier.id, account, terms, START);
    contract.standing = Standing::Active { activated: Stamp { at: ACTIVATED, by: None } };
    let effective = Span::open(date!(2026 - 11 - 01));
    let allowance = Allowance { id: AllowanceId::new(key(4)), contract_id: contract.id, terms: tokens().terms, effective };
    let coverage = Coverage { contract_id: contract.id, profile_id: profile.id, from: START, to: None };
    vec![
        FinanceWrite::InsertSupplier(supplier),
        FinanceWrite::InsertProfile(profile),
        FinanceWrite::InsertContract(contract.clone()),
        FinanceWrite::Allowances(contract.id, vec![allowance]),
        FinanceWrite::Coverage(CoverageChange::Open(coverage)),
    ]
}

fn profile_of(supplier: &Supplier, account: &domain::finance::vendor::BillingAccount, key: Uuid, n: u128) -> FinanceProfile {
    FinanceProfile {
        id: FinanceProfileId::new(key),
        provider_id: id(&format!("provider-{n}")),
        payee: Payee::Supplier { resold: false, account: account.clone(), id: Some(supplier.id) },
        status: ProfileStatus::Active,
        connection: ConnectionState::Connected,
        settings: ProfileSettings {
            reconciliation: UsageSource::InternalObserved,
            valuation: ValuationMethod::CommitmentFirst,
            plan_currency: None,
            monthly_budget: None,
            billing_url: None,
            usage_url: None,
            notes: None,
        },
        last_evaluated_at: None,
        last_snapshot_at: None,
        seeded_at: START,
        archived: None,
        updated_at: START,
        version: 0,
    }
}

fn empty_details() -> SupplierDetails {
    SupplierDetails {
        name: String::new(),
        aliases: Vec::new(),
        contact_name: None,
        email: None,
        phone: None,
        address: None,
        tax_id: None,
        payment_terms: None,
        default_currency: None,
        notes: None,
    }
}

/// So many requests of each provider, spread over the period, and as many the month before, which must not be read.
async fn requests(house: &House, each: u64) {
    let step = Duration::days(20) / i32::try_from(each).unwrap();
    for n in 0..CONTRACTS {
        let at = |k: u64| START + step * i32::try_from(k).unwrap();
        let provider = format!("provider-{n}");
        let now = (0..each).map(|k| request(&format!("{n}-{k}"), &provider, at(k), 500));
        let before = (0..each).map(|k| request(&format!("{n}-{k}-before"), &provider, at(k) - Duration::days(30), 500));
        let rows: Vec<_> = now.chain(before).collect();
        used(house, &rows).await;
    }
}

/// How the database finds a contract's use.
#[expect(clippy::print_stdout, reason = "what was measured is what it is for")]
async fn plans(house: &House) {
    let raw = house.database.raw().await;
    let (analyze, explain) = match raw.get_database_backend() {
        DbBackend::Sqlite => ("ANALYZE", "EXPLAIN QUERY PLAN"),
        _ => ("ANALYZE usage_record", "EXPLAIN (ANALYZE, BUFFERS)"),
    };
    house.database.execute(analyze).await;
    let micros = |at: OffsetDateTime| at.unix_timestamp() * 1_000_000;
    let (from, to) = (micros(START), micros(START + Duration::days(20)));
    let sql = format!(
        "{explain} SELECT (\"at\" - {from}) / 86400000000 AS day, model_id, COUNT(*) AS requests, SUM(input_tokens) AS input \
         FROM usage_record WHERE provider_id = 'provider-7' AND \"at\" >= {from} AND \"at\" < {to} GROUP BY day, model_id"
    );
    for row in raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap() {
        let line = row.try_get::<String>("", "detail").or_else(|_| row.try_get::<String>("", "QUERY PLAN")).unwrap();
        println!("    {line}");
    }
}
