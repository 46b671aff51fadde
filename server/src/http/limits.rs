//! How large a request may be and how long it may take.

use super::door::Door;
use super::{build_form, provider_sign_in, refusal};
use app::wire::ErrorCode;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::provider::RedirectUri;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Requests worked on at once, streams not counted once they flow; the rest wait their turn.
pub const AT_ONCE: usize = 4096;
/// Largest body of pages, server functions and the machine API.
pub const BODY: usize = 1024 * 1024;
/// Largest body of the gateway: pictures travel in it.
pub const GATEWAY_BODY: usize = 20 * 1024 * 1024;
/// Largest body of the form that starts a build. An archive in it may have less (`domain::build::archive::MOST_UPLOADED`); one that
/// has more is taken in to its end and thrown away, because a browser that is cut off shows its own error instead of ours.
pub const UPLOAD_BODY: usize = 1024 * 1024 * 1024;

/// Asked by programs that decide whether the server lives.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
const ORDINARY: Duration = Duration::from_secs(30);
/// For calls that wait for a provider's answer, many pages of a list, or every sealed value.
const PATIENT: Duration = Duration::from_secs(130);
/// For an archive on a slow line.
const UPLOADING: Duration = Duration::from_mins(15);
/// Such server functions.
const SLOW_FUNCTIONS: [&str; 7] =
    ["connect_with_key", "connect_local", "test_connection", "paid_test", "sync_models", "try_it", "paste_answer"];
/// Last parts of the paths of such operations of the machine API, all of them POST.
const SLOW_OPERATIONS: [&str; 7] = ["key", "local", "test", "paid-test", "sync", "rotate", "answer"];

/// Waits for a turn, so that a flood is worked off instead of taking all the memory. Whoever asks how the server does need not wait.
pub async fn take_turn(State(turns): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    // Closed it never is; without a turn the request goes on.
    let _turn = if PROBES.contains(&request.uri().path()) { None } else { turns.acquire().await.ok() };
    next.run(request).await
}

/// Refuses what says itself that it is too large, and gives up on what takes too long. Streams are timed until they begin.
pub async fn hold(request: Request, next: Next) -> Response {
    let door = Door::of_request(&request);
    let largest = match door {
        Door::Gateway(_) => GATEWAY_BODY,
        _ if uploads(request.method(), request.uri().path()) => UPLOAD_BODY,
        _ => BODY,
    };
    if announced(&request).is_some_and(|length| length > largest as u64) {
        let words = format!("The request is larger than {} MiB.", largest / (1024 * 1024));
        return refusal::say(door, StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::Invalid, &words);
    }
    let Some(limit) = limit_of(door, request.method(), request.uri().path()) else { return next.run(request).await };
    let words = "That took too long, so Purser gave up on it. Try again in a moment.";
    let in_time = tokio::time::timeout(limit, next.run(request)).await;
    in_time.unwrap_or_else(|_| refusal::say(door, StatusCode::GATEWAY_TIMEOUT, ErrorCode::Unavailable, words))
}

fn announced(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The gateway has the upstream's limits, live events none.
fn limit_of(door: Door, method: &Method, path: &str) -> Option<Duration> {
    match door {
        Door::Gateway(_) | Door::Events => None,
        // A sign-in is finished while the browser waits: a token, its keys, the account, one call after the other.
        _ if returns_from_provider(path) => Some(PATIENT),
        _ if uploads(method, path) => Some(UPLOADING),
        _ if method == Method::POST && waits_for_others(path) => Some(PATIENT),
        _ => Some(ORDINARY),
    }
}

/// The one form that carries a file.
fn uploads(method: &Method, path: &str) -> bool {
    method == Method::POST && path == build_form::PATH
}

fn returns_from_provider(path: &str) -> bool {
    path == provider_sign_in::CALLBACK || path == RedirectUri::DEFAULT_PATH
}

fn waits_for_others(path: &str) -> bool {
    let slow: &[&str] = match Door::of(path) {
        Door::ServerFn => &SLOW_FUNCTIONS,
        Door::Api => &SLOW_OPERATIONS,
        _ => &[],
    };
    path.rsplit('/').next().is_some_and(|last| slow.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::middleware::from_fn_with_state;

    #[test]
    fn what_waits_for_others_may_take_longer() {
        for (path, limit) in [
            ("/v1/chat/completions", None),
            ("/events", None),
            ("/platform/settings", Some(ORDINARY)),
            ("/platform/ai/builds", Some(UPLOADING)),
            ("/fn/providers", Some(ORDINARY)),
            ("/fn/sync_models", Some(PATIENT)),
            ("/fn/try_it", Some(PATIENT)),
            ("/fn/connect_with_key", Some(PATIENT)),
            ("/api/v1/providers/openai/models/sync", Some(PATIENT)),
            ("/api/v1/providers/openai/key", Some(PATIENT)),
            ("/api/v1/providers/ollama/local", Some(PATIENT)),
            ("/api/v1/keys/rotate", Some(PATIENT)),
            ("/api/v1/providers/codex/sign-in/answer", Some(PATIENT)),
            ("/fn/paste_answer", Some(PATIENT)),
            ("/callback", Some(PATIENT)),
            ("/platform/ai/providers/local", Some(ORDINARY)),
            ("/api/v1/providers/openai", Some(ORDINARY)),
        ] {
            assert_eq!(limit_of(Door::of(path), &Method::POST, path), limit, "{path}");
        }
        let page_of_local = "/api/v1/providers/local";
        assert_eq!(limit_of(Door::Api, &Method::GET, page_of_local), Some(ORDINARY));
    }

    #[tokio::test]
    async fn whoever_asks_how_the_server_does_need_not_wait_for_a_turn() {
        use axum::routing::get;
        let turns = from_fn_with_state(Arc::new(Semaphore::new(0)), take_turn);
        let here = get(async || "here");
        let router = axum::Router::new().route("/readyz", here.clone()).route("/v1/models", here).layer(turns);
        let ask = |path: &str| {
            let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
            tokio::time::timeout(Duration::from_millis(50), tower::ServiceExt::oneshot(router.clone(), request))
        };
        assert_eq!(ask("/readyz").await.unwrap().unwrap().status(), StatusCode::OK);
        assert!(ask("/v1/models").await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_given_up() {
        use axum::routing::get;
        let never = get(std::future::pending::<()>);
        let router = axum::Router::new().route("/fn/never", never.clone()).route("/never", never).layer(axum::middleware::from_fn(hold));
        for path in ["/fn/never", "/never"] {
            let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
            let answer = tower::ServiceExt::oneshot(router.clone(), request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT, "{path}");
        }
    }
}
