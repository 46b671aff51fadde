use crate::make::{NOW, connection, execute, grant, id, later, number, provider, rows, trail};
use crate::make_bills::{billing_period, bills_in_every_state, snapshot};
use crate::make_finance::{allowance, coverage, done, draft, full_contract, item, price, profile, reported, supplier};
use domain::finance::bill::PeriodState;
use domain::finance::contract::{Contract, CoverageChange, Standing};
use domain::finance::work_item::WorkItem;
use services::ports::conflict::{OVERTAKEN, TAKEN};
use services::ports::{
    BillsOf, ConnectionRepo, ContractsOf, CoverageOf, FigureRepo, FinanceRepo, FinanceWrite as W, HandOffRepo, ItemsOf, PricesOf, Revision,
    SnapshotsOf, StoreError, StoreResult, Trail,
};
use std::time::Duration;
use storage::Storage;
use testkit::database::TestDatabase;
use vocab::finance::{SeedStatus, WorkItemStatus};
use vocab::{AuthMethod, SupplierId};

async fn commit(storage: &Storage, writes: Vec<W>) -> StoreResult<()> {
    let revision = storage.revision().await.unwrap();
    storage.commit(revision, &writes, Trail::default()).await
}

fn is(result: &StoreResult<()>, word: &str) -> bool {
    matches!(result, Err(StoreError::Conflict(found)) if *found == word)
}

async fn every_column_reads_back(database: &TestDatabase) {
    let storage = database.storage();
    let firm = supplier(1, "openai");
    let (plan, known) = (full_contract(2, &firm, "openai:api"), profile(3, "openai", "openai:api", Some(&firm)));
    let (covers, includes) = (coverage(&plan, &known, 5, Some(9)), [allowance(4, &plan), allowance(5, &plan)]);
    let prices = [price(6, None), price(7, Some(&plan))];
    let (open, closed) = (item(8, &plan), done(WorkItem { number: "FWI-9".into(), ..item(9, &plan) }));
    let writes = vec![
        W::InsertSupplier(firm.clone()),
        W::InsertProfile(known.clone()),
        W::InsertContract(plan.clone()),
        W::Coverage(CoverageChange::Open(covers)),
        W::Allowances(plan.id, includes.to_vec()),
        W::InsertPrice(prices[0].clone()),
        W::InsertPrice(prices[1].clone()),
        W::InsertItem(open.clone()),
        W::InsertItem(closed.clone()),
    ];
    commit(storage, writes).await.unwrap();
    assert_eq!(storage.suppliers().await.unwrap(), std::slice::from_ref(&firm));
    assert_eq!(storage.profiles().await.unwrap(), std::slice::from_ref(&known));
    assert_eq!(storage.contracts(&ContractsOf::Ids(vec![plan.id])).await.unwrap(), std::slice::from_ref(&plan));
    assert_eq!(storage.contracts(&ContractsOf::Supplier(firm.id)).await.unwrap(), std::slice::from_ref(&plan));
    assert_eq!(storage.contracts(&ContractsOf::Running).await.unwrap(), [] as [Contract; 0]);
    assert_eq!(storage.coverage(&CoverageOf::All).await.unwrap(), [covers]);
    assert_eq!(storage.coverage(&CoverageOf::Either(vec![known.id], vec![])).await.unwrap(), [covers]);
    assert_eq!(storage.coverage(&CoverageOf::Either(vec![], vec![])).await.unwrap(), []);
    assert_eq!(storage.allowances(&[plan.id]).await.unwrap(), includes);
    assert_eq!(storage.prices(PricesOf::All).await.unwrap(), prices);
    assert_eq!(storage.prices(PricesOf::Contract(plan.id)).await.unwrap(), prices[1..]);
    let seen = WorkItem { title: "Do  this".into(), ..open };
    let only_open = ItemsOf { statuses: vec![WorkItemStatus::Open], ..ItemsOf::default() };
    assert_eq!(storage.items(&only_open).await.unwrap(), [seen], "NUL cannot be stored");
    let by_id = ItemsOf { id: Some(closed.id), contracts: vec![plan.id], owner: closed.owner, ..ItemsOf::default() };
    assert_eq!(storage.items(&by_id).await.unwrap()[0].state, closed.state);
    let elsewhere = ItemsOf { profiles: vec![known.id], ..ItemsOf::default() };
    assert_eq!(storage.items(&elsewhere).await.unwrap(), []);
    let used = storage.supplier_use(firm.id).await.unwrap();
    assert_eq!((used.profiles, used.contracts, used.bills), (1, 1, 0));
}

async fn vendors_figures_are_one_a_day(database: &TestDatabase) {
    let (storage, plan) = (database.storage(), draft(2, &supplier(1, "openai"), "openai:api"));
    let first = reported(&plan, 20, "0.5", "");
    let (again, later) = (reported(&plan, 20, "123456789012345678901.123456", "statement"), reported(&plan, 21, "2", ""));
    commit(storage, vec![W::Report(later.clone()), W::Report(first)]).await.unwrap();
    commit(storage, vec![W::Report(again.clone())]).await.unwrap();
    assert_eq!(storage.reported(plan.id).await.unwrap(), [again, later.clone()], "one a day, the last one entered");
    commit(storage, vec![W::DeleteReport(later)]).await.unwrap();
    assert_eq!(storage.reported(plan.id).await.unwrap().len(), 1);
}

async fn the_newest_day_of_each_allowance_is_told(database: &TestDatabase) {
    let storage = database.storage();
    let firm = supplier(1, "openai");
    let plan = full_contract(2, &firm, "openai:api");
    let day = snapshot(20, &plan, true);
    let writes = vec![
        W::InsertSupplier(firm.clone()),
        W::InsertContract(plan.clone()),
        W::Allowances(plan.id, vec![allowance(7, &plan), allowance(8, &plan)]),
        W::InsertSnapshot(day.clone(), NOW),
    ];
    commit(storage, writes).await.unwrap();
    let mut newest = storage.newest_days().await.unwrap();
    newest.sort();
    assert_eq!(newest, [(plan.id, None), (plan.id, Some(day.evaluation.date))], "one allowance has no figures yet");
}

async fn rows_change_and_go(database: &TestDatabase) {
    let storage = database.storage();
    let firm = supplier(1, "openai");
    let (plan, known) = (draft(2, &firm, "openai:api"), profile(3, "openai", "openai:api", None));
    let covers = coverage(&plan, &known, 0, None);
    let (mut renamed, lonely) = (firm.clone(), supplier(4, "groq"));
    renamed.details.name = "Other".into();
    let start = vec![
        W::InsertSupplier(firm),
        W::InsertSupplier(lonely.clone()),
        W::InsertProfile(known.clone()),
        W::InsertContract(plan.clone()),
        W::Coverage(CoverageChange::Open(covers)),
        W::Allowances(plan.id, vec![allowance(4, &plan), allowance(5, &plan)]),
        W::InsertPrice(price(6, None)),
    ];
    commit(storage, start).await.unwrap();
    let change = vec![
        W::UpdateSupplier(renamed),
        W::DeleteSupplier(lonely.id),
        W::Coverage(CoverageChange::Close { coverage: covers, at: later(60) }),
        W::Allowances(plan.id, vec![allowance(7, &plan)]),
        W::DeletePrice(price(6, None).id),
    ];
    commit(storage, change).await.unwrap();
    let names: Vec<_> = storage.suppliers().await.unwrap().into_iter().map(|supplier| supplier.details.name).collect();
    assert_eq!(names, ["Other"]);
    assert_eq!(storage.coverage(&CoverageOf::All).await.unwrap()[0].to, Some(later(60)));
    assert_eq!(storage.allowances(&[plan.id]).await.unwrap(), [allowance(7, &plan)]);
    assert_eq!(rows(database, "ai_price_fact").await, 0);
    let ended = domain::finance::contract::Coverage { to: Some(later(60)), ..covers };
    commit(storage, vec![W::Coverage(CoverageChange::Remove(ended))]).await.unwrap();
    assert_eq!(rows(database, "contract_coverage").await, 0);
    let kept = commit(storage, vec![W::DeleteSupplier(SupplierId::new(id(1)))]).await;
    assert!(matches!(kept, Err(StoreError::Conflict(_))), "a supplier with contracts stays: {kept:?}");
}

async fn unique_keys_refuse_doubles_and_leave_nothing(database: &TestDatabase) {
    let storage = database.storage();
    let firm = supplier(1, "openai");
    let (plan, known) = (draft(2, &firm, "openai:api"), profile(3, "openai", "openai:api", None));
    let covers = coverage(&plan, &known, 0, None);
    let start = vec![
        W::InsertSupplier(firm.clone()),
        W::InsertProfile(known.clone()),
        W::InsertContract(plan.clone()),
        W::Coverage(CoverageChange::Open(covers)),
        W::InsertItem(item(8, &plan)),
    ];
    commit(storage, start).await.unwrap();
    let doubles = [
        W::InsertSupplier(supplier(11, "openai")),
        W::InsertSupplier(domain::finance::supplier::Supplier { number: firm.number.clone(), ..supplier(12, "groq") }),
        W::InsertProfile(profile(13, "openai", "openai:api", None)),
        W::InsertContract(draft(14, &firm, "openai:api")),
        W::Coverage(CoverageChange::Open(coverage(&plan, &known, 60, None))),
        W::InsertItem(item(15, &plan)),
    ];
    for double in doubles {
        let name = format!("{double:?}").chars().take(20).collect::<String>();
        let revision = storage.revision().await.unwrap();
        let with_another = [W::InsertSupplier(supplier(50, "cohere")), double];
        let refused = storage.commit(revision, &with_another, trail(1)).await;
        assert!(is(&refused, TAKEN), "{name}: {refused:?}");
        assert_eq!(storage.revision().await.unwrap(), revision, "{name}");
        assert_eq!((rows(database, "supplier").await, rows(database, "audit_log").await), (1, 0), "{name}");
    }
    what_has_ended_makes_room(storage, &plan, &known, &firm, covers).await;
}

async fn what_has_ended_makes_room(
    storage: &Storage,
    plan: &Contract,
    known: &domain::finance::profile::FinanceProfile,
    firm: &domain::finance::supplier::Supplier,
    covers: domain::finance::contract::Coverage,
) {
    let ended = Contract { standing: full_contract(2, firm, "openai:api").standing, ..plan.clone() };
    let again = vec![
        W::UpdateItem(done(item(8, plan))),
        W::InsertItem(item(15, plan)),
        W::UpdateContract(ended),
        W::InsertContract(draft(14, firm, "openai:api")),
        W::Coverage(CoverageChange::Close { coverage: covers, at: later(60) }),
        W::Coverage(CoverageChange::Open(coverage(plan, known, 60, None))),
    ];
    commit(storage, again).await.unwrap();
    assert_eq!(storage.contracts(&ContractsOf::Account("openai:api".parse().unwrap())).await.unwrap()[0].standing, Standing::Draft);
}

async fn who_was_overtaken_is_refused(database: &TestDatabase) {
    let (storage, other) = (database.storage(), database.again().await);
    let revision = storage.revision().await.unwrap();
    storage.commit(revision, &[W::InsertSupplier(supplier(1, "openai"))], trail(1)).await.unwrap();
    assert_eq!(storage.revision().await.unwrap(), Revision(revision.0 + 1));
    let late = other.commit(revision, &[W::InsertSupplier(supplier(2, "groq"))], trail(2)).await;
    assert!(is(&late, OVERTAKEN), "{late:?}");
    for round in 0..5_u128 {
        let revision = storage.revision().await.unwrap();
        let write = |n: u128| [W::InsertSupplier(supplier(100 + round * 10 + n, &format!("v{round}-{n}")))];
        let writes: Vec<_> = (0..4).map(write).collect();
        let tries = writes.iter().zip(0..4_u128).map(|(write, n)| {
            let by = if n % 2 == 0 { storage } else { &other };
            by.commit(revision, write, trail(1_000 + round * 10 + n))
        });
        let results = futures::future::join_all(tries).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "round {round}: {results:?}");
        assert_eq!(results.iter().filter(|result| is(result, OVERTAKEN)).count(), 3, "round {round}: {results:?}");
    }
    assert_eq!((rows(database, "supplier").await, rows(database, "audit_log").await), (6, 6));
}

async fn a_contract_is_used_while_it_covers(database: &TestDatabase) {
    let storage = database.storage();
    let firm = supplier(1, "openai");
    let (old, new) = (full_contract(2, &firm, "openai:api"), draft(3, &firm, "openai:api"));
    let known = profile(4, "openai", "openai:api", None);
    let start = vec![
        W::InsertSupplier(firm),
        W::InsertProfile(known.clone()),
        W::InsertContract(old.clone()),
        W::InsertContract(new.clone()),
        W::Coverage(CoverageChange::Open(coverage(&old, &known, 0, Some(60)))),
        W::Coverage(CoverageChange::Open(coverage(&new, &known, 60, None))),
    ];
    commit(storage, start).await.unwrap();
    assert_eq!(storage.used(&[old.id, new.id]).await.unwrap(), []);
    let request = |at: i64, name: &str, provider: &str| {
        let micros = later(at).unix_timestamp_nanos() / 1_000;
        format!(
            "INSERT INTO usage_record (request_id, \"at\", connection_id, provider_id, model_id, latency_ms, first_byte_ms, outcome, \
             status, cost_basis) VALUES ('{name}', {micros}, {}, '{provider}', 'm', 1, 1, 'completed', 200, 'unknown')",
            if database.kind() == storage::DatabaseKind::Sqlite { "zeroblob(16)" } else { "gen_random_uuid()" }
        )
    };
    execute(database, &request(-1, "before", "openai")).await;
    execute(database, &request(30, "other", "groq")).await;
    assert_eq!(storage.used(&[old.id, new.id]).await.unwrap(), []);
    execute(database, &request(60, "on the border", "openai")).await;
    assert_eq!(storage.used(&[old.id, new.id]).await.unwrap(), [new.id]);
    execute(database, &request(59, "within", "openai")).await;
    assert_eq!(storage.used(&[old.id, new.id]).await.unwrap(), [old.id, new.id]);
    let history = storage.history(old.id).await.unwrap();
    assert_eq!((history.bills, history.snapshots), (0, 0));
}

async fn hand_offs_wait_in_the_outbox(database: &TestDatabase) {
    let storage = database.storage();
    let lease = Duration::from_mins(1);
    assert_eq!(storage.take_due(10, lease).await.unwrap(), []);
    let stored = storage.activate(crate::make::activation(connection(1, "openai"), Some(grant(1))), trail(1)).await.unwrap();
    let switched = domain::connection::Connection { enabled: false, ..stored };
    let off = storage.update(&switched, Trail::default()).await.unwrap();
    storage.update(&off, Trail::default()).await.unwrap();
    assert_eq!(rows(database, "outbox_event").await, 2, "only a switch is told");
    let causes = "SELECT COUNT(*) FROM outbox_event WHERE kind = 'deactivated' AND cause = 'switched_off' AND actor_name = 'Purser'";
    assert_eq!(number(database, causes).await, 1);
    storage.request(&provider("openai"), AuthMethod::ApiKey, &domain::people::Actor::CommandLine, trail(2)).await.unwrap();

    let taken = storage.take_due(10, lease).await.unwrap();
    assert_eq!(taken.len(), 3);
    assert!(taken.iter().all(|hand_off| hand_off.method == AuthMethod::ApiKey && hand_off.status == SeedStatus::Pending));
    assert_eq!(storage.take_due(10, lease).await.unwrap(), [], "somebody is at it");
    storage.failed(&[taken[0].id], "no \0 room", SeedStatus::Failed, Duration::ZERO).await.unwrap();
    let again = storage.take_due(10, lease).await.unwrap();
    assert_eq!(again.len(), 1, "a failed one is tried on");
    assert_eq!((again[0].attempts, again[0].last_error.as_deref(), again[0].status), (1, Some("no  room"), SeedStatus::Failed));
    let ids = taken.iter().map(|hand_off| hand_off.id).collect();
    commit(storage, vec![W::HandedOff(ids, SeedStatus::Done)]).await.unwrap();
    execute(database, "UPDATE outbox_event SET next_attempt_at = 0").await;
    assert_eq!(storage.take_due(10, lease).await.unwrap(), []);
    let newest = storage.newest(&provider("openai")).await.unwrap().unwrap();
    assert_eq!((newest.status, newest.actor_name.as_str(), newest.last_error), (SeedStatus::Done, "command line", None));
    assert!(newest.requested_at > NOW || newest.requested_at.year() >= 2026);
    assert_eq!(storage.newest(&provider("groq")).await.unwrap(), None);
}

async fn two_take_different_hand_offs(database: &TestDatabase) {
    let (storage, other) = (database.storage(), database.again().await);
    for n in 1..=6 {
        let new = connection(n, ["openai", "groq", "mistral", "cohere", "xai", "together"][usize::try_from(n).unwrap() - 1]);
        storage.activate(crate::make::activation(new, Some(grant(n))), Trail::default()).await.unwrap();
    }
    let lease = Duration::from_mins(1);
    let takes = (0..4).map(|n| if n % 2 == 0 { storage } else { &other }.take_due(3, lease));
    let mut ids: Vec<_> = futures::future::join_all(takes).await.into_iter().flat_map(|taken| taken.unwrap()).map(|row| row.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "nobody takes what somebody else has");
    assert_eq!(all, 6);
}

/// A day's figures with every column, a bill in each state, and the memory of its period.
async fn figures_and_bills_read_back(database: &TestDatabase) {
    let storage = database.storage();
    let firm = supplier(1, "openai");
    let (plan, known) = (full_contract(2, &firm, "openai:api"), profile(3, "openai", "openai:api", Some(&firm)));
    let parties = vec![W::InsertSupplier(firm.clone()), W::InsertProfile(known), W::InsertContract(plan.clone())];
    commit(storage, parties).await.unwrap();
    let day = snapshot(20, &plan, true);
    let bare = snapshot(21, &plan, false);
    let bills = bills_in_every_state(&plan);
    let mut writes = vec![W::InsertSnapshot(day.clone(), NOW), W::InsertSnapshot(bare.clone(), NOW)];
    writes.extend(bills.iter().map(|bill| W::InsertBill(bill.clone(), NOW)));
    let pending = billing_period(&bills[0], PeriodState::Pending);
    writes.push(W::BillingPeriod(pending));
    commit(storage, writes).await.unwrap();
    let all = SnapshotsOf::Since(plan.id, time::macros::date!(2026 - 11 - 01));
    assert_eq!(storage.snapshots(&all).await.unwrap(), [bare.clone(), day.clone()]);
    assert_eq!(storage.snapshots(&SnapshotsOf::Newest(vec![plan.id])).await.unwrap().len(), 2);
    assert_eq!(storage.snapshots(&SnapshotsOf::NewestFinal(plan.id)).await.unwrap(), std::slice::from_ref(&day));
    assert_eq!(storage.snapshots(&SnapshotsOf::Closed(plan.id, day.evaluation.date)).await.unwrap(), std::slice::from_ref(&day));
    let twice = commit(
        storage,
        vec![W::InsertSnapshot(domain::finance::evaluation::Snapshot { id: vocab::SnapshotId::new(id(99)), ..day.clone() }, NOW)],
    )
    .await;
    assert!(twice.is_err(), "one row a subject and day");
    let mut stored = storage.bills(&BillsOf::default()).await.unwrap();
    stored.sort_by(|a, b| a.number.cmp(&b.number));
    assert_eq!(stored, bills);
    let void = BillsOf {
        status: Some(vocab::finance::BillStatus::Void),
        contract: Some(plan.id),
        supplier: Some(firm.id),
        ids: vec![bills[5].id],
    };
    assert_eq!(storage.bills(&void).await.unwrap(), bills[5..]);
    assert_eq!(storage.last_bill().await.unwrap(), 6);
    let drafted = billing_period(&bills[0], PeriodState::Drafted(bills[0].id));
    commit(storage, vec![W::BillingPeriod(drafted.clone())]).await.unwrap();
    assert_eq!(storage.billing_periods(plan.id).await.unwrap(), [drafted]);
}

both!(
    every_column_reads_back,
    figures_and_bills_read_back,
    rows_change_and_go,
    the_newest_day_of_each_allowance_is_told,
    vendors_figures_are_one_a_day,
    unique_keys_refuse_doubles_and_leave_nothing,
    who_was_overtaken_is_refused,
    a_contract_is_used_while_it_covers,
    hand_offs_wait_in_the_outbox,
    two_take_different_hand_offs,
);
