//! The form that starts a build: with a file, with and without our program in the browser.

use crate::support::{Answer, Browser, TestApp};
use axum::http::Method;
use std::fmt::Write as _;
use vocab::Role;

const PATH: &str = "/platform/ai/builds";
const PLAIN: &str = "text/html,application/xhtml+xml";
const PROGRAM: &str = "application/json";

/// Sends the form as a browser writes it (RFC 7578).
async fn send(browser: &mut Browser<'_>, accept: &str, fields: &[(&str, &str)], archive: &str) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        write!(body, "--xyz\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    body.push_str(
        "--xyz\r\ncontent-disposition: form-data; name=\"archive\"; filename=\"a.tar\"\r\ncontent-type: application/x-tar\r\n\r\n",
    );
    body.push_str(archive);
    body.push_str("\r\n--xyz--\r\n");
    browser.send(Method::POST, PATH, accept, Some(("multipart/form-data; boundary=xyz", body))).await
}

const FIELDS: [(&str, &str); 4] =
    [("prompt", "a </textarea><script>alert(1)</script> & b"), ("provider_id", "xai"), ("lending", "lend"), ("workspace", "archive")];

#[tokio::test]
async fn without_a_script_the_page_comes_back_as_it_was_filled_in() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    let answer = send(&mut browser, PLAIN, &FIELDS, "no tar").await;
    assert_eq!(answer.status, 422);
    let html = answer.text().await;
    assert!(html.contains("a &lt;/textarea>&lt;script>alert(1)&lt;/script> &amp; b</textarea>"), "what was typed is there, as text");
    assert!(html.contains("The program grok is not installed here"), "what is wrong is said");
    assert!(html.contains("value=\"archive\" checked"), "the choice is kept");
    let fresh = browser.get(PATH).await.text().await;
    assert!(!fresh.contains("alert(1)"), "and gone with the next page");
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Operator).await;
    let mut browser = app.browser_of(&ann).await;
    let large = "x".repeat(64 * 1024 * 1024 + 1);
    for (field, words, changed, archive) in [
        ("archive", "larger than 64 MiB", ("lending", "lend"), large.as_str()),
        ("archive", "choose a .tar", ("lending", "lend"), ""),
        ("folder", "enter a folder", ("workspace", "folder"), ""),
        ("provider_id", "choose a program", ("provider_id", "No Such!"), "x"),
        ("provider_id", "not installed", ("prompt", "do it"), "x"),
        ("prompt", "enter what", ("prompt", " "), "x"),
        ("lending", "choose how", ("lending", "steal"), "x"),
    ] {
        let fields = FIELDS.map(|(name, value)| if name == changed.0 { changed } else { (name, value) });
        let answer = send(&mut browser, PROGRAM, &fields, archive).await;
        assert_eq!(answer.status, 422, "{field}");
        let said = answer.json().await["field_errors"][field].to_string();
        assert!(said.contains(words), "{field}: {said}");
    }
    let other = browser.send(Method::POST, PATH, PROGRAM, Some(("application/x-www-form-urlencoded", "prompt=x".to_owned()))).await;
    assert_eq!(other.json().await["code"], "invalid");
    let cut = "--xyz\r\ncontent-disposition: form-data; name=\"prompt\"\r\n\r\nhalf".to_owned();
    let cut = browser.send(Method::POST, PATH, PROGRAM, Some(("multipart/form-data; boundary=xyz", cut))).await;
    assert_eq!(cut.json().await["code"], "invalid");
}

#[tokio::test]
async fn the_form_is_for_those_who_may_and_from_our_own_pages() {
    let app = TestApp::new().await;
    let (ann, vic) = (app.person("ann", Role::Owner).await, app.person("vic", Role::Viewer).await);
    let refused = send(&mut app.browser_of(&vic).await, PROGRAM, &FIELDS, "x").await;
    assert_eq!((refused.status.as_u16(), refused.json().await["code"].as_str()), (403, Some("forbidden")));
    let stranger = send(&mut app.browser(), PROGRAM, &FIELDS, "x").await;
    assert_eq!((stranger.status.as_u16(), stranger.json().await["code"].as_str()), (401, Some("signed_out")));
    let mut plain = app.browser().with("referer", "http://localhost:3000/platform/ai/builds");
    assert_eq!(send(&mut plain, PLAIN, &FIELDS, "x").await.location(), "/login?next=%2Fplatform%2Fai%2Fbuilds");
    let mut astray = app.browser_of(&ann).await.with("sec-fetch-site", "cross-site").with("origin", "https://evil.example");
    for accept in [PLAIN, PROGRAM] {
        assert_eq!(send(&mut astray, accept, &FIELDS, "x").await.status, 403, "{accept}");
    }
}
