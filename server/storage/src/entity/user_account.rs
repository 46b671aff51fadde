//! People with accounts.

use crate::convert::{Row, micros, text};
use domain::people::{Email, User, UserState};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use services::ports::StoreError;
use vocab::UserId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: String,
    pub password_hash: String,
    pub disabled_at: Option<i64>,
    pub created_at: i64,
    pub last_sign_in_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for User {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("user_account", &model.id);
        let state = match row.at_some("disabled_at", model.disabled_at)? {
            None => UserState::Active,
            Some(since) => UserState::Disabled { since },
        };
        Ok(Self {
            id: UserId::new(model.id),
            email: Email::parse(&model.email).map_err(|_| row.bad("email"))?,
            role: row.word("role", &model.role)?,
            state,
            created_at: row.at("created_at", model.created_at)?,
            last_sign_in_at: row.at_some("last_sign_in_at", model.last_sign_in_at)?,
            name: model.name,
            password_hash: SecretString::from(model.password_hash),
        })
    }
}

impl From<&User> for ActiveModel {
    fn from(user: &User) -> Self {
        let disabled_at = match user.state {
            UserState::Active => None,
            UserState::Disabled { since } => Some(micros(since)),
        };
        Self {
            id: Set(user.id.uuid()),
            name: Set(text(&user.name)),
            email: Set(user.email.as_str().to_owned()),
            role: Set(user.role.to_string()),
            password_hash: Set(user.password_hash.expose_secret().to_owned()),
            disabled_at: Set(disabled_at),
            created_at: Set(micros(user.created_at)),
            last_sign_in_at: Set(user.last_sign_in_at.map(micros)),
        }
    }
}
