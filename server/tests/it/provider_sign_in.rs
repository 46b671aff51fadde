//! The round trip to a provider and back, with everything in the request that somebody else may have a say in.

use crate::support::{Browser, TestApp};
use axum::http::Method;
use std::collections::HashMap;
use url::Url;
use vocab::Role;

const PAGE: &str = "/platform/ai/providers/openrouter";

/// What a proxy, or somebody who plays one, may put into a request.
fn spoofed(browser: Browser<'_>) -> Browser<'_> {
    let headers = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-prefix", "//evil.example"),
        ("x-original-url", "//evil.example"),
        ("forwarded", "host=evil.example;proto=https"),
        ("sec-fetch-site", "cross-site"),
        ("referer", "https://evil.example/"),
    ];
    headers.into_iter().fold(browser, |browser, (name, value)| browser.with(name, value))
}

/// Begins a sign-in and says where the provider is asked to send the browser.
async fn begun(browser: &mut Browser<'_>) -> Url {
    let form = Some(("application/x-www-form-urlencoded", String::new()));
    let begun = browser.send(Method::POST, &format!("{PAGE}/sign-in"), "text/html", form).await;
    assert_eq!((begun.status.as_u16(), begun.location()), (303, &*format!("{PAGE}/sign-in")));
    let onward = browser.get(&format!("{PAGE}/sign-in/onward")).await;
    let asked: HashMap<_, _> = Url::parse(onward.location()).unwrap().query_pairs().into_owned().collect();
    Url::parse(asked.get("callback_url").or_else(|| asked.get("redirect_uri")).unwrap()).unwrap()
}

#[tokio::test]
async fn no_header_has_a_say_in_where_a_sign_in_leads() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let callback = begun(&mut app.browser_of(&ann).await.with("x-forwarded-host", "evil.example")).await;
    assert_eq!(callback.origin().ascii_serialization(), "http://localhost:3000");

    let state = callback.query().unwrap_or_default();
    let hostile = "redirect_uri=https%3A%2F%2Fevil.example&next=%2F%2Fevil.example&error=access_denied&error_description=%3Cscript%3E";
    let back = spoofed(app.browser()).get(&format!("{}?{state}&{hostile}", callback.path())).await;
    assert_eq!(back.status, 303);
    assert_eq!(back.location(), format!("http://localhost:3000{PAGE}?oauth=error&reason=access_denied"));
}

#[tokio::test]
async fn an_answer_nobody_asked_for_leads_nowhere_and_shows_nothing_of_itself() {
    let app = TestApp::new().await;
    for query in
        ["", "code=abc", "code=abc&state=never-made", "error=%3Cscript%3E&error_description=%3Cb%3Eevil.example&state=x", "code=a&code=b"]
    {
        let answer = spoofed(app.browser()).get(&format!("/api/v1/auth/provider-oauth/callback?{query}")).await;
        assert!(answer.status.is_client_error(), "{query}: {}", answer.status);
        assert_eq!(answer.location(), "", "{query}");
        let page = answer.text().await;
        assert!(!page.contains("evil.example") && !page.contains("<script>") && !page.contains("abc"), "{query}: {page}");
    }
}
