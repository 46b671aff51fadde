//! `POST /v1/responses`: passed on to providers that serve it, fitted to a plan's endpoint, gathered for those who do not
//! stream.

use crate::gateway_upstream::Piece;
use crate::gateway_world::{CHAT, PROVIDER_KEY, RESPONSES, World, dollars};
use axum::http::{Method, Request};
use serde_json::{Value, json};
use vocab::{CostBasis, UsageOutcome};

const ODD: &str = "\n{ \"input\" :[{\"role\":\"user\",\"content\":\"sn\\u00f6w \\\"model\\\":\\\"x\\\"\"}],\t\"model\":\"gpt-4o\" ,\"temperature\":1.0e0,\n \"x_unknown\":{\"a\":[null,-0.0]}, \"store\":true} \n";
const PLAN: &[(&str, &[&str])] = &[("plan", &["gpt-5"]), ("openai", &["gpt-5", "gpt-4o"])];

fn response(text: &str) -> Value {
    json!({"id": "resp_1", "object": "response", "status": "completed", "error": null, "model": "gpt-4o-2024-08-06",
        "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}],
        "usage": {"input_tokens": 1000, "input_tokens_details": {"cached_tokens": 400}, "output_tokens": 200}})
}

fn event(kind: &str, mut data: Value) -> String {
    data["type"] = kind.into();
    format!("event: {kind}\ndata: {data}\n\n")
}

fn begun() -> String {
    event("response.created", json!({"response": {"id": "resp_1", "model": "gpt-4o-2024-08-06", "usage": null, "error": null}}))
        + &event("response.output_text.delta", json!({"delta": "hi"}))
}

fn completed(text: &str) -> String {
    event("response.completed", json!({"response": response(text)}))
}

#[tokio::test]
async fn a_body_and_its_answer_pass_as_they_are() {
    for world in World::openai_on_each().await {
        let answer = format!("{}\n", response("hi"));
        world.upstream.reply("openai", 200, &[("content-type", "application/json")], answer.clone());
        let asked = world.respond(ODD.replace("\"gpt-4o\"", "\"openai\\/gpt-4o\"")).await;
        assert_eq!((asked.status, asked.header("x-purser-provider")), (200, "openai"));
        assert_eq!(asked.text().await, answer);
        let seen = world.upstream.only();
        assert_eq!((seen.path.as_str(), seen.header("authorization")), ("/openai/v1/responses", format!("Bearer {PROVIDER_KEY}").as_str()));
        assert_eq!(seen.body, ODD.as_bytes(), "only the model's name is replaced");
        let row = world.row().await;
        assert_eq!((row.outcome, row.cost, row.cost_basis), (UsageOutcome::Completed, Some(dollars("0.004")), CostBasis::ListPrice));
        assert_eq!((row.provider_id.as_str(), row.model_id.as_str()), ("openai", "gpt-4o"));
    }
}

#[tokio::test]
async fn a_stream_passes_as_it_is_and_is_counted() {
    let world = World::openai().await;
    let stream = begun() + &completed("hi");
    world.upstream.events("openai", &[&stream[..40], &stream[40..]]).await;
    let sent = "{\"model\":\"gpt-4o\",\"stream\":true,\"input\":\"hello\"}";
    let asked = world.respond(sent).await;
    assert_eq!((asked.header("content-type"), asked.header("x-accel-buffering")), ("text/event-stream", "no"));
    assert_eq!(asked.text().await, stream);
    assert_eq!(world.upstream.only().body, sent, "usage comes without asking");
    let row = world.row().await;
    assert_eq!((row.outcome, row.tokens.map(|tokens| tokens.total())), (UsageOutcome::Completed, Some(1200)));
}

#[tokio::test]
async fn a_stream_without_its_last_event_is_told_so() {
    let world = World::openai().await;
    let sent = "{\"model\":\"gpt-4o\",\"stream\":true,\"input\":\"hello\"}";
    world.upstream.events("openai", &[&begun()]).await;
    let text = world.respond(sent).await.text().await;
    let error = text.strip_prefix(&begun()).unwrap();
    assert!(error.starts_with("event: error\ndata: {") && error.contains("\"type\":\"error\"") && error.contains("broke off"), "{error}");
    assert_eq!(world.row().await.outcome, UsageOutcome::Interrupted);

    let stream = world.upstream.stream("openai");
    stream.send(Piece::Bytes(begun().into())).await.ok();
    let mut pieces = world.respond(sent).await.pieces();
    assert_eq!(pieces.next().await.unwrap().unwrap(), begun());
    stream.send(Piece::Break).await.ok();
    let (rest, broke) = pieces.rest().await;
    assert!(rest.starts_with("event: error\n") && !broke, "{rest}");

    let failed =
        begun() + &event("response.failed", json!({"response": {"status": "failed", "error": {"code": "server_error", "message": "no"}}}));
    world.upstream.events("openai", &[&failed]).await;
    assert_eq!(world.respond(sent).await.text().await, failed, "the provider's own words are the last");
    assert!(world.rows(3).await.iter().all(|row| row.outcome == UsageOutcome::Interrupted));
}

#[tokio::test]
async fn a_plan_gets_what_it_has_to_have_and_gives_one_answer() {
    let world = World::with(PLAN).await;
    world.upstream.events("plan", &[&begun(), &completed("hi"), "data: more\n\n"]).await;
    let asked = world.respond("{\"model\":\"plan/gpt-5\",\"input\":\"hel\\u006co\"}").await;
    assert_eq!((asked.status, asked.header("content-type")), (200, "application/json"));
    assert_eq!(asked.json().await, response("hi"));
    let seen = world.upstream.only();
    assert_eq!((seen.path.as_str(), seen.header("accept")), ("/plan/v1/responses", "text/event-stream"));
    assert_eq!(seen.body, "{\"model\":\"gpt-5\",\"input\":\"hel\\u006co\",\"stream\":true,\"store\":false,\"instructions\":\"\"}");
    let row = world.row().await;
    assert_eq!((row.outcome, row.cost, row.cost_basis), (UsageOutcome::Completed, None, CostBasis::Included));
    assert_eq!(row.tokens.map(|tokens| tokens.total()), Some(1200));
}

#[tokio::test]
async fn a_plan_streams_to_those_who_stream() {
    let world = World::with(PLAN).await;
    let stream = begun() + &completed("hi");
    world.upstream.events("plan", &[&stream]).await;
    let asked =
        world.respond("{\"model\":\"plan/gpt-5\",\"stream\":true,\"store\":false,\"instructions\":\"x\",\"input\":\"hello\"}").await;
    assert_eq!(asked.text().await, stream);
    assert_eq!(world.upstream.only().json()["instructions"], "x");
}

#[tokio::test]
async fn what_the_plan_refuses_is_named_and_not_sent() {
    let world = World::with(PLAN).await;
    for (member, value, param) in [
        ("temperature", json!(0.5), "temperature"),
        ("max_output_tokens", json!(5), "max_output_tokens"),
        ("store", json!(true), "store"),
        ("tools", json!([{"type": "mcp"}]), "tools[0].type"),
    ] {
        let mut body = json!({"model": "plan/gpt-5", "input": "hello"});
        body[member] = value;
        let asked = world.respond(body.to_string()).await;
        assert_eq!(asked.status, 400, "{member}");
        let error = asked.json().await["error"].clone();
        assert_eq!((&error["param"], &error["type"]), (&json!(param), &json!("invalid_request_error")));
        assert!(error["message"].as_str().unwrap().contains(member.trim_end_matches('s')), "{error}");
    }
    let chat = json!({"model": "plan/gpt-5", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 5}).to_string();
    let asked = world.send(&world.token, Method::POST, CHAT, chat).await;
    assert_eq!((asked.status, &asked.json().await["error"]["param"]), (400, &json!("max_tokens")));
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test]
async fn a_gathered_stream_without_its_end_is_a_failure() {
    let world = World::with(PLAN).await;
    let ask = || world.respond("{\"model\":\"plan/gpt-5\",\"input\":\"hello\"}");
    world.upstream.events("plan", &[&begun()]).await;
    assert_eq!(ask().await.refusal().await, (502, "provider_error".to_owned()));
    let stream = world.upstream.stream("plan");
    stream.send(Piece::Bytes(begun().into())).await.ok();
    stream.send(Piece::Break).await.ok();
    assert_eq!(ask().await.refusal().await.0, 502);
    let limit =
        json!({"response": {"status": "failed", "error": {"code": "subscription_sharing_usage_limit_exceeded", "message": "Limit"}}});
    world.upstream.events("plan", &[&begun(), &event("response.failed", limit)]).await;
    assert_eq!(ask().await.refusal().await, (429, "insufficient_quota".to_owned()));
    let incomplete = event("response.incomplete", json!({"response": {"status": "incomplete", "output": [1]}}));
    world.upstream.events("plan", &[&begun(), &incomplete]).await;
    assert_eq!(ask().await.json().await["status"], "incomplete");
    let rows = world.rows(4).await;
    let completed = rows.iter().filter(|row| row.outcome == UsageOutcome::Completed).count();
    let failed = rows.iter().filter(|row| row.outcome == UsageOutcome::ProviderError).count();
    assert_eq!((completed, failed), (1, 3));
}

#[tokio::test]
async fn a_plan_never_falls_back_to_a_paid_key() {
    let world = World::with(PLAN).await;
    world.upstream.reply_json("openai", &response("paid"));
    world.upstream.reply_json("plan", &response("never asked"));
    // Whichever of the two is asked first: a key may give way to a plan, a plan never to a key.
    let body = "{\"model\":\"gpt-5\",\"input\":\"hello\"}";
    let limit = "{\"error\":{\"code\":\"subscription_sharing_usage_limit_exceeded\",\"message\":\"Limit\"}}";
    assert_eq!(world.respond(body).await.status, 200);
    let first = world.upstream.only().path;
    assert!(first.starts_with("/openai"), "the one with a price: {first}");
    world.upstream.reply("openai", 500, &[], "down");
    assert_eq!(world.respond(body).await.json().await, response("never asked"));
    world.upstream.reply("plan", 429, &[("content-type", "application/json")], limit);
    let asked = world.respond("{\"model\":\"plan/gpt-5\",\"input\":\"hello\"}").await;
    assert_eq!((asked.status, asked.text().await.as_str()), (429, limit));
}

#[tokio::test]
async fn who_does_not_serve_it_is_named_with_the_remedy() {
    let world = World::with(&[("mistral", &["mistral-small-latest", "shared"]), ("openai", &["shared"])]).await;
    let asked = world.respond("{\"model\":\"mistral/mistral-small-latest\",\"input\":\"hello\"}").await;
    assert_eq!(asked.status, 400);
    let error = asked.json().await["error"].clone();
    assert_eq!(error["param"], "model");
    let words = error["message"].as_str().unwrap();
    assert!(words.contains("Mistral") && words.contains("/v1/chat/completions"), "{words}");
    world.upstream.reply_json("openai", &response("hi"));
    let asked = world.respond("{\"model\":\"shared\",\"input\":\"hello\"}").await;
    assert_eq!((asked.status, asked.header("x-purser-provider")), (200, "openai"), "of two, the one that serves it");
}

#[tokio::test]
async fn refusals_are_those_of_the_other_surface() {
    let world = World::openai().await;
    for body in ["", "[1]", "{}", "{\"model\":7}", "{\"model\":\"gpt-4o\",\"stream\":\"yes\"}", "{\"input\":\"hello\"}"] {
        assert_eq!(world.respond(body).await.refusal().await.0, 400, "{body}");
    }
    assert_eq!(world.respond("{\"model\":\"nope\",\"input\":\"x\"}").await.refusal().await, (404, "model_not_found".to_owned()));
    let get = world.send(&world.token, Method::GET, RESPONSES, "").await;
    assert_eq!((get.status, get.header("allow")), (405, "POST"));
    let bare = Request::post(RESPONSES).body("{}".into()).unwrap();
    assert_eq!(world.raw(bare).await.refusal().await, (401, "invalid_api_key".to_owned()));
    let refused = "{\"error\":{\"message\":\"Unknown parameter\",\"param\":\"x\"}}";
    world.upstream.reply("openai", 400, &[("content-type", "application/json")], refused);
    let asked = world.respond("{\"model\":\"gpt-4o\",\"x\":1,\"input\":\"hello\"}").await;
    assert_eq!((asked.status, asked.text().await.as_str()), (400, refused));
    assert_eq!(world.row().await.outcome, UsageOutcome::ProviderError);
}

#[tokio::test]
async fn warm_it_asks_no_database_either() {
    let world = World::openai().await;
    world.upstream.reply_json("openai", &response("hi"));
    assert_eq!(world.respond("{\"model\":\"gpt-4o\",\"input\":\"hello\"}").await.status, 200);
    world.row().await;
    world.app.close_database().await;
    world.upstream.reply_json("openai", &response("hi"));
    assert_eq!(world.respond("{\"model\":\"gpt-4o\",\"input\":\"hello\"}").await.status, 200);
}

#[tokio::test]
async fn chat_completions_on_a_plan_are_translated_within_its_rules() {
    let world = World::with(PLAN).await;
    world.upstream.events("plan", &[&begun(), &completed("hi")]).await;
    let chat = json!({"model": "plan/gpt-5", "messages": [{"role": "user", "content": "hello"}]}).to_string();
    let answer = world.send(&world.token, Method::POST, CHAT, chat).await.json().await;
    assert_eq!(answer["choices"][0]["message"]["content"], "hi");
    let sent = world.upstream.only().json();
    assert_eq!((&sent["stream"], &sent["store"], &sent["instructions"]), (&json!(true), &json!(false), &json!("")));
    assert_eq!(world.row().await.cost_basis, CostBasis::Included);
}
