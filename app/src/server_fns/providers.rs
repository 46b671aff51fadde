//! External Services.

use crate::wire::{AppError, ConnectOutcome, DisconnectResult, KeyGuess, PaidTestView, ProviderDetail, ProviderList, SyncResult};
use leptos::prelude::*;
use server_fn::codec::{Json, StreamingText, TextStream};
use vocab::ProviderId;

/// Every provider of the catalogue with its real state.
#[server(endpoint = "providers")]
pub async fn providers() -> Result<ProviderList, AppError> {
    use crate::{convert, ctx};
    let states = ctx::services()?.overview.list(&ctx::caller()?).await.map_err(ctx::fail)?;
    Ok(convert::provider_list(&states))
}

/// One provider's page.
#[server(endpoint = "provider")]
pub async fn provider(id: ProviderId) -> Result<ProviderDetail, AppError> {
    use crate::{convert, ctx};
    let (services, caller) = (ctx::services()?, ctx::caller()?);
    let detail = services.overview.detail(&caller, &id).await.map_err(ctx::fail)?;
    let sign_in = services.sign_in.state(&caller, &id).await.map_err(ctx::fail)?;
    let device = services.device_sign_in.state(&caller, &id).await.map_err(ctx::fail)?;
    // Its failure is logged and is no failure of the page.
    let finance = ctx::finance_panel(&caller, &services, &id).await.map_err(convert::app_error).unwrap_or_default();
    Ok(ProviderDetail { finance, ..convert::provider_detail(&caller, detail, sign_in, device) })
}

/// Which providers a pasted key may belong to, best guess first. The key travels in the body and is not kept.
#[server(endpoint = "recognise_key", input = Json)]
pub async fn recognise_key(key: String) -> Result<Vec<KeyGuess>, AppError> {
    use crate::{convert, ctx};
    let guesses = ctx::services()?.connections.recognise_key(&ctx::caller()?, &key.into()).map_err(ctx::fail)?;
    Ok(guesses.into_iter().map(convert::key_guess).collect())
}

/// Verifies a key and saves it. A blank key keeps the stored one; `address` is the operator's endpoint where one is asked for.
#[server(endpoint = "connect_with_key")]
pub async fn connect_with_key(id: ProviderId, key: String, address: Option<String>, version: i64) -> Result<ConnectOutcome, AppError> {
    use crate::{convert, ctx};
    let form = services::connections::KeyForm::new(key, address, version);
    ctx::services()?.connections.connect_with_key(&ctx::caller()?, &id, form).await.map(convert::outcome).map_err(ctx::fail)
}

/// Connects a local engine, at `address` if one is given.
#[server(endpoint = "connect_local")]
pub async fn connect_local(id: ProviderId, address: Option<String>) -> Result<ConnectOutcome, AppError> {
    use crate::{convert, ctx};
    ctx::services()?.connections.connect_local(&ctx::caller()?, &id, address).await.map(convert::outcome).map_err(ctx::fail)
}

/// The free identity call.
#[server(endpoint = "test_connection")]
pub async fn test_connection(id: ProviderId) -> Result<ConnectOutcome, AppError> {
    use crate::{convert, ctx};
    ctx::services()?.connections.test(&ctx::caller()?, &id).await.map(convert::outcome).map_err(ctx::fail)
}

/// One output token from the cheapest chat model: costs money.
#[server(endpoint = "paid_test")]
pub async fn paid_test(id: ProviderId) -> Result<PaidTestView, AppError> {
    use crate::{convert, ctx};
    ctx::services()?.inference.paid_test(&ctx::caller()?, &id).await.map(convert::paid_test).map_err(ctx::fail)
}

/// Clears the stored credential now.
#[server(endpoint = "disconnect")]
pub async fn disconnect(id: ProviderId) -> Result<DisconnectResult, AppError> {
    use crate::ctx;
    let done = ctx::services()?.connections.disconnect(&ctx::caller()?, &id).await.map_err(ctx::fail)?;
    Ok(DisconnectResult { line: done.revocation.words() })
}

/// Switches a connection off or on; the credential stays.
#[server(endpoint = "set_enabled")]
pub async fn set_enabled(id: ProviderId, enabled: bool) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.connections.set_enabled(&ctx::caller()?, &id, enabled).await.map_err(ctx::fail)
}

/// Fetches the provider's model list and brings profiles up to date.
#[server(endpoint = "sync_models")]
pub async fn sync_models(id: ProviderId) -> Result<SyncResult, AppError> {
    use crate::ctx;
    let outcome = ctx::services()?.models.sync(&ctx::caller()?, &id).await.map_err(ctx::fail)?;
    Ok(SyncResult { line: outcome.to_string() })
}

/// Asks a model and streams the answer: one `TryEvent` as JSON a line.
#[server(endpoint = "try_it", input = Json, output = StreamingText)]
pub async fn try_it(id: ProviderId, model: String, prompt: String) -> Result<TextStream<AppError>, AppError> {
    use crate::{convert, ctx};
    let answer = ctx::services()?.inference.try_it(&ctx::caller()?, &id, &model, &prompt).await.map_err(ctx::fail)?;
    Ok(convert::try_stream(answer))
}
