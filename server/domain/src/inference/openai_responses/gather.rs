//! From the events of a response to the object a caller gets who did not ask for a stream.

use super::members;
use crate::inference::SseEvent;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The longest event and the longest response that are gathered, in bytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Gathers events. Feed it all of them, then ask what came of it.
#[derive(Debug, Default)]
pub struct Gathering {
    /// Finished output items by their place: some servers leave them out of the last event.
    items: BTreeMap<u64, String>,
    bytes: usize,
    end: Option<Gathered>,
}

/// What became of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gathered {
    /// The object of `response.completed` or `response.incomplete`, as JSON bytes.
    Response(Vec<u8>),
    /// `response.failed` or `error`: the error with its code and words.
    Failed(Value),
    /// It just stopped.
    Interrupted,
    /// Longer than [`MAX_BYTES`].
    TooLong,
}

/// The members of an event that matter here; everything else is skipped.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    output_index: Option<u64>,
    #[serde(borrow)]
    item: Option<&'a RawValue>,
}

impl Gathering {
    /// Is the response over?
    pub const fn ended(&self) -> bool {
        self.end.is_some()
    }

    /// Takes an event; `None` stands for one that was too long to read. What does not parse is passed over.
    pub fn take(&mut self, event: Option<SseEvent<'_>>) {
        if self.end.is_some() {
            return;
        }
        let Some(sse) = event else {
            self.end = Some(Gathered::TooLong);
            return;
        };
        let Ok(event) = serde_json::from_str::<Event<'_>>(sse.data) else { return };
        match (event.kind.as_deref().unwrap_or(sse.name), event.response) {
            ("response.completed" | "response.incomplete", Some(response)) => {
                self.end = Some(Gathered::Response(self.with_items(response.get())));
            }
            ("response.failed", Some(response)) => {
                self.end = Some(Gathered::Failed(serde_json::from_str(response.get()).unwrap_or_default()));
            }
            ("error", _) => self.end = Some(Gathered::Failed(serde_json::from_str(sse.data).unwrap_or_default())),
            ("response.output_item.done", _) => self.keep(event.output_index, event.item),
            _ => {}
        }
    }

    /// What came of it.
    pub fn finish(self) -> Gathered {
        self.end.unwrap_or(Gathered::Interrupted)
    }

    fn keep(&mut self, index: Option<u64>, item: Option<&RawValue>) {
        let Some(item) = item else { return };
        let next = self.items.last_key_value().map_or(0, |(last, _)| last + 1);
        self.bytes += item.get().len();
        self.items.insert(index.unwrap_or(next), item.get().to_owned());
        if self.bytes > MAX_BYTES {
            self.end = Some(Gathered::TooLong);
        }
    }

    /// The response as it is, or with the items that came before it where it has none of its own.
    fn with_items(&mut self, response: &str) -> Vec<u8> {
        let items = std::mem::take(&mut self.items);
        let Some(members) = members::read(response).filter(|_| !items.is_empty()) else { return response.as_bytes().to_vec() };
        let own = members.iter().find(|(name, _)| name.as_str() == "output").map(|(_, value)| *value);
        let empty = own.is_none_or(|value| value == "null" || value.strip_prefix('[').is_some_and(|rest| rest.trim_start() == "]"));
        if !empty {
            return response.as_bytes().to_vec();
        }
        let output = format!("[{}]", items.into_values().collect::<Vec<_>>().join(","));
        let rest = members.iter().filter(|(name, _)| name.as_str() != "output").map(|(name, value)| (name.as_str(), *value));
        members::write(rest.chain([("output", output.as_str())]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn gathered(events: &[&str]) -> Gathered {
        let mut gathering = Gathering::default();
        for data in events {
            gathering.take(Some(SseEvent { name: "", data }));
        }
        gathering.finish()
    }

    const CREATED: &str = r#"{"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}}"#;
    const DELTA: &str = r#"{"type":"response.output_text.delta","delta":"{\"type\":\"response.completed\"}"}"#;
    const ITEM: &str = r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"message","n":1.0e0}}"#;

    #[test]
    fn the_last_event_holds_the_response() {
        let whole = r#"{"id":"r", "status":"completed","output":[{"type":"message"}],"usage":{"input_tokens":1}}"#;
        let last = format!(r#"{{"type":"response.completed","response":{whole}}}"#);
        assert_eq!(gathered(&[CREATED, DELTA, ITEM, &last, CREATED]), Gathered::Response(whole.as_bytes().to_vec()), "byte for byte");
        let cut = r#"{"type":"response.incomplete","response":{"id":"r","status":"incomplete","output":[1]}}"#;
        assert!(matches!(gathered(&[CREATED, cut]), Gathered::Response(_)));
    }

    #[test]
    fn items_are_put_in_where_the_last_event_left_them_out() {
        for output in ["", r#","output":[ ]"#, r#","output":null"#] {
            let last = format!(r#"{{"type":"response.completed","response":{{"id":"r"{output}}}}}"#);
            let want = r#"{"id":"r","output":[{"type":"message","n":1.0e0}]}"#;
            assert_eq!(gathered(&[CREATED, ITEM, &last]), Gathered::Response(want.into()), "{output}");
        }
    }

    #[test]
    fn a_failure_is_a_failure_and_an_end_is_none() {
        let failed = r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"x","message":"no"}}}"#;
        assert!(matches!(gathered(&[CREATED, failed]), Gathered::Failed(error) if error["error"]["code"] == "x"));
        let error = r#"{"type":"error","code":"server_error","message":"no"}"#;
        assert!(matches!(gathered(&[CREATED, error]), Gathered::Failed(error) if error["code"] == json!("server_error")));
        assert_eq!(gathered(&[CREATED, DELTA, ITEM]), Gathered::Interrupted);
        assert_eq!(gathered(&[]), Gathered::Interrupted);
        assert_eq!(gathered(&["nonsense", "[]", "7", r#"{"type":7}"#, r#"{"type":"response.completed"}"#]), Gathered::Interrupted);
    }

    #[test]
    fn what_is_too_long_is_not_kept() {
        let mut gathering = Gathering::default();
        gathering.take(None);
        assert_eq!(gathering.finish(), Gathered::TooLong);
        let item = format!(r#"{{"type":"response.output_item.done","item":"{}"}}"#, "x".repeat(MAX_BYTES / 3));
        assert_eq!(gathered(&[&item, &item, &item, &item]), Gathered::TooLong);
    }
}
