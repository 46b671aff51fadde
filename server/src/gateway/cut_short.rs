//! An event stream whose upstream broke off: the caller is told so in the stream, where that can be done in order.

use bytes::Bytes;
use futures::stream::{BoxStream, Stream, StreamExt};
use services::ports::CallFailure;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Passes an event stream on. When it breaks between two events, an error event is added and the answer ends in order;
/// when it breaks within one, the connection breaks too, since whatever came after would be read as part of it. There is
/// never a `[DONE]` that the provider did not send.
pub struct EndingInOrder {
    inner: BoxStream<'static, Result<Bytes, CallFailure>>,
    /// The last two bytes passed on without carriage returns. An event ends with an empty line.
    tail: [u8; 2],
    /// A break as the caller's dialect tells it.
    error_event: fn(&CallFailure) -> String,
    over: bool,
}

impl EndingInOrder {
    /// Wraps the body of an event stream.
    pub fn new(inner: BoxStream<'static, Result<Bytes, CallFailure>>, error_event: fn(&CallFailure) -> String) -> Self {
        Self { inner, tail: *b"\n\n", error_event, over: false }
    }

    fn passed(&mut self, chunk: &Bytes) {
        let mut last = chunk.iter().rev().copied().filter(|byte| *byte != b'\r');
        self.tail = match (last.next(), last.next()) {
            (Some(end), Some(before)) => [before, end],
            (Some(end), None) => [self.tail[1], end],
            (None, _) => self.tail,
        };
    }
}

impl Stream for EndingInOrder {
    type Item = Result<Bytes, CallFailure>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let next = ready!(self.inner.poll_next_unpin(context));
        match &next {
            Some(Ok(chunk)) => self.passed(chunk),
            Some(Err(failure)) => {
                self.over = true;
                if self.tail == *b"\n\n" {
                    let event = (self.error_event)(failure);
                    return Poll::Ready(Some(Ok(event.into())));
                }
            }
            None => self.over = true,
        }
        Poll::Ready(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use futures::stream;
    use vocab::Verdict;

    fn broken(chunks: &'static [&'static str]) -> (String, bool) {
        let failure = CallFailure { verdict: Verdict::ProviderDown, status: None, message: "gone".into(), retry_after: None };
        let chunks = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).chain([Err(failure)]);
        let items: Vec<_> =
            block_on(EndingInOrder::new(stream::iter(chunks).boxed(), |failure| format!("data: {}\n\n", failure.message)).collect());
        let text = items.iter().filter_map(|item| item.as_ref().ok()).map(|chunk| String::from_utf8_lossy(chunk)).collect();
        (text, items.iter().any(Result::is_err))
    }

    #[test]
    fn between_events_the_break_is_told() {
        for chunks in [&[][..], &["data: 1\n\n"], &["data: 1\r\n\r\n"], &["data: 1\n", "\n"], &["data: 1\n", "\r", "\n"]] {
            let (text, broke) = broken(chunks);
            assert!(!broke && text.starts_with(&chunks.concat()), "{chunks:?}");
            assert!(text.ends_with("data: gone\n\n"), "{text}");
        }
    }

    #[test]
    fn within_an_event_the_connection_breaks() {
        for chunks in [&["data: 1"][..], &["data: 1\n"], &["data: 1\n\n", "da"], &["data: 1\n\n", "data: 2\r\n"]] {
            assert_eq!(broken(chunks), (chunks.concat(), true));
        }
    }
}
