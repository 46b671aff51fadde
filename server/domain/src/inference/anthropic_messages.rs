//! The Messages dialect where it is more than bytes to pass on: its usage, and errors in its words.
//!
//! Source: Anthropic API reference, "Messages", "Streaming Messages" and "Errors".

use super::openai_usage::count;
use super::usage::TokenCounts;
use serde_json::{Value, json};

/// Counters that only this dialect has: of input that came from a cache, and of input that went to one.
const CACHE: [&str; 2] = ["cache_read_input_tokens", "cache_creation_input_tokens"];

/// Is this a `usage` object that only this dialect writes? One without cache counters reads the same in every dialect.
pub fn is_usage(usage: &Value) -> bool {
    CACHE.iter().any(|name| usage.get(name).is_some())
}

/// What was used, after another `usage` object. In a stream the counters are cumulative, and those that are not named keep
/// their value. `input_tokens` leaves out what came from or went to the cache.
pub fn usage_after(before: TokenCounts, usage: &Value) -> TokenCounts {
    let cumulative = |value: Option<&Value>, before: u64| value.and_then(count).unwrap_or(0).max(before);
    let [read, write] = CACHE.map(|name| usage.get(name));
    TokenCounts {
        input: cumulative(usage.get("input_tokens"), before.input),
        output: cumulative(usage.get("output_tokens"), before.output),
        cache_read: cumulative(read, before.cache_read),
        cache_write: cumulative(write, before.cache_write),
        reasoning: cumulative(usage.pointer("/output_tokens_details/thinking_tokens"), before.reasoning),
    }
}

/// The `type` of an error with this status.
pub const fn error_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        503 | 529 => "overloaded_error",
        504 => "timeout_error",
        _ => "api_error",
    }
}

/// `{"type":"error","error":{"type","message"}}`.
pub fn error_body(kind: &str, message: &str) -> Value {
    json!({"type": "error", "error": {"type": kind, "message": message}})
}

/// The same as an event, for a stream that broke off after it began.
pub fn error_event(message: &str) -> String {
    format!("event: error\ndata: {}\n\n", error_body("api_error", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_add_up_over_a_stream_and_never_fall() {
        let start = json!({"input_tokens": 25, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 7, "output_tokens": 1});
        let first = usage_after(TokenCounts::default(), &start);
        assert_eq!((first.input, first.cache_read, first.cache_write, first.output, first.total()), (25, 100, 7, 1, 133));
        let last = usage_after(first, &json!({"output_tokens": 15, "output_tokens_details": {"thinking_tokens": 4}}));
        assert_eq!(last, TokenCounts { output: 15, reasoning: 4, ..first });
        assert_eq!(usage_after(last, &json!({"output_tokens": -3, "input_tokens": null})), last);
        assert!(is_usage(&start) && !is_usage(&json!({"input_tokens": 1})) && !is_usage(&json!(null)));
    }

    #[test]
    fn every_status_has_a_type() {
        for (status, kind) in [
            (400, "invalid_request_error"),
            (401, "authentication_error"),
            (403, "permission_error"),
            (404, "not_found_error"),
            (405, "invalid_request_error"),
            (413, "request_too_large"),
            (422, "invalid_request_error"),
            (429, "rate_limit_error"),
            (500, "api_error"),
            (502, "api_error"),
            (503, "overloaded_error"),
            (504, "timeout_error"),
            (529, "overloaded_error"),
        ] {
            assert_eq!(error_type(status), kind, "{status}");
        }
        let event = error_event("gone \"away\"\n");
        let data = event.strip_prefix("event: error\ndata: ").and_then(|rest| rest.strip_suffix("\n\n")).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Value>(data).ok(), Some(error_body("api_error", "gone \"away\"\n")));
    }
}
