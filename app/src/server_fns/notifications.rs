//! Notifications.

use crate::wire::{AppError, ChannelView, NotificationList, TestOutcomeView, WaitingCounts};
use leptos::prelude::*;
use vocab::NotificationId;

/// A page of what operators were told, newest first.
#[server(endpoint = "notifications")]
pub async fn notifications(open_only: bool, before: Option<NotificationId>) -> Result<NotificationList, AppError> {
    use crate::{convert, ctx};
    let page = ctx::services()?.notifications.page(&ctx::caller()?, open_only, before).await;
    page.map(convert::notification_list).map_err(ctx::fail)
}

/// What waits for the person looking.
#[server(endpoint = "waiting")]
pub async fn waiting() -> Result<WaitingCounts, AppError> {
    use crate::ctx;
    let (services, caller) = (ctx::services()?, ctx::caller()?);
    Ok(WaitingCounts {
        unread: services.notifications.unread(&caller).await.map_err(ctx::fail)?,
        providers: services.overview.needing_attention(&caller).await.map_err(ctx::fail)?,
        work_items: services.finance.items_to_do(&caller).await.map_err(ctx::fail)?,
    })
}

/// Marks one as read.
#[server(endpoint = "read_notification")]
pub async fn read_notification(id: NotificationId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.notifications.mark_read(&ctx::caller()?, id).await.map_err(ctx::fail)
}

/// Marks all as read.
#[server(endpoint = "read_all_notifications")]
pub async fn read_all_notifications() -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.notifications.mark_all_read(&ctx::caller()?).await.map_err(ctx::fail)
}

/// The ways out that are configured.
#[server(endpoint = "notification_channels")]
pub async fn notification_channels() -> Result<Vec<ChannelView>, AppError> {
    use crate::{convert, ctx};
    let channels = ctx::services()?.notifications.channels(&ctx::caller()?).await.map_err(ctx::fail)?;
    Ok(channels.into_iter().map(convert::channel).collect())
}

/// Sends a test message to everybody who would get a notification.
#[server(endpoint = "send_test_message")]
pub async fn send_test_message() -> Result<Vec<TestOutcomeView>, AppError> {
    use crate::{convert, ctx};
    let outcomes = ctx::services()?.notifications.send_test(&ctx::caller()?).await.map_err(ctx::fail)?;
    Ok(outcomes.into_iter().map(convert::test_outcome).collect())
}
