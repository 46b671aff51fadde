//! An answer, looked at.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures::StreamExt;
use std::time::Duration;

/// Status, headers, and a body that is read when somebody asks.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Body,
}

impl Answer {
    pub fn new(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// A header as text, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where it sends the browser.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The whole body as text.
    pub async fn text(self) -> String {
        let bytes = axum::body::to_bytes(self.body, 64 * 1024 * 1024).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The whole body as JSON.
    pub async fn json(self) -> serde_json::Value {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// A body that goes on and on.
    pub fn stream(self) -> Reader {
        Reader { stream: self.body.into_data_stream().boxed(), read: String::new() }
    }
}

/// Reads server-sent events.
pub struct Reader {
    stream: futures::stream::BoxStream<'static, Result<Bytes, axum::Error>>,
    read: String,
}

impl Reader {
    /// The next event, heartbeats skipped; `None` when the stream ended or nothing came for fifteen seconds.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.read = rest;
                if event.starts_with(':') {
                    continue;
                }
                return Some(event);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(15), self.stream.next()).await.ok()??.ok()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event's data as JSON.
    pub async fn data(&mut self) -> Option<serde_json::Value> {
        loop {
            let event = self.next().await?;
            if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }

    /// Did the stream end, within fifteen seconds?
    pub async fn ends(&mut self) -> bool {
        let all = async { while let Some(Ok(_)) = self.stream.next().await {} };
        tokio::time::timeout(Duration::from_secs(15), all).await.is_ok()
    }
}
