//! Failed sign-ins a key.

use crate::convert::Row;
use domain::people::throttle::Failures;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub throttle_key: String,
    pub failures: i32,
    pub last_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Failures {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("sign_in_failure", &model.throttle_key);
        Ok(Self { count: row.number("failures", model.failures)?, last_at: row.at("last_at", model.last_at)? })
    }
}
