//! Finance through the machine API.

use crate::support::{Browser, TestApp};
use axum::http::Method;
use domain::connection::{Activation, Connection, Standing};
use domain::people::Actor;
use serde_json::{Value, json};
use services::ports::Trail;
use time::macros::datetime;
use uuid::Uuid;
use vocab::{AuthMethod, ConnectionId, Role};

async fn send(browser: &mut Browser<'_>, method: Method, path: &str, body: Value) -> (u16, Value) {
    let body = (!body.is_null()).then_some(body);
    let answer = browser.api(method, &format!("/api/v1/finance{path}"), body.as_ref()).await;
    let status = answer.status.as_u16();
    let text = answer.text().await;
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
}

async fn get(browser: &mut Browser<'_>, path: &str) -> Value {
    let (status, body) = send(browser, Method::GET, path, Value::Null).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// A plan's sign-in, as it ends.
async fn signed_in(app: &TestApp) {
    let at = datetime!(2026-11-23 10:00 UTC);
    let connection = Connection {
        id: ConnectionId::new(Uuid::from_u128(1)),
        provider_id: "codex".parse().unwrap(),
        method: AuthMethod::OAuth,
        grant_id: None,
        base_url: None,
        key_hint: None,
        account: None,
        connected_by: None,
        connected_by_name: "Ann".into(),
        connected_at: at,
        standing: Standing::Good { checked_at: at },
        enabled: true,
        version: 0,
    };
    let activation = Activation { connection, grant: None, siblings: vec![], finishes: None, trigger: "test", actor: Actor::System };
    app.state.ports.connections.activate(activation, Trail::default()).await.unwrap();
    app.state.services.finance.seeding.handle_due().await.unwrap();
}

/// Terms of 500 US dollars a month.
fn completed(terms: &Value, owner: Value) -> Value {
    let mut terms = terms.clone();
    for (field, value) in [
        ("contract_type", json!("subscription")),
        ("budget_owner", owner),
        ("currency", json!("usd")),
        ("billing_cadence", json!("monthly")),
        ("commitment_amount", json!("500.00")),
        ("start_date", json!("2026-11-01")),
    ] {
        terms[field] = value;
    }
    terms
}

#[tokio::test]
async fn from_the_draft_to_the_active_contract() {
    let app = TestApp::new().await;
    let fay = app.person("fay", Role::Finance).await;
    signed_in(&app).await;
    let mut browser = app.browser_of(&fay).await;
    let listed = get(&mut browser, "/contracts").await;
    let contract = &listed["contracts"][0]["contract"];
    assert_eq!((&contract["status"], &contract["suggested_type"]), (&json!("draft"), &json!("subscription")));
    assert_eq!(listed["contracts"][0]["covers"][0]["provider_id"], "codex");
    let path = format!("/contracts/{}", contract["id"].as_str().unwrap());
    let (status, refused) = send(&mut browser, Method::POST, &format!("{path}/activate"), json!({"version": 0})).await;
    assert_eq!((status, &refused["error"]["code"]), (422, &json!("invalid")));
    assert!(refused["error"]["field_errors"]["currency"].is_string(), "{refused}");
    let terms = completed(&contract["terms"], json!(fay.id));
    let mut wrong = terms.clone();
    (wrong["commitment_amount"], wrong["end_date"], wrong["time_zone"]) = (json!("a lot"), json!("soon"), json!("Mars"));
    wrong["currency"] = json!("XQQ");
    let (status, refused) = send(&mut browser, Method::PUT, &format!("{path}/terms"), json!({"version": 0, "terms": wrong})).await;
    let fields: Vec<_> = refused["error"]["field_errors"].as_object().unwrap().keys().cloned().collect();
    assert_eq!((status, fields), (422, vec!["commitment_amount".into(), "currency".into(), "end_date".into(), "time_zone".into()]));
    let (status, edited) = send(&mut browser, Method::PUT, &format!("{path}/terms"), json!({"version": 0, "terms": terms})).await;
    assert_eq!((status, &edited["terms"]["currency"]), (200, &json!("USD")), "{edited}");
    let (status, _) = send(&mut browser, Method::PUT, &format!("{path}/terms"), json!({"version": 0, "terms": terms})).await;
    assert_eq!(status, 409, "an older version");
    let allowance = json!({"id": null, "name": "Tokens", "metric_key": "total_tokens", "usage_unit": "Tokens", "included_quantity": "1000000",
        "reset_interval": "monthly", "valuation_method": "commitment_first"});
    let body = json!({"version": 1, "allowances": [allowance]});
    assert_eq!(send(&mut browser, Method::PUT, &format!("{path}/allowances"), body).await.0, 200);
    let (status, active) = send(&mut browser, Method::POST, &format!("{path}/activate"), json!({"version": 2})).await;
    assert_eq!((status, &active["status"], &active["monthly_equivalent"]["amount"]), (200, &json!("active"), &json!("500.00")), "{active}");
    let detail = get(&mut browser, &path).await;
    assert_eq!((detail["allowances"].as_array().unwrap().len(), detail["history"].as_array().unwrap().len()), (1, 3));
    assert_eq!(detail["problems"], json!({}));
    let done = get(&mut browser, "/work-items?status=done").await;
    assert_eq!(done["items"][0]["item"]["resolution"], "auto:details_complete");
}

#[tokio::test]
async fn the_panel_shows_each_role_its_part() {
    let app = TestApp::new().await;
    signed_in(&app).await;
    for (role, sees) in [(Role::Viewer, 404), (Role::Operator, 200), (Role::Finance, 200), (Role::Owner, 200)] {
        let person = app.person(role.as_str(), role).await;
        let (status, panel) = send(&mut app.browser_of(&person).await, Method::GET, "/providers/codex/panel", Value::Null).await;
        assert_eq!(status, sees, "{role}");
        if status == 200 {
            assert_eq!(panel["facts"]["amounts"].is_null(), role == Role::Operator, "{panel}");
            assert_eq!((&panel["hand_off"], &panel["facts"]["contract"]["status"]), (&json!("done"), &json!("draft")));
        }
    }
}

#[tokio::test]
async fn suppliers_and_items_are_worked() {
    let app = TestApp::new().await;
    let fay = app.person("fay", Role::Finance).await;
    signed_in(&app).await;
    let mut browser = app.browser_of(&fay).await;
    let (status, added) = send(&mut browser, Method::POST, "/suppliers", json!({"name": " =Firm ", "default_currency": "XXX"})).await;
    assert_eq!((status, added["error"]["field_errors"]["default_currency"].is_string()), (422, true));
    let (status, added) = send(&mut browser, Method::POST, "/suppliers", json!({"name": " =Firm "})).await;
    assert_eq!((status, &added["details"]["name"]), (201, &json!("=Firm")));
    let path = format!("/suppliers/{}", added["id"].as_str().unwrap());
    let blocked = send(&mut browser, Method::PUT, &format!("{path}/status"), json!({"version": 0, "status": "blocked"})).await;
    assert_eq!((blocked.0, &blocked.1["status"]), (200, &json!("blocked")));
    assert_eq!(get(&mut browser, &path).await["deletable"], true);
    assert_eq!(send(&mut browser, Method::DELETE, &path, Value::Null).await.0, 204);
    let listed = get(&mut browser, "/suppliers").await;
    assert_eq!(listed["suppliers"].as_array().unwrap().len(), 1);
    let kept = format!("/suppliers/{}", listed["suppliers"][0]["supplier"]["id"].as_str().unwrap());
    assert_eq!(send(&mut browser, Method::DELETE, &kept, Value::Null).await.0, 409);

    let item = get(&mut browser, "/work-items").await["items"][0]["item"].clone();
    assert_eq!(item["kind"], "plan_details_needed");
    let path = format!("/work-items/{}", item["id"].as_str().unwrap());
    let (status, late) = send(&mut browser, Method::PATCH, &path, json!({"action": "snooze", "until": "2020-01-01T00:00:00Z"})).await;
    assert_eq!((status, late["error"]["field_errors"]["until"].is_string()), (422, true), "{late}");
    let (status, assigned) = send(&mut browser, Method::PATCH, &path, json!({"action": "assign", "owner_id": fay.id})).await;
    assert_eq!((status, &assigned["owner_id"]), (200, &json!(fay.id)));
    let (status, done) = send(&mut browser, Method::PATCH, &path, json!({"action": "finish", "reason": "called them"})).await;
    assert_eq!((status, &done["resolution"]), (200, &json!("called them")));
    assert_eq!(send(&mut browser, Method::PATCH, &path, json!({"action": "finish", "reason": "again"})).await.0, 409);
    assert_eq!(send(&mut browser, Method::PATCH, &path, json!({"action": "explode"})).await.0, 422);
}

#[tokio::test]
async fn every_dataset_is_a_file_with_a_name_and_a_description() {
    let app = TestApp::new().await;
    let fay = app.person("fay", Role::Finance).await;
    signed_in(&app).await;
    let mut browser = app.browser_of(&fay).await;
    let months = "from=2026-11-01&to=2026-12-01";
    for (query, name) in [
        ("", "purser-focus-1.2-2026-11-01-2026-11-30"),
        ("&version=1.4", "purser-focus-1.4-2026-11-01-2026-11-30"),
        ("&dataset=contract_commitment", "purser-focus-1.4-contract-commitment-2026-11-01-2026-11-30"),
        ("&dataset=billing_period", "purser-focus-1.4-billing-period-2026-11-01-2026-11-30"),
        ("&dataset=invoice_detail", "purser-focus-1.4-invoice-detail-2026-11-01-2026-11-30"),
    ] {
        for ending in ["csv", "json"] {
            let path = format!("/api/v1/finance/exports/focus.{ending}?{months}{query}");
            let answer = browser.api(Method::GET, &path, None).await;
            let named = answer.headers["content-disposition"].to_str().unwrap().to_owned();
            assert_eq!((answer.status.as_u16(), named), (200, format!("attachment; filename=\"{name}.{ending}\"")), "{path}");
        }
    }
    for (query, field) in
        [("&dataset=everything", "dataset"), ("&dataset=invoice_detail&version=1.2", "version"), ("&version=2", "version")]
    {
        let (status, refused) = send(&mut browser, Method::GET, &format!("/exports/focus.csv?{months}{query}"), Value::Null).await;
        assert_eq!((status, refused["error"]["field_errors"][field].is_string()), (422, true), "{query}: {refused}");
    }
}
