//! The Responses API over the wire: plans, their errors, and streams gathered into one answer.

use crate::support::{KEY, STREAM_HEAD, answering, chunk, client, ids, json, raw, say, target_at, upstream};
use bytes::Bytes;
use domain::inference::{Conversation, Message, MessageRole};
use futures::StreamExt as _;
use services::ports::{Answer, CallFailure, ForwardCall, ProviderClient as _, Reply, Target, Upstream as _};
use vocab::{AuthMethod, Verdict};
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const STREAM: &str = include_str!("../fixtures/openai_responses.sse");

/// A provider's plan, with its API at `server`.
fn plan_at(id: &str, server: &str) -> Target {
    let mut target = target_at(id, server);
    target.method = AuthMethod::OAuth;
    target.headers.insert("chatgpt-account-id".to_owned(), "acc-1".into());
    target
}

fn call(reply: Reply) -> ForwardCall {
    ForwardCall { path: "responses", body: Bytes::from_static(b"{\"model\":\"m\"}"), reply, beta: None }
}

async fn gather(server: &str) -> Result<Answer, CallFailure> {
    upstream().forward(&plan_at("codex", server), call(Reply::Gathered)).await
}

async fn text(answer: Answer) -> String {
    let chunks: Vec<Bytes> = answer.body.map(Result::unwrap).collect().await;
    String::from_utf8(chunks.concat()).unwrap()
}

fn sse(body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.into().into_bytes(), "text/event-stream; charset=utf-8")
}

#[tokio::test]
async fn a_plan_is_called_with_its_headers_and_asked_for_a_stream() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/responses"))
        .and(header("authorization", format!("Bearer {KEY}")))
        .and(header("chatgpt-account-id", "acc-1"))
        .and(header("originator", "purser"))
        .and(header("accept", "text/event-stream"))
        .respond_with(sse(STREAM))
        .expect(1)
        .mount(&server)
        .await;
    let answer = gather(&server.uri()).await.unwrap();
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
    let body: serde_json::Value = serde_json::from_str(&text(answer).await).unwrap();
    assert_eq!((&body["object"], body["usage"]["output_tokens"].as_u64()), (&"response".into(), Some(300)));
}

#[tokio::test]
async fn a_stream_is_gathered_to_its_last_event_and_no_further() {
    let server = raw(|mut socket| async move {
        say(&mut socket, STREAM_HEAD).await;
        say(&mut socket, &chunk(STREAM)).await;
        // The provider keeps the connection open.
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(gather(&server).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_stream_without_its_end_is_no_answer() {
    let cut = STREAM.split("event: response.completed").next().unwrap();
    for body in [cut, "", "data: [DONE]\n\n"] {
        let server = answering(sse(body)).await;
        let failure = gather(&server.uri()).await.err().unwrap();
        assert_eq!((failure.verdict, failure.status), (Verdict::ProviderDown, None), "{body}");
        assert!(failure.message.contains("broke off"), "{}", failure.message);
    }
    let broken = raw(|mut socket| async move {
        say(&mut socket, STREAM_HEAD).await;
        say(&mut socket, &chunk("event: response.created\ndata: {}\n\n")).await;
    })
    .await;
    assert!(gather(&broken).await.err().unwrap().message.contains("broke in the middle"));
}

#[tokio::test]
async fn failures_inside_the_stream_mean_what_their_code_says() {
    for (code, verdict, status) in [
        ("subscription_sharing_usage_limit_exceeded", Verdict::NoFunds, None),
        ("subscription_sharing_user_not_eligible", Verdict::NotPermitted, None),
        ("subscription_sharing_usage_unavailable", Verdict::ProviderDown, None),
        ("subscription_sharing_unsupported_capability", Verdict::Ok, Some(400)),
        ("subscription_sharing_invalid_user", Verdict::BadCredential, None),
        ("rate_limit_exceeded", Verdict::RateLimited, None),
        ("server_error", Verdict::ProviderDown, None),
        ("context_length_exceeded", Verdict::Ok, Some(400)),
    ] {
        let failed = serde_json::json!({"type": "response.failed", "response": {"status": "failed",
            "error": {"code": code, "message": format!("words about {code} for {KEY}")}}});
        let server = answering(sse(format!("event: response.failed\ndata: {failed}\n\n"))).await;
        let failure = gather(&server.uri()).await.err().unwrap();
        assert_eq!((failure.verdict, failure.status), (verdict, status), "{code}");
        assert!(failure.message.contains(code) && !failure.message.contains(KEY), "{}", failure.message);
    }
}

#[tokio::test]
async fn what_is_no_stream_is_passed_on() {
    let whole = answering(json(200, "{\"object\":\"response\"}")).await;
    assert_eq!(text(gather(&whole.uri()).await.unwrap()).await, "{\"object\":\"response\"}");
    let refused = answering(json(400, "{\"error\":{\"param\":\"x\"}}")).await;
    let answer = gather(&refused.uri()).await.unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(text(answer).await, "{\"error\":{\"param\":\"x\"}}");
}

/// Status, code and verdict: the errors page of Sign in with ChatGPT.
const PLAN_ERRORS: [(u16, &str, Verdict); 9] = [
    (429, "subscription_sharing_usage_limit_exceeded", Verdict::NoFunds),
    (403, "subscription_sharing_user_not_eligible", Verdict::NotPermitted),
    (503, "subscription_sharing_usage_unavailable", Verdict::ProviderDown),
    (503, "subscription_sharing_user_unavailable", Verdict::ProviderDown),
    (400, "subscription_sharing_unsupported_capability", Verdict::Ok),
    (403, "subscription_sharing_route_not_supported", Verdict::NotPermitted),
    (401, "subscription_sharing_invalid_user", Verdict::BadCredential),
    (403, "chatpass_v2_scope_not_authorized", Verdict::BadCredential),
    (403, "chatpass_v2_invalid_authorization_context", Verdict::BadCredential),
];

#[tokio::test]
async fn a_plans_errors_are_read() {
    let messages = vec![Message { role: MessageRole::User, text: "Hello".into() }];
    let hello = Conversation { model: "m".into(), messages, ..Conversation::default() };
    for id in ["codex", "chatgpt"] {
        for (status, code, verdict) in PLAN_ERRORS {
            let body = serde_json::json!({"error": {"code": code, "message": "words", "type": "error", "param": "tools"}}).to_string();
            let server = answering(json(status, &body)).await;
            let target = plan_at(id, &server.uri());
            let failure = upstream().converse(&target, &hello).await.err().unwrap();
            assert_eq!((failure.verdict, failure.status), (verdict, Some(status)), "{id} {code}");
            if verdict != Verdict::Ok {
                assert_eq!(client().verify(&target).await.verdict, verdict, "{id} {code}");
            }
        }
    }
}

#[tokio::test]
async fn a_conversation_on_a_plan_says_what_the_plan_needs() {
    let server = MockServer::start().await;
    let want = serde_json::json!({"model": "m", "input": [{"role": "user", "content": "Hello"}], "stream": true, "store": false,
        "instructions": ""});
    Mock::given(method("POST")).and(body_json(want)).respond_with(sse(STREAM)).expect(1).mount(&server).await;
    let messages = vec![Message { role: MessageRole::User, text: "Hello".into() }];
    let hello = Conversation { model: "m".into(), messages, ..Conversation::default() };
    let target = plan_at("codex", &server.uri());
    assert!(upstream().converse(&target, &hello).await.is_ok());
    let warm = Conversation { temperature: Some(0.5), ..hello };
    let failure = upstream().converse(&target, &warm).await.err().unwrap();
    assert_eq!((failure.verdict, failure.status), (Verdict::Ok, Some(400)));
    assert!(failure.message.contains("temperature"));
}

#[tokio::test]
async fn a_plans_models_are_asked_for_where_the_plan_has_them() {
    let server = MockServer::start().await;
    let list = r#"{"models":[{"slug":"gpt-5.3-codex","visibility":"list"},{"slug":"inner","visibility":"hide"}]}"#;
    Mock::given(method("GET"))
        .and(path("/v1/models"))
        .and(query_param("client_version", "1.0.0"))
        .and(header("chatgpt-account-id", "acc-1"))
        .respond_with(json(200, list))
        .expect(2)
        .mount(&server)
        .await;
    let target = plan_at("codex", &server.uri());
    assert_eq!(client().verify(&target).await.verdict, Verdict::Ok);
    assert_eq!(ids(&client().list_models(&target).await.unwrap()), ["gpt-5.3-codex"]);
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_no_call() {
    let server = MockServer::start().await;
    let mut target = plan_at("codex", &server.uri());
    target.headers.insert("chatgpt-account-id".to_owned(), "acc\r\nx-injected: 1".into());
    assert_eq!(upstream().forward(&target, call(Reply::Stream)).await.err().unwrap().verdict, Verdict::BadCredential);
    assert!(server.received_requests().await.unwrap().is_empty());
}
