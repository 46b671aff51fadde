//! Headers of every kind of answer, and what requests may say about themselves.

use crate::support::{Answer, TestApp};
use axum::http::Method;
use vocab::Role;

fn has_the_usual(answer: &Answer, what: &str) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{what}");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{what}");
    assert_eq!(answer.header("x-purser-request-id").len(), 32, "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what}");
}

#[tokio::test]
async fn every_answer_has_them() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    for (path, status) in [
        ("/platform/settings", 200),
        ("/login", 200),
        ("/nowhere", 404),
        ("/api/v1/providers", 200),
        ("/api/nowhere", 404),
        ("/v1/models", 401),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/pkg/nothing.js", 404),
        ("/events", 200),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        has_the_usual(&answer, path);
        assert!(answer.header("strict-transport-security").is_empty(), "not over plain http");
    }
    let stranger = app.browser().get("/platform/settings").await;
    has_the_usual(&stranger, "a redirect");
    let refused = app.browser().with("sec-fetch-site", "cross-site").call("sign_in", &[]).await;
    has_the_usual(&refused, "a refusal");
    let secure = TestApp::with(&[("PURSER_PUBLIC_URL", "https://purser.example.com")]).await;
    assert!(secure.browser().get("/healthz").await.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn a_page_runs_its_own_scripts_only() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let (one, two) = (app.browser().get("/login").await, app.browser().get("/login").await);
    let nonce = |answer: &Answer| {
        let policy = answer.header("content-security-policy").to_owned();
        let (_, rest) = policy.split_once("'nonce-").unwrap();
        rest.split_once('\'').unwrap().0.to_owned()
    };
    let (first, second) = (nonce(&one), nonce(&two));
    assert!(first.len() >= 16 && first != second, "{first} {second}");
    let policy = one.header("content-security-policy").to_owned();
    assert!(policy.contains("'strict-dynamic'") && policy.contains("'wasm-unsafe-eval'") && !policy.contains("unsafe-inline"), "{policy}");
    let html = one.text().await;
    let scripts: Vec<&str> = html.match_indices("<script").map(|(at, _)| html[at..].split_once('>').unwrap().0).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        assert!(script.contains(&format!("nonce=\"{first}\"")), "{script}");
    }
    assert!(!html.contains(" style=\""), "no inline styles");
}

#[tokio::test]
async fn built_files_are_kept_and_others_are_asked_for_again() {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    std::fs::write(site.path().join("pkg/purser.0123456789abcdef.js"), "plain").unwrap();
    std::fs::write(site.path().join("pkg/purser.0123456789abcdef.js.br"), "packed").unwrap();
    std::fs::write(site.path().join("favicon.svg"), "<svg/>").unwrap();
    std::fs::write(site.path().join("secret.txt"), "not for anybody").unwrap();
    let app = TestApp::with(&[("LEPTOS_SITE_ROOT", site.path().to_str().unwrap())]).await;
    let packed = app.browser().with("accept-encoding", "gzip, br").get("/pkg/purser.0123456789abcdef.js").await;
    assert_eq!(packed.header("content-encoding"), "br");
    assert_eq!(packed.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(packed.header("content-type").contains("javascript"));
    has_the_usual(&packed, "a script");
    assert_eq!(packed.text().await, "packed");
    let icon = app.browser().get("/favicon.svg").await;
    assert_eq!((icon.status.as_u16(), icon.header("cache-control")), (200, "no-cache"));
    for path in ["/secret.txt", "/pkg/../secret.txt", "/pkg/..%2fsecret.txt", "/pkg/%2e%2e/secret.txt"] {
        let answer = app.browser().get(path).await;
        assert_ne!(answer.status, 200, "{path}");
        assert!(!answer.text().await.contains("not for anybody"), "{path}");
    }
}

#[tokio::test]
async fn request_ids_are_ours() {
    let app = TestApp::new().await;
    let given = "0".repeat(32);
    let mut browser = app.browser().with("x-purser-request-id", &given).with("x-request-id", &given);
    let answer = browser.api(Method::GET, "/api/v1/providers", None).await;
    let id = answer.header("x-purser-request-id").to_owned();
    assert_ne!(id, given);
    assert_eq!(answer.json().await["error"]["request_id"], id);
}

#[tokio::test]
async fn the_host_header_leads_nowhere() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut stranger =
        app.browser().with("host", "evil.example").with("x-forwarded-host", "evil.example").with("x-forwarded-proto", "https");
    let answer = stranger.get("/platform/settings").await;
    assert_eq!(answer.location(), "/login?next=%2Fplatform%2Fsettings");
    let mut known = app.browser_of(&ann).await.with("host", "evil.example").with("x-forwarded-host", "evil.example");
    assert!(!known.get("/platform/settings").await.text().await.contains("evil.example"));
}
