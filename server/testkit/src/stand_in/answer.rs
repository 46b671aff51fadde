//! What the stand-ins say: short, the same every time for the same question, counted roughly as tokens.

use serde_json::Value;
use std::time::Duration;

/// Pause between two pieces of a streamed answer.
pub const PACE: Duration = Duration::from_millis(25);

/// An answer in pieces, with token counts.
pub struct Answer {
    /// Pieces in order.
    pub pieces: Vec<String>,
    /// Tokens of the question.
    pub input: usize,
    /// Tokens of the answer.
    pub output: usize,
    /// Was it cut at the asked limit?
    pub cut: bool,
}

/// Answers the last user message of a request, with at most `most` tokens.
pub fn to(model: &str, question: &str, most: usize) -> Answer {
    let text = format!(
        "This is {model}, played by a stand-in on your own machine. You wrote {} words: “{}”. A real provider would answer here; \
         the way it travelled — sealed key, gateway, stream, usage row — is the real one. Grüße aus dem Hafen 🚢",
        question.split_whitespace().count(),
        question.chars().take(60).collect::<String>(),
    );
    let words: Vec<String> = text.split_inclusive(' ').map(str::to_owned).collect();
    let cut = words.len() > most;
    let pieces: Vec<String> = words.into_iter().take(most).collect();
    Answer { input: question.len() / 4 + 8, output: pieces.len(), pieces, cut }
}

/// The text of the last message of an OpenAI- or Anthropic-style request.
pub fn question(request: &Value) -> String {
    let last = request["messages"].as_array().and_then(|messages| messages.last()).map_or(&Value::Null, |message| &message["content"]);
    match last {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}

/// A limit of output tokens, by whichever name.
pub fn limit(request: &Value) -> usize {
    let named = ["max_completion_tokens", "max_tokens"].into_iter().find_map(|name| request[name].as_u64());
    named.and_then(|most| usize::try_from(most).ok()).unwrap_or(256)
}
