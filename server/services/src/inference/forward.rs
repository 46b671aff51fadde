//! A body on its way back to the caller: watched for usage, metered to its end.

use super::meter::Meter;
use super::translate;
use crate::ports::{Answer, CallFailure};
use bytes::Bytes;
use domain::inference::{UsageChunkFilter, UsageTap};
use futures::stream::{BoxStream, Stream, StreamExt};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use vocab::UsageOutcome;

/// An upstream body that writes its usage row when it ends, breaks, or is dropped because the caller hung up.
pub(super) struct MeteredBody {
    inner: Option<BoxStream<'static, Result<Bytes, CallFailure>>>,
    tap: Option<UsageTap>,
    filter: Option<UsageChunkFilter>,
    meter: Meter,
    ok: bool,
    /// A stream that ends without its last event is told so.
    must_end: bool,
    /// It did.
    cut: bool,
}

impl MeteredBody {
    /// Wraps an answer's body. `hide_usage`: take the usage chunk we asked for out again. `must_end`: a stream without its
    /// last event ends in an error.
    pub fn new(answer: Answer, hide_usage: bool, must_end: bool, meter: Meter) -> Self {
        Self {
            must_end: must_end && answer.content_type.to_ascii_lowercase().contains("event-stream"),
            cut: false,
            tap: Some(UsageTap::for_content_type(&answer.content_type)),
            filter: hide_usage.then(UsageChunkFilter::default),
            ok: (200..300).contains(&answer.status),
            inner: Some(answer.body),
            meter,
        }
    }

    fn passed(&mut self, chunk: Bytes) -> Bytes {
        if let Some(tap) = &mut self.tap {
            tap.feed(&chunk);
        }
        match &mut self.filter {
            None => chunk,
            Some(filter) => {
                let mut out = Vec::with_capacity(chunk.len());
                filter.feed(&chunk, &mut out);
                out.into()
            }
        }
    }

    /// The end of the body, whichever way: writes the row once.
    fn end(&mut self, broken: bool, hung_up: bool) -> Option<Bytes> {
        self.inner = None;
        let tapped = self.tap.take()?.finish();
        self.meter.counted(tapped.tokens);
        self.cut = self.must_end && self.ok && !tapped.completed && !tapped.failed;
        let outcome = match (self.ok, broken || !tapped.completed, hung_up) {
            // Many clients hang up at the last event instead of reading to the end: that is no cancellation.
            (_, true, true) => UsageOutcome::ClientClosed,
            (false, ..) => UsageOutcome::ProviderError,
            (true, true, false) => UsageOutcome::Interrupted,
            (true, false, _) => UsageOutcome::Completed,
        };
        self.meter.finish(outcome);
        let mut rest = Vec::new();
        self.filter.take()?.finish(&mut rest);
        (!rest.is_empty()).then(|| rest.into())
    }
}

impl Stream for MeteredBody {
    type Item = Result<Bytes, CallFailure>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(inner) = &mut self.inner else { return Poll::Ready(None) };
            match ready!(inner.poll_next_unpin(context)) {
                Some(Ok(chunk)) => {
                    let passed = self.passed(chunk);
                    if !passed.is_empty() {
                        return Poll::Ready(Some(Ok(passed)));
                    }
                }
                Some(Err(failure)) => {
                    self.end(true, false);
                    return Poll::Ready(Some(Err(failure)));
                }
                None => {
                    let rest = self.end(false, false);
                    return Poll::Ready(if self.cut { Some(Err(translate::interrupted())) } else { rest.map(Ok) });
                }
            }
        }
    }
}

impl Drop for MeteredBody {
    fn drop(&mut self) {
        self.end(false, true);
    }
}
