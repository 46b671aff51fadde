//! Requests that cannot be served, each with its own words, in OpenAI's dialect.

use crate::gateway_world::{CHAT, World, completion, hello, provider};
use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use domain::people::Caller;
use serde_json::json;
use vocab::Health;

#[tokio::test]
async fn bodies_that_are_wrong_are_described() {
    let world = World::openai().await;
    for (body, param) in [
        ("", json!(null)),
        ("nonsense", json!(null)),
        ("{\"model\":\"gpt-4o\"", json!(null)),
        ("[1]", json!(null)),
        ("\"gpt-4o\"", json!(null)),
        ("{}", json!("model")),
        ("{\"model\":\"\"}", json!("model")),
        ("{\"model\":7}", json!("model")),
        ("{\"model\":\"gpt-4o\",\"model\":\"gpt-4o-mini\"}", json!("model")),
        ("{\"model\":\"gpt-4o\",\"stream\":\"yes\"}", json!("stream")),
        ("{\"model\":\"gpt-4o\",\"stream_options\":7}", json!("stream_options")),
    ] {
        let asked = world.ask(body).await;
        assert_eq!(asked.status, 400, "{body}");
        let error = asked.json().await["error"].clone();
        assert_eq!((&error["type"], &error["param"]), (&json!("invalid_request_error"), &param), "{body}");
    }
    assert_eq!(world.ask(Bytes::from_static(b"{\"model\":\"\xff\"}")).await.refusal().await.0, 400);
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test]
async fn what_the_body_says_it_is_does_not_matter() {
    let world = World::openai().await;
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("nonsense")] {
        world.upstream.reply_json("openai", &completion(1, 0, 1));
        let mut request = Request::post(CHAT).header("authorization", format!("Bearer {}", world.token));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let asked = world.raw(request.body(Body::from(hello("gpt-4o").to_string())).unwrap()).await;
        assert_eq!(asked.status, 200, "{kind:?}");
    }
}

#[tokio::test]
async fn ten_megabytes_pass_and_too_many_do_not() {
    let world = World::openai().await;
    world.upstream.reply_json("openai", &completion(1, 0, 1));
    let mut large = hello("openai/gpt-4o");
    large["messages"][0]["content"] = json!("é".repeat(5 * 1024 * 1024));
    let large = large.to_string();
    assert_eq!(world.ask(large.clone()).await.status, 200);
    assert_eq!(world.upstream.only().body, large.replace("openai/gpt-4o", "gpt-4o"));
    let chunks = futures::stream::iter((0..22).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1024 * 1024]))));
    assert_eq!(world.ask(Body::from_stream(chunks)).await.refusal().await, (413, "request_too_large".to_owned()));
    let broken = futures::stream::iter([Ok(Bytes::from_static(b"{\"model\"")), Err(std::io::Error::other("gone"))]);
    assert_eq!(world.ask(Body::from_stream(broken)).await.refusal().await.0, 400);
}

#[tokio::test]
async fn hostile_model_names_reach_nobody_and_come_back_harmless() {
    let world = World::openai().await;
    let long = "m".repeat(100_000);
    for name in [
        "<script>alert(1)</script>",
        "openai/../../v1/models",
        "../../etc/passwd",
        "openai/",
        "/gpt-4o",
        "tier:",
        "tier:<b>",
        "gpt-4o\u{0}",
        "gpt-4o\r\nx-injected: 1",
        "\u{202e}o4-tpg",
        "'; DROP TABLE connection; --",
        "${jndi:ldap://x}",
        "gpt-4o ",
        "GPT-4O",
        &long,
    ] {
        let asked = world.ask_model(name).await;
        assert_eq!(asked.header("x-injected"), "");
        let content = asked.header("content-type").to_owned();
        let (status, code) = asked.refusal().await;
        assert_eq!((status, code.as_str()), (404, "model_not_found"), "{name}");
        assert_eq!(content, "application/json");
    }
    assert!(world.upstream.seen().is_empty());
    for path in ["/v1/models/%00", "/v1/models/%FF", "/v1/models/..%2F..%2Fetc", "/v1/models/%3Cscript%3E"] {
        assert_eq!(
            world.send(&world.token, Method::GET, path, Body::empty()).await.refusal().await,
            (404, "model_not_found".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn other_methods_and_addresses_are_refused_in_the_same_dialect() {
    let world = World::openai().await;
    for (method, path, allow) in [
        (Method::GET, CHAT, "POST"),
        (Method::PUT, CHAT, "POST"),
        (Method::DELETE, "/v1/models", "GET,HEAD"),
        (Method::POST, "/v1/models", "GET,HEAD"),
        (Method::DELETE, "/v1/models/openai/gpt-4o", "GET,HEAD"),
    ] {
        let asked = world.send(&world.token, method.clone(), path, Body::empty()).await;
        assert_eq!(asked.header("allow"), allow, "{method} {path}");
        assert_eq!(asked.refusal().await, (405, "method_not_supported".to_owned()), "{method} {path}");
    }
    for path in ["/v1", "/v1/", "/v1/chat", "/v1/chat/completions/x", "/v1/nothing", "/v1/%2e%2e/api/v1/me"] {
        let asked = world.send(&world.token, Method::POST, path, Body::empty()).await;
        assert_eq!(asked.refusal().await, (404, "unknown_url".to_owned()), "{path}");
    }
    let head = world.send(&world.token, Method::HEAD, "/v1/models", Body::empty()).await;
    assert_eq!((head.status, head.bytes().await.len()), (200, 0));
    assert_eq!(world.send(&world.token, Method::HEAD, CHAT, Body::empty()).await.status, 405);
}

#[tokio::test]
async fn models_are_listed_and_found_by_both_names() {
    let world = World::openai().await;
    let list = world.send(&world.token, Method::GET, "/v1/models", Body::empty()).await.json().await;
    assert_eq!(list["object"], "list");
    let first = &list["data"][0];
    assert_eq!((&first["id"], &first["object"], &first["owned_by"]), (&json!("openai/gpt-4o"), &json!("model"), &json!("openai")));
    assert!(first["created"].as_i64().is_some_and(|at| at > 1_700_000_000));
    for (path, id) in [("openai/gpt-4o", "openai/gpt-4o"), ("openai%2Fgpt-4o", "openai/gpt-4o"), ("gpt-4o", "gpt-4o")] {
        let model = world.send(&world.token, Method::GET, &format!("/v1/models/{path}"), Body::empty()).await.json().await;
        assert_eq!((&model["id"], &model["owned_by"]), (&json!(id), &json!("openai")), "{path}");
    }
}

#[tokio::test]
async fn the_three_troubleshooting_messages() {
    let world = World::openai().await;
    let said = |body: serde_json::Value| body["error"]["message"].as_str().unwrap_or_default().to_owned();

    let asked = world.ask_model("mistral/mistral-large").await;
    assert_eq!(asked.status, 503);
    assert_eq!(said(asked.json().await), "Provider not configured — add an API key or sign in.");

    let unknown = world.ask_model("openai/no-such-model").await;
    assert_eq!(unknown.status, 404);
    assert!(said(unknown.json().await).contains("No eligible endpoints — sync models & profiles."));
    let tier = world.ask_model("tier:basic").await;
    assert!(matches!(tier.status, 501 | 503), "either nobody has the tier or the stand-in was asked: {}", tier.status);

    let services = &world.app.state.services;
    services.connections.disconnect(&Caller::command_line(), &provider("openai")).await.unwrap();
    services.caches.forget_routes();
    let (status, code) = world.ask_model("openai/gpt-4o").await.refusal().await;
    assert_eq!((status, code.as_str()), (503, "provider_not_configured"));
    let bare = world.ask_model("gpt-4o").await;
    assert_eq!(bare.status, 503);
    assert_eq!(said(bare.json().await), "No eligible endpoints — sync models & profiles.");
}

#[tokio::test]
async fn a_refused_key_stops_the_provider_and_not_the_agents_token() {
    let world = World::openai().await;
    world.app.read_events();
    world.upstream.reply("openai", 401, &[("content-type", "application/json")], "{\"error\":{\"message\":\"revoked\"}}");
    // The check that follows hears the same.
    world.upstream.refuse("openai");
    let refusal = world.ask_model("openai/gpt-4o").await.refusal().await;
    assert_eq!(refusal, (502, "provider_rejected_credential".to_owned()), "a 401 would end the agent's own token");
    let rejected = async {
        loop {
            let detail = world.app.state.services.overview.detail(&Caller::command_line(), &provider("openai")).await.unwrap();
            if detail.state.health.health == Health::Rejected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), rejected).await.unwrap();
    for _ in 0..100 {
        if world.ask_model("openai/gpt-4o").await.status == 503 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("requests still go to a provider that refuses the key");
}

#[tokio::test]
async fn what_a_provider_says_of_our_credential_and_pages_are_no_answers() {
    let world = World::openai().await;
    let json = [("content-type", "application/json"), ("retry-after", "17")];
    let quota = "{\"error\":{\"message\":\"Pay first\",\"code\":\"insufficient_quota\"}}";
    for (status, headers, body, want) in [
        (402, &json[..], quota, (429, "insufficient_quota")),
        (403, &json[..], "{\"error\":{\"message\":\"Not for you\"}}", (502, "provider_not_permitted")),
        (502, &[("content-type", "text/html")], "<html><h1>Bad gateway</h1>", (502, "provider_error")),
    ] {
        world.upstream.reply("openai", status, headers, body);
        let (status, code) = world.ask_model("openai/gpt-4o").await.refusal().await;
        assert_eq!((status, code.as_str()), want, "{body}");
    }
}
