//! A bug in one request is that request's problem only.

use super::door::Door;
use super::refusal;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use services::ServiceError;
use std::panic::AssertUnwindSafe;

/// Answers 500 where a handler panicked. Its message may quote anything, so only the hook's place in the code is logged.
pub async fn catch(request: Request, next: Next) -> Response {
    let door = Door::of_request(&request);
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => refusal::refuse(door, ServiceError::internal("a request handler panicked")),
    }
}

/// Logs where a panic happened, through the log and without its message.
pub fn log_places() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "a bug: the code panicked");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_panic_is_one_requests_problem_and_keeps_its_words() {
        let broken = get(|| async {
            assert!(std::env::args().count() == 0, "hunter2");
        });
        let router =
            axum::Router::new().route("/api/broken", broken.clone()).route("/broken", broken).layer(axum::middleware::from_fn(catch));
        for (path, kind) in [("/api/broken", "application/json"), ("/broken", "text/html; charset=utf-8")] {
            let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), 500, "{path}");
            assert_eq!(answer.headers()["content-type"], kind, "{path}");
            let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
            assert!(!String::from_utf8_lossy(&body).contains("hunter2"), "{path}");
        }
    }
}
