//! Requests through us.

use crate::convert::{Row, count, micros, shown, text};
use domain::inference::{TokenCounts, UsageRecord};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{AccessTokenId, ConnectionId, UserId};

#[expect(clippy::struct_field_names, reason = "`model_id` is the column, `Model` is what the derive asks for")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: String,
    pub at: i64,
    pub connection_id: Uuid,
    pub provider_id: String,
    pub model_id: String,
    pub token_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub cache_read_tokens: Option<i64>,
    pub cache_write_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub latency_ms: i64,
    pub first_byte_ms: i64,
    pub outcome: String,
    pub status: i32,
    pub cost: Option<String>,
    pub cost_micros: Option<i64>,
    pub cost_rest: Option<i64>,
    pub cost_basis: String,
    pub billing_account_key: Option<String>,
    pub cost_currency: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Decimals of [`Model::cost_micros`].
const MICROS: u32 = 6;
/// Decimals of [`Model::cost_micros`] and [`Model::cost_rest`] together; a list price has far fewer.
const ALL: u32 = 18;

/// A cost in two integers: whole millionths of a dollar, and the rest in 10^-18 dollars (less than a millionth).
/// `None` when it is too large to be a cost.
fn split(cost: Decimal) -> Option<(i64, i64)> {
    let micros = cost.round_dp_with_strategy(MICROS, RoundingStrategy::ToZero);
    let rest = (cost - micros).round_dp(ALL);
    let million = Decimal::from(1_000_000_u32);
    let trillion = Decimal::from(1_000_000_000_000_u64);
    let micros = micros.checked_mul(million)?.to_i64()?;
    Some((micros, (rest * million * trillion).to_i64()?))
}

/// The sum of many [`split`] costs; `rest` may have grown beyond a millionth.
pub(crate) fn join(micros: i64, rest: i128) -> Option<Decimal> {
    let rest = Decimal::try_from_i128_with_scale(rest, ALL).ok()?;
    Decimal::new(micros, MICROS).checked_add(rest).map(|sum| sum.normalize())
}

impl TryFrom<Model> for UsageRecord {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("usage_record", &model.request_id);
        Ok(Self {
            at: row.at("at", model.at)?,
            connection_id: ConnectionId::new(model.connection_id),
            provider_id: row.word("provider_id", &model.provider_id)?,
            token_id: model.token_id.map(AccessTokenId::new),
            user_id: model.user_id.map(UserId::new),
            tokens: tokens(row, &model)?,
            latency_ms: row.number("latency_ms", model.latency_ms)?,
            first_byte_ms: row.number("first_byte_ms", model.first_byte_ms)?,
            outcome: row.word("outcome", &model.outcome)?,
            status: row.number("status", model.status)?,
            cost: row.word_some("cost", model.cost.as_deref())?,
            cost_basis: row.word("cost_basis", &model.cost_basis)?,
            account: row.word_some("billing_account_key", model.billing_account_key.as_deref())?,
            request_id: model.request_id.clone(),
            model_id: model.model_id,
        })
    }
}

/// All counters, or none of them.
fn tokens(row: Row<'_>, model: &Model) -> StoreResult<Option<TokenCounts>> {
    let Some(input) = model.input_tokens else { return Ok(None) };
    let number = |column, tokens: Option<i64>| tokens.ok_or_else(|| row.bad(column)).and_then(|tokens| row.number(column, tokens));
    Ok(Some(TokenCounts {
        input: row.number("input_tokens", input)?,
        output: number("output_tokens", model.output_tokens)?,
        cache_read: number("cache_read_tokens", model.cache_read_tokens)?,
        cache_write: number("cache_write_tokens", model.cache_write_tokens)?,
        reasoning: number("reasoning_tokens", model.reasoning_tokens)?,
    }))
}

impl From<&UsageRecord> for ActiveModel {
    fn from(record: &UsageRecord) -> Self {
        let tokens = |of: fn(&TokenCounts) -> u64| Set(record.tokens.as_ref().map(|tokens| count(of(tokens))));
        let parts = record.cost.and_then(split);
        Self {
            request_id: Set(text(&record.request_id)),
            at: Set(micros(record.at)),
            connection_id: Set(record.connection_id.uuid()),
            provider_id: Set(record.provider_id.to_string()),
            model_id: Set(text(&record.model_id)),
            token_id: Set(record.token_id.map(AccessTokenId::uuid)),
            user_id: Set(record.user_id.map(UserId::uuid)),
            input_tokens: tokens(|t| t.input),
            output_tokens: tokens(|t| t.output),
            cache_read_tokens: tokens(|t| t.cache_read),
            cache_write_tokens: tokens(|t| t.cache_write),
            reasoning_tokens: tokens(|t| t.reasoning),
            latency_ms: Set(record.latency_ms.into()),
            first_byte_ms: Set(record.first_byte_ms.into()),
            outcome: Set(record.outcome.to_string()),
            status: Set(record.status.into()),
            cost: Set(parts.and(record.cost).map(|cost| cost.to_string())),
            cost_micros: Set(parts.map(|(micros, _)| micros)),
            cost_rest: Set(parts.map(|(_, rest)| rest)),
            cost_basis: Set(record.cost_basis.to_string()),
            billing_account_key: Set(shown(record.account.as_ref())),
            // List prices are in US dollars.
            cost_currency: Set(parts.map(|_| "USD".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_survives_being_split() {
        for text in ["0", "0.0055", "123456789.000000000000000001", "0.000000037500000000", "-1.5"] {
            let cost: Decimal = text.parse().unwrap_or_default();
            let (micros, rest) = split(cost).unwrap_or_default();
            assert_eq!(join(micros, rest.into()), Some(cost.normalize()), "{text}");
        }
        assert_eq!(split(Decimal::MAX), None);
    }
}
