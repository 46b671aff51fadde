//! Finance's rows.

mod commit;
mod day_sums;
mod figures;
mod jobs;
mod used;

use crate::database::Storage;
use crate::entity::{
    ai_price_fact, contract_allowance, contract_coverage, contract_reported_usage, finance_profile, finance_work_item, supplier,
    supplier_contract,
};
use crate::errors::IntoStore;
use async_trait::async_trait;
use domain::finance::allowance::Allowance;
use domain::finance::contract::{Contract, Coverage, History};
use domain::finance::evaluation::Reported;
use domain::finance::price::PriceFact;
use domain::finance::profile::FinanceProfile;
use domain::finance::supplier::{Supplier, SupplierUse};
use domain::finance::work_item::WorkItem;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use services::ports::{ContractsOf, CoverageOf, FinanceRepo, FinanceWrite, ItemsOf, PricesOf, Revision, StoreResult, Trail};
use vocab::finance::ContractStatus;
use vocab::{ContractId, FinanceProfileId, SupplierId};

#[async_trait]
impl FinanceRepo for Storage {
    async fn revision(&self) -> StoreResult<Revision> {
        used::number(self.readers(), "SELECT revision AS number FROM finance_revision WHERE id = 1", vec![]).await.map(Revision)
    }

    async fn suppliers(&self) -> StoreResult<Vec<Supplier>> {
        let all = supplier::Entity::find().order_by_asc(supplier::Column::Name).order_by_asc(supplier::Column::Id);
        all.all(self.readers()).await.store()?.into_iter().map(Supplier::try_from).collect()
    }

    async fn supplier_use(&self, id: SupplierId) -> StoreResult<SupplierUse> {
        used::of_supplier(self.readers(), id).await
    }

    async fn profiles(&self) -> StoreResult<Vec<FinanceProfile>> {
        let all = finance_profile::Entity::find().order_by_asc(finance_profile::Column::ProviderId);
        all.all(self.readers()).await.store()?.into_iter().map(FinanceProfile::try_from).collect()
    }

    async fn supplier(&self, id: SupplierId) -> StoreResult<Option<Supplier>> {
        supplier::Entity::find_by_id(id.uuid()).one(self.readers()).await.store()?.map(Supplier::try_from).transpose()
    }

    async fn profiles_of(&self, ids: &[FinanceProfileId]) -> StoreResult<Vec<FinanceProfile>> {
        let these = finance_profile::Entity::find().filter(finance_profile::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        these.all(self.readers()).await.store()?.into_iter().map(FinanceProfile::try_from).collect()
    }

    async fn contracts(&self, which: &ContractsOf) -> StoreResult<Vec<Contract>> {
        use supplier_contract::{Column, Entity};
        let found = Entity::find().filter(contracts(which)).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
        found.all(self.readers()).await.store()?.into_iter().map(Contract::try_from).collect()
    }

    async fn allowances(&self, contracts: &[ContractId]) -> StoreResult<Vec<Allowance>> {
        use contract_allowance::{Column, Entity};
        let wanted = Column::ContractId.is_in(contracts.iter().map(|id| id.uuid()));
        let found = Entity::find().filter(wanted).order_by_asc(Column::SortOrder).order_by_asc(Column::Id);
        found.all(self.readers()).await.store()?.into_iter().map(Allowance::try_from).collect()
    }

    async fn reported(&self, contract: ContractId) -> StoreResult<Vec<Reported>> {
        use contract_reported_usage::{Column, Entity};
        let found = Entity::find().filter(Column::ContractId.eq(contract.uuid()));
        let found = found.order_by_asc(Column::ReportDate).order_by_asc(Column::AllowanceId);
        found.all(self.readers()).await.store()?.into_iter().map(Reported::try_from).collect()
    }

    async fn coverage(&self, which: &CoverageOf) -> StoreResult<Vec<Coverage>> {
        use contract_coverage::{Column, Entity};
        let wanted = match which {
            CoverageOf::All => Condition::all(),
            CoverageOf::Either(profiles, contracts) => Condition::any()
                .add(Column::ProfileId.is_in(profiles.iter().map(|id| id.uuid())))
                .add(Column::ContractId.is_in(contracts.iter().map(|id| id.uuid()))),
        };
        let found = Entity::find().filter(wanted).order_by_asc(Column::EffectiveFrom).order_by_asc(Column::ProfileId);
        found.all(self.readers()).await.store()?.into_iter().map(Coverage::try_from).collect()
    }

    async fn used(&self, contracts: &[ContractId]) -> StoreResult<Vec<ContractId>> {
        let mut used = Vec::new();
        for id in contracts {
            if used::is_used(self.readers(), *id).await? {
                used.push(*id);
            }
        }
        Ok(used)
    }

    async fn history(&self, id: ContractId) -> StoreResult<History> {
        used::history(self.readers(), id).await
    }

    async fn items(&self, which: &ItemsOf) -> StoreResult<Vec<WorkItem>> {
        use finance_work_item::{Column, Entity};
        let found = Entity::find().filter(items(which)).order_by_desc(Column::FirstSeenAt).order_by_desc(Column::Id);
        found.all(self.readers()).await.store()?.into_iter().map(WorkItem::try_from).collect()
    }

    async fn prices(&self, which: PricesOf) -> StoreResult<Vec<PriceFact>> {
        use ai_price_fact::{Column, Entity};
        let wanted = match which {
            PricesOf::All => Condition::all(),
            PricesOf::Contract(id) => Condition::all().add(Column::ContractId.eq(id.uuid())),
        };
        let found = Entity::find().filter(wanted).order_by_asc(Column::ModelId).order_by_asc(Column::Id);
        found.all(self.readers()).await.store()?.into_iter().map(PriceFact::try_from).collect()
    }

    async fn commit(&self, based_on: Revision, writes: &[FinanceWrite], trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = commit::apply(&write.tx, based_on, writes).await;
        write.finish(done, &trail).await
    }
}

fn contracts(which: &ContractsOf) -> Condition {
    use supplier_contract::Column;
    let running = || {
        let running = ContractStatus::ALL.iter().filter(|status| !status.is_terminal());
        Column::Status.is_in(running.map(|status| status.as_str()))
    };
    match which {
        ContractsOf::All => Condition::all(),
        ContractsOf::Running => Condition::all().add(running()),
        ContractsOf::Supplier(id) => Condition::all().add(Column::SupplierId.eq(id.uuid())),
        ContractsOf::Account(account) => Condition::all().add(Column::BillingAccountKey.eq(account.to_string())).add(running()),
        ContractsOf::Ids(ids) => Condition::all().add(Column::Id.is_in(ids.iter().map(|id| id.uuid()))),
    }
}

fn items(which: &ItemsOf) -> Condition {
    use finance_work_item::Column;
    let ItemsOf { statuses, profiles, contracts, supplier, owner, id } = which;
    let states = (!statuses.is_empty()).then(|| Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    let about = (!profiles.is_empty() || !contracts.is_empty()).then(|| {
        Condition::any()
            .add(Column::ProfileId.is_in(profiles.iter().copied().map(FinanceProfileId::uuid)))
            .add(Column::ContractId.is_in(contracts.iter().copied().map(ContractId::uuid)))
    });
    Condition::all()
        .add_option(states)
        .add_option(about)
        .add_option(supplier.map(|id| Column::SupplierId.eq(id.uuid())))
        .add_option(owner.map(|id| Column::Owner.eq(id.uuid())))
        .add_option(id.map(|id| Column::Id.eq(id.uuid())))
}
