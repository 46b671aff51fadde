//! Who is asking. Deny by default: a request without proof reaches nothing but [`crate::router::OPEN_ROUTES`].
//!
//! Proved callers stand in the request's extensions as `domain::people::Caller`, people also as `domain::people::User`.

use super::RequestId;
use super::door::Door;
use super::loopback::from_this_machine;
use super::{client_address, cookies, forms, refusal};
use crate::config::TrustedProxies;
use crate::router::open::{Openness, openness};
use crate::state::AppState;
use app::ctx::FromThisMachine;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::audit::Origin;
use domain::people::{Caller, User};
use secrecy::SecretString;
use services::people::{Browser, SetupAccess, SetupNeed};
use services::{ServiceError, ServiceResult};
use std::sync::atomic::Ordering;

/// What the proofs of a request amount to.
enum Found {
    Person(Box<(Caller, User)>),
    Token(Box<Caller>),
    /// No proof, or none that is good.
    Nobody,
    /// A session cookie that is good no more: the browser may forget it.
    Over,
}

/// Proves the caller, or refuses.
pub async fn prove(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let open = openness(&request);
    let peer = client_address::peer(&request);
    let local = from_this_machine(&state.settings.listen.public_url, peer, request.headers());
    request.extensions_mut().insert(FromThisMachine(local));
    if open == Some(Openness::Blind) {
        return next.run(request).await;
    }
    let (door, path_door) = (Door::of_request(&request), Door::of(request.uri().path()));
    let origin = origin(&request, &state.settings.listen.trusted_proxies);
    let found = match find(&state, path_door, request.headers(), &origin).await {
        Ok(found) => found,
        Err(error) => return refusal::refuse(door, error),
    };
    let secure = state.settings.listen.public_url.is_https();
    let over = matches!(found, Found::Over);
    let known = !over && !matches!(found, Found::Nobody);
    introduce(&mut request, found, origin, path_door);
    let mut response = if known || open.is_some() {
        next.run(request).await
    } else {
        let sign_in = format!("/login{}", next_of(&request));
        refuse_stranger(&state, door, &sign_in).await
    };
    if over {
        cookies::forget_session(response.headers_mut(), secure);
    }
    response
}

/// A token where tokens count, else the browser's session where sessions count.
async fn find(state: &AppState, door: Door, headers: &HeaderMap, origin: &Origin) -> ServiceResult<Found> {
    if door.takes_tokens() {
        match shown(headers) {
            Shown::Token(token) => return find_token(state, &token, origin).await,
            Shown::NoToken => return Ok(Found::Nobody),
            Shown::Nothing => {}
        }
    }
    let secure = state.settings.listen.public_url.is_https();
    if !door.takes_sessions() || !cookies::has_session_cookie(headers, secure) {
        return Ok(Found::Nobody);
    }
    let Some(cookie) = cookies::session(headers, secure) else { return Ok(Found::Over) };
    let person = state.services.people.caller_of_session(&cookie, origin.clone()).await?;
    Ok(person.map_or(Found::Over, |person| Found::Person(Box::new(person))))
}

async fn find_token(state: &AppState, token: &SecretString, origin: &Origin) -> ServiceResult<Found> {
    match state.services.access_tokens.caller_of(token, origin.clone()).await {
        Ok(caller) => Ok(Found::Token(Box::new(caller))),
        Err(ServiceError::SignedOut) => Ok(Found::Nobody),
        Err(error) => Err(error),
    }
}

/// What a request shows in the places where a token stands.
#[derive(Debug)]
enum Shown {
    Nothing,
    /// Something that cannot be a token; it is no reason to look at cookies instead.
    NoToken,
    Token(SecretString),
}

fn shown(headers: &HeaderMap) -> Shown {
    let bearer = headers.get(header::AUTHORIZATION).map(|value| value.to_str().ok().and_then(strip_bearer));
    let key = || headers.get("x-api-key").map(|value| value.to_str().ok());
    match bearer.or_else(key) {
        None => Shown::Nothing,
        Some(None) => Shown::NoToken,
        Some(Some(text)) => Shown::Token(SecretString::from(text.trim())),
    }
}

/// The scheme's name is compared without case (RFC 9110 §11.1).
fn strip_bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn introduce(request: &mut Request, found: Found, origin: Origin, door: Door) {
    let agent = header_text(request.headers(), &header::USER_AGENT);
    let extensions = request.extensions_mut();
    let session_before = match found {
        Found::Person(person) => {
            let (caller, user) = *person;
            let session = caller.session_id();
            extensions.insert(caller);
            extensions.insert(user);
            session
        }
        Found::Token(caller) => {
            extensions.insert(*caller);
            None
        }
        Found::Nobody | Found::Over => None,
    };
    if !door.is_gateway() {
        extensions.insert(Browser { origin, user_agent: agent, session_before });
    }
}

/// A page sends people to sign in and brings them back; everything else says 401.
async fn refuse_stranger(state: &AppState, door: Door, sign_in: &str) -> Response {
    if door != Door::Page {
        return refusal::refuse(door, ServiceError::SignedOut);
    }
    match anybody_has_an_account(state).await {
        Ok(true) => to(sign_in),
        Ok(false) => to("/setup"),
        Err(error) => refusal::refuse(door, error),
    }
}

/// Asked until somebody has; accounts are never deleted.
async fn anybody_has_an_account(state: &AppState) -> ServiceResult<bool> {
    if state.set_up.load(Ordering::Relaxed) {
        return Ok(true);
    }
    let nobody = SetupAccess { link: None, from_this_machine: false };
    let done = state.services.people.setup_need(&nobody).await? == SetupNeed::Done;
    state.set_up.store(done, Ordering::Relaxed);
    Ok(done)
}

/// `?next=…`: the page that was asked for, or the one a form stands on. `/` needs none.
fn next_of(request: &Request) -> String {
    let asked = match Door::of(request.uri().path()) {
        Door::Page if request.method() == Method::GET => request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        Door::Page | Door::ServerFn => header_text(request.headers(), &header::REFERER),
        _ => String::new(),
    };
    let next = forms::stay_here(&asked);
    if next == "/" {
        return String::new();
    }
    format!("?next={}", url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
}

fn to(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/login"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Where a request comes from, for throttling and the audit log.
pub fn origin(request: &Request, trusted: &TrustedProxies) -> Origin {
    let id = request.extensions().get::<RequestId>().map(RequestId::as_str).unwrap_or_default();
    Origin { address: client_address::client(request, trusted).to_string(), request_id: id.to_owned() }
}

fn header_text(headers: &HeaderMap, name: &axum::http::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn look(name: &'static str, value: &'static str) -> Shown {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        shown(&headers)
    }

    #[test]
    fn tokens_come_in_two_headers() {
        for (name, value) in [("authorization", "Bearer abc"), ("authorization", "bearer  abc "), ("x-api-key", "abc")] {
            assert!(matches!(look(name, value), Shown::Token(token) if token.expose_secret() == "abc"), "{value}");
        }
        assert!(matches!(look("authorization", "Basic abc"), Shown::NoToken));
        assert!(matches!(look("accept", "abc"), Shown::Nothing));
    }
}
