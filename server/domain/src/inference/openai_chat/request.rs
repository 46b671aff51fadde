//! From a chat-completions request to a conversation. What cannot be carried over is refused by name, never dropped.

use crate::inference::{Conversation, Message, MessageRole};
use serde_json::{Map, Value};

/// A chat-completions request that can be carried over to another dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// What is asked; `model` is the name as the caller wrote it.
    pub conversation: Conversation,
    /// Does the caller want an event stream?
    pub stream: bool,
    /// Does the caller want a usage chunk in it?
    pub include_usage: bool,
}

/// Why a request cannot be carried over; for [`super::error_body`] with status 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RequestError {
    /// Words for the caller.
    pub message: String,
    /// The parameter, for example `messages[1].content`.
    pub param: Option<String>,
    /// `unsupported_parameter` or `invalid_value`.
    pub code: &'static str,
}

/// Members that only advise, or that change nothing for a text conversation.
const HARMLESS: &[&str] = &[
    "model",
    "messages",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "stop",
    "n",
    "user",
    "metadata",
    "store",
    "seed",
    "service_tier",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "parallel_tool_calls",
    "reasoning_effort",
    "verbosity",
];

/// Reads a request body.
///
/// # Errors
/// Names the parameter that is wrong, or that the other dialect has no room for (tools, images, `n` above 1 …).
pub fn decode(body: &[u8]) -> Result<ChatRequest, RequestError> {
    let value: Value = serde_json::from_slice(body).map_err(|error| RequestError {
        message: format!("the request body is not valid JSON: {error}"),
        param: None,
        code: "invalid_value",
    })?;
    let Value::Object(request) = value else {
        return Err(RequestError { message: "the request body must be a JSON object".into(), param: None, code: "invalid_value" });
    };
    refuse_what_does_not_fit(&request)?;
    let (system, messages) = read_messages(&request)?;
    let conversation = Conversation {
        model: text(&request, "model")?.ok_or_else(|| invalid("model", "the request names no model; set \"model\""))?,
        system,
        messages,
        max_output_tokens: max_tokens(&request)?,
        temperature: number(&request, "temperature")?,
        top_p: number(&request, "top_p")?,
        stop: stop(&request)?,
    };
    let include_usage = request.get("stream_options").and_then(|options| options.get("include_usage")).and_then(Value::as_bool);
    Ok(ChatRequest { conversation, stream: flag(&request, "stream")?, include_usage: include_usage.unwrap_or(false) })
}

fn invalid(param: &str, message: impl Into<String>) -> RequestError {
    RequestError { message: message.into(), param: Some(param.to_owned()), code: "invalid_value" }
}

fn unsupported(param: &str, what: &str) -> RequestError {
    let message = format!(
        "{what} cannot be carried over to this model's provider; leave out \"{param}\" or choose a model of an OpenAI-style provider"
    );
    RequestError { message, param: Some(param.to_owned()), code: "unsupported_parameter" }
}

fn refuse_what_does_not_fit(request: &Map<String, Value>) -> Result<(), RequestError> {
    for (name, value) in request {
        let fits = match (name.as_str(), value) {
            (_, Value::Null | Value::Bool(false)) => true,
            ("n", value) => value.as_u64() == Some(1),
            ("response_format", value) => value.get("type").and_then(Value::as_str) == Some("text"),
            ("tool_choice" | "function_call", Value::String(choice)) => matches!(choice.as_str(), "none" | "auto"),
            ("modalities", Value::Array(kinds)) => kinds.iter().all(|kind| kind == "text"),
            ("presence_penalty" | "frequency_penalty", value) => value.as_f64() == Some(0.0),
            (_, Value::Array(list)) if list.is_empty() => true,
            (_, Value::Object(map)) if map.is_empty() => true,
            (name, _) => HARMLESS.contains(&name),
        };
        if !fits {
            let what = match name.as_str() {
                "tools" | "functions" | "tool_choice" | "function_call" => "Tool calls",
                "n" => "More than one answer",
                "response_format" => "A response format other than text",
                "modalities" | "audio" => "Output other than text",
                _ => "This parameter",
            };
            return Err(unsupported(name, what));
        }
    }
    Ok(())
}

fn read_messages(request: &Map<String, Value>) -> Result<(Option<String>, Vec<Message>), RequestError> {
    let list = request.get("messages").ok_or_else(|| invalid("messages", "the request has no \"messages\""))?;
    let list = list.as_array().ok_or_else(|| invalid("messages", "\"messages\" must be an array"))?;
    let (mut system, mut messages) = (Vec::new(), Vec::with_capacity(list.len()));
    for (index, message) in list.iter().enumerate() {
        let at = format!("messages[{index}]");
        let role = message.get("role").and_then(Value::as_str);
        let role = match role {
            Some("system" | "developer") => None,
            Some("user") => Some(MessageRole::User),
            Some("assistant") => Some(MessageRole::Assistant),
            Some("tool" | "function") => return Err(unsupported(&format!("{at}.role"), "A tool's answer")),
            _ => return Err(invalid(&format!("{at}.role"), format!("\"{at}.role\" must be system, developer, user or assistant"))),
        };
        for calls in ["tool_calls", "function_call", "audio"] {
            if message.get(calls).is_some_and(|value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())) {
                return Err(unsupported(&format!("{at}.{calls}"), "Tool calls and audio"));
            }
        }
        let text = content(message.get("content"), &format!("{at}.content"))?;
        match role {
            None => system.push(text),
            Some(role) => messages.push(Message { role, text }),
        }
    }
    if messages.is_empty() {
        return Err(invalid("messages", "\"messages\" must hold at least one message of a user"));
    }
    Ok(((!system.is_empty()).then(|| system.join("\n\n")), messages))
}

/// A text, or an array of text parts.
fn content(value: Option<&Value>, at: &str) -> Result<String, RequestError> {
    match value {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(parts)) => {
            let mut whole = String::new();
            for (index, part) in parts.iter().enumerate() {
                let kind = part.get("type").and_then(Value::as_str).unwrap_or("text");
                let part_at = format!("{at}[{index}]");
                if kind != "text" {
                    return Err(unsupported(&part_at, &format!("A message part of type \"{}\"", kind.escape_debug())));
                }
                let text = part.get("text").and_then(Value::as_str);
                whole.push_str(text.ok_or_else(|| invalid(&part_at, format!("\"{part_at}.text\" must be a text")))?);
            }
            Ok(whole)
        }
        _ => Err(invalid(at, format!("\"{at}\" must be a text or an array of text parts"))),
    }
}

fn text(request: &Map<String, Value>, name: &str) -> Result<Option<String>, RequestError> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(name, format!("\"{name}\" must be a text"))),
    }
}

fn flag(request: &Map<String, Value>, name: &str) -> Result<bool, RequestError> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(invalid(name, format!("\"{name}\" must be true or false"))),
    }
}

fn number(request: &Map<String, Value>, name: &str) -> Result<Option<f64>, RequestError> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| invalid(name, format!("\"{name}\" must be a number"))),
    }
}

/// `max_completion_tokens`, or `max_tokens` as it was called before.
fn max_tokens(request: &Map<String, Value>) -> Result<Option<u32>, RequestError> {
    let named = ["max_completion_tokens", "max_tokens"].into_iter().find(|name| request.get(*name).is_some_and(|value| !value.is_null()));
    let Some(name) = named else { return Ok(None) };
    let most = request.get(name).and_then(Value::as_u64).and_then(|most| u32::try_from(most).ok()).filter(|most| *most > 0);
    most.map(Some).ok_or_else(|| invalid(name, format!("\"{name}\" must be a whole number above 0")))
}

fn stop(request: &Map<String, Value>) -> Result<Vec<String>, RequestError> {
    let wrong = || invalid("stop", "\"stop\" must be a text or an array of at most 4 texts");
    match request.get("stop") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(texts)) if texts.len() <= 4 => {
            texts.iter().map(|text| text.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Result<ChatRequest, RequestError> {
        decode(value.to_string().as_bytes())
    }

    #[test]
    fn a_conversation_is_carried_over() {
        let request = read(&json!({
            "model": "anthropic/claude-sonnet-5", "stream": true, "stream_options": {"include_usage": true},
            "max_tokens": 5, "max_completion_tokens": 100, "temperature": 0.5, "top_p": 1, "stop": ["a", "b"], "n": 1, "user": "u",
            "tools": [], "logprobs": false, "response_format": {"type": "text"},
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]},
                {"role": "assistant", "content": "Hi", "tool_calls": null},
                {"role": "developer", "content": "Be kind."},
                {"role": "user", "content": "Bye", "name": "x"},
            ],
        }));
        let want = Conversation {
            model: "anthropic/claude-sonnet-5".into(),
            system: Some("Be brief.\n\nBe kind.".into()),
            messages: [(MessageRole::User, "Hello"), (MessageRole::Assistant, "Hi"), (MessageRole::User, "Bye")]
                .map(|(role, text)| Message { role, text: text.into() })
                .to_vec(),
            max_output_tokens: Some(100),
            temperature: Some(0.5),
            top_p: Some(1.0),
            stop: vec!["a".into(), "b".into()],
        };
        assert_eq!(request, Ok(ChatRequest { conversation: want, stream: true, include_usage: true }));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let hello = json!([{"role": "user", "content": "Hello"}]);
        let with = |name: &str, value: Value| {
            let mut request = json!({"model": "m", "messages": hello});
            request[name] = value;
            read(&request).map(|_| ()).map_err(|error| (error.code, error.param.unwrap_or_default()))
        };
        let no = |code: &'static str, param: &str| Err((code, param.to_owned()));
        for (name, value) in [
            ("tools", json!([{"type": "function"}])),
            ("n", json!(2)),
            ("response_format", json!({"type": "json_object"})),
            ("logprobs", json!(true)),
            ("modalities", json!(["text", "audio"])),
            ("presence_penalty", json!(0.5)),
            ("something_new", json!("on")),
        ] {
            assert_eq!(with(name, value), no("unsupported_parameter", name), "{name}");
        }
        for (name, value) in [
            ("model", json!(7)),
            ("stream", json!("yes")),
            ("max_tokens", json!(0)),
            ("temperature", json!("hot")),
            ("stop", json!([1])),
            ("messages", json!([])),
            ("messages", json!({})),
        ] {
            assert_eq!(with(name, value), no("invalid_value", name), "{name}");
        }
        let picture = json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]);
        assert_eq!(with("messages", picture), no("unsupported_parameter", "messages[0].content[0]"));
        let tool = json!([{"role": "tool", "content": "4"}]);
        assert_eq!(with("messages", tool), no("unsupported_parameter", "messages[0].role"));
        let call = json!([{"role": "assistant", "content": null, "tool_calls": [{}]}]);
        assert_eq!(with("messages", call), no("unsupported_parameter", "messages[0].tool_calls"));
        assert_eq!(with("messages", json!([{"role": "king", "content": "x"}])), no("invalid_value", "messages[0].role"));
        assert_eq!(with("messages", json!([{"role": "user"}])), no("invalid_value", "messages[0].content"));
        assert_eq!(with("messages", json!([7])), no("invalid_value", "messages[0].role"));
        assert!(decode(b"[]").is_err() && decode(b"{").is_err());
    }
}
