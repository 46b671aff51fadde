//! Our access tokens.

use crate::convert::{Row, list, micros, text};
use domain::access_token::{AccessToken, TokenLimits};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{AccessTokenId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub created_by: Uuid,
    pub name: String,
    pub public_id: String,
    pub secret_hash: Vec<u8>,
    pub scopes: String,
    pub providers: String,
    pub models: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub last_used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user_account::Entity", from = "Column::CreatedBy", to = "super::user_account::Column::Id")]
    Creator,
}

impl Related<super::user_account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Creator.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for AccessToken {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("access_token", &model.id);
        let limits = TokenLimits {
            scopes: row.list("scopes", &model.scopes)?,
            providers: row.list("providers", &model.providers)?,
            models: row.list("models", &model.models)?,
        };
        Ok(Self {
            id: AccessTokenId::new(model.id),
            created_by: UserId::new(model.created_by),
            secret_hash: row.hash("secret_hash", &model.secret_hash)?,
            limits,
            created_at: row.at("created_at", model.created_at)?,
            expires_at: row.at_some("expires_at", model.expires_at)?,
            revoked_at: row.at_some("revoked_at", model.revoked_at)?,
            last_used_at: row.at_some("last_used_at", model.last_used_at)?,
            name: model.name,
            public_id: model.public_id,
        })
    }
}

impl From<&AccessToken> for ActiveModel {
    fn from(token: &AccessToken) -> Self {
        Self {
            id: Set(token.id.uuid()),
            created_by: Set(token.created_by.uuid()),
            name: Set(text(&token.name)),
            public_id: Set(text(&token.public_id)),
            secret_hash: Set(token.secret_hash.to_vec()),
            scopes: Set(list(&token.limits.scopes)),
            providers: Set(list(&token.limits.providers)),
            models: Set(list(&token.limits.models)),
            created_at: Set(micros(token.created_at)),
            expires_at: Set(token.expires_at.map(micros)),
            revoked_at: Set(token.revoked_at.map(micros)),
            last_used_at: Set(token.last_used_at.map(micros)),
        }
    }
}
