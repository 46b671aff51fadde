//! The screens and their server functions.

use crate::http::{cookies, headers};
use crate::state::AppState;
use app::components::ThemeChoice;
use app::ctx::ServerContext;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version, header};
use axum::response::Response;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context};
use tower_http::compression::CompressionLayer;

/// The cookie that remembers the theme; `app` writes it.
const THEME: &str = "purser_theme";

/// Every screen's route.
pub fn listing() -> Vec<AxumRouteListing> {
    generate_route_list(app::App)
}

/// Routes of every screen and every server function, all with the same context.
pub fn routes(state: &AppState) -> Router<AppState> {
    let options = state.leptos_options.clone();
    Router::new()
        .leptos_routes_with_context(state, listing(), context(state), move || app::shell::shell(options.clone()))
        .layer(CompressionLayer::new().compress_when(is_page))
}

/// Pages are compressed as they are made. Nothing else is: an answer that carries a secret must not tell by its length how
/// much of it somebody guessed (BREACH), and pages carry none.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Renders the app at an address it does not know: the not-found page.
pub async fn not_found(State(state): State<AppState>, request: Request<Body>) -> Response {
    let options = state.leptos_options.clone();
    let render = render_app_async_with_context(context(&state), move || app::shell::shell(options.clone()));
    let mut response = render(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Renders the page at a form's own address, with the form as it was sent and what was wrong with it.
pub async fn again<T: Clone + Send + Sync + 'static>(
    state: &AppState,
    mut request: Request<Body>,
    form: T,
    status: StatusCode,
) -> Response {
    let (options, context) = (state.leptos_options.clone(), context(state));
    *request.method_mut() = Method::GET;
    let context = move || {
        context();
        provide_context(form.clone());
    };
    let mut response = render_app_async_with_context(context, move || app::shell::shell(options.clone()))(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// What a render and a server function find in their context, besides the request's parts.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let server = ServerContext {
        services: state.services.clone(),
        practice: state.settings.practice,
        secure_cookies: state.settings.listen.public_url.is_https(),
    };
    move || {
        provide_context(server.clone());
        provide_context(theme());
        set_policy();
    }
}

/// The theme this browser chose.
fn theme() -> ThemeChoice {
    ThemeChoice(use_context::<Parts>().and_then(|parts| cookies::get(&parts.headers, THEME).map(str::to_owned)))
}

/// A page's own policy, with the nonce its scripts carry. A server function has no nonce and keeps the strict default.
fn set_policy() {
    let policy = leptos::nonce::use_nonce().and_then(|nonce| headers::page_policy(&nonce));
    if let (Some(policy), Some(response)) = (policy, use_context::<ResponseOptions>()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
