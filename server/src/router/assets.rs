//! The browser's files, compressed when they were built.

use crate::http::headers;
use crate::state::AppState;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::path::Path;
use tower_http::services::ServeDir;

/// Files of `style/public/` that are served under their own names.
pub const FILES: &[&str] =
    &["/favicon.ico", "/favicon.svg", "/apple-touch-icon.png", "/icon-192.png", "/icon-512.png", "/manifest.webmanifest", "/robots.txt"];

/// Routes of the files below a folder.
pub fn routes(root: &Path) -> Router<AppState> {
    let files = ServeDir::new(root).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    let router = Router::new().route_service("/pkg/{*file}", files.clone());
    let router = FILES.iter().fold(router, |router, file| router.route_service(file, files.clone()));
    router.layer(from_fn(keep))
}

/// A name with a hash in it never changes its content; any other is asked for again.
async fn keep(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED if hashed => headers::immutable(response.headers_mut()),
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => headers::revalidated(response.headers_mut()),
        _ => {}
    }
    response
}

/// `purser.0123456789abcdef.js`: a hash of at least 16 digits (or cargo-leptos's 22 characters of base64) before the extension.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.rsplit('.');
    let (Some(_), Some(hash), Some(_)) = (parts.next(), parts.next(), parts.next()) else { return false };
    hash.len() >= 16 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_hashed_names_are_kept_for_good() {
        for hashed in ["/pkg/purser.0123456789abcdef.js", "/pkg/purser.Xy0-_Xy0-_Xy0-_Xy0-_12.css"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["/pkg/purser.js", "/favicon.svg", "/pkg/snippets/a/b.js", "/pkg/purser.min.js", "/pkg/0123456789abcdef.js"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
