//! Where a browser comes back from a provider.
//!
//! The pending sign-in is found by `state` alone: the browser may come back to another host name of this machine, without our
//! cookie. Whoever shows a session must be the person who began it.

use super::pages;
use crate::http::auth::origin;
use crate::http::cookies;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::audit::Origin;
use domain::flow::Callback;
use services::ServiceResult;
use services::sign_in::{CallbackOutcome, Returned};
use vocab::{ProviderId, UserId};

/// Takes the provider's answer and sends the browser to the provider's page, with what came of it.
pub async fn receive(State(state): State<AppState>, request: Request) -> Response {
    let (origin, path) = (origin(&request, &state.settings.listen.trusted_proxies), request.uri().path().to_owned());
    let callback = match Callback::parse(request.uri().query().unwrap_or_default()) {
        Ok(callback) => callback,
        Err(error) => return pages::strange_answer(&error.to_string()),
    };
    let returned = match shown_person(&state, request.headers(), origin.clone()).await {
        Ok(person) => Returned { callback, path, person, origin },
        Err(error) => return pages::failed(error),
    };
    match state.services.sign_in.callback(returned).await {
        Ok(outcome) => back(&state, &outcome),
        Err(error) => pages::failed(error),
    }
}

/// The person whose session the browser shows, if it shows a good one.
async fn shown_person(state: &AppState, headers: &HeaderMap, origin: Origin) -> ServiceResult<Option<UserId>> {
    let secure = state.settings.listen.public_url.is_https();
    let Some(cookie) = cookies::session(headers, secure) else { return Ok(None) };
    let person = state.services.people.caller_of_session(&cookie, origin).await?;
    Ok(person.map(|(_, user)| user.id))
}

/// To the provider's page, at our own configured address: nothing in the request has a say in where.
fn back(state: &AppState, outcome: &CallbackOutcome) -> Response {
    let CallbackOutcome { provider_id, failure, .. } = outcome;
    let query = failure.map_or_else(|| "oauth=success".to_owned(), |failure| format!("oauth=error&reason={failure}"));
    see(&format!("{}{}?{query}", state.settings.listen.public_url.origin(), page_of(provider_id)))
}

/// The page of a provider.
pub(super) fn page_of(id: &ProviderId) -> String {
    format!("/platform/ai/providers/{id}")
}

/// 303 to an address of ours.
pub(super) fn see(address: &str) -> Response {
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}
