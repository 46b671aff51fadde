//! Builds.

use crate::components::FormFn;
use crate::routes;
use crate::wire::{AppError, BuildPageView, BuildsView};
use leptos::prelude::*;
use vocab::BuildId;

/// Puts a build into the queue. No server function, because its form may carry a file: `server::http::build_form` answers it.
#[derive(Debug)]
pub struct StartBuild;

impl FormFn for StartBuild {
    type Output = ();
    const PATH: &'static str = routes::BUILDS;
}

/// The newest builds, and what a new one needs.
#[server(endpoint = "builds")]
pub async fn builds() -> Result<BuildsView, AppError> {
    use crate::wire::BuildDraft;
    use crate::{convert, ctx};
    let draft = use_context::<BuildDraft>();
    let (caller, services) = (ctx::caller()?, ctx::services()?);
    let programs = services.builds.programs(&caller).await.map_err(ctx::fail)?;
    let newest = services.builds.list(&caller, None, 50).await.map_err(ctx::fail)?;
    Ok(convert::builds(programs, &newest, services.builds.surroundings(), draft))
}

/// One build, and what it printed after a place; the end of it where there is no place yet.
#[server(endpoint = "build")]
pub async fn build(id: BuildId, place: String) -> Result<BuildPageView, AppError> {
    use crate::{convert, ctx};
    let (caller, services) = (ctx::caller()?, ctx::services()?);
    // The build before its log: one that is over has then said all there is.
    let detail = services.builds.get(&caller, id).await.map_err(ctx::fail)?;
    let log = match convert::read_place(&place) {
        Some((after, style)) => {
            let part = services.builds.log(&caller, id, after).await.map_err(ctx::fail)?;
            convert::log_part(place, style, &part)
        }
        None => convert::whole_log(&services.builds.whole_log(&caller, id).await.map_err(ctx::fail)?),
    };
    let wait = services.builds.wait_of(&caller, &detail.build).await.map_err(ctx::fail)?;
    Ok(convert::build_page(&detail, log, wait, services.builds.surroundings().0))
}

/// Calls a build off.
#[server(endpoint = "cancel_build")]
pub async fn cancel_build(id: BuildId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.builds.cancel(&ctx::caller()?, id).await.map_err(ctx::fail)
}

/// Starts a build again, and leads to the new one.
#[server(endpoint = "retry_build")]
pub async fn retry_build(id: BuildId) -> Result<(), AppError> {
    use crate::ctx;
    let again = ctx::services()?.builds.retry(&ctx::caller()?, id).await.map_err(ctx::fail)?;
    ctx::go_to(Some(routes::build(again.id)));
    Ok(())
}
