//! Finance: suppliers, contracts, work items, and how a connected provider becomes known to them.
//!
//! Reading takes `view_finance`, changing `manage_finance`; seeding takes neither, as it is part of connecting. What was
//! decided on rows that somebody else changed meanwhile is decided again, so nothing is lost and nothing is doubled.
//!
//! Which test shows what, each on SQLite and PostgreSQL (`services/tests/it/` unless said otherwise; rules alone are
//! tested beside them in `domain::finance`):
//!
//! 1. setup with Finance's tables locked, hand-off later, failures put off: `finance_seed`
//! 2. ten hand-offs at once: `finance_seed`; two writers of any row: `finance` in `storage/tests/it`
//! 3. what Finance entered stays: `finance_seed`
//! 4. every way of connecting, a shared plan counted once: `finance_seed`, `finance_parties`, `domain::finance::spend`
//! 5. which supplier a provider gets: `finance_parties`, `domain::finance::supplier`
//! 6. switch, disconnect, reconnect, nothing with a history deleted: `finance_seed`, `finance_parties`;
//!    `finance_evaluation::use_before_a_switch_stays_with_the_old_contract`; a check and a sync change nothing: `finance_jobs`
//! 7. activation names every missing field, stale versions and wrong steps: `finance_contracts`, `finance_save`
//! 8. worked examples and properties: `domain::finance::{evaluation, period, bill, focus}`
//! 9. rerun, missed days, late use, a day of 25 hours, two workers, 100,000 requests: `finance_evaluation`; another zone:
//!    `finance_save`
//! 10. no second item in thirty days, dismissal, hysteresis, the period's end: `finance_evaluation`, `finance_items`; every
//!     screen counts alike: `finance_parties`
//! 11. bills after submit, approval, payment and void, redraft, blocked supplier, nothing to pay, fourteen missed months:
//!     `finance_bills`; of use, beyond allowances, up to a minimum, and without a price: `finance_bills_of_use`
//! 12. who may what, use by use, and what is in the log: `finance_access`; owners of items: `finance_items`; every route:
//!     `server/tests/it/access`
//! 13. files: rules, the same bytes, mutations, names that are formulas: `finance_export`, `finance_datasets`,
//!     `domain::finance::focus`
//!
//! Renewals, also beside a contract that fails, price lists, details that stay missing, and that looking writes nothing: `finance_jobs`.

mod around;
mod bill_views;
mod bills;
mod contract_edit;
mod contract_life;
mod contract_save;
mod contracts;
mod course;
mod day_use;
mod drafts;
mod evaluation;
mod evaluation_contract;
mod export;
mod export_datasets;
mod export_rows;
mod export_term;
mod jobs;
mod ledger;
mod measured;
mod panel;
mod price_lists;
mod prices;
mod profiles;
mod refusal;
mod reports;
pub mod seed;
mod seed_world;
mod spend;
mod spend_charts;
mod spend_views;
mod suppliers;
mod upkeep;
mod work_items;

pub use bill_views::{BillEdit, BillPage, BillQuery, BillRow, LineEdit};
pub use contract_edit::AllowanceEdit;
pub use contract_save::ContractSave;
pub use contracts::{ContractPage, ContractRow, Covered};
pub use drafts::BillingRun;
pub use evaluation::EvaluationRun;
pub use export::{Export, ExportQuery};
pub use jobs::JobRow;
pub use panel::{HandOffProgress, Panel, PanelAmounts, PanelContract, PanelFacts};
pub use prices::PriceEdit;
pub use refusal::field_errors;
pub use reports::{ReportEdit, ReportRow};
pub use seed::Seeding;
pub use spend_views::{
    AllowanceState, BurnDown, ContractFigures, DayPart, DaySeries, ProviderSpend, SpendCard, SpendPage, SpendRow, UncoveredProvider,
};
pub use suppliers::{LinkedProvider, SupplierPage, SupplierRow};
pub use upkeep::UpkeepRun;
pub use work_items::{ItemChange, ItemQuery, ItemRow};

use crate::Ports;
use crate::environment::Environment;
use crate::ports::{
    AuditRepo, ConnectionRepo, FigureRepo, FinanceRepo, HandOffRepo, InstallationRepo, JobRepo, ModelRepo, PeopleRepo, PriceFacts,
};
use domain::finance::spend::ExchangeRates;
use domain::provider::Catalogue;
use ledger::Ledger;
use std::sync::Arc;
use vocab::{ProviderId, UserId};

/// Finance's use cases.
#[derive(Clone)]
pub struct Finance {
    ledger: Ledger,
    hand_offs: Arc<dyn HandOffRepo>,
    connections: Arc<dyn ConnectionRepo>,
    people: Arc<dyn PeopleRepo>,
    figures: Arc<dyn FigureRepo>,
    jobs: Arc<dyn JobRepo>,
    installation: Arc<dyn InstallationRepo>,
    models: Arc<dyn ModelRepo>,
    prices: Arc<dyn PriceFacts>,
    audit: Arc<dyn AuditRepo>,
    rates: Option<ExchangeRates>,
    catalogue: Arc<Catalogue>,
    environment: Environment,
    /// Handing providers to Finance.
    pub seeding: Seeding,
}

impl Finance {
    /// Wires the use cases.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>, environment: Environment) -> Self {
        Self {
            seeding: Seeding::new(ports, catalogue.clone(), environment.clone()),
            ledger: Ledger::new(ports.finance.clone()),
            hand_offs: ports.hand_offs.clone(),
            connections: ports.connections.clone(),
            people: ports.people.clone(),
            figures: ports.figures.clone(),
            jobs: ports.jobs.clone(),
            installation: ports.installation.clone(),
            models: ports.models.clone(),
            prices: ports.prices.clone(),
            audit: ports.audit.clone(),
            rates: ports.rates.clone(),
            catalogue,
            environment,
        }
    }

    /// The present, as pages show it.
    pub fn now(&self) -> time::OffsetDateTime {
        self.environment.now()
    }

    fn rows(&self) -> &dyn FinanceRepo {
        self.ledger.rows()
    }

    /// The provider's name, or its id once the catalogue has lost it.
    pub fn provider_name(&self, id: &ProviderId) -> String {
        self.catalogue.get(id).map_or_else(|| id.to_string(), |provider| provider.name.clone())
    }

    /// Everybody's name, for showing whose something is.
    async fn names(&self) -> crate::ServiceResult<std::collections::HashMap<UserId, String>> {
        Ok(self.people.users().await?.into_iter().map(|user| (user.id, user.name)).collect())
    }
}
