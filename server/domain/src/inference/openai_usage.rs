//! The `usage` object of the `OpenAI` dialects, read into disjoint counters.

use super::usage::TokenCounts;
use serde_json::Value;

/// Reads `usage` of a chat completion (`prompt_tokens`, …) or of a response (`input_tokens`, …); vendors that speak
/// these dialects differ in which of the details they fill. `None` when it holds neither counter.
///
/// Sources: `OpenAI` API reference (`CompletionUsage`, `ResponseUsage`), `DeepSeek` (`prompt_cache_hit_tokens`).
pub fn read_usage(usage: &Value) -> Option<TokenCounts> {
    let named = |names: [&str; 2]| names.iter().find_map(|name| usage.get(name)).and_then(count);
    let (prompt, completion) = (named(["prompt_tokens", "input_tokens"]), named(["completion_tokens", "output_tokens"]));
    if prompt.is_none() && completion.is_none() {
        return None;
    }
    let (prompt, completion) = (prompt.unwrap_or(0), completion.unwrap_or(0));
    let detail =
        |objects: [&str; 2], name: &str| objects.iter().find_map(|object| usage.get(object)?.get(name)).and_then(count).unwrap_or(0);
    let input_details = ["prompt_tokens_details", "input_tokens_details"];
    let cached = match detail(input_details, "cached_tokens") {
        0 => usage.get("prompt_cache_hit_tokens").and_then(count).unwrap_or(0),
        cached => cached,
    };
    // The prompt includes what came from and went to the cache.
    let cache_read = cached.min(prompt);
    let cache_write = detail(input_details, "cache_write_tokens").min(prompt - cache_read);
    let reasoning = detail(["completion_tokens_details", "output_tokens_details"], "reasoning_tokens");
    let output = completion.saturating_add(reasoning_apart(usage, prompt, completion, reasoning));
    Some(TokenCounts { input: prompt - cache_read - cache_write, output, cache_read, cache_write, reasoning: reasoning.min(output) })
}

/// Some vendors leave reasoning out of `completion_tokens`; then only the total tells.
fn reasoning_apart(usage: &Value, prompt: u64, completion: u64, reasoning: u64) -> u64 {
    let total = usage.get("total_tokens").and_then(count);
    let apart = reasoning > 0 && total == prompt.checked_add(completion).and_then(|sum| sum.checked_add(reasoning));
    if apart { reasoning } else { 0 }
}

/// A count written as an integer or, by a few servers, as a float.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; negative counts are dropped before")]
pub fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|number| *number >= 0.0).map(|number| number as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counters_are_disjoint() {
        let usage = json!({"prompt_tokens": 2006, "completion_tokens": 300, "total_tokens": 2306,
            "prompt_tokens_details": {"cached_tokens": 1920}, "completion_tokens_details": {"reasoning_tokens": 128}});
        let want = TokenCounts { input: 86, output: 300, cache_read: 1920, cache_write: 0, reasoning: 128 };
        assert_eq!(read_usage(&usage), Some(want));
        let response = json!({"input_tokens": 36, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 87,
            "output_tokens_details": {"reasoning_tokens": 9}, "total_tokens": 123});
        let want = TokenCounts { input: 32, output: 87, cache_read: 4, cache_write: 0, reasoning: 9 };
        assert_eq!(read_usage(&response), Some(want));
    }

    #[test]
    fn reasoning_beside_the_completion_is_counted_as_output() {
        let usage = json!({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
            "completion_tokens_details": {"reasoning_tokens": 94}});
        let want = TokenCounts { input: 32, output: 103, reasoning: 94, ..TokenCounts::default() };
        assert_eq!(read_usage(&usage), Some(want));
    }

    #[test]
    fn cache_hits_beside_the_details_and_nonsense_are_read() {
        let usage = json!({"prompt_tokens": 100, "prompt_cache_hit_tokens": 64, "completion_tokens": 5.0});
        assert_eq!(read_usage(&usage), Some(TokenCounts { input: 36, output: 5, cache_read: 64, ..TokenCounts::default() }));
        let lies = json!({"prompt_tokens": 1, "completion_tokens": -3, "prompt_tokens_details": {"cached_tokens": 900}});
        assert_eq!(read_usage(&lies), Some(TokenCounts { cache_read: 1, ..TokenCounts::default() }));
        assert_eq!(read_usage(&json!(null)), None);
        assert_eq!(read_usage(&json!({"prompt_tokens": null})), None);
    }
}
