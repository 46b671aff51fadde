//! Connections, and what is known of providers beside them.

use crate::convert::micros;
use crate::database::Storage;
use crate::entity::{connection, detection, provider_setting};
use crate::errors::IntoStore;
use crate::outbox::{self, Fact, Kind};
use crate::{device_flows, flows, grants};
use async_trait::async_trait;
use domain::connection::{Activation, Connection, Detection, Finished};
use domain::grant::Grant;
use domain::people::Actor;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, Iterable, NotSet, QueryFilter, QueryOrder, QuerySelect, Set,
};
use services::ports::conflict::{FLOW_ENDED, STALE_VERSION};
use services::ports::{ConnectionRepo, StoreError, StoreResult, Trail};
use time::OffsetDateTime;
use vocab::{AuthMethod, ConnectionId, GrantId, ProviderId};

#[async_trait]
impl ConnectionRepo for Storage {
    async fn list(&self) -> StoreResult<Vec<Connection>> {
        let all = connection::Entity::find().order_by_asc(connection::Column::ProviderId);
        all.all(self.readers()).await.store()?.into_iter().map(Connection::try_from).collect()
    }

    async fn of_provider(&self, id: &ProviderId) -> StoreResult<Option<Connection>> {
        let found = connection::Entity::find().filter(connection::Column::ProviderId.eq(id.as_str()));
        found.one(self.readers()).await.store()?.map(Connection::try_from).transpose()
    }

    async fn grant(&self, id: GrantId) -> StoreResult<Option<Grant>> {
        grants::find(self.readers(), id).await
    }

    async fn activate(&self, activation: Activation, trail: Trail) -> StoreResult<Connection> {
        let write = self.write().await?;
        let done = activate(&write.tx, activation).await;
        write.finish(done, &trail).await
    }

    async fn deactivate(&self, id: &ProviderId, actor: &Actor, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = deactivate(&write.tx, id, actor).await;
        write.finish_if(done, &trail).await
    }

    async fn update(&self, connection: &Connection, trail: Trail) -> StoreResult<Connection> {
        let write = self.write().await?;
        let actor = trail.audit.first().map_or(&Actor::System, |line| &line.actor);
        let done = update(&write.tx, connection, actor).await;
        write.finish(done, &trail).await
    }

    async fn due_for_check(&self, now: OffsetDateTime, limit: u32) -> StoreResult<Vec<Connection>> {
        let due = connection::Entity::find()
            .filter(connection::Column::Enabled.eq(true))
            .filter(connection::Column::NextCheckAt.lte(micros(now)))
            .order_by_asc(connection::Column::NextCheckAt)
            .limit(u64::from(limit));
        due.all(self.readers()).await.store()?.into_iter().map(Connection::try_from).collect()
    }

    async fn detections(&self) -> StoreResult<Vec<(ProviderId, Detection)>> {
        let all = detection::Entity::find().order_by_asc(detection::Column::ProviderId).all(self.readers()).await.store()?;
        all.into_iter().map(TryFrom::try_from).collect()
    }

    async fn set_detection(&self, id: &ProviderId, found: &Detection, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let same = OnConflict::column(detection::Column::ProviderId).update_columns(detection::Column::iter()).to_owned();
        let row = detection::ActiveModel::from((id, found));
        let done = detection::Entity::insert(row).on_conflict(same).exec_without_returning(&write.tx).await.store().map(drop);
        write.finish(done, &trail).await
    }

    async fn auto_connect(&self, id: &ProviderId) -> StoreResult<bool> {
        let setting = provider_setting::Entity::find_by_id(id.as_str()).one(self.readers()).await.store()?;
        Ok(setting.is_none_or(|setting| setting.auto_connect))
    }

    async fn set_auto_connect(&self, id: &ProviderId, allowed: bool) -> StoreResult<()> {
        let row = provider_setting::ActiveModel { provider_id: Set(id.to_string()), auto_connect: Set(allowed), ..Default::default() };
        let same = OnConflict::column(provider_setting::Column::ProviderId).update_column(provider_setting::Column::AutoConnect).to_owned();
        provider_setting::Entity::insert(row).on_conflict(same).exec_without_returning(self.writer()).await.store().map(drop)
    }
}

/// The provider's row, locked until the transaction ends.
async fn locked(tx: &DatabaseTransaction, id: &ProviderId) -> StoreResult<Option<connection::Model>> {
    connection::Entity::find().filter(connection::Column::ProviderId.eq(id.as_str())).lock_exclusive().one(tx).await.store()
}

async fn activate(tx: &DatabaseTransaction, activation: Activation) -> StoreResult<Connection> {
    let Activation { mut connection, grant, siblings, finishes, trigger, actor } = activation;
    end_sign_ins(tx, &connection.provider_id, finishes.as_ref()).await?;
    if let Some(grant) = &grant {
        grants::insert(tx, grant).await?;
    }
    let stored = locked(tx, &connection.provider_id).await?;
    connection.grant_id = grant_of(&connection, grant.as_ref(), stored.as_ref().and_then(|stored| stored.grant_id));
    let connection = place(tx, connection, stored, trigger, &actor).await?;
    for sibling in siblings {
        let stored = locked(tx, &sibling.provider_id).await?;
        place(tx, sibling, stored, trigger, &actor).await?;
    }
    Ok(connection)
}

/// The sign-in that leads here ends with it, and only if it is still open. Where there is none, or a browser was quicker than a
/// code, what else waits has been overtaken.
async fn end_sign_ins(tx: &DatabaseTransaction, id: &ProviderId, finishes: Option<&Finished>) -> StoreResult<()> {
    let ended = match finishes {
        None => {
            flows::overtake(tx, id).await?;
            device_flows::cancel(tx, id).await?;
            true
        }
        Some(Finished::Browser(flow)) => {
            device_flows::cancel(tx, id).await?;
            flows::end(tx, flow).await?
        }
        Some(Finished::Device { id, at }) => device_flows::connected(tx, *id, *at).await?,
    };
    if ended { Ok(()) } else { Err(StoreError::Conflict(FLOW_ENDED)) }
}

/// Writes one connection over the stored one, if that is still the one that was read; a credential it leaves behind goes.
async fn place(
    tx: &DatabaseTransaction,
    mut connection: Connection,
    stored: Option<connection::Model>,
    trigger: &str,
    actor: &Actor,
) -> StoreResult<Connection> {
    if connection.version != stored.as_ref().map_or(0, |stored| stored.version) {
        return Err(StoreError::Conflict(STALE_VERSION));
    }
    connection.version += 1;
    let grant_before = stored.as_ref().and_then(|stored| stored.grant_id);
    let row = match &stored {
        None => connection::ActiveModel::from(&connection).insert(tx).await.store()?,
        Some(stored) => {
            connection.id = ConnectionId::new(stored.id);
            connection::ActiveModel::from(&connection).update(tx).await.store()?
        }
    };
    if let Some(before) = grant_before.filter(|before| row.grant_id != Some(*before)) {
        grants::drop_orphan(tx, before).await?;
    }
    let fact =
        Fact { kind: Kind::Activated, connection_id: row.id, provider_id: &row.provider_id, method: &row.method, cause: trigger, actor };
    outbox::append(tx, fact).await?;
    row.try_into()
}

/// The new credential, or none for a method without, or the one that is there.
fn grant_of(connection: &Connection, grant: Option<&Grant>, before: Option<uuid::Uuid>) -> Option<GrantId> {
    match grant {
        Some(grant) => Some(grant.id),
        None if connection.method == AuthMethod::None => None,
        None => connection.grant_id.or(before.map(GrantId::new)),
    }
}

async fn deactivate(tx: &DatabaseTransaction, id: &ProviderId, actor: &Actor) -> StoreResult<bool> {
    let Some(row) = locked(tx, id).await? else { return Ok(false) };
    connection::Entity::delete_by_id(row.id).exec(tx).await.store()?;
    flows::overtake(tx, id).await?;
    device_flows::cancel(tx, id).await?;
    if let Some(grant) = row.grant_id {
        grants::drop_orphan(tx, grant).await?;
    }
    let fact = Fact {
        kind: Kind::Deactivated,
        connection_id: row.id,
        provider_id: &row.provider_id,
        method: &row.method,
        cause: "disconnect",
        actor,
    };
    outbox::append(tx, fact).await?;
    Ok(true)
}

/// Leaves method, credential and who connected it alone: those change through [`activate`].
async fn update(tx: &DatabaseTransaction, connection: &Connection, actor: &Actor) -> StoreResult<Connection> {
    let Some(stored) = locked(tx, &connection.provider_id).await? else { return Err(StoreError::Conflict(STALE_VERSION)) };
    if stored.version != connection.version || stored.id != connection.id.uuid() {
        return Err(StoreError::Conflict(STALE_VERSION));
    }
    if stored.enabled != connection.enabled {
        outbox::append(tx, switched(&stored, connection.enabled, actor)).await?;
    }
    let change = connection::ActiveModel {
        provider_id: NotSet,
        method: NotSet,
        grant_id: NotSet,
        key_hint: NotSet,
        connected_by: NotSet,
        connected_by_name: NotSet,
        connected_at: NotSet,
        version: Set(connection.version + 1),
        ..connection.into()
    };
    change.update(tx).await.store()?.try_into()
}

/// Switching is an activation or a deactivation like any other for whoever reads the outbox.
fn switched<'a>(stored: &'a connection::Model, enabled: bool, actor: &'a Actor) -> Fact<'a> {
    Fact {
        kind: if enabled { Kind::Activated } else { Kind::Deactivated },
        connection_id: stored.id,
        provider_id: &stored.provider_id,
        method: &stored.method,
        cause: if enabled { "re_enabled" } else { "switched_off" },
        actor,
    }
}
