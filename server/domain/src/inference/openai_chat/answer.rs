//! From deltas to a chat completion, whole or as a stream of chunks, and error bodies.

use crate::inference::{Delta, FinishReason, TokenCounts};
use serde_json::{Value, json};

/// What every chunk and the whole answer begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerHead {
    /// For example `chatcmpl-…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// The model that answered.
    pub model: String,
}

const fn reason(finish: FinishReason) -> &'static str {
    match finish {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ContentFilter => "content_filter",
    }
}

/// `CompletionUsage`: here the prompt includes what came from the cache.
fn usage(tokens: &TokenCounts) -> Value {
    let prompt = tokens.input + tokens.cache_read + tokens.cache_write;
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": tokens.output,
        "total_tokens": prompt + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cache_read},
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
    })
}

/// Gathers deltas into one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatAnswer {
    text: String,
    tokens: Option<TokenCounts>,
    finish: Option<FinishReason>,
}

impl ChatAnswer {
    /// Takes the next piece.
    pub fn push(&mut self, delta: &Delta) {
        match delta {
            Delta::Text(text) => self.text.push_str(text),
            Delta::Usage(tokens) => self.tokens = Some(*tokens),
            Delta::Finished(finish) => self.finish = Some(*finish),
        }
    }

    /// The tokens counted, if the provider told.
    pub const fn tokens(&self) -> Option<TokenCounts> {
        self.tokens
    }

    /// Did the answer reach its end?
    pub const fn finished(&self) -> bool {
        self.finish.is_some()
    }

    /// The `chat.completion` object, as JSON bytes; `None` when the answer was interrupted.
    pub fn body(&self, head: &AnswerHead) -> Option<Vec<u8>> {
        let mut body = json!({
            "id": head.id,
            "object": "chat.completion",
            "created": head.created,
            "model": head.model,
            "choices": [{
                "index": 0,
                "message": {"role": "assistant", "content": self.text, "refusal": null},
                "logprobs": null,
                "finish_reason": reason(self.finish?),
            }],
        });
        if let Some(tokens) = &self.tokens {
            body["usage"] = usage(tokens);
        }
        Some(body.to_string().into_bytes())
    }
}

/// The end of a stream.
pub const DONE: &str = "data: [DONE]\n\n";

/// Writes deltas as `chat.completion.chunk` events.
#[derive(Debug, Clone)]
pub struct ChunkWriter {
    head: AnswerHead,
    include_usage: bool,
    started: bool,
    tokens: Option<TokenCounts>,
}

impl ChunkWriter {
    /// `include_usage` as the caller asked in `stream_options`.
    pub const fn new(head: AnswerHead, include_usage: bool) -> Self {
        Self { head, include_usage, started: false, tokens: None }
    }

    /// The events for one delta, ready to send; may be empty. [`Delta::Finished`] gives the end of the stream: finish
    /// reason, usage if it was asked for, and `[DONE]`. An interrupted answer gets no `[DONE]`: send
    /// [`error_event`] instead.
    pub fn write(&mut self, delta: &Delta) -> String {
        match delta {
            Delta::Usage(tokens) => {
                self.tokens = Some(*tokens);
                String::new()
            }
            Delta::Text(text) if text.is_empty() => self.start(),
            Delta::Text(text) => self.start() + &self.chunk(&json!({"content": text}), None),
            Delta::Finished(finish) => {
                let mut out = self.start() + &self.chunk(&json!({}), Some(*finish));
                if self.include_usage {
                    out += &self.usage_chunk();
                }
                out + DONE
            }
        }
    }

    /// The first chunk names the role.
    fn start(&mut self) -> String {
        if std::mem::replace(&mut self.started, true) {
            return String::new();
        }
        self.chunk(&json!({"role": "assistant", "content": ""}), None)
    }

    fn base(&self) -> Value {
        json!({"id": self.head.id, "object": "chat.completion.chunk", "created": self.head.created, "model": self.head.model})
    }

    fn chunk(&self, delta: &Value, finish: Option<FinishReason>) -> String {
        let mut chunk = self.base();
        chunk["choices"] = json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish.map(reason)}]);
        if self.include_usage {
            chunk["usage"] = Value::Null;
        }
        format!("data: {chunk}\n\n")
    }

    fn usage_chunk(&self) -> String {
        let mut chunk = self.base();
        chunk["choices"] = json!([]);
        chunk["usage"] = self.tokens.as_ref().map_or(Value::Null, usage);
        format!("data: {chunk}\n\n")
    }
}

/// `{"error":{"message","type","param","code"}}`.
pub fn error_body(message: &str, kind: &str, param: Option<&str>, code: Option<&str>) -> Value {
    json!({"error": {"message": message, "type": kind, "param": param, "code": code}})
}

/// The same as an event, for a stream that has begun.
pub fn error_event(message: &str, kind: &str, code: Option<&str>) -> String {
    format!("data: {}\n\n", error_body(message, kind, None, code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::{Tapped, UsageTap};

    fn head() -> AnswerHead {
        AnswerHead { id: "chatcmpl-1".into(), created: 1_700_000_000, model: "claude".into() }
    }

    fn deltas() -> [Delta; 4] {
        let tokens = TokenCounts { input: 10, output: 7, cache_read: 5, cache_write: 2, reasoning: 3 };
        [Delta::Text("Hé\n\"".into()), Delta::Text("llo".into()), Delta::Usage(tokens), Delta::Finished(FinishReason::Length)]
    }

    fn tapped(content_type: &str, body: &[u8]) -> Tapped {
        let mut tap = UsageTap::for_content_type(content_type);
        tap.feed(body);
        tap.finish()
    }

    #[test]
    fn a_whole_answer_is_written() {
        let mut answer = ChatAnswer::default();
        let deltas = deltas();
        deltas[..3].iter().for_each(|delta| answer.push(delta));
        assert_eq!(answer.body(&head()), None, "interrupted");
        answer.push(&deltas[3]);
        let body = answer.body(&head()).unwrap();
        let read: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["choices"][0]["message"]["content"], "Hé\n\"llo");
        assert_eq!(read["choices"][0]["finish_reason"], "length");
        assert_eq!((&read["usage"]["prompt_tokens"], &read["usage"]["total_tokens"]), (&json!(17), &json!(24)));
        let read = tapped("application/json", &body).tokens.unwrap();
        assert_eq!((read.total(), read.cache_read, read.reasoning), (24, 5, 3));
    }

    #[test]
    fn a_stream_is_written() {
        for include_usage in [true, false] {
            let mut writer = ChunkWriter::new(head(), include_usage);
            let stream: String = deltas().iter().map(|delta| writer.write(delta)).collect();
            let events: Vec<&str> = stream.split_terminator("\n\n").collect();
            assert_eq!(events.len(), if include_usage { 6 } else { 5 });
            assert!(events[0].contains("\"role\":\"assistant\""));
            assert!(stream.ends_with(DONE));
            let read = tapped("text/event-stream", stream.as_bytes());
            assert_eq!((read.completed, read.model.as_deref(), read.tokens.is_some()), (true, Some("claude"), include_usage));
        }
    }

    #[test]
    fn errors_look_like_openai_errors() {
        let body = error_body("no", "invalid_request_error", Some("tools"), Some("unsupported_parameter"));
        assert_eq!(body["error"]["param"], "tools");
        assert!(!tapped("text/event-stream", error_event("broken", "server_error", None).as_bytes()).completed);
    }
}
