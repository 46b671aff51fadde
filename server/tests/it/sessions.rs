//! Sessions: idle and absolute end, revoked in the middle of things, a database that is away.

use crate::support::TestApp;
use axum::http::Method;
use time::Duration;
use vocab::Role;

#[tokio::test]
async fn an_idle_session_ends() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    app.clock.advance(Duration::hours(23));
    assert_eq!(browser.get("/platform/settings").await.status, 200);
    app.clock.advance(Duration::hours(23));
    assert_eq!(browser.get("/platform/settings").await.status, 200, "a request keeps it alive");
    app.clock.advance(Duration::hours(24));
    let late = browser.get("/platform/settings").await;
    assert_eq!((late.status.as_u16(), late.location()), (303, "/login?next=%2Fplatform%2Fsettings"));
    assert!(late.header("set-cookie").contains("Max-Age=0") && browser.session().is_none());
}

#[tokio::test]
async fn no_session_outlives_two_weeks() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    for _ in 0..14 {
        assert_eq!(browser.call("viewer", &[]).await.status, 200);
        app.clock.advance(Duration::hours(23));
    }
    assert_eq!(browser.call("sessions", &[]).await.status, 200);
    app.clock.advance(Duration::hours(15));
    assert_eq!(browser.call("sessions", &[]).await.status, 401);
}

#[tokio::test]
async fn a_session_revoked_elsewhere_is_over_at_the_next_request() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let (mut here, mut there) = (app.browser_of(&ann).await, app.browser_of(&ann).await);
    let other = there.session_id.unwrap().to_string();
    assert_eq!(there.call("providers", &[]).await.status, 200);
    assert_eq!(here.call("end_session", &[("id", &other)]).await.status, 200);
    assert_eq!(there.call("providers", &[]).await.status, 401);
    assert_eq!(there.get("/platform/audit").await.location(), "/login?next=%2Fplatform%2Faudit");
    assert_eq!(here.call("providers", &[]).await.status, 200);
}

#[tokio::test]
async fn signing_out_forgets_the_session_on_both_sides() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    let secret = browser.session().unwrap().to_owned();
    assert_eq!(browser.call("sign_out", &[]).await.status, 200);
    assert!(browser.session().is_none());
    browser.set_cookie("purser_session", &secret);
    assert_eq!(browser.call("sessions", &[]).await.status, 401);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_renews_this_one() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let (mut here, mut there) = (app.browser_of(&ann).await, app.browser_of(&ann).await);
    let before = here.session().unwrap().to_owned();
    let fields =
        [("current", crate::support::PASSWORD), ("password", "another good password"), ("password_again", "another good password")];
    assert_eq!(here.call("change_password", &fields).await.status, 200);
    assert_ne!(here.session(), Some(before.as_str()));
    assert_eq!(here.call("sessions", &[]).await.status, 200);
    assert_eq!(there.call("sessions", &[]).await.status, 401);
}

#[tokio::test]
async fn a_bad_token_does_not_cost_a_browser_its_session() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await.with("authorization", "Bearer nonsense");
    let api = browser.api(Method::GET, "/api/v1/providers", None).await;
    assert_eq!((api.status.as_u16(), api.header("set-cookie")), (401, ""), "the token was meant, the cookie is left alone");
    let gateway = browser.api(Method::GET, "/v1/models", None).await;
    assert_eq!((gateway.status.as_u16(), gateway.header("set-cookie")), (401, ""));
}

#[tokio::test]
async fn two_session_cookies_are_not_believed() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let secret = app.browser_of(&ann).await.session().unwrap().to_owned();
    let mut doubled = app.browser().with("cookie", &format!("purser_session={secret}; purser_session={secret}"));
    assert_eq!(doubled.call("sessions", &[]).await.status, 401);
}

#[tokio::test]
async fn a_database_that_is_away_is_no_sign_out() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let token = app.token_of(&ann, &[vocab::Scope::Read, vocab::Scope::Inference]).await;
    let mut browser = app.browser_of(&ann).await;
    assert_eq!(browser.get("/platform/settings").await.status, 200);
    app.state.ports.installation.ping().await.unwrap();
    app.close_database().await;

    let page = browser.get("/platform/settings").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (503, "text/html; charset=utf-8"));
    assert!(page.header("set-cookie").is_empty(), "the session is not thrown away");
    assert!(page.text().await.contains("The database is not available right now"));
    let call = browser.call("providers", &[]).await;
    assert_eq!(call.status, 503);
    assert_eq!(call.json().await["code"], "unavailable");

    let bearer = format!("Bearer {token}");
    let api = app.browser().with("authorization", &bearer).api(Method::GET, "/api/v1/providers", None).await;
    assert_eq!(api.status, 503);
    assert_eq!(api.json().await["error"]["code"], "unavailable");
    let gateway = app.browser().with("authorization", &bearer).api(Method::GET, "/v1/models", None).await;
    assert_eq!(gateway.status, 503);
    assert_eq!(app.browser().get("/readyz").await.status, 503);
    assert_eq!(app.browser().get("/healthz").await.status, 200);
}
