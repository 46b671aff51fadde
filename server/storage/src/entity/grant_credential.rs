//! Sealed credentials.

use crate::convert::{Row, micros};
use domain::connection::Grant;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::GrantId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grant_credential")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sealed: Vec<u8>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Grant {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let created_at = Row::new("grant_credential", &model.id).at("created_at", model.created_at)?;
        Ok(Self { id: GrantId::new(model.id), sealed: model.sealed, created_at })
    }
}

impl From<&Grant> for ActiveModel {
    fn from(grant: &Grant) -> Self {
        Self { id: Set(grant.id.uuid()), sealed: Set(grant.sealed.clone()), created_at: Set(micros(grant.created_at)) }
    }
}
