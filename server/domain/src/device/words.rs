//! Reading the members of an answer, tolerantly.

use crate::flow::plain_words as tidy;
use serde_json::{Map, Value};

/// A JSON object, if it is one.
pub(super) fn object(body: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// The first of these members that is a text with something in it.
pub(super) fn text<'a>(members: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| members.get(*name)?.as_str()).map(str::trim).filter(|text| !text.is_empty())
}

/// A number of seconds, however it is written: 5, 5.0, "5". `None` when it is missing, zero, negative or no number.
pub(super) fn seconds(members: &Map<String, Value>, name: &str) -> Option<time::Duration> {
    let number = match members.get(name)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    // Larger values are years; the callers bound what they accept far below.
    (number.is_finite() && number > 0.0).then(|| time::Duration::seconds_f64(number.min(1e9)))
}

/// `error` as RFC 6749 §5.2 has it, or as an object with a `code` (or `type`) and a `message`.
pub(super) fn error_of(members: &Map<String, Value>) -> Option<(String, String)> {
    match members.get("error")? {
        Value::String(code) => {
            let words = text(members, &["error_description", "message", "detail"]).unwrap_or(code);
            Some((tidy(code), tidy(words)))
        }
        Value::Object(inner) => {
            let code = text(inner, &["code", "type", "error"]).unwrap_or("error");
            Some((tidy(code), tidy(text(inner, &["message", "error_description"]).unwrap_or(code))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_in_every_spelling() {
        let read = |json: &str| seconds(&object(format!("{{\"interval\":{json}}}").as_bytes()).expect("an object"), "interval");
        for five in ["5", "5.0", "\"5\"", "\" 5 \""] {
            assert_eq!(read(five), Some(time::Duration::seconds(5)), "{five}");
        }
        for nothing in ["0", "-3", "\"soon\"", "null", "true", "[5]", "\"NaN\"", "\"inf\""] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(seconds(&Map::new(), "interval"), None);
    }
}
