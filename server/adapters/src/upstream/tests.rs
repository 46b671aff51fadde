//! Every dialect against streams typed in from the vendors' documentation (`tests/fixtures`), cut anywhere.

use super::dialect::{Quirks, encode};
use super::stream::deltas;
use crate::redact::Redactor;
use bytes::Bytes;
use domain::inference::{Conversation, Delta, FinishReason, Message, MessageRole, TokenCounts};
use domain::provider::PlanRules;
use futures::StreamExt as _;
use secrecy::SecretString;
use serde_json::{Value, json};
use services::ports::CallFailure;
use vocab::{Dialect, Verdict};

const GREETING: &str = "Grüße, \"data: [DONE]\"\n☃";

fn fixture(dialect: Dialect) -> (&'static str, TokenCounts) {
    let openai = TokenCounts { input: 86, output: 300, cache_read: 1920, cache_write: 0, reasoning: 128 };
    match dialect {
        Dialect::OpenaiChat => (include_str!("../../tests/fixtures/openai_chat.sse"), openai),
        Dialect::OpenaiResponses => (include_str!("../../tests/fixtures/openai_responses.sse"), openai),
        Dialect::Gemini => (include_str!("../../tests/fixtures/gemini.sse"), openai),
        Dialect::AnthropicMessages => {
            (include_str!("../../tests/fixtures/anthropic_messages.sse"), TokenCounts { cache_write: 40, reasoning: 0, ..openai })
        }
        Dialect::Cohere => {
            (include_str!("../../tests/fixtures/cohere.sse"), TokenCounts { input: 86, output: 300, ..TokenCounts::default() })
        }
    }
}

const ALL: [Dialect; 5] = [Dialect::OpenaiChat, Dialect::OpenaiResponses, Dialect::AnthropicMessages, Dialect::Gemini, Dialect::Cohere];

fn conversation() -> Conversation {
    Conversation {
        model: "m/1".into(),
        system: Some("Be brief.".into()),
        messages: vec![
            Message { role: MessageRole::User, text: "Hi".into() },
            Message { role: MessageRole::Assistant, text: "Hello".into() },
            Message { role: MessageRole::User, text: "Bye".into() },
        ],
        max_output_tokens: Some(50),
        temperature: Some(0.5),
        top_p: Some(0.25),
        stop: vec!["END".into()],
    }
}

fn plain() -> Conversation {
    Conversation { messages: conversation().messages, model: "m".into(), ..Conversation::default() }
}

async fn read(dialect: Dialect, chunks: Vec<&'static [u8]>) -> Vec<Result<Delta, CallFailure>> {
    let decoder = encode(dialect, &plain(), None, Quirks::default()).unwrap().decoder;
    let body = futures::stream::iter(chunks).map(|chunk| Ok(Bytes::from_static(chunk))).boxed();
    let redactor = Redactor::new(Some(&SecretString::from("sk-secret-secret-secret")));
    deltas(body, decoder, redactor).collect().await
}

fn gather(items: &[Result<Delta, CallFailure>]) -> (String, Option<TokenCounts>, Option<FinishReason>) {
    let mut gathered = (String::new(), None, None);
    for item in items {
        match item {
            Ok(Delta::Text(text)) => gathered.0.push_str(text),
            Ok(Delta::Usage(tokens)) => gathered.1 = Some(*tokens),
            Ok(Delta::Finished(finish)) => gathered.2 = Some(*finish),
            Err(failure) => panic!("{failure:?}"),
        }
    }
    gathered
}

#[tokio::test]
async fn every_dialect_reads_its_stream_at_every_chunk_boundary() {
    for dialect in ALL {
        let (stream, tokens) = fixture(dialect);
        let want = (GREETING.to_owned(), Some(tokens), Some(FinishReason::Stop));
        for cut in 0..=stream.len() {
            let (a, b) = stream.as_bytes().split_at(cut);
            let items = read(dialect, vec![a, b]).await;
            assert_eq!(gather(&items), want, "{dialect:?} cut at {cut}");
            assert!(matches!(items.last(), Some(Ok(Delta::Finished(_)))), "{dialect:?}");
        }
        assert_eq!(gather(&read(dialect, stream.as_bytes().chunks(1).collect()).await), want, "{dialect:?} byte by byte");
    }
}

#[tokio::test]
async fn a_stream_that_just_stops_has_no_end() {
    for dialect in ALL {
        let stream = fixture(dialect).0;
        let half = stream.find("data: [DONE]").unwrap();
        let (text, _, finish) = gather(&read(dialect, vec![&stream.as_bytes()[..half]]).await);
        assert_eq!((text.as_str(), finish), ("Grüße", None), "{dialect:?}");
        assert_eq!(gather(&read(dialect, Vec::new()).await), (String::new(), None, None));
    }
}

const ERRORS: [(Dialect, &str, Verdict, &str); 7] = [
    (
        Dialect::OpenaiChat,
        "data: {\"error\":{\"message\":\"The server had an error, key sk-secret-secret\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\ndata: [DONE]\n\n",
        Verdict::ProviderDown,
        "The server had an error, key …",
    ),
    (
        Dialect::OpenaiResponses,
        "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"id\":\"r\",\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down\"}}}\n\n",
        Verdict::RateLimited,
        "Slow down",
    ),
    (
        Dialect::OpenaiResponses,
        "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"Went wrong\",\"param\":null,\"sequence_number\":1}\n\n",
        Verdict::ProviderDown,
        "Went wrong",
    ),
    (
        Dialect::AnthropicMessages,
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
        Verdict::ProviderDown,
        "Overloaded",
    ),
    (
        Dialect::Gemini,
        "data: {\"error\":{\"code\":429,\"message\":\"Resource has been exhausted\",\"status\":\"RESOURCE_EXHAUSTED\"}}\n\n",
        Verdict::RateLimited,
        "Resource has been exhausted",
    ),
    (
        Dialect::Cohere,
        "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"ERROR\",\"error\":\"generation failed\"}}\n\n",
        Verdict::ProviderDown,
        "generation failed",
    ),
    (
        Dialect::OpenaiChat,
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n",
        Verdict::ProviderDown,
        "the provider broke off with an error and said nothing else",
    ),
];

#[tokio::test]
async fn errors_in_the_middle_end_the_stream() {
    for (dialect, error, verdict, message) in ERRORS {
        let stream = fixture(dialect).0;
        let half = stream.find("☃").unwrap();
        let start = stream[..half].rfind("\n\n").or_else(|| stream[..half].rfind("\r\n\r\n").map(|at| at + 2)).unwrap() + 2;
        let items = read(dialect, vec![&stream.as_bytes()[..start], error.as_bytes()]).await;
        let failure = items.last().unwrap().as_ref().unwrap_err();
        assert_eq!((failure.verdict, failure.message.as_str()), (verdict, message), "{dialect:?}");
        assert_eq!(gather(&items[..items.len() - 1]).0, "Grüße", "{dialect:?}");
    }
}

#[tokio::test]
async fn finish_reasons_are_told_apart() {
    let cases: [(Dialect, &'static str, FinishReason); 8] = [
        (Dialect::OpenaiChat, "data: {\"choices\":[{\"finish_reason\":\"length\"}]}\n\n", FinishReason::Length),
        (Dialect::OpenaiChat, "data: {\"choices\":[{\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]", FinishReason::ContentFilter),
        (
            Dialect::OpenaiResponses,
            "data: {\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}}\n\n",
            FinishReason::Length,
        ),
        (
            Dialect::AnthropicMessages,
            "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
            FinishReason::Length,
        ),
        (
            Dialect::AnthropicMessages,
            "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
            FinishReason::ContentFilter,
        ),
        (Dialect::Gemini, "data: {\"candidates\":[{\"finishReason\":\"MAX_TOKENS\"}]}\n\n", FinishReason::Length),
        (Dialect::Gemini, "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n", FinishReason::ContentFilter),
        (Dialect::Cohere, "data: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"MAX_TOKENS\"}}\n\n", FinishReason::Length),
    ];
    for (dialect, stream, want) in cases {
        assert_eq!(gather(&read(dialect, vec![stream.as_bytes()]).await).2, Some(want), "{dialect:?} {stream}");
    }
}

#[tokio::test]
async fn noise_is_passed_over_and_endless_events_end_it() {
    for dialect in ALL {
        let noise: &[u8] = b": ping\n\ndata: {\ndata: 7\n\ndata: not json\n\ndata: {\"type\":\"new.event\",\"choices\":7,\"candidates\":{}}\n\ndata: [1,2]\n\n\xff\xfe\n\n";
        let stream = fixture(dialect).0;
        let (text, tokens, finish) = gather(&read(dialect, vec![noise, stream.as_bytes()]).await);
        assert_eq!((text.as_str(), tokens, finish), (GREETING, Some(fixture(dialect).1), Some(FinishReason::Stop)), "{dialect:?}");
    }
    let endless: &'static [u8] = vec![b'x'; 2 * 1024 * 1024].leak();
    let items = read(Dialect::OpenaiChat, vec![b"data: ", endless, b"\n\ndata: [DONE]\n\n"]).await;
    assert!(matches!(items.as_slice(), [Err(failure)] if failure.verdict == Verdict::Unreachable));
}

fn body(dialect: Dialect, conversation: &Conversation) -> (String, Value) {
    let outgoing = encode(dialect, conversation, None, Quirks::default()).unwrap();
    (outgoing.path, outgoing.body)
}

#[test]
fn requests_are_what_the_vendors_document() {
    let turns = json!([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}]);
    let mut with_system = turns.clone();
    with_system.as_array_mut().unwrap().insert(0, json!({"role": "system", "content": "Be brief."}));
    let want = json!({"model": "m/1", "messages": with_system, "stream": true, "stream_options": {"include_usage": true},
        "max_tokens": 50, "temperature": 0.5, "top_p": 0.25, "stop": ["END"]});
    assert_eq!(body(Dialect::OpenaiChat, &conversation()), ("chat/completions".into(), want));
    let want = json!({"model": "m/1", "system": "Be brief.", "messages": turns, "stream": true, "max_tokens": 50,
        "temperature": 0.5, "top_p": 0.25, "stop_sequences": ["END"]});
    assert_eq!(body(Dialect::AnthropicMessages, &conversation()), ("messages".into(), want));
    let want = json!({"model": "m/1", "messages": with_system, "stream": true, "max_tokens": 50, "temperature": 0.5, "p": 0.25,
        "stop_sequences": ["END"]});
    assert_eq!(body(Dialect::Cohere, &conversation()), ("chat".into(), want));
    let want = json!({
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}, {"role": "user", "parts": [{"text": "Bye"}]}],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {"maxOutputTokens": 50, "temperature": 0.5, "topP": 0.25, "stopSequences": ["END"]}});
    assert_eq!(body(Dialect::Gemini, &conversation()), ("models/m%2F1:streamGenerateContent?alt=sse".into(), want));
    let no_stop = Conversation { stop: Vec::new(), ..conversation() };
    let want = json!({"model": "m/1", "instructions": "Be brief.", "input": turns, "stream": true, "store": false, "max_output_tokens": 50,
        "temperature": 0.5, "top_p": 0.25});
    assert_eq!(body(Dialect::OpenaiResponses, &no_stop), ("responses".into(), want));
    assert!(encode(Dialect::OpenaiResponses, &conversation(), None, Quirks::default()).is_err_and(|words| words.contains("stop")));
}

#[test]
fn a_plan_gets_what_it_needs_and_is_not_sent_what_it_refuses() {
    let plan = PlanRules {
        stream_only: true,
        store: Some(false),
        instructions: true,
        refused: vec!["temperature".into()],
        ..PlanRules::default()
    };
    let of_a_plan = |conversation: &Conversation| {
        encode(Dialect::OpenaiResponses, conversation, Some(&plan), Quirks::default()).map(|outgoing| outgoing.body)
    };
    let body = of_a_plan(&plain()).unwrap();
    assert_eq!((&body["stream"], &body["store"], &body["instructions"]), (&json!(true), &json!(false), &json!("")));
    let system = Conversation { system: Some("Be brief.".into()), ..plain() };
    assert_eq!(of_a_plan(&system).unwrap()["instructions"], "Be brief.");
    let warm = Conversation { temperature: Some(0.5), ..plain() };
    assert!(of_a_plan(&warm).is_err_and(|words| words.contains("\"temperature\"")));
}

#[test]
fn what_was_not_asked_is_not_sent() {
    assert_eq!(body(Dialect::AnthropicMessages, &plain()).1["max_tokens"], 8192);
    assert_eq!(body(Dialect::Gemini, &plain()).1.as_object().unwrap().len(), 1);
    assert_eq!(body(Dialect::Cohere, &plain()).1.as_object().unwrap().len(), 3);
    let quirky =
        encode(Dialect::OpenaiChat, &conversation(), None, Quirks { completion_tokens: true, no_stream_options: true }).unwrap().body;
    assert_eq!((quirky.get("max_tokens"), quirky.get("stream_options")), (None, None));
    assert_eq!(quirky["max_completion_tokens"], 50);
    let hostile = Conversation { model: "../../v1?key=x#y".into(), ..plain() };
    assert_eq!(body(Dialect::Gemini, &hostile).0, "models/..%2F..%2Fv1%3Fkey%3Dx%23y:streamGenerateContent?alt=sse");
    let tuned = Conversation { model: "tunedModels/mine".into(), ..plain() };
    assert_eq!(body(Dialect::Gemini, &tuned).0, "tunedModels/mine:streamGenerateContent?alt=sse");
}
