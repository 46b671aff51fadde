//! From the bytes of an event stream to deltas.

use super::dialect::{Decoder, Pieces};
use crate::http::unreachable;
use crate::provider::classify;
use crate::provider::message::ErrorFacts;
use crate::redact::Redactor;
use bytes::Bytes;
use domain::inference::{Delta, EventTooLong, SseEvent, SseReader};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use services::ports::{CallFailure, DeltaStream};
use std::collections::VecDeque;

struct Reading {
    body: BoxStream<'static, Result<Bytes, CallFailure>>,
    reader: SseReader,
    decoder: Box<dyn Decoder>,
    queue: VecDeque<Result<Delta, CallFailure>>,
    redactor: Redactor,
    /// Nothing more is read.
    over: bool,
}

/// The answer's deltas. Ends after [`Delta::Finished`] or an error; just ends when the provider stopped in the middle.
pub(super) fn deltas(body: BoxStream<'static, Result<Bytes, CallFailure>>, decoder: Box<dyn Decoder>, redactor: Redactor) -> DeltaStream {
    let reading = Reading { body, reader: SseReader::default(), decoder, queue: VecDeque::new(), redactor, over: false };
    futures::stream::unfold(reading, |mut reading| async move {
        let item = reading.next().await?;
        Some((item, reading))
    })
    .boxed()
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Delta, CallFailure>> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                if matches!(item, Err(_) | Ok(Delta::Finished(_))) {
                    self.over = true;
                    self.queue.clear();
                }
                return Some(item);
            }
            if self.over {
                return None;
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.take(Some(&bytes)),
                Some(Err(failure)) => self.queue.push_back(Err(failure)),
                None => {
                    self.take(None);
                    self.over = true;
                }
            }
        }
    }

    /// Takes a piece of the stream, or its end.
    fn take(&mut self, bytes: Option<&[u8]>) {
        let (decoder, mut pieces, mut too_long) = (&mut self.decoder, Pieces::new(), None);
        let mut sink = |event: Result<SseEvent<'_>, EventTooLong>| match event {
            Ok(event) => decoder.event(event, &mut pieces),
            Err(error) => too_long = Some(error),
        };
        match bytes {
            Some(bytes) => self.reader.feed(bytes, &mut sink),
            None => self.reader.finish(&mut sink),
        }
        if bytes.is_none() {
            self.decoder.end(&mut pieces);
        }
        let redactor = &self.redactor;
        self.queue.extend(pieces.into_iter().map(|piece| piece.map_err(|facts| failure(&facts, redactor))));
        if let Some(error) = too_long {
            self.queue.push_back(Err(unreachable(error.to_string())));
        }
    }
}

fn failure(facts: &ErrorFacts, redactor: &Redactor) -> CallFailure {
    let message = facts.message.as_deref().unwrap_or("the provider broke off with an error and said nothing else");
    CallFailure { verdict: classify::in_stream(facts), status: None, message: redactor.clean(message), retry_after: None }
}
