//! Device-code sign-ins.

use crate::convert::{Row, micros, text};
use domain::device::{DeviceFacts, DeviceFlow};
use domain::flow::BegunIn;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{AccessTokenId, FlowId, SessionId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device_flow")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub user_id: Uuid,
    pub user_name: String,
    pub session_id: Option<Uuid>,
    pub token_id: Option<Uuid>,
    pub mode: String,
    pub created_at: i64,
    pub version: i64,
    pub phase: String,
    pub at: i64,
    pub user_code: Option<String>,
    pub verification_uri: Option<String>,
    pub verification_uri_complete: Option<String>,
    pub sealed: Option<Vec<u8>>,
    pub interval_ms: Option<i64>,
    pub slow_downs: i32,
    pub failures: i32,
    pub next_poll_at: Option<i64>,
    pub last_poll: bool,
    pub reason: Option<String>,
    pub detail: String,
    pub alive_until: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for DeviceFlow {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("device_flow", &model.id);
        let begun_in = match (model.session_id, model.token_id) {
            (Some(session), None) => BegunIn::Session(SessionId::new(session)),
            (None, Some(token)) => BegunIn::Token(AccessTokenId::new(token)),
            _ => return Err(row.bad("session_id")),
        };
        Ok(Self {
            id: FlowId::new(model.id),
            provider_id: row.word("provider_id", &model.provider_id)?,
            user_id: UserId::new(model.user_id),
            user_name: model.user_name.clone(),
            begun_in,
            mode: row.word("mode", &model.mode)?,
            created_at: row.at("created_at", model.created_at)?,
            version: model.version,
            facts: facts(&row, &model)?,
            sealed: model.sealed.unwrap_or_default(),
        })
    }
}

fn facts(row: &Row<'_>, model: &Model) -> Result<DeviceFacts, StoreError> {
    Ok(DeviceFacts {
        phase: row.word("phase", &model.phase)?,
        at: row.at("at", model.at)?,
        user_code: model.user_code.clone(),
        verification_uri: row.word_some("verification_uri", model.verification_uri.as_deref())?,
        verification_uri_complete: row.word_some("verification_uri_complete", model.verification_uri_complete.as_deref())?,
        device_code: None,
        interval_ms: model.interval_ms,
        slow_downs: row.number("slow_downs", model.slow_downs)?,
        failures: row.number("failures", model.failures)?,
        next_poll_at: row.at_some("next_poll_at", model.next_poll_at)?,
        last_poll: model.last_poll,
        reason: model.reason.clone(),
        detail: model.detail.clone(),
    })
}

impl ActiveModel {
    /// A whole new row.
    pub(crate) fn new_row(flow: &DeviceFlow, alive_until: i64) -> Self {
        let (session_id, token_id) = match flow.begun_in {
            BegunIn::Session(id) => (Some(id.uuid()), None),
            BegunIn::Token(id) => (None, Some(id.uuid())),
        };
        Self {
            id: Set(flow.id.uuid()),
            provider_id: Set(flow.provider_id.to_string()),
            user_id: Set(flow.user_id.uuid()),
            user_name: Set(text(&flow.user_name)),
            session_id: Set(session_id),
            token_id: Set(token_id),
            mode: Set(flow.mode.to_string()),
            created_at: Set(micros(flow.created_at)),
            ..Self::state_of(flow, flow.version, alive_until)
        }
    }

    /// The columns that change.
    pub(crate) fn state_of(flow: &DeviceFlow, version: i64, alive_until: i64) -> Self {
        let facts = &flow.facts;
        let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            version: Set(version),
            phase: Set(facts.phase.to_string()),
            at: Set(micros(facts.at)),
            user_code: Set(facts.user_code.clone()),
            verification_uri: Set(facts.verification_uri.as_ref().map(ToString::to_string)),
            verification_uri_complete: Set(facts.verification_uri_complete.as_ref().map(ToString::to_string)),
            sealed: Set(Some(flow.sealed.clone()).filter(|sealed| !sealed.is_empty())),
            interval_ms: Set(facts.interval_ms),
            slow_downs: Set(number(facts.slow_downs)),
            failures: Set(number(facts.failures)),
            next_poll_at: Set(facts.next_poll_at.map(micros)),
            last_poll: Set(facts.last_poll),
            reason: Set(facts.reason.clone()),
            detail: Set(text(&facts.detail)),
            alive_until: Set(alive_until),
            ..Default::default()
        }
    }
}
