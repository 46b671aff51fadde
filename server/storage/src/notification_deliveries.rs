//! Deliveries: a table as a queue. The instant of the next try is also the lease of whoever tries now: a process that dies
//! in between leaves a row that becomes due again.

use crate::clock::{self, now_sql};
use crate::convert::{Row, text};
use crate::entity::{notification, notification_delivery};
use crate::errors::IntoStore;
use domain::notification::Notification;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QueryResult, Statement, Value};
use services::ports::{ClaimedDelivery, DeliveryTrouble, StoreResult};
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;
use vocab::{DeliveryId, DeliveryState};

use notification_delivery::{Column, Entity};

/// Deliveries of these notifications that were tried and not taken.
pub(crate) async fn troubles<C: ConnectionTrait>(database: &C, of: &[Uuid]) -> StoreResult<HashMap<Uuid, Vec<DeliveryTrouble>>> {
    let rows = Entity::find()
        .filter(Column::NotificationId.is_in(of.iter().copied()))
        .filter(Column::State.ne(DeliveryState::Delivered.as_str()))
        .filter(Column::LastError.is_not_null())
        .order_by_asc(Column::Id);
    let mut troubles: HashMap<Uuid, Vec<DeliveryTrouble>> = HashMap::new();
    for row in rows.all(database).await.store()? {
        troubles.entry(row.notification_id).or_default().push(row.try_into()?);
    }
    Ok(troubles)
}

/// The second condition is asked again of a row that somebody else has just taken: PostgreSQL waits for them first.
pub(crate) async fn claim<C: ConnectionTrait>(database: &C, limit: u32, hold: Duration) -> StoreResult<Vec<ClaimedDelivery>> {
    let backend = database.get_database_backend();
    let now = now_sql(backend);
    let sql = format!(
        "UPDATE notification_delivery SET attempts = attempts + 1, next_attempt_at = {now} + $1 WHERE id IN \
         (SELECT id FROM notification_delivery WHERE state = 'pending' AND next_attempt_at <= {now} ORDER BY next_attempt_at LIMIT $2) \
         AND state = 'pending' AND next_attempt_at <= {now} \
         RETURNING id, notification_id, channel, recipient, attempts, {now} - created_at AS age"
    );
    let values: [Value; 2] = [micros_of(hold).into(), i64::from(limit).into()];
    let rows = database.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await.store()?;
    let ids = rows.iter().map(|row| row.try_get::<Uuid>("", "notification_id")).collect::<Result<Vec<_>, _>>().store()?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let told = notification::Entity::find().filter(notification::Column::Id.is_in(ids)).all(database).await.store()?;
    let told: HashMap<Uuid, notification::Model> = told.into_iter().map(|model| (model.id, model)).collect();
    let mut claimed = Vec::new();
    for row in &rows {
        let of: Uuid = row.try_get("", "notification_id").store()?;
        // Gone with its notification meanwhile: nothing left to deliver.
        let Some(model) = told.get(&of) else { continue };
        claimed.push(read(row, model.clone().try_into()?)?);
    }
    Ok(claimed)
}

fn read(row: &QueryResult, notification: Notification) -> StoreResult<ClaimedDelivery> {
    let id: Uuid = row.try_get("", "id").store()?;
    let place = Row::new("notification_delivery", &id);
    let channel: String = row.try_get("", "channel").store()?;
    let (attempts, age): (i64, i64) = (row.try_get("", "attempts").store()?, row.try_get("", "age").store()?);
    Ok(ClaimedDelivery {
        id: DeliveryId::new(id),
        notification,
        channel: place.word("channel", &channel)?,
        recipient: row.try_get("", "recipient").store()?,
        attempts: place.number("attempts", attempts)?,
        age: time::Duration::microseconds(age),
    })
}

pub(crate) async fn delivered(tx: &DatabaseTransaction, id: DeliveryId) -> StoreResult<()> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Delivered.as_str()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::State.eq(DeliveryState::Pending.as_str()));
    done.exec(tx).await.store().map(drop)
}

pub(crate) async fn failed(tx: &DatabaseTransaction, id: DeliveryId, error: &str, again_after: Option<Duration>) -> StoreResult<()> {
    let mut change = Entity::update_many()
        .col_expr(Column::LastError, Expr::value(text(error)))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::State.eq(DeliveryState::Pending.as_str()));
    change = match again_after {
        Some(wait) => change.col_expr(Column::NextAttemptAt, Expr::value(clock::now(tx).await? + micros_of(wait))),
        None => change.col_expr(Column::State, Expr::value(DeliveryState::GivenUp.as_str())),
    };
    change.exec(tx).await.store().map(drop)
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}
