//! Forms sent without JavaScript: a server function's answer to them is a redirect back to the page.

use super::door::Door;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

/// Set where the browser's program goes on by itself instead of following a redirect.
pub const BY_ITSELF: HeaderName = HeaderName::from_static("serverfnredirect");

/// Does the browser itself, not our program in it, wait for the answer?
pub fn is_plain_form(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.contains("text/html")
}

/// Makes the redirect one that browsers follow, whatever status the function set for programs, and one that stays here,
/// whatever the referrer said.
pub async fn come_back(request: Request, next: Next) -> Response {
    let plain = Door::of(request.uri().path()) == Door::ServerFn && is_plain_form(&request);
    let mut response = next.run(request).await;
    if !plain || response.headers().contains_key(&BY_ITSELF) {
        return response;
    }
    if let Some(location) = response.headers().get(header::LOCATION) {
        let home = stay_here(location.to_str().unwrap_or_default());
        *response.status_mut() = StatusCode::SEE_OTHER;
        response.headers_mut().insert(header::LOCATION, home);
    }
    response
}

/// A path of ours: the path of an absolute address, or the path as it is.
pub fn stay_here(location: &str) -> HeaderValue {
    let path = match Url::parse(location) {
        Ok(url) => match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        },
        Err(_) => location.to_owned(),
    };
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    let path = if ours { path } else { "/".to_owned() };
    HeaderValue::from_str(&path).unwrap_or(HeaderValue::from_static("/"))
}

#[cfg(test)]
mod tests {
    use super::stay_here;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (given, path) in [
            ("/platform/audit?a=b", "/platform/audit?a=b"),
            ("http://localhost:3000/login?__err=x", "/login?__err=x"),
            ("https://evil.example/x", "/x"),
            ("https://evil.example//other.example", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("", "/"),
        ] {
            assert_eq!(stay_here(given), path, "{given}");
        }
    }
}
