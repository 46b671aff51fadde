//! Connections.

use crate::convert::{Row, micros, text};
use domain::connection::{Connection, Standing, StandingFacts};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{ConnectionId, GrantId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub method: String,
    pub grant_id: Option<Uuid>,
    pub base_url: Option<String>,
    pub key_hint: Option<String>,
    pub account: Option<String>,
    pub connected_by: Option<Uuid>,
    pub connected_by_name: String,
    pub connected_at: i64,
    pub verdict: String,
    pub message: String,
    pub checked_at: i64,
    pub attempts: i32,
    pub next_check_at: Option<i64>,
    pub was_good: bool,
    pub enabled: bool,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Connection {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("connection", &model.id);
        let facts = StandingFacts {
            verdict: row.word("verdict", &model.verdict)?,
            message: model.message,
            checked_at: row.at("checked_at", model.checked_at)?,
            attempts: row.number("attempts", model.attempts)?,
            next_check_at: row.at_some("next_check_at", model.next_check_at)?,
            was_good: model.was_good,
        };
        Ok(Self {
            id: ConnectionId::new(model.id),
            provider_id: row.word("provider_id", &model.provider_id)?,
            method: row.word("method", &model.method)?,
            grant_id: model.grant_id.map(GrantId::new),
            base_url: row.word_some("base_url", model.base_url.as_deref())?,
            key_hint: model.key_hint,
            account: model.account,
            connected_by: model.connected_by.map(UserId::new),
            connected_by_name: model.connected_by_name,
            connected_at: row.at("connected_at", model.connected_at)?,
            standing: Standing::from_facts(facts).ok_or_else(|| row.bad("next_check_at"))?,
            enabled: model.enabled,
            version: model.version,
        })
    }
}

impl From<&Connection> for ActiveModel {
    fn from(connection: &Connection) -> Self {
        let facts = connection.standing.facts();
        Self {
            id: Set(connection.id.uuid()),
            provider_id: Set(connection.provider_id.to_string()),
            method: Set(connection.method.to_string()),
            grant_id: Set(connection.grant_id.map(GrantId::uuid)),
            base_url: Set(connection.base_url.as_ref().map(ToString::to_string)),
            key_hint: Set(connection.key_hint.as_deref().map(text)),
            account: Set(connection.account.as_deref().map(text)),
            connected_by: Set(connection.connected_by.map(UserId::uuid)),
            connected_by_name: Set(text(&connection.connected_by_name)),
            connected_at: Set(micros(connection.connected_at)),
            verdict: Set(facts.verdict.to_string()),
            message: Set(text(&facts.message)),
            checked_at: Set(micros(facts.checked_at)),
            attempts: Set(i32::try_from(facts.attempts).unwrap_or(i32::MAX)),
            next_check_at: Set(facts.next_check_at.map(micros)),
            was_good: Set(facts.was_good),
            enabled: Set(connection.enabled),
            version: Set(connection.version),
        }
    }
}
