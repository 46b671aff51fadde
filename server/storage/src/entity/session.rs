//! Signed-in browsers.

use crate::convert::{Row, micros, text};
use domain::people::Session;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{SessionId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub secret_hash: Vec<u8>,
    pub created_at: i64,
    pub seen_at: i64,
    pub address: String,
    pub user_agent: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user_account::Entity", from = "Column::UserId", to = "super::user_account::Column::Id")]
    User,
}

impl Related<super::user_account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Session {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("session", &model.id);
        Ok(Self {
            id: SessionId::new(model.id),
            user_id: UserId::new(model.user_id),
            secret_hash: row.hash("secret_hash", &model.secret_hash)?,
            created_at: row.at("created_at", model.created_at)?,
            seen_at: row.at("seen_at", model.seen_at)?,
            address: model.address,
            user_agent: model.user_agent,
        })
    }
}

impl From<&Session> for ActiveModel {
    fn from(session: &Session) -> Self {
        Self {
            id: Set(session.id.uuid()),
            user_id: Set(session.user_id.uuid()),
            secret_hash: Set(session.secret_hash.to_vec()),
            created_at: Set(micros(session.created_at)),
            seen_at: Set(micros(session.seen_at)),
            address: Set(text(&session.address)),
            user_agent: Set(text(&session.user_agent)),
        }
    }
}
