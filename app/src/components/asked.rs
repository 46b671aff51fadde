//! What a page asks the server for.

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// JSON, read from bytes as server functions read their answers: one reader in the browser's program instead of two.
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// A resource whose first value travels in the page.
pub type Asked<T> = Resource<T, Json>;

/// Asks once the page is made, and again whenever `source` changes. Instead of `Resource::new`, whose reader is another one.
pub fn ask<S, T, F>(source: impl Fn() -> S + Send + Sync + 'static, fetcher: impl Fn(S) -> F + Send + Sync + 'static) -> Asked<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetcher, false)
}
