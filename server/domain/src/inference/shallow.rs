//! The few members of an OpenAI-style request the gateway needs, found without taking the body apart, and the
//! smallest change to it that makes it fit the upstream.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A request body, read as far as routing needs it. Byte ranges point into the body it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shallow {
    /// The model name as the caller wrote it, escapes resolved.
    pub model: String,
    /// Does the caller want an event stream?
    pub stream: bool,
    /// Did the caller ask for usage in the stream?
    pub asked_usage: bool,
    model_at: Range<usize>,
    /// Right after the opening brace.
    members_at: usize,
    options: Options,
}

/// What `stream_options` looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Options {
    Missing,
    /// `null`, at these bytes.
    Null(Range<usize>),
    /// An object without `include_usage`: a member can be put here, with a comma after it if others follow.
    Object {
        members_at: usize,
        empty: bool,
    },
    /// `include_usage`, at these bytes.
    Includes(Range<usize>),
}

/// Why a body cannot be routed. The words are for the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShallowError {
    /// Not JSON at all, or not UTF-8.
    #[error("the request body is not valid JSON: {0}")]
    NotJson(String),
    /// JSON, and not an object.
    #[error("the request body must be a JSON object")]
    NotAnObject,
    /// No `model`, or an empty one.
    #[error("the request names no model; set \"model\"")]
    MissingModel,
    /// A member of another type than it must have.
    #[error("\"{param}\" must be {expected}")]
    WrongType {
        /// The member.
        param: &'static str,
        /// What it must be, with its article.
        expected: &'static str,
    },
    /// A member twice: what we would read and what the upstream would read may differ.
    #[error("\"{0}\" appears twice in the request body")]
    Duplicate(&'static str),
}

impl ShallowError {
    /// The parameter the error is about, for OpenAI-style error bodies.
    pub const fn param(&self) -> Option<&'static str> {
        match self {
            Self::NotJson(_) | Self::NotAnObject => None,
            Self::MissingModel => Some("model"),
            Self::WrongType { param, .. } | Self::Duplicate(param) => Some(param),
        }
    }
}

/// Reads the top-level members `model`, `stream` and `stream_options` of a request body.
pub fn read(body: &[u8]) -> Result<Shallow, ShallowError> {
    let members_at = body.iter().position(|b| !b.is_ascii_whitespace()).map_or(0, |at| at + 1);
    let (model, stream, options) = match members(body, ["model", "stream", "stream_options"]) {
        Ok([model, stream, options]) => (model, stream, options),
        Err(error) => return Err(error),
    };
    let model_raw = model.ok_or(ShallowError::MissingModel)?;
    let wrong_model = ShallowError::WrongType { param: "model", expected: "a text" };
    let model: String = serde_json::from_str(model_raw).map_err(|_| wrong_model)?;
    if model.trim().is_empty() {
        return Err(ShallowError::MissingModel);
    }
    let options = match options {
        None => Options::Missing,
        Some("null") => Options::Null(range_in(body, options.unwrap_or_default())),
        Some(object) if object.starts_with('{') => read_options(body, object)?,
        Some(_) => return Err(ShallowError::WrongType { param: "stream_options", expected: "an object" }),
    };
    let asked_usage = matches!(&options, Options::Includes(at) if body.get(at.clone()) == Some(b"true"));
    Ok(Shallow { model, stream: flag(stream, "stream")?, asked_usage, model_at: range_in(body, model_raw), members_at, options })
}

impl Shallow {
    /// The body with only what must change changed: the model's name, if `model` gives another, and, with
    /// `want_usage`, a wish for usage in a stream that did not ask for it. Says whether that wish was added; then the
    /// extra chunk has to be taken out of the answer again ([`super::UsageChunkFilter`]).
    pub fn rewrite(&self, body: &[u8], model: Option<&str>, want_usage: bool) -> (Vec<u8>, bool) {
        let mut edits: Vec<(Range<usize>, String)> = Vec::with_capacity(2);
        if let Some(model) = model.filter(|model| *model != self.model) {
            edits.push((self.model_at.clone(), serde_json::Value::from(model).to_string()));
        }
        let add_usage = want_usage && self.stream && !self.asked_usage;
        if add_usage {
            edits.push(self.usage_edit());
        }
        edits.sort_by_key(|(at, _)| at.start);
        let grown: usize = edits.iter().map(|(_, text)| text.len()).sum();
        let mut out = Vec::with_capacity(body.len() + grown);
        let mut from = 0;
        for (at, text) in edits {
            out.extend_from_slice(body.get(from..at.start).unwrap_or_default());
            out.extend_from_slice(text.as_bytes());
            from = at.end;
        }
        out.extend_from_slice(body.get(from..).unwrap_or_default());
        (out, add_usage)
    }

    fn usage_edit(&self) -> (Range<usize>, String) {
        match &self.options {
            // `model` follows somewhere, so the comma is right.
            Options::Missing => (self.members_at..self.members_at, r#""stream_options":{"include_usage":true},"#.to_owned()),
            Options::Null(at) => (at.clone(), r#"{"include_usage":true}"#.to_owned()),
            Options::Object { members_at, empty } => {
                let comma = if *empty { "" } else { "," };
                (*members_at..*members_at, format!("\"include_usage\":true{comma}"))
            }
            Options::Includes(at) => (at.clone(), "true".to_owned()),
        }
    }
}

fn read_options(body: &[u8], object: &str) -> Result<Options, ShallowError> {
    let [include_usage] = members(object.as_bytes(), ["include_usage"])?;
    let at = range_in(body, object);
    Ok(match include_usage {
        Some(value) => {
            flag(Some(value), "stream_options.include_usage")?;
            Options::Includes(range_in(body, value))
        }
        None => Options::Object { members_at: at.start + 1, empty: object[1..].trim_ascii_start() == "}" },
    })
}

fn flag(raw: Option<&str>, param: &'static str) -> Result<bool, ShallowError> {
    match raw {
        None | Some("null" | "false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ShallowError::WrongType { param, expected: "true or false" }),
    }
}

/// Where `part`, borrowed from `body`, is in it.
fn range_in(body: &[u8], part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
    start..start + part.len()
}

/// The raw values of these members of a JSON object.
fn members<'a, const N: usize>(json: &'a [u8], names: [&'static str; N]) -> Result<[Option<&'a str>; N], ShallowError> {
    let text = std::str::from_utf8(json).map_err(|_| ShallowError::NotJson("it is not UTF-8".to_owned()))?;
    let mut duplicate = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = reader.deserialize_any(Members { names, duplicate: &mut duplicate }).and_then(|found| reader.end().map(|()| found));
    if let Some(name) = duplicate {
        return Err(ShallowError::Duplicate(name));
    }
    found.map_err(|error| if error.is_data() { ShallowError::NotAnObject } else { ShallowError::NotJson(error.to_string()) })
}

struct Members<'d, const N: usize> {
    names: [&'static str; N],
    duplicate: &'d mut Option<&'static str>,
}

impl<'de, const N: usize> Visitor<'de> for Members<'_, N> {
    type Value = [Option<&'de str>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
            let value: &'de RawValue = map.next_value()?;
            if let Some(index) = self.names.iter().position(|wanted| **wanted == *name)
                && found[index].replace(value.get()).is_some()
            {
                *self.duplicate = Some(self.names[index]);
            }
        }
        Ok(found)
    }
}

/// A member's name: borrowed, unless it has escapes.
pub(super) struct Name<'a>(Cow<'a, str>);

impl Name<'_> {
    /// Escapes resolved.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> serde::Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }
            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rewritten(body: &str, model: Option<&str>, want_usage: bool) -> (String, bool) {
        let shallow = read(body.as_bytes()).unwrap();
        let (out, added) = shallow.rewrite(body.as_bytes(), model, want_usage);
        (String::from_utf8(out).unwrap(), added)
    }

    #[test]
    fn finds_the_members_and_leaves_the_rest_alone() {
        let body = " {\"messages\":[{\"role\":\"user\",\"content\":\"\\u2603 \\\"model\\\":\\\"x\\\"\"}], \"model\" : \"openai/gpt-5\",\n\"n\":1.0e0 }\n";
        let shallow = read(body.as_bytes()).unwrap();
        assert_eq!((shallow.model.as_str(), shallow.stream, shallow.asked_usage), ("openai/gpt-5", false, false));
        assert_eq!(rewritten(body, None, true), (body.to_owned(), false));
        assert_eq!(rewritten(body, Some("openai/gpt-5"), true), (body.to_owned(), false));
        assert_eq!(rewritten(body, Some("gpt-5"), true), (body.replace("openai/gpt-5", "gpt-5"), false));
    }

    #[test]
    fn asks_for_usage_only_where_the_caller_did_not() {
        let ask = |options: &str| rewritten(&format!("{{\"model\":\"m\",\"stream\":true{options}}}"), None, true);
        let with = |options: &str, added: bool| (format!("{{\"model\":\"m\",\"stream\":true{options}}}"), added);
        assert_eq!(ask(""), ("{\"stream_options\":{\"include_usage\":true},\"model\":\"m\",\"stream\":true}".into(), true));
        assert_eq!(ask(",\"stream_options\":null"), with(",\"stream_options\":{\"include_usage\":true}", true));
        assert_eq!(ask(",\"stream_options\":{ }"), with(",\"stream_options\":{\"include_usage\":true }", true));
        assert_eq!(ask(",\"stream_options\":{\"x\":[1]}"), with(",\"stream_options\":{\"include_usage\":true,\"x\":[1]}", true));
        assert_eq!(ask(",\"stream_options\":{\"include_usage\": false}"), with(",\"stream_options\":{\"include_usage\": true}", true));
        assert_eq!(ask(",\"stream_options\":{\"include_usage\":true}"), with(",\"stream_options\":{\"include_usage\":true}", false));
        assert!(!rewritten("{\"model\":\"m\",\"stream\":true}", None, false).1);
        let both = rewritten("{\"stream\":true,\"model\":\"tier:strong\"}", Some("a\"b"), true).0;
        assert_eq!(both, "{\"stream_options\":{\"include_usage\":true},\"stream\":true,\"model\":\"a\\\"b\"}");
    }

    #[test]
    fn escapes_in_names_and_values_are_resolved() {
        let body = r#"{"mod\u0065l":"gp\u0074\/5","stream":true}"#;
        assert_eq!(read(body.as_bytes()).unwrap().model, "gpt/5");
        assert_eq!(rewritten(body, Some("x"), false).0, r#"{"mod\u0065l":"x","stream":true}"#);
    }

    #[test]
    fn each_bad_body_has_its_own_words() {
        let error = |body: &str| read(body.as_bytes()).unwrap_err();
        assert_eq!(error("[1]"), ShallowError::NotAnObject);
        assert_eq!(error("\"model\""), ShallowError::NotAnObject);
        assert_eq!(error("{}"), ShallowError::MissingModel);
        assert_eq!(error("{\"model\":\" \"}"), ShallowError::MissingModel);
        assert_eq!(error("{\"model\":7}").param(), Some("model"));
        assert_eq!(error("{\"model\":null}").to_string(), "\"model\" must be a text");
        assert_eq!(error("{\"model\":\"a\",\"stream\":\"yes\"}").to_string(), "\"stream\" must be true or false");
        assert_eq!(error("{\"model\":\"a\",\"stream_options\":[]}").to_string(), "\"stream_options\" must be an object");
        let usage = "{\"model\":\"a\",\"stream_options\":{\"include_usage\":1}}";
        assert_eq!(error(usage).param(), Some("stream_options.include_usage"));
        assert_eq!(error("{\"model\":\"a\",\"mod\\u0065l\":\"b\"}"), ShallowError::Duplicate("model"));
        for broken in ["", "{\"model\":\"a\"", "{\"model\":\"a\"} x", "{\"model\":\"\\ud800\"", "nonsense"] {
            assert!(matches!(error(broken), ShallowError::NotJson(_)), "{broken}");
        }
        assert!(matches!(read(b"{\"model\":\"\xff\"}"), Err(ShallowError::NotJson(_))));
    }

    #[test]
    fn a_large_or_deep_body_is_read() {
        let large = format!("{{\"messages\":\"{}\",\"model\":\"m\",\"stream\":true}}", "é".repeat(5_000_000));
        let (out, added) = rewritten(&large, Some("n"), true);
        assert!(added && out.len() == large.len() + 40);
        let deep = format!("{{\"model\":\"m\",\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(matches!(read(deep.as_bytes()), Ok(_) | Err(ShallowError::NotJson(_))));
    }

    proptest! {
        #[test]
        fn what_is_rewritten_reads_back(model in "\\PC{1,20}", other in "\\PC{1,20}", text in "\\PC{0,40}", stream: bool, pretty: bool) {
            prop_assume!(!model.trim().is_empty() && !other.trim().is_empty());
            let value = serde_json::json!({"messages": text, "model": model, "stream": stream, "z": {"model": 1}});
            let body = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) }.unwrap();
            let shallow = read(&body).unwrap();
            prop_assert_eq!(&shallow.model, &model);
            let (out, added) = shallow.rewrite(&body, Some(&other), true);
            prop_assert_eq!(added, stream);
            let mut back: serde_json::Value = serde_json::from_slice(&out).unwrap();
            let options = back.as_object_mut().unwrap().remove("stream_options");
            prop_assert_eq!(options.is_some(), stream);
            let mut want = value;
            want["model"] = other.into();
            prop_assert_eq!(back, want);
        }

        #[test]
        fn no_bytes_make_it_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(shallow) = read(&bytes) {
                shallow.rewrite(&bytes, Some("m"), true);
            }
        }
    }
}
