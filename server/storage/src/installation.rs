//! Things that exist once an installation: the setup link, leases, the clock.

use crate::clock::{self, now_sql};
use crate::convert::Row;
use crate::database::Storage;
use crate::entity::connection;
use crate::errors::IntoStore;
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, QuerySelect, Statement};
use services::ports::{InstallationRepo, LeaseOwner, StoreResult};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;
use vocab::{ConnectionId, ProviderId};

/// Row of the setup link: the hash of its secret in hexadecimal.
const SETUP_HASH: &str = "setup_hash";

#[async_trait]
impl InstallationRepo for Storage {
    async fn ping(&self) -> StoreResult<()> {
        self.readers().query_one_raw(Statement::from_string(self.backend(), "SELECT 1 AS one")).await.store().map(drop)
    }

    async fn now(&self) -> StoreResult<OffsetDateTime> {
        let now = clock::now(self.readers()).await?;
        Row::new("installation", &"clock").at("now", now)
    }

    async fn setup_hash(&self) -> StoreResult<Option<[u8; 32]>> {
        let sql = "SELECT value FROM installation WHERE name = $1";
        let row = self.readers().query_one_raw(Statement::from_sql_and_values(self.backend(), sql, [SETUP_HASH.into()])).await.store()?;
        let Some(row) = row else { return Ok(None) };
        let value: String = row.try_get("", "value").store()?;
        let place = Row::new("installation", &SETUP_HASH);
        let bytes = hex::decode(value).map_err(|_| place.bad("value"))?;
        place.hash("value", &bytes).map(Some)
    }

    async fn set_setup_hash(&self, hash: Option<[u8; 32]>) -> StoreResult<()> {
        set_setup_hash(self.writer(), hash).await
    }

    async fn take_lease(&self, name: &str, owner: &LeaseOwner, ttl: Duration) -> StoreResult<bool> {
        let now = now_sql(self.backend());
        let sql = format!(
            "INSERT INTO lease (name, owner, expires_at) VALUES ($1, $2, {now} + $3) \
             ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at \
             WHERE lease.expires_at <= {now} OR lease.owner = excluded.owner RETURNING name"
        );
        let ttl = i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX / 2);
        let values = [name.into(), owner.0.as_str().into(), ttl.into()];
        let won = self.writer().query_one_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store()?;
        Ok(won.is_some())
    }

    async fn release_lease(&self, name: &str, owner: &LeaseOwner) -> StoreResult<()> {
        let values = [name.into(), owner.0.as_str().into()];
        let sql = "DELETE FROM lease WHERE name = $1 AND owner = $2";
        self.writer().execute_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store().map(drop)
    }

    async fn connection_counts(&self) -> StoreResult<Vec<(ConnectionId, ProviderId)>> {
        let all: Vec<(Uuid, String)> = connection::Entity::find()
            .select_only()
            .column(connection::Column::Id)
            .column(connection::Column::ProviderId)
            .order_by_asc(connection::Column::ProviderId)
            .into_tuple()
            .all(self.readers())
            .await
            .store()?;
        all.iter().map(|(id, provider)| Ok((ConnectionId::new(*id), Row::new("connection", id).word("provider_id", provider)?))).collect()
    }
}

/// Writes or removes the setup link, alone or inside somebody's transaction.
pub(crate) async fn set_setup_hash<C: ConnectionTrait>(database: &C, hash: Option<[u8; 32]>) -> StoreResult<()> {
    let backend = database.get_database_backend();
    let statement = match hash {
        Some(hash) => {
            let sql = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            Statement::from_sql_and_values(backend, sql, [SETUP_HASH.into(), hex::encode(hash).into()])
        }
        None => Statement::from_sql_and_values(backend, "DELETE FROM installation WHERE name = $1", [SETUP_HASH.into()]),
    };
    database.execute_raw(statement).await.store().map(drop)
}
