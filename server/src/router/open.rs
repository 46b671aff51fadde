//! What a stranger may reach. Everything else is refused before it is looked at.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;

/// How open a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// Nobody is asked who they are: files and health.
    Blind,
    /// Whoever proves something is known, and nobody has to.
    Anybody,
}

use Openness::{Anybody, Blind};

/// The allow-list: method, route as it is written in the router, how open. The browser's own files are in
/// [`super::assets::FILES`] as well.
pub const OPEN_ROUTES: &[(Method, &str, Openness)] = &[
    (Method::GET, "/healthz", Blind),
    (Method::GET, "/readyz", Blind),
    (Method::GET, "/pkg/{*file}", Blind),
    // Its handler asks for the permission, or for a program on this machine.
    (Method::GET, "/metrics", Anybody),
    // The provider's answer names its sign-in by a secret; the browser may come without our cookie.
    (Method::GET, "/api/v1/auth/provider-oauth/callback", Anybody),
    (Method::GET, "/callback", Anybody),
    (Method::GET, "/login", Anybody),
    (Method::GET, "/setup", Anybody),
    (Method::POST, "/fn/viewer", Anybody),
    (Method::POST, "/fn/setup_state", Anybody),
    (Method::POST, "/fn/setup", Anybody),
    (Method::POST, "/fn/sign_in", Anybody),
    (Method::POST, "/api/v1/setup", Anybody),
    (Method::POST, "/api/v1/sessions", Anybody),
];

/// How open the route is that the router chose; `None` means closed.
pub fn openness(request: &Request) -> Option<Openness> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    of_route(request.method(), path)
}

/// How open a route is.
pub fn of_route(method: &Method, path: &str) -> Option<Openness> {
    // axum answers HEAD wherever it answers GET.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    if method == Method::GET && super::assets::FILES.contains(&path) {
        return Some(Blind);
    }
    OPEN_ROUTES.iter().find(|(allowed, route, _)| allowed == method && *route == path).map(|(.., openness)| *openness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_unless_listed() {
        assert_eq!(of_route(&Method::HEAD, "/login"), Some(Anybody));
        assert_eq!(of_route(&Method::GET, "/favicon.svg"), Some(Blind));
        for (method, path) in [
            (Method::POST, "/login"),
            (Method::GET, "/"),
            (Method::GET, "/fn/sign_in"),
            (Method::POST, "/fn/sign_out"),
            (Method::GET, "/api/v1/sessions"),
        ] {
            assert_eq!(of_route(&method, path), None, "{method} {path}");
        }
    }
}
