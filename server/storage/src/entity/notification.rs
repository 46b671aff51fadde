//! What operators were told.

use crate::convert::{Row, text};
use domain::notification::{News, Notification, NotificationState};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{NewNotification, StoreError, StoreResult};
use vocab::{NotificationEnding, NotificationId, NotificationKind};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub provider_name: String,
    pub kind: String,
    pub cause: String,
    pub raised_at: i64,
    pub closed_at: Option<i64>,
    pub ending: Option<String>,
    pub open_key: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Notification {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("notification", &model.id);
        Ok(Self {
            id: NotificationId::new(model.id),
            raised_at: row.at("raised_at", model.raised_at)?,
            state: state(row, &model)?,
            news: News {
                provider_id: row.word("provider_id", &model.provider_id)?,
                kind: row.word("kind", &model.kind)?,
                provider_name: model.provider_name,
                cause: model.cause,
            },
        })
    }
}

fn state(row: Row<'_>, model: &Model) -> StoreResult<NotificationState> {
    let ending = row.word_some("ending", model.ending.as_deref())?;
    match (row.at_some("closed_at", model.closed_at)?, ending) {
        (None, None) => Ok(NotificationState::Open),
        (Some(at), Some(ending)) => Ok(NotificationState::Closed { at, ending }),
        _ => Err(row.bad("ending")),
    }
}

/// A row that is open, or, for good news, closed from the beginning.
pub(crate) fn row(new: &NewNotification, now: i64) -> ActiveModel {
    let News { provider_id, provider_name, kind, cause } = &new.news;
    let open = *kind != NotificationKind::Recovered;
    ActiveModel {
        id: Set(new.id.uuid()),
        provider_id: Set(provider_id.to_string()),
        provider_name: Set(text(provider_name)),
        kind: Set(kind.to_string()),
        cause: Set(text(cause)),
        raised_at: Set(now),
        closed_at: Set((!open).then_some(now)),
        ending: Set((!open).then(|| NotificationEnding::Recovered.to_string())),
        open_key: Set(open.then(|| format!("{provider_id}/{kind}"))),
    }
}
