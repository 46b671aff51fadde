//! What else has to hear of an activation, in its own time: written with it, handled by jobs.

use crate::clock;
use crate::convert::text;
use crate::entity::outbox_event;
use crate::errors::IntoStore;
use domain::people::Actor;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, Set};
use services::ports::StoreResult;
use uuid::Uuid;
use vocab::UserId;

/// Not handled yet.
const PENDING: &str = "pending";

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Activated,
    Deactivated,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Deactivated => "deactivated",
        }
    }
}

/// What the row says of the connection.
pub(crate) struct Fact<'a> {
    pub(crate) kind: Kind,
    pub(crate) connection_id: Uuid,
    pub(crate) provider_id: &'a str,
    pub(crate) method: &'a str,
    pub(crate) cause: &'a str,
    pub(crate) actor: &'a Actor,
}

/// Adds a row, with an id and an instant of the database's own.
pub(crate) async fn append(tx: &DatabaseTransaction, fact: Fact<'_>) -> StoreResult<()> {
    let (now, id) = clock::now_and_id(tx).await?;
    let row = outbox_event::ActiveModel {
        id: Set(id),
        kind: Set(fact.kind.as_str().to_owned()),
        connection_id: Set(fact.connection_id),
        provider_id: Set(fact.provider_id.to_owned()),
        method: Set(fact.method.to_owned()),
        cause: Set(fact.cause.to_owned()),
        actor_user: Set(fact.actor.user_id().map(UserId::uuid)),
        actor_name: Set(text(fact.actor.name())),
        requested_at: Set(now),
        status: Set(PENDING.to_owned()),
        attempts: Set(0),
        next_attempt_at: Set(now),
        last_error: Set(None),
    };
    row.insert(tx).await.store().map(drop)
}
