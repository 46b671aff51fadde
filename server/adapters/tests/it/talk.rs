//! Conversations in every dialect, over the wire.

use crate::support::{KEY, STREAM_HEAD, answering, chunk, json, raw, say, target_at, upstream};
use domain::inference::{Conversation, Delta, FinishReason, Message, MessageRole, TokenCounts};
use futures::StreamExt as _;
use services::ports::{CallFailure, Upstream as _};
use vocab::Verdict;
use wiremock::matchers::{body_partial_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const GREETING: &str = "Grüße, \"data: [DONE]\"\n☃";

fn hello() -> Conversation {
    let messages = vec![Message { role: MessageRole::User, text: "Hello".into() }];
    Conversation { model: "m".into(), messages, max_output_tokens: Some(9), ..Conversation::default() }
}

async fn converse(id: &str, server: &str) -> Result<Vec<Result<Delta, CallFailure>>, CallFailure> {
    Ok(upstream().converse(&target_at(id, server), &hello()).await?.collect().await)
}

fn sse(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "text/event-stream; charset=utf-8")
}

fn read(items: &[Result<Delta, CallFailure>]) -> (String, Option<TokenCounts>) {
    let text = items.iter().filter_map(|item| if let Ok(Delta::Text(text)) = item { Some(text.as_str()) } else { None }).collect();
    let tokens = items.iter().rev().find_map(|item| if let Ok(Delta::Usage(tokens)) = item { Some(*tokens) } else { None });
    (text, tokens)
}

#[tokio::test]
async fn every_dialect_talks() {
    let bearer = format!("Bearer {KEY}");
    let cases = [
        ("openai", "/v1/chat/completions", ("authorization", bearer.as_str()), include_str!("../fixtures/openai_chat.sse")),
        ("codex", "/v1/responses", ("authorization", &bearer), include_str!("../fixtures/openai_responses.sse")),
        ("anthropic", "/v1/messages", ("x-api-key", KEY), include_str!("../fixtures/anthropic_messages.sse")),
        ("gemini", "/v1beta/models/m:streamGenerateContent", ("x-goog-api-key", KEY), include_str!("../fixtures/gemini.sse")),
        ("cohere", "/v2/chat", ("authorization", &bearer), include_str!("../fixtures/cohere.sse")),
    ];
    for (id, at, (name, value), stream) in cases {
        let server = MockServer::start().await;
        let mut call = Mock::given(method("POST")).and(path(at)).and(header(name, value)).and(header("accept", "text/event-stream"));
        if id == "gemini" {
            call = call.and(query_param("alt", "sse"));
        }
        call.respond_with(sse(stream)).expect(1).mount(&server).await;
        let items = converse(id, &server.uri()).await.unwrap();
        let (text, tokens) = read(&items);
        assert_eq!(text, GREETING, "{id}");
        assert_eq!(tokens.map(|tokens| (tokens.input, tokens.output)), Some((86, 300)), "{id}");
        assert!(matches!(items.last(), Some(Ok(Delta::Finished(FinishReason::Stop)))), "{id}");
    }
}

#[tokio::test]
async fn refusals_are_read() {
    let cases = [
        (
            "openai",
            401,
            r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#,
            Verdict::BadCredential,
            "Incorrect API key",
        ),
        ("openai", 429, r#"{"error":{"message":"No quota","code":"insufficient_quota"}}"#, Verdict::NoFunds, "No quota"),
        ("openai", 404, r#"{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}"#, Verdict::Ok, "does not exist"),
        (
            "anthropic",
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            Verdict::Ok,
            "too long",
        ),
        (
            "anthropic",
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            Verdict::ProviderDown,
            "Overloaded",
        ),
        ("together", 403, r#"{"error":{"message":"Input is too long","type":"invalid_request_error"}}"#, Verdict::Ok, "too long"),
        (
            "gemini",
            400,
            r#"[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
            Verdict::BadCredential,
            "not valid",
        ),
        ("cohere", 422, r#"{"message":"invalid request: model 'm' not found"}"#, Verdict::Ok, "not found"),
    ];
    for (id, status, body, verdict, words) in cases {
        let server = answering(json(status, body)).await;
        let failure = converse(id, &server.uri()).await.unwrap_err();
        assert_eq!((failure.verdict, failure.status), (verdict, Some(status)), "{id} {status}");
        assert!(failure.message.contains(words), "{id} {status}: {}", failure.message);
    }
}

#[tokio::test]
async fn a_200_without_a_stream_is_a_failure() {
    let page = answering(ResponseTemplate::new(200).set_body_raw("<html>Sign in</html>", "text/html")).await;
    assert_eq!(converse("openai", &page.uri()).await.unwrap_err().verdict, Verdict::Unreachable);
    let error = answering(json(200, r#"{"error":{"message":"Overloaded","type":"overloaded_error"}}"#)).await;
    let failure = converse("openai", &error.uri()).await.unwrap_err();
    assert_eq!((failure.verdict, failure.message.as_str()), (Verdict::ProviderDown, "Overloaded"));
    let whole = answering(json(200, r#"{"choices":[]}"#)).await;
    assert!(converse("openai", &whole.uri()).await.unwrap_err().message.contains("no event stream"));
    let moved = answering(ResponseTemplate::new(307).insert_header("location", "http://127.0.0.1:1/")).await;
    assert!(converse("openai", &moved.uri()).await.unwrap_err().message.contains("redirect"));
}

#[tokio::test]
async fn quirks_are_learnt_from_the_refusal() {
    let server = MockServer::start().await;
    let newer = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#;
    let strict = r#"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"#;
    let post = || Mock::given(method("POST"));
    let with = |body| post().and(body_partial_json(body));
    with(serde_json::json!({"max_tokens": 9})).respond_with(json(400, newer)).expect(1).mount(&server).await;
    with(serde_json::json!({"stream_options": {"include_usage": true}})).respond_with(json(422, strict)).expect(1).mount(&server).await;
    with(serde_json::json!({"max_completion_tokens": 9}))
        .respond_with(sse(include_str!("../fixtures/openai_chat.sse")))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(read(&converse("openai", &server.uri()).await.unwrap()).0, GREETING);
}

#[tokio::test]
async fn a_refusal_that_repeats_is_given_up() {
    let server = answering(json(400, r#"{"error":{"message":"max_completion_tokens and stream_options are wrong"}}"#)).await;
    assert_eq!(converse("openai", &server.uri()).await.unwrap_err().status, Some(400));
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_connection_lost_in_the_middle_is_an_error() {
    let server = raw(|mut socket| async move {
        say(&mut socket, STREAM_HEAD).await;
        say(&mut socket, &chunk("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n")).await;
    })
    .await;
    let items = converse("openai", &server).await.unwrap();
    assert_eq!(items[0], Ok(Delta::Text("Hi".into())));
    assert!(matches!(&items[1], Err(failure) if failure.message.contains("broke in the middle")), "{items:?}");
    assert_eq!(items.len(), 2);
}

#[tokio::test]
async fn what_a_dialect_has_no_room_for_is_said_before_any_call() {
    let server = MockServer::start().await;
    let conversation = Conversation { stop: vec!["END".into()], ..hello() };
    let failure = upstream().converse(&target_at("codex", &server.uri()), &conversation).await.err().unwrap();
    assert_eq!((failure.verdict, failure.status), (Verdict::Ok, Some(400)));
    assert!(server.received_requests().await.unwrap().is_empty());
}
