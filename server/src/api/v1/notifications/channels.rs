//! `GET /api/v1/notifications/channels`

use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use vocab::Channel;

/// The channels that are configured.
#[derive(Serialize, ToSchema)]
pub struct ChannelList {
    channels: Vec<ChannelView>,
}

/// A channel.
#[derive(Serialize, ToSchema)]
pub struct ChannelView {
    #[schema(value_type = words::Channel)]
    channel: Channel,
    /// The other end's host.
    host: String,
    /// Who gets what goes that way.
    recipients: Vec<String>,
}

/// Which ways out are configured
#[utoipa::path(
    get,
    path = "/api/v1/notifications/channels",
    operation_id = "list_notification_channels",
    tag = "notifications",
    responses((status = 200, description = "The channels.", body = ChannelList), Refusals)
)]
pub async fn channels(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<ChannelList>, Problem> {
    let channels = state.services.notifications.channels(&caller).await?;
    let view =
        |info: services::notifications::ChannelInfo| ChannelView { channel: info.channel, host: info.host, recipients: info.recipients };
    Ok(Json(ChannelList { channels: channels.into_iter().map(view).collect() }))
}
