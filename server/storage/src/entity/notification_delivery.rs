//! Notifications on their way to one recipient each.

use crate::convert::{Row, text};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{DeliveryTrouble, NewDelivery, StoreError};
use vocab::{DeliveryState, NotificationId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub notification_id: Uuid,
    pub channel: String,
    pub recipient: String,
    pub state: String,
    pub attempts: i64,
    pub created_at: i64,
    pub next_attempt_at: i64,
    pub last_error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for DeliveryTrouble {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("notification_delivery", &model.id);
        Ok(Self {
            channel: row.word("channel", &model.channel)?,
            state: row.word("state", &model.state)?,
            attempts: row.number("attempts", model.attempts)?,
            recipient: model.recipient,
            error: model.last_error.unwrap_or_default(),
        })
    }
}

/// A row that is due at once.
pub(crate) fn row(new: &NewDelivery, notification: NotificationId, now: i64) -> ActiveModel {
    ActiveModel {
        id: Set(new.id.uuid()),
        notification_id: Set(notification.uuid()),
        channel: Set(new.channel.to_string()),
        recipient: Set(text(&new.recipient)),
        state: Set(DeliveryState::Pending.to_string()),
        attempts: Set(0),
        created_at: Set(now),
        next_attempt_at: Set(now),
        last_error: Set(None),
    }
}
