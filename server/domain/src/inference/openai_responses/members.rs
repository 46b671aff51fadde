//! A JSON object taken apart one level deep and put together again: values stay as they were written.

use crate::inference::shallow::Name;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Name and value of a member, in the order of the object.
pub(super) type Member<'a> = (Name<'a>, &'a str);

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<Member<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            let value: &'de RawValue = map.next_value()?;
            members.push((name, value.get()));
        }
        Ok(members)
    }
}

/// The members of an object; `None` when it is none.
pub(super) fn read(json: &str) -> Option<Vec<Member<'_>>> {
    serde_json::Deserializer::from_str(json).deserialize_map(Members).ok()
}

/// An object of these members.
pub(super) fn write<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut out = String::from("{");
    for (name, value) in members {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&serde_json::Value::from(name).to_string());
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    out.into_bytes()
}
