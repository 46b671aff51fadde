//! The routes: page, token endpoint, revocation, keys, switches and counts.

use super::books::Recorded;
use super::refusal::Refusal;
use super::rules::Vendor;
use super::switches::{Consent, RefusalWords, Switches, Trouble};
use super::{Issuer, api, device, id_token, page, rules, token};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, Query, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use futures::stream;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use url::form_urlencoded;

/// Everything under `/issuer`.
pub fn router(issuer: Issuer) -> Router {
    let vendor = Router::new()
        .route("/authorize", get(authorize).post(decide))
        .route("/oauth/code/callback", get(show_code))
        .route("/token", post(tokens))
        .route("/device/code", post(device_code))
        .route("/deviceauth/usercode", post(device_code))
        .route("/deviceauth/token", post(device_token))
        // Where the codex program looks for the same below `--experimental_issuer`.
        .route("/api/accounts/deviceauth/usercode", post(device_code))
        .route("/api/accounts/deviceauth/token", post(program_device_token))
        .route("/codex/device", get(device_page).post(device_decide))
        .route("/oauth/token", post(tokens))
        .route("/device", get(device_page).post(device_decide))
        .route("/revoke", post(revoke))
        .route("/revoke-now", post(revoke_now))
        .route("/jwks.json", get(keys))
        .route("/switches", get(switches).put(switch))
        .route("/counts", get(counts))
        .nest("/api", api::router(issuer.clone()));
    Router::new().nest("/issuer/{vendor}", vendor).with_state(issuer)
}

/// The vendor of the address.
pub(super) struct At(pub(super) Vendor);

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let Path(names) = Path::<HashMap<String, String>>::from_request_parts(parts, state).await.map_err(|_| StatusCode::NOT_FOUND)?;
        names.get("vendor").and_then(|name| name.parse().ok()).map(Self).ok_or(StatusCode::NOT_FOUND)
    }
}

async fn authorize(State(issuer): State<Issuer>, At(vendor): At, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    if let Err(refusal) = rules::asked(&issuer, vendor, &query) {
        return page::refused(vendor, &refusal);
    }
    let consent = issuer.desks().entry(vendor).or_default().switches.consent;
    match consent {
        Consent::Ask => Html(page::ask(vendor, &query)).into_response(),
        decided => go(rules::decide(&issuer, vendor, &query, decided == Consent::Approve), vendor),
    }
}

#[derive(Deserialize)]
struct Decision {
    request: String,
    decision: String,
}

async fn decide(State(issuer): State<Issuer>, At(vendor): At, Form(decision): Form<Decision>) -> Response {
    go(rules::decide(&issuer, vendor, &decision.request, decision.decision == "approve"), vendor)
}

fn go(decided: Result<url::Url, Refusal>, vendor: Vendor) -> Response {
    match decided {
        Ok(back) => Redirect::to(back.as_str()).into_response(),
        Err(refusal) => page::refused(vendor, &refusal),
    }
}

/// Anthropic's page for browsers that cannot go back: `code#state`, to be copied.
async fn show_code(At(vendor): At, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    match (vendor, query.get("error")) {
        (Vendor::Anthropic, None) => Html(page::code(of("code"), of("state"))).into_response(),
        (Vendor::Anthropic, Some(error)) => page::refused(vendor, &Refusal::new(400, error, of("error_description"))),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn recorded(headers: &HeaderMap, body: &[u8]) -> Result<Recorded, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let wrong = || Refusal::new(400, "invalid_request", "The body does not read");
    if kind.starts_with("application/json") {
        let fields = serde_json::from_slice(body).map_err(|_| wrong())?;
        return Ok(Recorded { json: true, fields, caller: String::new() });
    }
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(wrong());
        }
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        Ok(Recorded { json: false, fields, caller: String::new() })
    } else {
        Err(wrong())
    }
}

/// Who asks, where a test tells its processes apart.
#[derive(Deserialize)]
struct CallerName {
    #[serde(default)]
    caller: String,
}

async fn tokens(
    State(issuer): State<Issuer>,
    At(vendor): At,
    Query(CallerName { caller }): Query<CallerName>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = match recorded(&headers, &body) {
        Ok(request) => Recorded { caller, ..request },
        Err(refusal) => return refusal.into_response(),
    };
    let Arrived { trouble, delay, echo } = arrived(&issuer, vendor, &headers, &request);
    let refused = |refusal: Refusal| if echo { repeating(refusal, &request).into_response() } else { refusal.into_response() };
    if let Some(Trouble::Refused { status, code, shape }) = &trouble {
        return refused(Refusal::new(*status, code, "As told.").shaped(*shape));
    }
    if let Some(answer) = in_trouble(trouble.as_ref()).await {
        return answer;
    }
    let answer = token::answer(&issuer, vendor, &request);
    tokio::time::sleep(Duration::from_millis(delay)).await;
    match (answer, trouble) {
        (Ok(_), Some(_)) => broken_off(),
        (Ok(body), None) => ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        (Err(refusal), _) => refused(refusal),
    }
}

/// A refusal in the words of a server that repeats what it was sent.
fn repeating(refusal: Refusal, request: &Recorded) -> Refusal {
    let sent: Vec<&str> = request.fields.values().map(String::as_str).collect();
    Refusal { message: format!("Not good: {}", sent.join(" ")), ..refusal }
}

async fn device_code(State(issuer): State<Issuer>, At(vendor): At, headers: HeaderMap, body: Bytes) -> Response {
    match recorded(&headers, &body).and_then(|request| device::begin(&issuer, vendor, &request.fields)) {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn device_token(State(issuer): State<Issuer>, headers: HeaderMap, body: Bytes) -> Response {
    polled(&issuer, device::CODEX_REDIRECT, &headers, &body)
}

/// The program's redirect address follows its issuer.
async fn program_device_token(State(issuer): State<Issuer>, headers: HeaderMap, body: Bytes) -> Response {
    polled(&issuer, &issuer.address(Vendor::Codex, "deviceauth/callback"), &headers, &body)
}

fn polled(issuer: &Issuer, redirect_uri: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    match recorded(headers, body).and_then(|request| device::poll_codex(issuer, &request.fields, redirect_uri)) {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

#[derive(Deserialize)]
struct DeviceDecision {
    user_code: String,
    decision: String,
}

async fn device_page(At(vendor): At, Query(query): Query<BTreeMap<String, String>>) -> Html<String> {
    Html(page::device(vendor, query.get("user_code").map(String::as_str).unwrap_or_default()))
}

async fn device_decide(State(issuer): State<Issuer>, At(vendor): At, Form(decision): Form<DeviceDecision>) -> Response {
    let yes = decision.decision == "approve";
    if device::decide(&issuer, vendor, decision.user_code.trim(), yes) {
        Html(page::decided(vendor, yes)).into_response()
    } else {
        page::refused(vendor, &Refusal::new(400, "expired_token", "Nobody waits for this code (any more)."))
    }
}

/// What happens to a request.
struct Arrived {
    trouble: Option<Trouble>,
    delay: u64,
    echo: bool,
}

/// Counts a request and says what happens to it.
fn arrived(issuer: &Issuer, vendor: Vendor, headers: &HeaderMap, request: &Recorded) -> Arrived {
    let mut desks = issuer.desks();
    let desk = desks.entry(vendor).or_default();
    if request.fields.get("grant_type").is_some_and(|grant| grant == "refresh_token") {
        desk.counts.refreshes += 1;
    } else {
        desk.counts.exchanges += 1;
    }
    desk.counts.user_agents.extend(headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned));
    desk.books.last = Some(request.clone());
    let switches = &mut desk.switches;
    let trouble = if switches.troubles.is_empty() { switches.always.clone() } else { Some(switches.troubles.remove(0)) };
    Arrived { trouble, delay: switches.delay_ms, echo: switches.refusals == RefusalWords::Echo }
}

/// The answer to a request that has no effect; `None` when it has one.
async fn in_trouble(trouble: Option<&Trouble>) -> Option<Response> {
    let answer = match trouble? {
        Trouble::Cut | Trouble::Refused { .. } => return None,
        Trouble::RateLimited(seconds) => {
            let mut answer = Refusal::new(429, "rate_limit_error", "Rate limited. Please try again later.").into_response();
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            answer
        }
        Trouble::Down => (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response(),
        Trouble::Html => {
            (StatusCode::FORBIDDEN, Html("<html><title>Just a moment...</title><body>Checking your browser</body></html>")).into_response()
        }
        Trouble::Page(status) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, Html("<html><title>Sign in to the network</title></html>")).into_response()
        }
        Trouble::Hang => {
            tokio::time::sleep(Duration::from_mins(10)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Trouble::Garbage => "OK".into_response(),
        Trouble::Redirect => Redirect::temporary("http://127.0.0.1:9/elsewhere").into_response(),
        Trouble::Huge => "x".repeat(1024 * 1024).into_response(),
    };
    Some(answer)
}

/// Headers, and then the connection breaks.
fn broken_off() -> Response {
    let pieces = [Ok("{\"access_"), Err(std::io::Error::other("cut"))];
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(stream::iter(pieces))).into_response()
}

async fn revoke(State(issuer): State<Issuer>, At(vendor): At, headers: HeaderMap, body: Bytes) -> Response {
    match recorded(&headers, &body).and_then(|request| token::revoke(&issuer, vendor, &request)) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn keys(State(issuer): State<Issuer>, At(vendor): At) -> Response {
    issuer.desks().entry(vendor).or_default().counts.key_requests += 1;
    Json(id_token::jwks()).into_response()
}

async fn revoke_now(State(issuer): State<Issuer>, At(vendor): At) -> Html<String> {
    issuer.revoke_all(vendor);
    Html(page::revoked(vendor))
}

async fn switches(State(issuer): State<Issuer>, At(vendor): At) -> Json<Switches> {
    Json(issuer.desks().entry(vendor).or_default().switches.clone())
}

async fn switch(State(issuer): State<Issuer>, At(vendor): At, Json(switches): Json<Switches>) -> StatusCode {
    issuer.switch(vendor, |current| *current = switches);
    StatusCode::NO_CONTENT
}

async fn counts(State(issuer): State<Issuer>, At(vendor): At) -> Response {
    Json(issuer.counts(vendor)).into_response()
}
