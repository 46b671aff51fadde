//! People, sessions, access tokens, keys and the log, through the machine API.

use crate::support::{Browser, PASSWORD, TestApp};
use axum::http::Method;
use serde_json::{Value, json};
use vocab::{Role, Scope};

async fn send(browser: &mut Browser<'_>, method: Method, path: &str, body: Value) -> (u16, Value) {
    let body = (!body.is_null()).then_some(body);
    let answer = browser.api(method, &format!("/api/v1{path}"), body.as_ref()).await;
    let status = answer.status.as_u16();
    let text = answer.text().await;
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
}

#[tokio::test]
async fn an_owner_keeps_the_team() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut owner = app.browser_of(&ann).await;
    let new = json!({"name": "Ben", "email": "Ben@Example.com", "role": "viewer", "password": PASSWORD});
    let (status, ben) = send(&mut owner, Method::POST, "/team", new.clone()).await;
    assert_eq!((status, &ben["email"], &ben["active"]), (201, &json!("ben@example.com"), &json!(true)), "{ben}");
    let (status, again) = send(&mut owner, Method::POST, "/team", new).await;
    assert_eq!((status, &again["error"]["code"]), (409, &json!("conflict")));
    let weak = json!({"name": "", "email": "x", "role": "viewer", "password": "short"});
    let (status, weak) = send(&mut owner, Method::POST, "/team", weak).await;
    assert_eq!(status, 422);
    assert!(["name", "email", "password"].iter().all(|field| weak["error"]["field_errors"][field].is_string()), "{weak}");
    let (status, king) =
        send(&mut owner, Method::POST, "/team", json!({"name": "K", "email": "k@e", "role": "king", "password": PASSWORD})).await;
    assert_eq!((status, &king["error"]["code"]), (422, &json!("invalid")));

    let path = format!("/team/{}", ben["id"].as_str().unwrap());
    assert_eq!(send(&mut owner, Method::PATCH, &path, json!({"role": "operator"})).await, (204, Value::Null));
    assert_eq!(send(&mut owner, Method::PATCH, &path, json!({"active": false})).await.0, 204);
    let team = send(&mut owner, Method::GET, "/team", Value::Null).await.1;
    let ben = team["people"].as_array().unwrap().iter().find(|person| person["name"] == "Ben").unwrap();
    assert_eq!((&ben["role"], &ben["active"]), (&json!("operator"), &json!(false)));
    assert_eq!(send(&mut owner, Method::PATCH, &path, json!({"role": "finance", "active": true})).await.0, 204);
    assert_eq!(send(&mut owner, Method::PATCH, &path, json!({})).await.0, 422);
    let password = format!("{path}/password");
    assert_eq!(send(&mut owner, Method::POST, &password, json!({"password": "another horse battery"})).await.0, 204);
    assert_eq!(send(&mut owner, Method::POST, &password, json!({"password": "short"})).await.0, 422);

    let last = format!("/team/{}", ann.id);
    for change in [json!({"role": "viewer"}), json!({"active": false})] {
        let (status, body) = send(&mut owner, Method::PATCH, &last, change).await;
        assert_eq!((status, &body["error"]["code"]), (409, &json!("conflict")), "the last owner stays");
    }
}

#[tokio::test]
async fn sessions_belong_to_browsers() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut here = app.browser_of(&ann).await;
    let mut there = app.browser_of(&ann).await;
    let sessions = send(&mut here, Method::GET, "/sessions", Value::Null).await.1;
    let sessions = sessions["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let current: Vec<_> = sessions.iter().filter(|session| session["current"] == true).map(|session| session["id"].clone()).collect();
    assert_eq!(current, [json!(here.session_id.unwrap())]);
    let other = format!("/sessions/{}", there.session_id.unwrap());
    assert_eq!(send(&mut here, Method::DELETE, &other, Value::Null).await, (204, Value::Null));
    assert_eq!(send(&mut here, Method::DELETE, &other, Value::Null).await.0, 404);
    assert_eq!(send(&mut there, Method::GET, "/me", Value::Null).await.0, 401);
    let ben = app.person("ben", Role::Owner).await;
    let own = format!("/sessions/{}", here.session_id.unwrap());
    assert_eq!(send(&mut app.browser_of(&ben).await, Method::DELETE, &own, Value::Null).await.0, 404, "somebody else's");
    let token = format!("Bearer {}", app.token_of(&ann, &[Scope::Admin]).await);
    let mut program = app.browser().with("authorization", &token);
    assert_eq!(send(&mut program, Method::GET, "/sessions", Value::Null).await.0, 401, "a program has none");
}

#[tokio::test]
async fn an_access_token_is_shown_once_and_revoked_for_good() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Operator).await;
    let mut operator = app.browser_of(&ann).await;
    let form = json!({"name": "ci", "scopes": ["inference", "read"], "providers": ["openai"], "models": ["gpt-4o"], "days": 7});
    let answer = operator.api(Method::POST, "/api/v1/access-tokens", Some(&form)).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (201, "no-store"));
    let issued = answer.json().await;
    let token = issued["token"].as_str().unwrap();
    assert!(token.starts_with("pur_"));
    let view = &issued["access_token"];
    assert_eq!((&view["scopes"], &view["providers"], &view["live"]), (&json!(["inference", "read"]), &json!(["openai"]), &json!(true)));
    assert_eq!((&view["created_at"], &view["expires_at"]), (&json!("2026-11-23T10:00:00Z"), &json!("2026-11-30T10:00:00Z")));

    let list = operator.api(Method::GET, "/api/v1/access-tokens", None).await.text().await;
    assert!(list.contains(view["public_id"].as_str().unwrap()) && !list.contains(token), "{list}");
    let mut program = app.browser().with("x-api-key", token);
    assert_eq!(send(&mut program, Method::GET, "/me", Value::Null).await.0, 200);
    let path = format!("/access-tokens/{}", view["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(send(&mut operator, Method::DELETE, &path, Value::Null).await, (204, Value::Null));
    }
    assert_eq!(send(&mut program, Method::GET, "/me", Value::Null).await.0, 401);
    let list = send(&mut operator, Method::GET, "/access-tokens", Value::Null).await.1;
    assert_eq!(
        (&list["access_tokens"][0]["live"], &list["access_tokens"][0]["revoked_at"]),
        (&json!(false), &json!("2026-11-23T10:00:00Z"))
    );

    let wrong = json!({"name": " ", "scopes": [], "days": 0});
    let (status, wrong) = send(&mut operator, Method::POST, "/access-tokens", wrong).await;
    assert_eq!(status, 422);
    assert!(["name", "scopes", "days"].iter().all(|field| wrong["error"]["field_errors"][field].is_string()), "{wrong}");
    for odd in [json!({"name": "x", "scopes": ["everything"]}), json!({"name": "x", "scopes": ["read"], "providers": ["Not One"]})] {
        assert_eq!(send(&mut operator, Method::POST, "/access-tokens", odd).await.0, 422);
    }
}

#[tokio::test]
async fn the_log_is_paged_and_filtered() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut owner = app.browser_of(&ann).await;
    for number in 0..60 {
        app.person(&format!("p{number}"), Role::Viewer).await;
    }
    let first = send(&mut owner, Method::GET, "/audit?action=user_add", Value::Null).await.1;
    let lines = first["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["actor"], &lines[0]["object_kind"]), (50, &json!("command line"), &json!("user")));
    let next = first["next"].as_str().unwrap();
    let second = send(&mut owner, Method::GET, &format!("/audit?action=user_add&before={next}"), Value::Null).await.1;
    assert_eq!((second["lines"].as_array().map(Vec::len), &second["next"]), (Some(11), &Value::Null));
    let failed = send(&mut owner, Method::GET, "/audit?succeeded=false", Value::Null).await.1;
    assert_eq!(failed["lines"], json!([]));
}

#[tokio::test]
async fn sealing_keys_are_counted_and_rotated() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut owner = app.browser_of(&ann).await;
    let (status, saved) = send(&mut owner, Method::POST, "/providers/openai/key", json!({"key": "sk-practice-good-0001"})).await;
    assert_eq!(status, 200, "{saved}");
    for (method, path) in [(Method::GET, "/keys"), (Method::POST, "/keys/rotate")] {
        let (status, report) = send(&mut owner, method, path, Value::Null).await;
        assert_eq!((status, &report["current"], &report["old"], &report["undecryptable"]), (200, &json!(1), &json!(0), &json!(0)));
        assert!(report["current_key"].as_str().is_some_and(|name| !name.is_empty()));
    }
}
