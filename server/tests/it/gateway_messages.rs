//! `POST /v1/messages` and `POST /v1/embeddings`: passed on to providers that serve them, refused in the caller's dialect.

use crate::gateway_world::{PROVIDER_KEY, World, dollars};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use vocab::{CostBasis, UsageOutcome};

const MESSAGES: &str = "/v1/messages";
const EMBEDDINGS: &str = "/v1/embeddings";
const CLAUDE: &[(&str, &[&str])] = &[("anthropic", &["claude-sonnet-4-5"]), ("openai", &["gpt-4o"])];
const ODD: &str = "{ \"max_tokens\":16,\t\"tools\":[{\"name\":\"sn\\u00f6w\",\"input_schema\":{\"type\":\"object\"}}],\n\"model\":\"claude-sonnet-4-5\" ,\"x_unknown\":[null,-0.0],\"messages\":[] } ";

fn message() -> Value {
    json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "hi"}],
        "usage": {"input_tokens": 1000, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0, "output_tokens": 200}})
}

fn event(kind: &str, mut data: Value) -> String {
    data["type"] = kind.into();
    format!("event: {kind}\ndata: {data}\n\n")
}

fn begun() -> String {
    event("message_start", json!({"message": {"model": "claude-sonnet-4-5", "usage": {"input_tokens": 25, "output_tokens": 1}}}))
        + &event("content_block_delta", json!({"index": 0, "delta": {"type": "text_delta", "text": "hi"}}))
}

fn ended() -> String {
    event("message_delta", json!({"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 15}}))
        + &event("message_stop", json!({}))
}

/// An error in Anthropic's dialect: status and type.
async fn refusal(world: &World, token: &str, method: Method, path: &str, body: &str) -> (u16, String) {
    let asked = world.send(token, method, path, body.to_owned()).await;
    let (status, body) = (asked.status, asked.json().await);
    assert_eq!(body["type"], "error", "{body}");
    assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    (status, body["error"]["type"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_message_and_its_answer_pass_as_they_are() {
    let world = World::with(CLAUDE).await;
    let answer = format!("{}\n", message());
    world.upstream.reply("anthropic", 200, &[("content-type", "application/json")], answer.clone());
    // As Anthropic's own clients ask: the token in `x-api-key`, and headers of theirs.
    let request = Request::post(MESSAGES).header("x-api-key", &world.token).header("anthropic-version", "2023-06-01");
    let request = request.header("anthropic-beta", "files-2025,tools-2026").header("content-type", "application/json");
    let body = ODD.replace("\"claude-sonnet-4-5\"", "\"anthropic\\/claude-sonnet-4-5\"");
    let asked = world.raw(request.body(Body::from(body)).unwrap()).await;
    assert_eq!((asked.status, asked.header("x-purser-provider")), (200, "anthropic"));
    assert_eq!(asked.text().await, answer);
    let seen = world.upstream.only();
    assert_eq!((seen.path.as_str(), seen.header("x-api-key")), ("/anthropic/v1/messages", PROVIDER_KEY));
    assert_eq!((seen.header("anthropic-version"), seen.header("anthropic-beta")), ("2023-06-01", "files-2025,tools-2026"));
    assert_eq!(seen.body, ODD.as_bytes(), "only the model's name is replaced");
    let row = world.row().await;
    assert_eq!((row.outcome, row.tokens.map(|tokens| tokens.total())), (UsageOutcome::Completed, Some(1200)));
    assert_eq!((row.cost, row.cost_basis), (Some(dollars("0.006")), CostBasis::ListPrice));
}

#[tokio::test]
async fn a_stream_of_events_passes_as_it_is_and_one_cut_short_is_told_so() {
    let world = World::with(CLAUDE).await;
    let sent = "{\"model\":\"claude-sonnet-4-5\",\"stream\":true,\"max_tokens\":16,\"messages\":[]}";
    let stream = begun() + &ended();
    world.upstream.events("anthropic", &[&stream[..40], &stream[40..]]).await;
    let asked = world.send(&world.token, Method::POST, MESSAGES, sent).await;
    assert_eq!((asked.header("content-type"), asked.header("x-accel-buffering")), ("text/event-stream", "no"));
    assert_eq!(asked.text().await, stream);
    let row = world.row().await;
    assert_eq!((row.outcome, row.tokens.map(|tokens| (tokens.input, tokens.output))), (UsageOutcome::Completed, Some((25, 15))));

    world.upstream.events("anthropic", &[&begun()]).await;
    let text = world.send(&world.token, Method::POST, MESSAGES, sent).await.text().await;
    let error = text.strip_prefix(&begun()).unwrap();
    assert!(
        error.starts_with("event: error\ndata: {") && error.contains("\"type\":\"api_error\"") && error.contains("broke off"),
        "{error}"
    );
    // Both may be of one instant, so neither is the newest.
    let interrupted = world.rows(2).await.iter().filter(|row| row.outcome == UsageOutcome::Interrupted).count();
    assert_eq!(interrupted, 1);
}

#[tokio::test]
async fn refusals_are_in_the_words_of_whoever_is_asked() {
    let world = World::with(CLAUDE).await;
    let body = |model: &str| json!({"model": model, "max_tokens": 1, "messages": []}).to_string();
    let claude = body("claude-sonnet-4-5");
    let at = |path| (path, Method::POST);
    for (token, (path, method), body, want) in [
        ("pur_nothing", at(MESSAGES), claude.as_str(), (401, "authentication_error")),
        (&world.token, at(MESSAGES), "{", (400, "invalid_request_error")),
        (&world.token, at(MESSAGES), &body("nope"), (404, "not_found_error")),
        (&world.token, at(MESSAGES), &body("openai/gpt-4o"), (400, "invalid_request_error")),
        (&world.token, at("/v1/messages/batches"), "{}", (404, "not_found_error")),
        (&world.token, (MESSAGES, Method::GET), "", (405, "invalid_request_error")),
    ] {
        let (status, kind) = refusal(&world, token, method, path, body).await;
        assert_eq!((status, kind.as_str()), want, "{path} {body}");
    }
    let asked = world.send(&world.token, Method::POST, MESSAGES, body("openai/gpt-4o")).await.text().await;
    assert!(asked.contains("OpenAI") && asked.contains("/v1/chat/completions"), "{asked}");
    assert!(world.upstream.seen().is_empty());

    // A provider's own refusal is passed on as it is; one of our credential is not the caller's fault.
    let overloaded = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}).to_string();
    world.upstream.reply("anthropic", 529, &[("content-type", "application/json"), ("retry-after", "7")], overloaded.clone());
    let asked = world.send(&world.token, Method::POST, MESSAGES, claude.clone()).await;
    assert_eq!((asked.status, asked.header("retry-after")), (529, "7"));
    assert_eq!(asked.text().await, overloaded);
    world.upstream.reply("anthropic", 200, &[("content-type", "text/html")], "<html>");
    assert_eq!(refusal(&world, &world.token, Method::POST, MESSAGES, &claude).await, (502, "api_error".to_owned()));
}

#[tokio::test]
async fn embeddings_pass_and_are_paid_by_input() {
    let world = World::with(&[("openai", &["text-embedding-3-small"]), ("anthropic", &["claude-sonnet-4-5"])]).await;
    let answer = json!({"object": "list", "model": "text-embedding-3-small", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
        "usage": {"prompt_tokens": 1_000_000, "total_tokens": 1_000_000}});
    world.upstream.reply_json("openai", &answer);
    let sent = "{\"model\":\"text-embedding-3-small\", \"input\":[\"a\",\"b\"],\"encoding_format\":\"base64\"}";
    let asked = world.send(&world.token, Method::POST, EMBEDDINGS, sent).await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.json().await, answer);
    let seen = world.upstream.only();
    assert_eq!((seen.path.as_str(), seen.body.as_ref()), ("/openai/v1/embeddings", sent.as_bytes()));
    let row = world.row().await;
    assert_eq!((row.outcome, row.cost), (UsageOutcome::Completed, Some(dollars("0.02"))));

    let asked = world.send(&world.token, Method::POST, EMBEDDINGS, "{\"model\":\"claude-sonnet-4-5\",\"input\":\"a\"}").await;
    let text = asked.text().await;
    assert!(text.contains("does not serve embeddings") && text.contains("\"param\":\"model\""), "{text}");
}
