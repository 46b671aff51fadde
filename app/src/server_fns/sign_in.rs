//! Signing in at providers. The beginning is a plain form that leaves the app: `routes::sign_in`.

use crate::wire::AppError;
use leptos::prelude::*;
use vocab::ProviderId;

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
