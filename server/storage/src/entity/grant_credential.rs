//! Sealed credentials.

use crate::convert::{Row, micros, text};
use domain::grant::{Grant, Life};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{AuthMethod, GrantId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grant_credential")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sealed: Vec<u8>,
    pub created_at: i64,
    pub provider_id: Option<String>,
    pub version: i64,
    pub issued_at: Option<i64>,
    pub access_expires_at: Option<i64>,
    pub ends_at: Option<i64>,
    pub refresh: Option<String>,
    pub refresh_at: Option<i64>,
    pub failures: i32,
    pub code: String,
    pub message: String,
    pub made_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// How it lives; `None` for a key.
    pub(crate) fn life(&self) -> StoreResult<Option<Life>> {
        let row = Row::new("grant_credential", &self.id);
        let Some(refresh) = &self.refresh else { return Ok(None) };
        let issued = row.at_some("issued_at", self.issued_at)?.ok_or_else(|| row.bad("issued_at"))?;
        let expires = row.at_some("access_expires_at", self.access_expires_at)?.ok_or_else(|| row.bad("access_expires_at"))?;
        let times = (issued, expires, row.at_some("ends_at", self.ends_at)?);
        let refresh_at = row.at_some("refresh_at", self.refresh_at)?;
        let words = (self.code.clone(), self.message.clone());
        Life::from_columns(refresh, refresh_at, row.number("failures", self.failures)?, words, times)
            .map(Some)
            .ok_or_else(|| row.bad("refresh"))
    }
}

impl TryFrom<Model> for Grant {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("grant_credential", &model.id);
        Ok(Self {
            id: GrantId::new(model.id),
            created_at: row.at("created_at", model.created_at)?,
            provider_id: row.word_some("provider_id", model.provider_id.as_deref())?,
            life: model.life()?,
            // Rows from before this column were made by a browser, or are keys.
            made_by: match row.word_some("made_by", model.made_by.as_deref())? {
                Some(method) => method,
                None if model.refresh.is_some() => AuthMethod::OAuth,
                None => AuthMethod::ApiKey,
            },
            version: model.version,
            sealed: model.sealed,
        })
    }
}

impl From<&Grant> for ActiveModel {
    fn from(grant: &Grant) -> Self {
        let mut row = Self {
            id: Set(grant.id.uuid()),
            sealed: Set(grant.sealed.clone()),
            created_at: Set(micros(grant.created_at)),
            provider_id: Set(grant.provider_id.as_ref().map(ToString::to_string)),
            version: Set(grant.version),
            made_by: Set(Some(grant.made_by.to_string())),
            ..Default::default()
        };
        if let Some(life) = &grant.life {
            row.set_life(life);
        }
        row
    }
}

impl ActiveModel {
    /// All columns of a life.
    pub(crate) fn set_life(&mut self, life: &Life) {
        let facts = life.facts();
        self.issued_at = Set(Some(micros(facts.issued_at)));
        self.access_expires_at = Set(Some(micros(facts.access_expires_at)));
        self.ends_at = Set(facts.ends_at.map(micros));
        self.refresh = Set(Some(facts.refresh.to_owned()));
        self.refresh_at = Set(facts.refresh_at.map(micros));
        self.failures = Set(i32::try_from(facts.failures).unwrap_or(i32::MAX));
        self.code = Set(text(&facts.code));
        self.message = Set(text(&facts.message));
    }
}
