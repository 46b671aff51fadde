//! Signing in: cookies, throttling, where it leads.

use crate::support::{PASSWORD, TestApp};
use time::Duration;
use vocab::Role;

#[tokio::test]
async fn the_cookie_is_for_this_origin_and_for_http_only() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let plain = app.browser().sign_in("ann").await;
    let cookie = plain.header("set-cookie").to_owned();
    assert!(cookie.starts_with("purser_session="), "{cookie}");
    for flag in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age="] {
        assert!(cookie.contains(flag), "{flag}: {cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");

    let secure = TestApp::with(&[("PURSER_PUBLIC_URL", "https://purser.example.com")]).await;
    secure.person("ann", Role::Owner).await;
    let cookie = secure.browser().sign_in("ann").await.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-purser_session=") && cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn signing_in_again_gives_another_session_and_ends_the_former() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let mut browser = app.browser();
    browser.sign_in("ann").await;
    let first = browser.session().unwrap().to_owned();
    browser.sign_in("ann").await;
    let second = browser.session().unwrap().to_owned();
    assert_ne!(first, second);
    let mut old = app.browser();
    old.set_cookie("purser_session", &first);
    assert_eq!(old.call("sessions", &[]).await.status, 401);
    assert_eq!(browser.call("sessions", &[]).await.status, 200);
}

#[tokio::test]
async fn a_session_id_that_somebody_planted_is_not_taken_over() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let planted = "A".repeat(43);
    let mut browser = app.browser();
    browser.set_cookie("purser_session", &planted);
    assert_eq!(browser.sign_in("ann").await.status, 200);
    assert_ne!(browser.session(), Some(planted.as_str()));
}

#[tokio::test]
async fn wrong_passwords_slow_an_account_down_wherever_they_come_from() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let wrong = [("email", "ann@example.com"), ("password", "not the password")];
    for n in 1..=5_u8 {
        let answer = app.browser().from(&format!("10.0.0.{n}:1")).call("sign_in", &wrong).await;
        assert_eq!(answer.status, 422, "try {n}");
        assert!(!answer.text().await.contains("ann@"), "the answer repeats nothing");
    }
    let slowed = app.browser().from("10.0.0.9:1").sign_in("ann").await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.text().await.contains("Too many tries"));
    app.clock.advance(Duration::seconds(3));
    assert_eq!(app.browser().sign_in("ann").await.status, 200);
    let audit = app.database().storage();
    let lines = services::ports::AuditRepo::page(audit, &domain::audit::AuditFilter::default(), 50).await.unwrap();
    assert_eq!(lines.iter().filter(|line| line.action == "sign_in_failed").count(), 5);
    assert!(lines.iter().any(|line| line.origin.address == "10.0.0.5" && !line.origin.request_id.is_empty()));
}

#[tokio::test]
async fn many_accounts_from_one_address_slow_the_address_down() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    for n in 0..20 {
        let email = format!("guess{n}@example.com");
        let answer = app.browser().from("10.0.0.1:1").call("sign_in", &[("email", &email), ("password", "not the password")]).await;
        assert_eq!(answer.status, 422, "guess {n}");
    }
    assert_eq!(app.browser().from("10.0.0.1:2").sign_in("ann").await.status, 429);
    let spoofed = app.browser().from("10.0.0.1:2").with("x-forwarded-for", "10.9.9.9").sign_in("ann").await;
    assert_eq!(spoofed.status, 429, "what a header says about the address does not count");
    assert_eq!(app.browser().from("10.0.0.2:1").sign_in("ann").await.status, 200);
}

#[tokio::test]
async fn it_leads_only_to_our_own_pages() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    for (next, to) in [
        ("/platform/audit?actor=x", "/platform/audit?actor=x"),
        ("https://evil.example", "/platform/ai/providers"),
        ("//evil.example", "/platform/ai/providers"),
        ("/\\evil.example", "/platform/ai/providers"),
        ("javascript:alert(1)", "/platform/ai/providers"),
    ] {
        let fields = [("email", "ann@example.com"), ("password", PASSWORD), ("next", next)];
        let plain = app.browser().submit("sign_in", &fields).await;
        assert_eq!((plain.status.as_u16(), plain.location()), (303, to), "{next}");
        let program = app.browser().call("sign_in", &fields).await;
        assert_eq!((program.status.as_u16(), program.location()), (200, to), "{next}");
    }
    let asked = app.browser().get("/platform/audit?a=b&c=d").await;
    assert_eq!((asked.status.as_u16(), asked.location()), (303, "/login?next=%2Fplatform%2Faudit%3Fa%3Db%26c%3Dd"));
    assert_eq!(app.browser().get("//evil.example/%2e%2e").await.location(), "/login");
}

#[tokio::test]
async fn a_form_without_javascript_comes_back_with_its_error() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let wrong = [("email", "ann@example.com"), ("password", "not the password")];
    let answer = app.browser().with("referer", "http://localhost:3000/login?next=%2F").submit("sign_in", &wrong).await;
    assert_eq!(answer.status, 303);
    let back = answer.location().to_owned();
    assert!(back.starts_with("/login?next=%2F&__path="), "{back}");
    let page = app.browser().get(&back).await.text().await;
    assert!(page.contains("do not match an account"), "the page shows it");

    let away = app.browser().with("referer", "https://evil.example/login").submit("sign_in", &wrong).await;
    assert!(away.location().starts_with("/login?"), "{}", away.location());
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_leads_to_signing_in_and_back() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let mut browser = app.browser().with("referer", "http://localhost:3000/platform/settings?tab=a");
    let answer = browser.submit("end_session", &[("id", "x")]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login?next=%2Fplatform%2Fsettings%3Ftab%3Da"));
    let mut lost = app.browser().with("referer", "https://evil.example//x");
    assert_eq!(lost.submit("end_session", &[("id", "x")]).await.location(), "/login");
}

#[tokio::test]
async fn the_disabled_stay_out() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    let bob = app.person("bob", Role::Operator).await;
    let mut browser = app.browser();
    assert_eq!(browser.sign_in("bob").await.status, 200);
    let token = app.token_of(&bob, &[vocab::Scope::Read]).await;
    app.state.services.people.set_active(&domain::people::Caller::command_line(), bob.id, false).await.unwrap();
    app.state.services.caches.apply(&domain::events::Event::UserChanged { user_id: bob.id });
    assert_eq!(browser.call("sessions", &[]).await.status, 401);
    assert!(browser.session().is_none(), "the dead cookie is cleared");
    assert_eq!(app.browser().sign_in("bob").await.status, 422);
    let api = app.browser().with("authorization", &format!("Bearer {token}")).api(axum::http::Method::GET, "/api/v1/providers", None).await;
    assert_eq!(api.status, 401);
}
