//! Who may what with Finance, use case by use case and role by role, both ways; and that what is done is in the log.

use crate::finance_export::NOVEMBER;
use crate::finance_world::*;
use crate::support::{House, id};
use domain::audit::AuditFilter;
use domain::finance::UnitPrice;
use domain::finance::bill::Bill;
use domain::finance::contract::Contract;
use domain::finance::profile::ProfileSettings;
use domain::finance::supplier::SupplierDetails;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::connections::KeyForm;
use services::finance::{BillEdit, BillQuery, ContractSave, ItemChange, ItemQuery, PriceEdit, ReportEdit};
use time::macros::date;
use vocab::finance::{FinanceJob, Meter, SeedStatus, SupplierStatus};
use vocab::{AllowanceId, Permission, PriceFactId, Role, WorkItemId};

/// What was tried, and whether it was forbidden.
type Tried = Vec<(&'static str, bool)>;

/// A version that nothing has.
const NEVER: i64 = -1;

async fn reads(house: &House, caller: &Caller, plan: &Contract, bill: &Bill) -> Tried {
    let (books, now) = (finance(house), house.environment.now());
    vec![
        ("suppliers", is_forbidden(&books.suppliers(caller).await)),
        ("supplier", is_forbidden(&books.supplier(caller, plan.supplier_id).await)),
        ("contracts", is_forbidden(&books.contracts(caller, None).await)),
        ("contract", is_forbidden(&books.contract(caller, plan.id).await)),
        ("contract_figures", is_forbidden(&books.contract_figures(caller, plan.id, now).await)),
        ("evaluations", is_forbidden(&books.evaluations(caller, plan.id, now.date()).await)),
        ("reported", is_forbidden(&books.reported(caller, plan.id).await)),
        ("assignable", is_forbidden(&books.assignable(caller).await)),
        ("profile", is_forbidden(&books.profile(caller, &id("codex")).await)),
        ("provider_prices", is_forbidden(&books.provider_prices(caller, &id("codex")).await)),
        ("spend_card", is_forbidden(&books.spend_card(caller, now).await)),
        ("spend", is_forbidden(&books.spend(caller, 30, now).await)),
        ("work_items", is_forbidden(&books.work_items(caller, &ItemQuery::default()).await)),
        ("bills", is_forbidden(&books.bills(caller, &BillQuery::default()).await)),
        ("bill", is_forbidden(&books.bill(caller, bill.id).await)),
        ("jobs", is_forbidden(&books.jobs(caller).await)),
        ("export", is_forbidden(&books.export(caller, &NOVEMBER).await)),
    ]
}

async fn contract_writes(house: &House, caller: &Caller, plan: &Contract) -> Tried {
    let books = finance(house);
    let (terms, nobody) = (plan.terms.clone(), PriceFactId::new(uuid::Uuid::nil()));
    let save = ContractSave { terms: terms.clone(), allowances: Vec::new(), activate: false };
    let price = UnitPrice::new(Decimal::ONE, Decimal::ONE, domain::finance::Currency::USD).unwrap();
    let nameless = || PriceEdit { model_id: String::new(), meter: Meter::Input, variant: None, price, from: date!(2026 - 11 - 01) };
    let nothing = AllowanceId::new(uuid::Uuid::nil());
    let day = date!(2026 - 11 - 02);
    let figure = ReportEdit { allowance_id: nothing, date: day, quantity: Decimal::ONE, note: String::new() };
    vec![
        ("edit_contract", is_forbidden(&books.edit_contract(caller, plan.id, NEVER, terms.clone()).await)),
        ("save_contract", is_forbidden(&books.save_contract(caller, plan.id, NEVER, save).await)),
        ("edit_allowances", is_forbidden(&books.edit_allowances(caller, plan.id, NEVER, vec![]).await)),
        ("activate_contract", is_forbidden(&books.activate_contract(caller, plan.id, NEVER).await)),
        ("suspend_contract", is_forbidden(&books.suspend_contract(caller, plan.id, NEVER, "x").await)),
        ("resume_contract", is_forbidden(&books.resume_contract(caller, plan.id, NEVER).await)),
        ("supersede_contract", is_forbidden(&books.supersede_contract(caller, plan.id, NEVER, terms, vec![]).await)),
        ("terminate_contract", is_forbidden(&books.terminate_contract(caller, plan.id, NEVER, None, "x").await)),
        ("set_price", is_forbidden(&books.set_price(caller, plan.id, nameless()).await)),
        ("end_price", is_forbidden(&books.end_price(caller, plan.id, nobody, day).await)),
        ("set_provider_price", is_forbidden(&books.set_provider_price(caller, &id("codex"), nameless()).await)),
        ("end_provider_price", is_forbidden(&books.end_provider_price(caller, &id("codex"), nobody, day).await)),
        ("report_usage", is_forbidden(&books.report_usage(caller, plan.id, figure).await)),
        ("remove_report", is_forbidden(&books.remove_report(caller, plan.id, nothing, day).await)),
    ]
}

async fn other_writes(house: &House, caller: &Caller, plan: &Contract, bill: &Bill) -> Tried {
    let (books, firm, codex) = (finance(house), plan.supplier_id, id("codex"));
    let none = BillEdit { invoice_ref: String::new(), lines: Vec::new() };
    let unknown = WorkItemId::new(uuid::Uuid::nil());
    vec![
        ("add_supplier", is_forbidden(&books.add_supplier(caller, SupplierDetails::default()).await)),
        ("edit_supplier", is_forbidden(&books.edit_supplier(caller, firm, NEVER, SupplierDetails::default()).await)),
        ("set_supplier_status", is_forbidden(&books.set_supplier_status(caller, firm, NEVER, SupplierStatus::Active).await)),
        ("delete_supplier", is_forbidden(&books.delete_supplier(caller, firm).await)),
        ("edit_profile", is_forbidden(&books.edit_profile(caller, &codex, NEVER, ProfileSettings::default()).await)),
        ("relink", is_forbidden(&books.relink(caller, &codex, NEVER, firm).await)),
        ("archive_profile", is_forbidden(&books.archive_profile(caller, &codex, NEVER).await)),
        ("hand_off", is_forbidden(&books.seeding.hand_off(caller, &codex).await)),
        ("change_item", is_forbidden(&books.change_item(caller, unknown, ItemChange::Start).await)),
        ("confirm_bill", is_forbidden(&books.confirm_bill(caller, bill.id, NEVER, none).await)),
        ("submit_bill", is_forbidden(&books.submit_bill(caller, bill.id, NEVER).await)),
        ("approve_bill", is_forbidden(&books.approve_bill(caller, bill.id, NEVER).await)),
        ("reject_bill", is_forbidden(&books.reject_bill(caller, bill.id, NEVER, "x").await)),
        ("pay_bill", is_forbidden(&books.pay_bill(caller, bill.id, NEVER, Decimal::ONE, date!(2026 - 11 - 02)).await)),
        ("void_bill", is_forbidden(&books.void_bill(caller, bill.id, NEVER, "x").await)),
        ("redraft_bill", is_forbidden(&books.redraft_bill(caller, bill.id).await)),
        ("run_job", is_forbidden(&books.run_job(caller, FinanceJob::Upkeep, None).await)),
    ]
}

fn all(tried: &[(&'static str, bool)], forbidden: bool) -> Vec<&'static str> {
    tried.iter().filter(|(_, was)| *was != forbidden).map(|(name, _)| *name).collect()
}

#[tokio::test]
async fn every_use_asks_for_its_permission() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        finance(&house).draft_due_bills(house.environment.now()).await.unwrap();
        let bill = house.ports.figures.bills(&services::ports::BillsOf::default()).await.unwrap().remove(0);
        for role in Role::ALL {
            let caller = person(&house, *role).await;
            let (views, manages) = (role.may(Permission::ViewFinance), role.may(Permission::ManageFinance));
            assert_eq!(all(&reads(&house, &caller, &plan, &bill).await, !views), [] as [&str; 0], "{role} reads");
            assert_eq!(all(&contract_writes(&house, &caller, &plan).await, !manages), [] as [&str; 0], "{role} changes contracts");
            assert_eq!(all(&other_writes(&house, &caller, &plan, &bill).await, !manages), [] as [&str; 0], "{role} changes the rest");
        }
        let (now, then) = (contract(&house, "openai:subscription").await, &plan);
        assert_eq!((&now, now.version), (then, plan.version), "nothing that was refused left a trace");
        assert_eq!(house.ports.figures.bills(&services::ports::BillsOf::default()).await.unwrap(), [bill]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connecting_takes_no_permission_of_finance_and_is_done_on_the_persons_behalf() {
    for house in House::each().await {
        let (olga, vera) = (person(&house, Role::Operator).await, person(&house, Role::Viewer).await);
        let form = || KeyForm::new("sk-good-key-000011112222", None, 0);
        assert!(is_forbidden(&house.services.connections.connect_with_key(&vera, &id("openai"), form()).await));
        assert_eq!(counts(&house).await, (0, 0, 0, 0));
        house.services.connections.connect_with_key(&olga, &id("openai"), form()).await.unwrap();
        assert_eq!(handled(&house, "openai").await, SeedStatus::Done);
        assert_eq!(counts(&house).await, (1, 1, 1, 1));
        let log = house.ports.audit.page(&AuditFilter::default(), 20).await.unwrap();
        let seed = log.iter().find(|line| line.action == "finance_seed").unwrap();
        assert!(seed.detail.contains("operator 1") && seed.actor_name != "operator 1", "{seed:?}");
    }
}

#[tokio::test]
async fn what_is_done_is_in_the_log_with_who_what_and_both_values() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        let budget = domain::finance::contract::ContractTerms { budget_amount: Some(Decimal::from(700)), ..plan.terms.clone() };
        finance(&house).edit_contract(&chief, plan.id, plan.version, budget).await.unwrap();
        finance(&house).export(&chief, &NOVEMBER).await.unwrap();
        finance(&house).run_job(&chief, FinanceJob::DraftBills, None).await.unwrap();
        let log = house.ports.audit.page(&AuditFilter::default(), 50).await.unwrap();
        let said = |action: &str, words: &str| {
            let line = log.iter().find(|line| line.action == action && line.detail.contains(words));
            assert!(line.is_some_and(|line| line.actor_name == "finance 1"), "{action} {words:?} in {log:?}");
        };
        said("contract_edit", "Budget: — → 700");
        said("contract_edit", "Currency: — → USD");
        said("contract_activate", "");
        said("finance_export", "purser-focus-1.2-2026-11-01-2026-11-30");
        said("finance_job", "");
    }
}
