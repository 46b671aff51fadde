//! Notifications: told at most once while open, read by each person for themselves.

use crate::clock;
use crate::convert::micros;
use crate::database::Storage;
use crate::entity::{notification, notification_delivery, notification_read, user_account};
use crate::errors::IntoStore;
use crate::notification_deliveries as deliveries;
use async_trait::async_trait;
use domain::notification::Notification;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, Statement, Value,
};
use services::ports::{ClaimedDelivery, NewNotification, NotificationRecord, NotificationRepo, StoreResult, Trail};
use std::collections::HashSet;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;
use vocab::{DeliveryId, NotificationEnding, NotificationId, UserId};

#[async_trait]
impl NotificationRepo for Storage {
    async fn open(&self) -> StoreResult<Vec<Notification>> {
        let open = notification::Entity::find().filter(notification::Column::OpenKey.is_not_null()).order_by_asc(notification::Column::Id);
        open.all(self.readers()).await.store()?.into_iter().map(Notification::try_from).collect()
    }

    async fn raise(&self, new: &NewNotification, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = insert(&write.tx, new).await;
        write.finish_if(done, &trail).await
    }

    async fn end(
        &self,
        id: NotificationId,
        ending: NotificationEnding,
        good_news: Option<&NewNotification>,
        trail: Trail,
    ) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = close(&write.tx, id, ending, good_news).await;
        write.finish_if(done, &trail).await
    }

    async fn page(
        &self,
        reader: Option<UserId>,
        open_only: bool,
        before: Option<NotificationId>,
        limit: u32,
    ) -> StoreResult<Vec<NotificationRecord>> {
        // Ids are version 7: the newest is the largest.
        let mut page = notification::Entity::find().order_by_desc(notification::Column::Id).limit(u64::from(limit));
        if open_only {
            page = page.filter(notification::Column::OpenKey.is_not_null());
        }
        if let Some(before) = before {
            page = page.filter(notification::Column::Id.lt(before.uuid()));
        }
        let rows = page.all(self.readers()).await.store()?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let read = self.read_by(reader, &ids).await?;
        let since = self.member_since(reader).await?;
        let mut troubles = deliveries::troubles(self.readers(), &ids).await?;
        let record = |row: notification::Model| {
            let before_their_time = row.closed_at.is_some() && row.raised_at < since;
            Ok(NotificationRecord {
                read: before_their_time || read.contains(&row.id),
                troubles: troubles.remove(&row.id).unwrap_or_default(),
                notification: row.try_into()?,
            })
        };
        rows.into_iter().map(record).collect()
    }

    async fn unread(&self, reader: UserId) -> StoreResult<u64> {
        let since = self.member_since(Some(reader)).await?;
        let sql = "SELECT COUNT(*) AS unread FROM notification n WHERE (n.open_key IS NOT NULL OR n.raised_at >= $2) AND NOT EXISTS \
                   (SELECT 1 FROM notification_read r WHERE r.notification_id = n.id AND r.user_id = $1)";
        let values: [Value; 2] = [reader.uuid().into(), since.into()];
        let row = self.readers().query_one_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store()?;
        let unread: i64 = row.map_or(Ok(0), |row| row.try_get("", "unread")).store()?;
        Ok(u64::try_from(unread).unwrap_or_default())
    }

    async fn mark_read(&self, reader: UserId, id: NotificationId, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = mark_read(&write.tx, reader, id).await;
        write.finish_if(done, &trail).await
    }

    async fn mark_all_read(&self, reader: UserId, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let sql = "INSERT INTO notification_read (user_id, notification_id) SELECT u.id, n.id FROM user_account u CROSS JOIN notification n \
                   WHERE u.id = $1 ON CONFLICT DO NOTHING";
        let all = Statement::from_sql_and_values(self.backend(), sql, [reader.uuid().into()]);
        let done = write.tx.execute_raw(all).await.store().map(drop);
        write.finish(done, &trail).await
    }

    async fn claim(&self, limit: u32, hold: Duration) -> StoreResult<Vec<ClaimedDelivery>> {
        deliveries::claim(self.writer(), limit, hold).await
    }

    async fn delivered(&self, id: DeliveryId, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = deliveries::delivered(&write.tx, id).await;
        write.finish(done, &trail).await
    }

    async fn failed(&self, id: DeliveryId, error: &str, again_after: Option<Duration>, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = deliveries::failed(&write.tx, id, error, again_after).await;
        write.finish(done, &trail).await
    }

    async fn prune(&self, before: OffsetDateTime) -> StoreResult<u64> {
        let old = notification::Entity::delete_many().filter(notification::Column::ClosedAt.lt(micros(before)));
        old.exec(self.writer()).await.store().map(|gone| gone.rows_affected)
    }
}

impl Storage {
    async fn read_by(&self, reader: Option<UserId>, ids: &[Uuid]) -> StoreResult<HashSet<Uuid>> {
        let Some(reader) = reader else { return Ok(HashSet::new()) };
        let read = notification_read::Entity::find()
            .filter(notification_read::Column::UserId.eq(reader.uuid()))
            .filter(notification_read::Column::NotificationId.is_in(ids.iter().copied()));
        Ok(read.all(self.readers()).await.store()?.into_iter().map(|row| row.notification_id).collect())
    }

    /// Microseconds; 0 for whoever has no account.
    async fn member_since(&self, reader: Option<UserId>) -> StoreResult<i64> {
        let Some(reader) = reader else { return Ok(0) };
        let found = user_account::Entity::find_by_id(reader.uuid()).one(self.readers()).await.store()?;
        Ok(found.map_or(0, |user| user.created_at))
    }
}

/// `false` when the same is open already. Of two at once the second waits for the first, and then finds it.
async fn insert(tx: &DatabaseTransaction, new: &NewNotification) -> StoreResult<bool> {
    let now = clock::now(tx).await?;
    let same = OnConflict::column(notification::Column::OpenKey).do_nothing().to_owned();
    let row = notification::row(new, now);
    if notification::Entity::insert(row).on_conflict(same).exec_without_returning(tx).await.store()? == 0 {
        return Ok(false);
    }
    let rows = new.deliveries.iter().map(|delivery| notification_delivery::row(delivery, new.id, now));
    if !new.deliveries.is_empty() {
        notification_delivery::Entity::insert_many(rows).exec_without_returning(tx).await.store()?;
    }
    Ok(true)
}

async fn close(
    tx: &DatabaseTransaction,
    id: NotificationId,
    ending: NotificationEnding,
    good_news: Option<&NewNotification>,
) -> StoreResult<bool> {
    let closed = notification::Entity::update_many()
        .col_expr(notification::Column::ClosedAt, Expr::value(clock::now(tx).await?))
        .col_expr(notification::Column::Ending, Expr::value(ending.as_str()))
        .col_expr(notification::Column::OpenKey, Expr::value(None::<String>))
        .filter(notification::Column::Id.eq(id.uuid()))
        .filter(notification::Column::OpenKey.is_not_null());
    if closed.exec(tx).await.store()?.rows_affected == 0 {
        return Ok(false);
    }
    match good_news {
        Some(new) => insert(tx, new).await,
        None => Ok(true),
    }
}

async fn mark_read(tx: &DatabaseTransaction, reader: UserId, id: NotificationId) -> StoreResult<bool> {
    if notification::Entity::find_by_id(id.uuid()).one(tx).await.store()?.is_none() {
        return Ok(false);
    }
    let row = notification_read::ActiveModel { user_id: Set(reader.uuid()), notification_id: Set(id.uuid()) };
    let same = OnConflict::new().do_nothing().to_owned();
    notification_read::Entity::insert(row).on_conflict(same).exec_without_returning(tx).await.store()?;
    Ok(true)
}
