//! Which contract a provider's use belongs to, and when.

use crate::convert::{Row, micros};
use domain::finance::contract::Coverage;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{ContractId, FinanceProfileId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_coverage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub effective_from: i64,
    pub effective_to: Option<i64>,
    pub contract_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Coverage {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("contract_coverage", &model.profile_id);
        Ok(Self {
            contract_id: ContractId::new(model.contract_id),
            profile_id: FinanceProfileId::new(model.profile_id),
            from: row.at("effective_from", model.effective_from)?,
            to: row.at_some("effective_to", model.effective_to)?,
        })
    }
}

impl From<&Coverage> for ActiveModel {
    fn from(coverage: &Coverage) -> Self {
        Self {
            profile_id: Set(coverage.profile_id.uuid()),
            effective_from: Set(micros(coverage.from)),
            effective_to: Set(coverage.to.map(micros)),
            contract_id: Set(coverage.contract_id.uuid()),
        }
    }
}
