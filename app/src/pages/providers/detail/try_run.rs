//! One question and its streamed answer.

use super::line_buffer::LineBuffer;
use crate::server_fns::providers::try_it;
use crate::wire::{AppError, TryEvent};
use futures::StreamExt;
use futures::future::{AbortHandle, abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use vocab::ProviderId;

/// How the answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All well: the figures in one line.
    Done(String),
    /// In words.
    Failed(String),
    /// The person pressed "Cancel".
    Cancelled,
}

/// A run: at most one at a time.
#[derive(Clone, Copy)]
pub struct Run {
    /// The answer so far.
    pub text: RwSignal<String>,
    /// How it ended; `None` before and while it runs.
    pub end: RwSignal<Option<End>>,
    /// An error before anything came.
    pub error: RwSignal<Option<AppError>>,
    /// Is it under way?
    pub running: RwSignal<bool>,
    abort: StoredValue<Option<AbortHandle>>,
}

impl Run {
    /// Nothing asked yet. Leaving the page ends a run.
    pub fn new() -> Self {
        let run = Self {
            text: RwSignal::default(),
            end: RwSignal::default(),
            error: RwSignal::default(),
            running: RwSignal::default(),
            abort: StoredValue::new(None),
        };
        on_cleanup(move || {
            run.abort.try_update_value(|abort| abort.take().inspect(AbortHandle::abort));
        });
        run
    }

    /// Asks. Dropping the stream, which is what aborting does, cancels the request upstream.
    pub fn start(self, id: ProviderId, model: String, prompt: String) {
        self.text.set(String::new());
        self.end.set(None);
        self.error.set(None);
        self.running.set(true);
        let (answer, abort) = abortable(self.listen(id, model, prompt));
        self.abort.set_value(Some(abort));
        spawn_local(async move {
            let _ = answer.await;
            // The page may have gone meanwhile.
            self.running.try_set(false);
        });
    }

    /// Stops listening.
    pub fn cancel(self) {
        self.abort.try_update_value(|abort| abort.take().inspect(AbortHandle::abort));
        self.end.set(Some(End::Cancelled));
    }

    async fn listen(self, id: ProviderId, model: String, prompt: String) {
        let mut stream = match try_it(id, model, prompt).await {
            Ok(stream) => stream.into_inner(),
            Err(error) => {
                self.error.try_set(Some(error));
                return;
            }
        };
        let mut lines = LineBuffer::default();
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => lines.push(&piece).iter().for_each(|line| self.take(line)),
                Err(error) => {
                    self.error.try_set(Some(error));
                    return;
                }
            }
        }
        if let Some(line) = lines.finish() {
            self.take(&line);
        }
        if self.end.try_with_untracked(Option::is_none) == Some(true) {
            self.end.try_set(Some(End::Failed("The answer broke off. Try again.".to_owned())));
        }
    }

    fn take(self, line: &str) {
        match serde_json::from_slice(line.as_bytes()) {
            Ok(TryEvent::Text { text }) => {
                self.text.try_update(|answer| answer.push_str(&text));
            }
            Ok(TryEvent::Failed { message }) => {
                self.end.try_set(Some(End::Failed(message)));
            }
            Ok(done @ TryEvent::Done { .. }) => {
                self.end.try_set(Some(End::Done(figures(&done))));
            }
            Err(_) => {
                self.end.try_set(Some(End::Failed("The answer could not be read. Reload the page and try again.".to_owned())));
            }
        }
    }
}

/// `12 in · 34 out · 820 ms · $0.0004`; what is not known is said, never shown as zero.
fn figures(done: &TryEvent) -> String {
    let TryEvent::Done { input_tokens, output_tokens, total_ms, cost, .. } = done else { return String::new() };
    let count = |tokens: Option<u64>| tokens.map_or_else(|| "–".to_owned(), |tokens| tokens.to_string());
    let cost = cost.as_ref().map_or_else(|| "price not known".to_owned(), |cost| format!("${cost}"));
    format!("{} in · {} out · {total_ms} ms · {cost}", count(*input_tokens), count(*output_tokens))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_figures_without_inventing_any() {
        let mut done = TryEvent::Done {
            input_tokens: Some(12),
            output_tokens: Some(34),
            first_ms: 300,
            total_ms: 820,
            cost: Some("0.0004".to_owned()),
            model: "m".to_owned(),
        };
        assert_eq!(figures(&done), "12 in · 34 out · 820 ms · $0.0004");
        if let TryEvent::Done { input_tokens, cost, .. } = &mut done {
            (*input_tokens, *cost) = (None, None);
        }
        assert_eq!(figures(&done), "– in · 34 out · 820 ms · price not known");
    }
}
