//! The one-time setup link, and who may make the first account.

use crate::support::{PASSWORD, TestApp};
use secrecy::ExposeSecret;

async fn link(app: &TestApp) -> String {
    app.state.services.people.open_setup_link().await.unwrap().unwrap().expose_secret().to_owned()
}

fn fields<'a>(link: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("link", link), ("name", "Ann"), ("email", email), ("password", PASSWORD), ("password_again", PASSWORD)]
}

#[tokio::test]
async fn strangers_are_sent_to_setup_until_somebody_has_an_account() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/").await.location(), "/setup");
    assert_eq!(browser.get("/platform/audit").await.location(), "/setup");
    let page = browser.get("/setup").await;
    assert_eq!(page.status, 200);
    assert!(page.text().await.contains("Create owner account"));

    assert_eq!(browser.call("setup", &fields("", "ann@example.com")).await.status, 200);
    assert!(browser.session().is_some());
    assert_eq!(browser.get("/platform/settings").await.status, 200);
    assert_eq!(app.browser().get("/").await.location(), "/login");
    let again = app.browser().call("setup", &fields("", "eve@example.com")).await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn from_elsewhere_only_the_link_opens_setup() {
    let app = TestApp::new().await;
    let link = link(&app).await;
    let mut away = app.browser().from("10.1.2.3:40000");
    assert!(away.get("/setup").await.text().await.contains("Use the one-time link"));
    assert_eq!(away.call("setup", &fields("", "eve@example.com")).await.status, 403);
    assert_eq!(away.call("setup", &fields("wrong", "eve@example.com")).await.status, 403);
    assert!(away.get(&format!("/setup?link={link}")).await.text().await.contains("Create owner account"));
    assert_eq!(away.call("setup", &fields(&link, "ann@example.com")).await.status, 200);
    let spent = app.browser().from("10.1.2.3:40000").call("setup", &fields(&link, "eve@example.com")).await;
    assert_eq!(spent.status, 409);
}

#[tokio::test]
async fn a_proxy_or_a_strange_host_is_not_this_machine() {
    let app = TestApp::new().await;
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 p"),
        ("host", "evil.example"),
    ] {
        let mut browser = app.browser().with(name, value);
        assert_eq!(browser.call("setup", &fields("", "eve@example.com")).await.status, 403, "{name}");
    }
    let public = TestApp::with(&[("PURSER_PUBLIC_URL", "https://purser.example.com")]).await;
    let answer = public.browser().call("setup", &fields("", "eve@example.com")).await;
    assert_eq!(answer.status, 403, "a public installation is never set up by proximity");
}

#[tokio::test]
async fn two_who_set_up_at_once_make_one_owner() {
    let app = TestApp::new().await;
    let (mut one, mut two) = (app.browser(), app.browser());
    let (form_one, form_two) = (fields("", "ann@example.com"), fields("", "eve@example.com"));
    let (first, second) = tokio::join!(one.call("setup", &form_one), two.call("setup", &form_two));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}
