//! Pages: rendered for those who may see them, the same without JavaScript.

use crate::support::TestApp;
use axum::http::Method;
use domain::people::Caller;
use futures::StreamExt;
use services::connections::KeyForm;
use vocab::Role;

#[tokio::test]
async fn a_page_is_complete_without_javascript() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    let html = browser.get("/platform/ai/providers").await.text().await;
    assert!(html.contains("data-testid=\"provider-row-openai\"") || html.contains("data-testid=provider-row-openai"), "the list is there");
    assert_eq!(browser.get("/").await.location(), "/platform/ai/providers");
}

/// The data of a page may come on one thread while the page is rendered on another. One sent without it does not match the
/// data that travels beside it, and the browser cannot take it over.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_are_complete_however_many_are_asked_for_at_once() {
    const PAGES: [(&str, &str); 4] = [
        ("/platform/ai/providers", "data-testid=\"provider-row-openai\""),
        ("/platform/ai/providers/anthropic", "data-testid=\"connection-status\""),
        ("/platform/settings", "class=\"session-list\""),
        ("/platform/audit", "<tbody"),
    ];
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let session = app.browser_of(&ann).await.session().unwrap().to_owned();
    let app = &app;
    let look = |(path, words): (&'static str, &'static str)| {
        let session = session.clone();
        async move {
            let mut browser = app.browser();
            browser.set_cookie("purser_session", &session);
            let html = browser.get(path).await.text().await;
            assert!(html.contains(words), "{path} came without its contents: {html}");
        }
    };
    futures::stream::iter(PAGES.repeat(150)).map(look).buffer_unordered(24).collect::<Vec<()>>().await;
}

/// The server builds a page again and again until it is complete. What were asked for while it is built would be asked for each
/// time, and the browser would take over one answer while the page shows another.
#[tokio::test]
async fn a_page_asks_once_for_what_it_shows() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let form = KeyForm::new("sk-practice-good-0001".to_owned(), None, 0);
    let connections = &app.state.services.connections;
    connections.connect_with_key(&Caller::command_line(), &"openai".parse().unwrap(), form).await.unwrap();
    let html = app.browser_of(&ann).await.get("/platform/ai/providers/openai").await.text().await;
    assert!(html.contains("data-testid=\"finance-status\""), "{html}");
    assert_eq!(html.matches("\\\"hand_off\\\":").count(), 1, "Finance is asked once: {html}");
}

#[tokio::test]
async fn an_unknown_address_is_not_found_in_the_apps_own_words() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    let page = browser.get("/platform/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(page.text().await.contains("There is no page at this address"));
    let call = browser.call("nowhere", &[]).await;
    assert_eq!(call.status, 404);
    assert_eq!(call.json().await["code"], "not_found");
    assert_eq!(browser.api(Method::GET, "/api/v1/nowhere", None).await.json().await["error"]["code"], "not_found");
    assert_eq!(browser.send(Method::DELETE, "/login", "text/html", None).await.status, 405);
}

#[tokio::test]
async fn the_theme_stands_on_the_first_paint() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let mut browser = app.browser();
    assert!(!browser.get("/login").await.text().await.contains("data-theme"));
    browser.set_cookie("purser_theme", "dark");
    assert!(browser.get("/login").await.text().await.contains("data-theme=\"dark\""));
    browser.set_cookie("purser_theme", "x onload=alert(1)");
    assert!(!browser.get("/login").await.text().await.contains("onload"));
}

#[tokio::test]
async fn metrics_are_for_monitors_and_for_this_machine() {
    let app = TestApp::new().await;
    let (ann, vic) = (app.person("ann", Role::Owner).await, app.person("vic", Role::Viewer).await);
    assert_eq!(app.browser().get("/healthz").await.text().await, "ok\n");
    let here = app.browser().get("/metrics").await;
    assert_eq!(here.status, 200);
    let text = here.text().await;
    assert!(text.contains("purser_http_requests_total{method=\"GET\",path=\"/healthz\""), "{text}");
    assert_eq!(app.browser().from("10.0.0.1:1").get("/metrics").await.status, 401);
    assert_eq!(app.browser().with("x-forwarded-for", "127.0.0.1").get("/metrics").await.status, 401);
    assert_eq!(app.browser_of(&vic).await.get("/metrics").await.status, 403);
    for (scope, status) in [(vocab::Scope::Metrics, 200), (vocab::Scope::Read, 403), (vocab::Scope::Admin, 403)] {
        let token = app.token_of(&ann, &[scope]).await;
        let answer = app.browser().from("10.0.0.1:1").with("authorization", &format!("Bearer {token}")).get("/metrics").await;
        assert_eq!(answer.status.as_u16(), status, "{scope}");
    }
}

#[tokio::test]
async fn every_file_of_the_style_folder_is_served() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../style/public");
    let app = TestApp::with(&[("LEPTOS_SITE_ROOT", folder.to_str().unwrap())]).await;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = format!("/{}", file.unwrap().file_name().to_str().unwrap());
        assert_eq!(app.browser().get(&path).await.status, 200, "{path} is not in router::assets::FILES");
    }
}
