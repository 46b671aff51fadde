//! Positions of the event log.

use domain::events::{Event, LoggedEvent};
use sea_orm::entity::prelude::*;
use vocab::EventId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "live_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: i64,
    pub event: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// `None` for an event this program does not know: a newer one beside it wrote it.
    pub(crate) fn read(self) -> Option<LoggedEvent> {
        let event: Event = serde_json::from_str(&self.event).ok()?;
        Some(LoggedEvent { id: EventId(self.id), event })
    }
}
