//! Off to the provider.

use super::callback::{page_of, see};
use super::{listener, pages};
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use domain::people::Caller;
use serde::Deserialize;
use services::ServiceResult;
use services::sign_in::{Begin, BrowserPlace, SignInState};
use vocab::ProviderId;

/// The form of the sign-in button.
#[derive(Debug, Deserialize)]
pub struct BeginForm {
    /// Ticked: "My browser is on another machine", so the provider's answer will be pasted.
    #[serde(default)]
    elsewhere: Option<String>,
}

/// Stores a pending sign-in and leads on. Without JavaScript this is all there is.
pub async fn begin(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<ProviderId>,
    Form(form): Form<BeginForm>,
) -> Response {
    let place = if form.elsewhere.is_some() { BrowserPlace::Elsewhere } else { BrowserPlace::Unknown };
    match start(&state, &caller, &id, place).await {
        // The paste box is on the provider's page, so that is where the person stays; the link onward is there too.
        Ok(begun) if begun.flow.pasting => see(&format!("{}?method=oauth", page_of(&id))),
        Ok(_) => see(&format!("{}/sign-in", page_of(&id))),
        Err(error) => pages::failed(error),
    }
}

/// Says where the browser goes, and sends it there.
pub async fn leaving(State(state): State<AppState>, Extension(caller): Extension<Caller>, Path(id): Path<ProviderId>) -> Response {
    match state.services.sign_in.authorize_url(&caller, &id).await {
        Ok(Some(onward)) => pages::leaving(&onward.provider_name, &format!("{}/sign-in/onward", page_of(&id))),
        Ok(None) => see(&page_of(&id)),
        Err(error) => pages::failed(error),
    }
}

/// Redirects to the provider, for the sign-in that this person has waiting. Also the link on the provider's page.
pub async fn onward(State(state): State<AppState>, Extension(caller): Extension<Caller>, Path(id): Path<ProviderId>) -> Response {
    match state.services.sign_in.authorize_url(&caller, &id).await {
        Ok(Some(onward)) => see(onward.url.as_str()),
        Ok(None) => see(&page_of(&id)),
        Err(error) => pages::failed(error),
    }
}

/// What came of beginning.
pub struct Begun {
    /// The sign-in.
    pub flow: SignInState,
    /// A port that somebody else has, so that the answer cannot come by itself.
    pub port_taken: Option<u16>,
}

/// Stores a pending sign-in, and listens where the provider will send the browser.
///
/// # Errors
/// As `services::sign_in` says.
pub async fn start(state: &AppState, caller: &Caller, id: &ProviderId, place: BrowserPlace) -> ServiceResult<Begun> {
    // Before anything is told of the provider or listened for.
    caller.require_sign_in(id)?;
    let redirect = state.services.sign_in.listens_at(id)?;
    let mut port_taken = None;
    if let Some(redirect) = &redirect
        && place != BrowserPlace::Elsewhere
        && let Err(error) = listener::open(state, redirect).await
    {
        tracing::warn!(port = error.port, error = %error.source, "the provider's answer will have to be pasted");
        port_taken = Some(error.port);
    }
    let flow = state.services.sign_in.begin(caller, Begin { provider_id: id.clone(), place, port_taken }).await?;
    Ok(Begun { flow, port_taken })
}
