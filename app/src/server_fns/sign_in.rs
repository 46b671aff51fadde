//! Signing in at providers. The beginning is a plain form that leaves the app: `routes::sign_in`.

use crate::wire::AppError;
use leptos::prelude::*;
use vocab::{DeviceMode, ProviderId};

/// Finishes the viewer's own sign-in with the address or code they pasted. It travels in the body and is used once.
#[server(endpoint = "paste_answer")]
pub async fn paste_answer(id: ProviderId, answer: String) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.sign_in.paste(&ctx::caller()?, &id, &answer.into()).await.map_err(ctx::fail)
}

/// Gives up the sign-ins that wait at this provider: the viewer's own.
#[server(endpoint = "cancel_sign_in")]
pub async fn cancel_sign_in(id: ProviderId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.sign_in.cancel(&ctx::caller()?, &id).await.map_err(ctx::fail)
}

/// The owner's switch of a sign-in that the vendor does not want used here.
#[server(endpoint = "allow_sign_in")]
pub async fn allow_sign_in(id: ProviderId, allow: bool) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.sign_in.allow(&ctx::caller()?, &id, allow).await.map_err(ctx::fail)
}

/// Begins a sign-in with a code, or finds the one that is open; answers when there is a code, or after a moment.
#[server(endpoint = "start_device_flow")]
pub async fn start_device_flow(id: ProviderId, mode: Option<DeviceMode>) -> Result<(), AppError> {
    use crate::ctx;
    /// Without JavaScript the page that comes next shows what there is by then.
    const MOMENT: std::time::Duration = std::time::Duration::from_secs(4);
    let (services, caller) = (ctx::services()?, ctx::caller()?);
    let begun = services.device_sign_in.begin(&caller, &id, mode).await.map_err(ctx::fail)?;
    services.device_sign_in.shown(&caller, begun.flow.id, MOMENT).await.map(drop).map_err(ctx::fail)
}

/// Calls off the sign-in with a code that is open at this provider, whoever began it.
#[server(endpoint = "cancel_device_flow")]
pub async fn cancel_device_flow(id: ProviderId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.device_sign_in.cancel(&ctx::caller()?, &id).await.map_err(ctx::fail)
}
