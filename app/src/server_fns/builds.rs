//! Builds.

use crate::wire::{AppError, BuildPageView, BuildsView};
use leptos::prelude::*;
use vocab::{BuildId, Lending, ProviderId};

/// The newest builds, and what a new one needs.
#[server(endpoint = "builds")]
pub async fn builds() -> Result<BuildsView, AppError> {
    use crate::{convert, ctx};
    let (caller, services) = (ctx::caller()?, ctx::services()?);
    let programs = services.builds.programs(&caller).await.map_err(ctx::fail)?;
    let newest = services.builds.list(&caller, None, 50).await.map_err(ctx::fail)?;
    Ok(convert::builds(programs, &newest, services.builds.surroundings()))
}

/// One build, and the end of what it printed.
#[server(endpoint = "build")]
pub async fn build(id: BuildId) -> Result<BuildPageView, AppError> {
    use crate::{convert, ctx};
    let (caller, services) = (ctx::caller()?, ctx::services()?);
    let detail = services.builds.get(&caller, id).await.map_err(ctx::fail)?;
    let log = services.builds.whole_log(&caller, id).await.map_err(ctx::fail)?;
    Ok(convert::build_page(&detail, &log))
}

/// Puts a build into the queue. Empty fields are not given.
#[server(endpoint = "start_build")]
pub async fn start_build(
    provider_id: ProviderId,
    prompt: String,
    lending: Option<Lending>,
    folder: Option<String>,
) -> Result<(), AppError> {
    use crate::ctx;
    use services::builds::{StartForm, WorkspaceForm};
    let folder = folder.filter(|folder| !folder.trim().is_empty());
    let workspace = folder.map_or(WorkspaceForm::Empty, |folder| WorkspaceForm::Folder(folder.trim().to_owned()));
    let form = StartForm { provider_id, prompt, workspace, lending };
    ctx::services()?.builds.start(&ctx::caller()?, form).await.map(drop).map_err(ctx::fail)
}

/// Calls a build off.
#[server(endpoint = "cancel_build")]
pub async fn cancel_build(id: BuildId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.builds.cancel(&ctx::caller()?, id).await.map_err(ctx::fail)
}

/// Starts a build again.
#[server(endpoint = "retry_build")]
pub async fn retry_build(id: BuildId) -> Result<BuildId, AppError> {
    use crate::ctx;
    ctx::services()?.builds.retry(&ctx::caller()?, id).await.map(|build| build.id).map_err(ctx::fail)
}
