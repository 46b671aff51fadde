//! Reads usage out of an answer while it passes, without holding it up or changing it: a chat completion, a response, a message, or
//! embeddings.

use super::anthropic_messages;
use super::openai_usage::read_usage;
use super::sse::{SseEvent, SseReader};
use super::usage::TokenCounts;
use serde::Deserialize;
use serde_json::Value;

/// A JSON answer up to this size is read whole; of a longer one only the end is kept.
const WHOLE_BYTES: usize = 1024 * 1024;
/// How much of the end of a long JSON answer is kept.
const TAIL_BYTES: usize = 64 * 1024;
/// The last event of a response repeats all of it, pictures included.
const EVENT_BYTES: usize = 16 * 1024 * 1024;

/// What an answer told about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tapped {
    /// `None` when the provider reported nothing: unknown, not zero.
    pub tokens: Option<TokenCounts>,
    /// Did it reach its own end? A stream that just stops, or ends in an error, did not.
    pub completed: bool,
    /// Did it end in an error event of its own?
    pub failed: bool,
    /// The model that answered, as the provider names it.
    pub model: Option<String>,
}

/// Looks at an answer as it passes. Feed it every chunk, then call [`UsageTap::finish`], also when the caller left.
#[derive(Debug)]
pub struct UsageTap(Kind);

#[derive(Debug)]
enum Kind {
    Json(JsonTap),
    Stream(StreamTap),
    /// Neither JSON nor an event stream: nothing to read.
    Other,
}

impl UsageTap {
    /// A tap for an answer with this `Content-Type`.
    pub fn for_content_type(content_type: &str) -> Self {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self(match kind.as_str() {
            "text/event-stream" => Kind::Stream(StreamTap::default()),
            kind if kind == "application/json" || kind.ends_with("+json") => Kind::Json(JsonTap::default()),
            _ => Kind::Other,
        })
    }

    /// Looks at one chunk, cut anywhere.
    pub fn feed(&mut self, chunk: &[u8]) {
        match &mut self.0 {
            Kind::Json(tap) => tap.feed(chunk),
            Kind::Stream(tap) => tap.feed(chunk),
            Kind::Other => {}
        }
    }

    /// What was learned.
    pub fn finish(self) -> Tapped {
        match self.0 {
            Kind::Json(tap) => tap.finish(),
            Kind::Stream(tap) => tap.finish(),
            Kind::Other => Tapped::default(),
        }
    }
}

/// The members of an answer or of a chunk that matter here; everything else is skipped.
#[derive(Deserialize)]
struct Members {
    model: Option<Value>,
    usage: Option<Value>,
    error: Option<Value>,
    /// Of an event of the Responses or the Messages API.
    #[serde(rename = "type")]
    kind: Option<Value>,
    response: Option<Box<Members>>,
    /// Of `message_start`; elsewhere it may be anything.
    message: Option<Value>,
}

impl Members {
    fn model(&self) -> Option<String> {
        let own = self.model.as_ref().and_then(Value::as_str).map(str::to_owned);
        let of_message = || self.message.as_ref()?.get("model")?.as_str().map(str::to_owned);
        own.or_else(|| self.response.as_ref()?.model()).or_else(of_message)
    }

    /// What was used, after what an event before may have said.
    fn tokens(&self, before: Option<TokenCounts>) -> Option<TokenCounts> {
        if self.kind().starts_with("message") {
            let usage = self.usage.as_ref().or_else(|| self.message.as_ref()?.get("usage")).filter(|usage| usage.is_object())?;
            return Some(anthropic_messages::usage_after(before.unwrap_or_default(), usage));
        }
        let own = self.usage.as_ref().and_then(read_usage);
        own.or_else(|| self.response.as_ref()?.tokens(before))
    }

    fn kind(&self) -> &str {
        self.kind.as_ref().and_then(Value::as_str).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct JsonTap {
    kept: Vec<u8>,
    /// The front has been thrown away.
    tail_only: bool,
}

impl JsonTap {
    fn feed(&mut self, chunk: &[u8]) {
        self.kept.extend_from_slice(chunk);
        let most = if self.tail_only { 2 * TAIL_BYTES } else { WHOLE_BYTES };
        if self.kept.len() > most {
            self.tail_only = true;
            let front = self.kept.len() - TAIL_BYTES;
            self.kept.drain(..front);
        }
    }

    fn finish(self) -> Tapped {
        if self.tail_only {
            let completed = self.kept.trim_ascii_end().ends_with(b"}");
            return Tapped { tokens: usage_in_tail(&self.kept), completed, ..Tapped::default() };
        }
        match serde_json::from_slice::<Members>(&self.kept) {
            Ok(members) => Tapped { tokens: members.tokens(None), completed: true, failed: false, model: members.model() },
            Err(_) => Tapped::default(),
        }
    }
}

/// The last `"usage": {…}` in the end of a JSON text. Inside a string the quotes would be escaped, so what is found
/// is a member's name.
fn usage_in_tail(tail: &[u8]) -> Option<TokenCounts> {
    let name = b"\"usage\"";
    let at = tail.windows(name.len()).rposition(|window| window == name)?;
    if at > 0 && tail[at - 1] == b'\\' {
        return None;
    }
    let value = tail[at + name.len()..].trim_ascii_start().strip_prefix(b":")?;
    let first = serde_json::Deserializer::from_slice(value).into_iter::<Value>().next()?;
    let usage = first.ok()?;
    if anthropic_messages::is_usage(&usage) {
        return Some(anthropic_messages::usage_after(TokenCounts::default(), &usage));
    }
    read_usage(&usage)
}

#[derive(Debug)]
struct StreamTap {
    reader: SseReader,
    seen: Seen,
}

#[derive(Debug, Default)]
struct Seen {
    tapped: Tapped,
    /// `[DONE]`, a finish reason from servers that send no `[DONE]`, or the last event of a response or a message.
    ended: bool,
    failed: bool,
}

impl Default for StreamTap {
    fn default() -> Self {
        Self { reader: SseReader::with_limit(EVENT_BYTES), seen: Seen::default() }
    }
}

impl StreamTap {
    fn feed(&mut self, chunk: &[u8]) {
        let Self { reader, seen } = self;
        reader.feed(chunk, &mut |event| seen.take(event.ok()));
    }

    fn finish(mut self) -> Tapped {
        let Self { reader, seen } = &mut self;
        reader.finish(&mut |event| seen.take(event.ok()));
        Tapped { completed: self.seen.ended && !self.seen.failed, failed: self.seen.failed, ..self.seen.tapped }
    }
}

impl Seen {
    fn take(&mut self, event: Option<SseEvent<'_>>) {
        let Some(data) = event.map(|event| event.data) else { return };
        if data.trim() == "[DONE]" {
            self.ended = true;
            return;
        }
        // In a text the quotes would be escaped.
        self.ended |= has_text_member(data, "\"finish_reason\"") || data.contains("\"message_stop\"");
        // Most events carry none of these; parsing them would be waste.
        if self.tapped.model.is_some() && !["\"usage\"", "\"error\"", "\"response\""].iter().any(|name| data.contains(name)) {
            return;
        }
        let Ok(members) = serde_json::from_str::<Members>(data) else { return };
        self.failed |= members.error.as_ref().is_some_and(|error| !error.is_null());
        match members.kind() {
            "response.completed" | "response.incomplete" => self.ended = true,
            "response.failed" | "error" => self.failed = true,
            _ => {}
        }
        if let Some(tokens) = members.tokens(self.tapped.tokens) {
            self.tapped.tokens = Some(tokens);
        }
        if self.tapped.model.is_none() {
            self.tapped.model = members.model();
        }
    }
}

/// Is `name` (with its quotes) in `json`, followed by a string?
fn has_text_member(json: &str, name: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find(name) {
        rest = &rest[at + name.len()..];
        if rest.trim_start().strip_prefix(':').is_some_and(|value| value.trim_start().starts_with('"')) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const JSON: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"model":"gpt-5-2026","choices":[{"index":0,
        "message":{"role":"assistant","content":"a \"usage\": {\"prompt_tokens\": 9} b"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4}}}"#;
    const STREAM: &str = concat!(
        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-5-2026\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"id\":\"c\",\"model\":\"gpt-5-2026\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hé\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"id\":\"c\",\"model\":\"gpt-5-2026\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n",
        "data: {\"id\":\"c\",\"model\":\"gpt-5-2026\",\"choices\":[],\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":10,\"total_tokens\":29,\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\n",
        "data: [DONE]\n\n"
    );

    fn tap(content_type: &str, chunks: &[&[u8]]) -> Tapped {
        let mut tap = UsageTap::for_content_type(content_type);
        for chunk in chunks {
            tap.feed(chunk);
        }
        tap.finish()
    }

    fn want() -> Tapped {
        let tokens = TokenCounts { input: 15, output: 10, cache_read: 4, ..TokenCounts::default() };
        Tapped { tokens: Some(tokens), completed: true, failed: false, model: Some("gpt-5-2026".into()) }
    }

    #[test]
    fn json_and_stream_say_the_same() {
        assert_eq!(tap("application/json; charset=utf-8", &[JSON.as_bytes()]), want());
        assert_eq!(tap("text/event-stream", &[STREAM.as_bytes()]), want());
        assert_eq!(tap("audio/mpeg", &[JSON.as_bytes()]), Tapped::default());
    }

    #[test]
    fn a_long_answer_is_read_from_its_end() {
        let filler = "y".repeat(3 * WHOLE_BYTES);
        let (front, back) = JSON.split_once("a \\\"").unwrap_or_default();
        let pieces = [front, &filler, "\\\"", back];
        let chunks: Vec<&[u8]> = pieces.iter().flat_map(|piece| piece.as_bytes().chunks(100_000)).collect();
        assert_eq!(tap("application/json", &chunks), Tapped { model: None, ..want() });
        let cut: Vec<&[u8]> = chunks[..chunks.len() - 1].to_vec();
        assert_eq!(tap("application/json", &cut), Tapped::default());
    }

    #[test]
    fn a_quoted_usage_is_not_usage() {
        let text = format!("{{\"x\":\"{}\",\"y\":\"\\\"usage\\\":{{}}\"}}", "z".repeat(WHOLE_BYTES));
        assert_eq!(tap("application/json", &[text.as_bytes()]).tokens, None);
    }

    #[test]
    fn a_stream_that_just_stops_or_fails_is_not_complete() {
        let cut = &STREAM[..STREAM.find("\"finish_reason\":\"stop\"").unwrap_or_default()];
        let cut = tap("text/event-stream", &[cut.as_bytes()]);
        assert!(!cut.completed);
        assert_eq!(cut.model.as_deref(), Some("gpt-5-2026"));
        let failed = "data: {\"model\":\"m\",\"choices\":[]}\n\ndata: {\"error\":{\"message\":\"overloaded\"}}\n\ndata: [DONE]\n\n";
        assert!(!tap("text/event-stream", &[failed.as_bytes()]).completed);
        let no_done = STREAM.trim_end_matches("data: [DONE]\n\n");
        assert_eq!(tap("text/event-stream", &[no_done.as_bytes()]), want());
    }

    #[test]
    fn a_response_is_read_from_its_last_event() {
        let created = "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"model\":\"gpt-5-2026\",\"usage\":null,\"error\":null}}\n\n";
        let text = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"\\\"finish_reason\\\":\\\"stop\\\"\"}\n\n";
        let last = |kind: &str| {
            format!(
                "data: {{\"type\":\"{kind}\",\"response\":{{\"model\":\"gpt-5-2026\",\"usage\":{{\"input_tokens\":5,\"output_tokens\":7}}}}}}\n\n"
            )
        };
        let read = |end: &str| tap("text/event-stream", &[created.as_bytes(), text.as_bytes(), end.as_bytes()]);
        for kind in ["response.completed", "response.incomplete"] {
            let tapped = read(&last(kind));
            assert_eq!((tapped.completed, tapped.tokens.map(|tokens| tokens.total())), (true, Some(12)), "{kind}");
            assert_eq!(tapped.model.as_deref(), Some("gpt-5-2026"));
        }
        for end in ["", &last("response.failed"), &last("response.in_progress"), "event: error\ndata: {\"type\":\"error\"}\n\n"] {
            assert!(!read(end).completed, "{end}");
        }
    }

    #[test]
    fn a_message_is_read_from_its_first_and_last_events() {
        let start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-x\",\"usage\":{\"input_tokens\":25,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n";
        let text = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"\\\"message_stop\\\"\"}}\n\n";
        let delta = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":15}}\n\n";
        let stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        let tokens = TokenCounts { input: 25, output: 15, cache_read: 100, ..TokenCounts::default() };
        let whole = [start, text, delta, stop].concat();
        for cut in 0..=whole.len() {
            let (a, b) = whole.as_bytes().split_at(cut);
            let want = Tapped { tokens: Some(tokens), completed: true, failed: false, model: Some("claude-x".into()) };
            assert_eq!(tap("text/event-stream", &[a, b]), want, "cut at {cut}");
        }
        let cut = tap("text/event-stream", &[start.as_bytes(), text.as_bytes(), delta.as_bytes()]);
        assert_eq!((cut.completed, cut.tokens), (false, Some(tokens)));
        let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n";
        let failed = tap("text/event-stream", &[start.as_bytes(), error.as_bytes()]);
        assert!(failed.failed && !failed.completed);
        let json = r#"{"type":"message","model":"claude-x","content":[],"usage":{"input_tokens":25,"cache_read_input_tokens":100,"output_tokens":15}}"#;
        assert_eq!(tap("application/json", &[json.as_bytes()]).tokens, Some(tokens));
        let long = json.replace("\"content\":[]", &format!("\"content\":\"{}\"", "z".repeat(WHOLE_BYTES)));
        assert_eq!(tap("application/json", &[long.as_bytes()]).tokens, Some(tokens));
    }

    #[test]
    fn embeddings_use_input_only() {
        let json = r#"{"object":"list","data":[{"embedding":[0.1]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}"#;
        let tapped = tap("application/json", &[json.as_bytes()]);
        assert_eq!((tapped.tokens, tapped.completed), (Some(TokenCounts { input: 8, ..TokenCounts::default() }), true));
    }

    #[test]
    fn every_chunk_boundary_reads_the_same() {
        for cut in 0..=STREAM.len() {
            let (a, b) = STREAM.as_bytes().split_at(cut);
            assert_eq!(tap("text/event-stream", &[a, b]), want(), "cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn noise_does_no_harm(noise in proptest::collection::vec(any::<u8>(), 0..400)) {
            tap("text/event-stream", &[&noise]);
            tap("application/json", &[&noise]);
        }
    }
}
