//! Browser sign-ins at providers.

use crate::convert::{Row, micros, text};
use domain::flow::{BegunIn, FlowState, OAuthFlow};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use time::OffsetDateTime;
use vocab::{AccessTokenId, FlowFailure, FlowId, FlowPhase, SessionId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oauth_flow")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub user_id: Uuid,
    pub user_name: String,
    pub session_id: Option<Uuid>,
    pub token_id: Option<Uuid>,
    pub state_hash: Vec<u8>,
    pub sealed: Option<Vec<u8>>,
    pub redirect_uri: String,
    pub client_id: Option<String>,
    pub issuer: Option<String>,
    pub pasting: bool,
    pub port_taken: Option<i32>,
    pub created_at: i64,
    pub expires_at: i64,
    pub state: String,
    pub state_at: Option<i64>,
    pub failure: Option<String>,
    pub message: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for OAuthFlow {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("oauth_flow", &model.id);
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
            state_hash: row.hash("state_hash", &model.state_hash)?,
            redirect_uri: row.word("redirect_uri", &model.redirect_uri)?,
            client_id: model.client_id.clone(),
            issuer: model.issuer.clone(),
            pasting: model.pasting,
            port_taken: model.port_taken.map(|port| row.number("port_taken", port)).transpose()?,
            created_at: row.at("created_at", model.created_at)?,
            expires_at: row.at("expires_at", model.expires_at)?,
            state: state(&row, &model)?,
            sealed: model.sealed.unwrap_or_default(),
        })
    }
}

fn state(row: &Row<'_>, model: &Model) -> Result<FlowState, StoreError> {
    let at = row.at_some("state_at", model.state_at)?;
    let at = || at.ok_or_else(|| row.bad("state_at"));
    Ok(match row.word("state", &model.state)? {
        FlowPhase::Waiting => FlowState::Waiting,
        FlowPhase::Finishing => FlowState::Finishing { since: at()? },
        FlowPhase::Succeeded => FlowState::Succeeded { at: at()? },
        FlowPhase::Failed => {
            let failure: Option<FlowFailure> = row.word_some("failure", model.failure.as_deref())?;
            FlowState::Failed { at: at()?, failure: failure.ok_or_else(|| row.bad("failure"))?, message: model.message.clone() }
        }
        FlowPhase::Cancelled => FlowState::Cancelled { at: at()? },
        // Running out of time is not stored: it happens by itself.
        FlowPhase::Expired => return Err(row.bad("state")),
    })
}

/// A state, column by column: word, instant, failure, message.
pub(crate) type StateColumns = (FlowPhase, Option<i64>, Option<String>, String);

pub(crate) fn columns(state: &FlowState) -> StateColumns {
    let plain = |phase, at: &OffsetDateTime| (phase, Some(micros(*at)), None, String::new());
    match state {
        FlowState::Waiting => (FlowPhase::Waiting, None, None, String::new()),
        FlowState::Finishing { since } => plain(FlowPhase::Finishing, since),
        FlowState::Succeeded { at } => plain(FlowPhase::Succeeded, at),
        FlowState::Cancelled { at } => plain(FlowPhase::Cancelled, at),
        FlowState::Failed { at, failure, message } => (FlowPhase::Failed, Some(micros(*at)), Some(failure.to_string()), text(message)),
    }
}

impl From<&OAuthFlow> for ActiveModel {
    fn from(flow: &OAuthFlow) -> Self {
        let (session_id, token_id) = match flow.begun_in {
            BegunIn::Session(id) => (Some(id.uuid()), None),
            BegunIn::Token(id) => (None, Some(id.uuid())),
        };
        let (state, state_at, failure, message) = columns(&flow.state);
        Self {
            id: Set(flow.id.uuid()),
            provider_id: Set(flow.provider_id.to_string()),
            user_id: Set(flow.user_id.uuid()),
            user_name: Set(text(&flow.user_name)),
            session_id: Set(session_id),
            token_id: Set(token_id),
            state_hash: Set(flow.state_hash.to_vec()),
            sealed: Set(Some(flow.sealed.clone()).filter(|sealed| !sealed.is_empty())),
            redirect_uri: Set(flow.redirect_uri.to_string()),
            client_id: Set(flow.client_id.as_deref().map(text)),
            issuer: Set(flow.issuer.as_deref().map(text)),
            pasting: Set(flow.pasting),
            port_taken: Set(flow.port_taken.map(i32::from)),
            created_at: Set(micros(flow.created_at)),
            expires_at: Set(micros(flow.expires_at)),
            state: Set(state.to_string()),
            state_at: Set(state_at),
            failure: Set(failure),
            message: Set(message),
        }
    }
}
