//! Requests to providers of other dialects: text conversations carried over and back, streaming and not.

use crate::gateway_upstream::Piece;
use crate::gateway_world::{World, dollars};
use domain::inference::TokenCounts;
use serde_json::{Value, json};
use vocab::UsageOutcome;

/// A dialect: whose it is, its model, where its requests go, what it makes of a request, and an answer in it.
struct Dialect {
    provider: &'static str,
    model: &'static str,
    path: &'static str,
    request: Value,
    /// Events that say "Hé", then "llo", count 12 input and 5 output tokens, and end.
    events: Vec<String>,
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn named(data: &Value) -> String {
    format!("event: {}\n{}", data["type"].as_str().unwrap_or_default(), event(data))
}

/// As Anthropic's reference has it ("Streaming Messages").
fn anthropic() -> Dialect {
    Dialect {
        provider: "anthropic",
        model: "claude-3-5-haiku-20241022",
        path: "/anthropic/v1/messages",
        request: json!({"model": "claude-3-5-haiku-20241022", "system": "Be brief.", "max_tokens": 100, "temperature": 0.5, "stream": true,
            "messages": [{"role": "user", "content": "hello"}]}),
        events: vec![
            named(
                &json!({"type": "message_start", "message": {"id": "m", "role": "assistant", "usage": {"input_tokens": 12, "output_tokens": 1}}}),
            ),
            named(&json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
            named(&json!({"type": "ping"})),
            named(&json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hé"}})),
            named(&json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "llo"}})),
            named(&json!({"type": "content_block_stop", "index": 0})),
            named(&json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}})),
            named(&json!({"type": "message_stop"})),
        ],
    }
}

/// As Google's reference has it (`streamGenerateContent`).
fn gemini() -> Dialect {
    let part = |text: &str| json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}]});
    let mut end = part("llo");
    end["candidates"][0]["finishReason"] = json!("STOP");
    end["usageMetadata"] = json!({"promptTokenCount": 12, "candidatesTokenCount": 5, "totalTokenCount": 17});
    Dialect {
        provider: "gemini",
        model: "gemini-2.0-flash",
        path: "/gemini/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse",
        request: json!({"contents": [{"role": "user", "parts": [{"text": "hello"}]}], "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "generationConfig": {"maxOutputTokens": 100, "temperature": 0.5}}),
        events: vec![event(&part("Hé")), event(&end)],
    }
}

/// As Cohere's reference has it (Chat v2, "Streaming").
fn cohere() -> Dialect {
    let delta = |text: &str| named(&json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": text}}}}));
    Dialect {
        provider: "cohere",
        model: "command-r",
        path: "/cohere/v2/chat",
        request: json!({"model": "command-r", "max_tokens": 100, "temperature": 0.5, "stream": true,
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}]}),
        events: vec![
            named(&json!({"type": "message-start", "id": "m", "delta": {"message": {"role": "assistant"}}})),
            delta("Hé"),
            delta("llo"),
            named(
                &json!({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {"billed_units": {"input_tokens": 12, "output_tokens": 5}}}}),
            ),
        ],
    }
}

/// As OpenAI's reference has it (Responses, "Streaming events").
fn responses() -> Dialect {
    let delta = |text: &str| named(&json!({"type": "response.output_text.delta", "delta": text}));
    let usage = json!({"input_tokens": 12, "output_tokens": 5, "total_tokens": 17});
    Dialect {
        provider: "codex",
        model: "gpt-4o",
        path: "/codex/v1/responses",
        request: json!({"model": "gpt-4o", "instructions": "Be brief.", "max_output_tokens": 100, "temperature": 0.5, "stream": true, "store": false,
            "input": [{"role": "user", "content": "hello"}]}),
        events: vec![
            named(&json!({"type": "response.created", "response": {}})),
            delta("Hé"),
            delta("llo"),
            named(&json!({"type": "response.completed", "response": {"usage": usage}})),
        ],
    }
}

fn all() -> [Dialect; 4] {
    [anthropic(), gemini(), cohere(), responses()]
}

impl Dialect {
    fn asked(&self, more: &Value) -> String {
        let mut request = json!({"model": format!("{}/{}", self.provider, self.model), "max_tokens": 100, "temperature": 0.5,
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}]});
        for (name, value) in more.as_object().into_iter().flatten() {
            request[name] = value.clone();
        }
        request.to_string()
    }

    async fn world(&self) -> World {
        World::with(&[(self.provider, &[self.model])]).await
    }

    async fn answer(&self, world: &World) {
        world.upstream.events(self.provider, &[self.events.concat().as_str()]).await;
    }
}

#[tokio::test]
async fn a_whole_answer_comes_back_as_a_chat_completion() {
    for dialect in all() {
        let world = dialect.world().await;
        dialect.answer(&world).await;
        let asked = world.ask(dialect.asked(&json!({}))).await;
        assert_eq!((asked.status, asked.header("x-purser-provider")), (200, dialect.provider));
        let answer = asked.json().await;
        assert_eq!(answer["object"], "chat.completion", "{}", dialect.provider);
        assert_eq!(answer["choices"][0]["message"], json!({"role": "assistant", "content": "Héllo", "refusal": null}));
        assert_eq!(answer["choices"][0]["finish_reason"], "stop");
        assert_eq!((&answer["usage"]["prompt_tokens"], &answer["usage"]["completion_tokens"]), (&json!(12), &json!(5)));
        let seen = world.upstream.only();
        assert_eq!(seen.path, dialect.path);
        assert_eq!(seen.json(), dialect.request, "{}", dialect.provider);
        let row = world.row().await;
        assert_eq!(row.tokens, Some(TokenCounts { input: 12, output: 5, ..TokenCounts::default() }));
        assert_eq!((row.outcome, row.model_id.as_str()), (UsageOutcome::Completed, dialect.model));
    }
}

#[tokio::test]
async fn a_stream_comes_back_as_chunks() {
    for dialect in all() {
        let world = dialect.world().await;
        dialect.answer(&world).await;
        let asked = world.ask(dialect.asked(&json!({"stream": true, "stream_options": {"include_usage": true}}))).await;
        assert_eq!(asked.header("content-type"), "text/event-stream");
        let text = asked.text().await;
        let events: Vec<&str> = text.split_terminator("\n\n").map(|event| event.strip_prefix("data: ").unwrap()).collect();
        assert_eq!(events.last(), Some(&"[DONE]"), "{}: {text}", dialect.provider);
        let chunks: Vec<Value> = events[..events.len() - 1].iter().map(|event| serde_json::from_str(event).unwrap()).collect();
        assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"));
        let said: String = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
        assert_eq!(said, "Héllo");
        assert_eq!(chunks.last().unwrap()["usage"]["total_tokens"], 17);
        assert_eq!(world.row().await.tokens.map(|tokens| tokens.total()), Some(17));
    }
}

#[tokio::test]
async fn chunks_come_while_the_provider_is_still_writing() {
    let dialect = anthropic();
    let world = dialect.world().await;
    let upstream = world.upstream.stream("anthropic");
    let mut pieces = world.ask(dialect.asked(&json!({"stream": true}))).await.pieces();
    for event in &dialect.events[..4] {
        upstream.send(Piece::Bytes(event.clone().into())).await.unwrap();
    }
    let first = pieces.next().await.unwrap().unwrap();
    assert!(first.contains("\"role\":\"assistant\"") && first.contains("Hé"), "{first}");
    upstream.send(Piece::Break).await.unwrap();
    let (rest, broke) = pieces.rest().await;
    assert!(!broke && rest.starts_with("data: {\"error\":") && !rest.contains("[DONE]"), "{rest}");
    assert_eq!(world.row().await.outcome, UsageOutcome::Interrupted);
}

#[tokio::test]
async fn hanging_up_cancels_a_translated_stream() {
    let dialect = anthropic();
    let world = dialect.world().await;
    let upstream = world.upstream.stream("anthropic");
    let mut pieces = world.ask(dialect.asked(&json!({"stream": true}))).await.pieces();
    upstream.send(Piece::Bytes(dialect.events[..4].concat().into())).await.unwrap();
    pieces.next().await.unwrap().unwrap();
    drop(pieces);
    assert!(world.upstream.hung_up().await);
    let row = world.row().await;
    assert_eq!((row.outcome, row.tokens.map(|tokens| tokens.input)), (UsageOutcome::ClientClosed, Some(12)));
}

#[tokio::test]
async fn an_interrupted_whole_answer_is_a_502() {
    for dialect in all() {
        let world = dialect.world().await;
        world.upstream.events(dialect.provider, &[&dialect.events[0]]).await;
        let (status, code) = world.ask(dialect.asked(&json!({}))).await.refusal().await;
        assert_eq!((status, code.as_str()), (502, "provider_error"), "{}", dialect.provider);
        assert_eq!(world.row().await.outcome, UsageOutcome::Interrupted);
    }
}

#[tokio::test]
async fn what_cannot_be_carried_over_is_refused_by_name() {
    let dialect = anthropic();
    let world = dialect.world().await;
    for (more, param) in [
        (json!({"tools": [{"type": "function", "function": {"name": "f"}}]}), "tools"),
        (json!({"n": 2}), "n"),
        (json!({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}), "messages[0].content[0]"),
        (json!({"messages": 7}), "messages"),
    ] {
        let body = world.ask(dialect.asked(&more)).await.json().await;
        assert_eq!((&body["error"]["type"], &body["error"]["param"]), (&json!("invalid_request_error"), &json!(param)), "{body}");
    }
    assert!(world.upstream.seen().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn a_providers_refusal_says_whose_fault_it_is() {
    let dialect = anthropic();
    let world = dialect.world().await;
    let error = |kind: &str| json!({"type": "error", "error": {"type": kind, "message": "its own words"}}).to_string();
    for (status, kind, expected, code) in [
        (400, "invalid_request_error", 400, "invalid_request_error"),
        (404, "not_found_error", 404, "invalid_request_error"),
        (401, "authentication_error", 502, "provider_rejected_credential"),
        (403, "permission_error", 502, "provider_not_permitted"),
        (429, "rate_limit_error", 429, "rate_limit_exceeded"),
        (500, "api_error", 502, "provider_error"),
        (529, "overloaded_error", 502, "provider_error"),
    ] {
        world.upstream.reply("anthropic", status, &[("content-type", "application/json"), ("retry-after", "9")], error(kind));
        let asked = world.ask(dialect.asked(&json!({}))).await;
        assert_eq!(asked.header("retry-after"), "9");
        let (status, said) = asked.refusal().await;
        assert_eq!((status, said.as_str()), (expected, code), "{kind}");
    }
    assert!(world.rows(7).await.iter().all(|row| row.outcome == UsageOutcome::ProviderError && row.cost == Some(dollars("0"))));
}

#[tokio::test]
async fn the_next_provider_is_asked_in_its_own_dialect() {
    let world = World::with(&[("anthropic", &["shared"]), ("mistral", &["shared"])]).await;
    world.upstream.reply("anthropic", 529, &[("content-type", "application/json")], "{}");
    world.upstream.reply_json("mistral", &crate::gateway_world::completion(12, 0, 5));
    let body = json!({"model": "shared", "messages": [{"role": "user", "content": "hello"}]}).to_string();
    let asked = world.ask(body.clone()).await;
    assert_eq!((asked.status, asked.header("x-purser-provider")), (200, "mistral"));
    asked.bytes().await;
    let seen = world.upstream.seen();
    assert_eq!((seen[0].path.as_str(), seen[1].path.as_str()), ("/anthropic/v1/messages", "/mistral/v1/chat/completions"));
    assert_eq!(seen[1].body, body);
    let row = world.row().await;
    assert_eq!((row.provider_id.as_str(), row.outcome), ("mistral", UsageOutcome::Completed), "one request, one row, of who served it");
}
