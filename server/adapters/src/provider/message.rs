//! The words and codes in a provider's error body, whatever its shape.

use serde_json::Value;

/// What an error body says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ErrorFacts {
    /// Words for people.
    pub message: Option<String>,
    /// `error.code` as text, which some vendors keep more exact than `error.type`.
    pub code: Option<String>,
    /// Every machine word found: codes, types, reasons, statuses. Lower case.
    pub labels: Vec<String>,
}

impl ErrorFacts {
    /// Reads a JSON error body: `{error:{message,type,code}}`, `{error:"…"}`, `{message}`, `{detail}` with text,
    /// object or array (`FastAPI`), `{errors:[…]}`, `[{error:{…}}]` and Google's `error.details[].reason`.
    pub fn read(body: &Value) -> Self {
        let body = match body {
            Value::Array(list) => list.first().unwrap_or(&Value::Null),
            body => body,
        };
        let inner = body.get("error").filter(|error| error.is_object()).unwrap_or(body);
        let mut labels = Vec::new();
        for object in [inner, body] {
            labels.extend(["code", "type", "status", "reason", "__type", "error"].iter().filter_map(|name| label(object.get(*name)?)));
            labels.extend(object.get("metadata").and_then(|metadata| label(metadata.get("limit_source")?)));
        }
        let details = inner.get("details").and_then(Value::as_array).into_iter().flatten();
        labels.extend(details.filter_map(|detail| label(detail.get("reason")?)));
        labels.dedup();
        Self { message: message(body, 0), code: inner.get("code").and_then(label), labels }
    }

    /// Does any machine word, or the message, contain one of these? Compared in lower case.
    pub fn mentions(&self, words: &[&str]) -> bool {
        let message = self.message.as_deref().unwrap_or_default().to_lowercase();
        words.iter().any(|word| message.contains(word) || self.labels.iter().any(|label| label.contains(word)))
    }
}

/// A code or type as lower-case text. Long texts are words for people, not codes.
fn label(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() && text.len() <= 100 => Some(text.to_lowercase()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Members that hold words, the more telling first. `error` may be a bare code beside `error_description`.
const WORDS: [&str; 10] = ["error_description", "message", "Message", "detail", "error", "errors", "msg", "error_msg", "reason", "title"];

/// The first words found, at most four levels down.
fn message(value: &Value, depth: usize) -> Option<String> {
    if depth > 4 {
        return None;
    }
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Array(list) => {
            let all: Vec<String> = list.iter().take(3).filter_map(|item| with_place(item, depth + 1)).collect();
            (!all.is_empty()).then(|| all.join("; "))
        }
        Value::Object(map) => WORDS.iter().find_map(|name| message(map.get(*name)?, depth + 1)),
        _ => None,
    }
}

/// `{loc:["body","model"],msg:"field required"}` says which field it means.
fn with_place(item: &Value, depth: usize) -> Option<String> {
    let words = message(item, depth)?;
    let place = item
        .get("loc")
        .and_then(Value::as_array)
        .map(|steps| steps.iter().map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned)).collect::<Vec<_>>().join("."));
    Some(place.map_or_else(|| words.clone(), |place| format!("{place}: {words}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(body: &Value) -> String {
        ErrorFacts::read(body).message.unwrap_or_default()
    }

    #[test]
    fn words_are_found_in_every_shape() {
        assert_eq!(words(&json!({"error": {"message": "Incorrect API key", "type": "invalid_request_error"}})), "Incorrect API key");
        assert_eq!(words(&json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})), "Overloaded");
        assert_eq!(
            words(&json!({"code": "The caller has no permission", "error": "Incorrect API key provided"})),
            "Incorrect API key provided"
        );
        assert_eq!(words(&json!({"message": "Unauthorized", "request_id": "x"})), "Unauthorized");
        assert_eq!(
            words(&json!({"object": "error", "message": {"detail": [{"loc": ["body", "model"], "msg": "required"}]}})),
            "body.model: required"
        );
        assert_eq!(words(&json!({"detail": "Unauthorized"})), "Unauthorized");
        assert_eq!(words(&json!({"detail": [{"loc": ["header", 0], "msg": "missing"}, {"msg": "b"}]})), "header.0: missing; b");
        assert_eq!(
            words(&json!([{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}])),
            "API key not valid."
        );
        assert_eq!(words(&json!({"error": "invalid_grant", "error_description": "Refresh token expired"})), "Refresh token expired");
        assert_eq!(words(&json!({"errors": ["a", {"message": "b"}]})), "a; b");
        assert_eq!(words(&json!({"Message": "Bearer Token has expired"})), "Bearer Token has expired");
        assert_eq!(words(&json!({"error": {"code": 5, "message": ""}, "x": 1})), "");
        assert_eq!(words(&json!(7)), "");
    }

    #[test]
    fn codes_are_found() {
        let google = json!({"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT",
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}});
        assert!(ErrorFacts::read(&google).mentions(&["api_key_invalid"]));
        let openai = json!({"error": {"message": "m", "type": "insufficient_quota", "param": null, "code": "credit_balance_exhausted"}});
        let facts = ErrorFacts::read(&openai);
        assert_eq!(facts.code.as_deref(), Some("credit_balance_exhausted"));
        assert!(facts.mentions(&["insufficient_quota"]) && !facts.mentions(&["rate_limit"]));
    }
}
