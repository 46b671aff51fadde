//! The doors of the house: each takes certain proofs and speaks its own language when it refuses.

use super::forms;
use crate::gateway::dialect::Dialect;
use axum::extract::Request;
use axum::http::Method;

/// Where a request wants in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// A screen, and anything else a browser may be sent to.
    Page,
    /// A server function, called by a page or by a form of one.
    ServerFn,
    /// The machine API.
    Api,
    /// Inference for agents, in the dialect of the surface that is asked.
    Gateway(Dialect),
    /// Live events.
    Events,
    /// Metrics.
    Metrics,
}

impl Door {
    /// The door of a path.
    pub fn of(path: &str) -> Self {
        let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below("/v1") {
            Self::Gateway(Dialect::of(path))
        } else if below("/fn") {
            Self::ServerFn
        } else if below("/api") {
            Self::Api
        } else if path == "/events" {
            Self::Events
        } else if path == "/metrics" {
            Self::Metrics
        } else {
            Self::Page
        }
    }

    /// The door of a request. A form sent without JavaScript is answered as a page: a person reads the answer. What a page's
    /// program sends to a page's own address is answered as a server function's call.
    pub fn of_request(request: &Request) -> Self {
        match Self::of(request.uri().path()) {
            Self::ServerFn if forms::is_plain_form(request) => Self::Page,
            Self::Page if request.method() == Method::POST && !forms::is_plain_form(request) => Self::ServerFn,
            door => door,
        }
    }

    /// Is it where agents ask for inference?
    pub const fn is_gateway(self) -> bool {
        matches!(self, Self::Gateway(_))
    }

    /// Does a signed-in browser count here? Agents' inference is for access tokens only.
    pub const fn takes_sessions(self) -> bool {
        !self.is_gateway()
    }

    /// Does an access token count here? Pages are for people.
    pub const fn takes_tokens(self) -> bool {
        matches!(self, Self::Api | Self::Gateway(_) | Self::Metrics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_the_answer_says_in_which_language_it_is() {
        for (method, path, accept, door) in [
            (Method::POST, "/fn/x", "text/html,*/*", Door::Page),
            (Method::POST, "/fn/x", "application/json", Door::ServerFn),
            (Method::POST, "/platform/ai/builds", "text/html,*/*", Door::Page),
            (Method::POST, "/platform/ai/builds", "application/json", Door::ServerFn),
            (Method::GET, "/platform/ai/builds", "application/json", Door::Page),
        ] {
            let request = Request::builder().method(method).uri(path).header("accept", accept).body(axum::body::Body::empty());
            assert_eq!(Door::of_request(&request.expect("a request")), door, "{path} {accept}");
        }
    }

    #[test]
    fn prefixes_end_at_a_slash() {
        for (path, door) in [
            ("/", Door::Page),
            ("/v1/models", Door::Gateway(Dialect::ChatCompletions)),
            ("/v1", Door::Gateway(Dialect::ChatCompletions)),
            ("/v1/messages", Door::Gateway(Dialect::Messages)),
            ("/v12", Door::Page),
            ("/fn/viewer", Door::ServerFn),
            ("/fnord", Door::Page),
            ("/api/v1/providers", Door::Api),
            ("/events", Door::Events),
            ("/metrics", Door::Metrics),
            ("/platform/api/x", Door::Page),
        ] {
            assert_eq!(Door::of(path), door, "{path}");
        }
    }
}
