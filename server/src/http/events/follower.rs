//! One page's stream: what was missed, then what happens, until the sign-in behind it changes.

use super::hub::{EventHub, Notice, Seat};
use super::words::{may_hear, on_the_wire};
use crate::state::AppState;
use app::wire::LiveEvent;
use axum::response::sse::Event as SseEvent;
use domain::events::{Event, LoggedEvent};
use domain::people::Caller;
use futures::Stream;
use services::ports::{EventLog, StoreResult};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vocab::{EventId, SessionId};

/// Most events that are caught up one by one; beyond that, asking for everything again is cheaper.
const CATCH_UP: u32 = 200;
/// A stream is renewed after this time, and its sign-in looked at again.
pub const LONGEST: Duration = Duration::from_mins(30);
/// How long the browser waits before it comes back.
pub const COME_BACK_AFTER: Duration = Duration::from_secs(2);

/// One page's stream.
pub struct Follower {
    caller: Caller,
    session_id: SessionId,
    notices: broadcast::Receiver<Notice>,
    stopping: CancellationToken,
    until: Instant,
    last: EventId,
    waiting: VecDeque<SseEvent>,
    over: bool,
    _seat: Seat,
}

impl Follower {
    /// Begins to listen, then reads what was missed: nothing falls in between.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn begin(
        state: &AppState,
        caller: Caller,
        session_id: SessionId,
        seat: Seat,
        last_seen: Option<EventId>,
    ) -> StoreResult<Self> {
        let hub: &EventHub = &state.events;
        let mut follower = Self {
            caller,
            session_id,
            notices: hub.listen(),
            stopping: hub.stopping(),
            until: Instant::now() + LONGEST,
            last: EventId(0),
            waiting: VecDeque::new(),
            over: false,
            _seat: seat,
        };
        follower.catch_up(&*state.ports.events, last_seen).await?;
        Ok(follower)
    }

    /// As server-sent events.
    pub fn into_stream(self) -> impl Stream<Item = Result<SseEvent, Infallible>> + Send {
        futures::stream::unfold(self, |mut follower| async move { follower.next().await.map(|event| (Ok(event), follower)) })
    }

    async fn catch_up(&mut self, log: &dyn EventLog, last_seen: Option<EventId>) -> StoreResult<()> {
        self.last = log.head().await?;
        // An event without data changes nothing on the page but the id it will come back with.
        self.waiting.push_back(SseEvent::default().id(self.last.0.to_string()).retry(COME_BACK_AFTER));
        let Some(seen) = last_seen else { return Ok(()) };
        let kept = seen <= self.last && seen.0 + 1 >= log.tail().await?.0;
        let missed = if kept { log.after(seen, CATCH_UP + 1).await? } else { Vec::new() };
        if !kept || missed.len() > CATCH_UP as usize {
            self.resync();
            return Ok(());
        }
        self.last = seen;
        for event in missed {
            self.take(event);
        }
        Ok(())
    }

    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            let notice = tokio::select! {
                () = self.stopping.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                notice = self.notices.recv() => notice,
            };
            match notice {
                Ok(Notice::Event(event)) => self.take(event),
                Ok(Notice::Resync) | Err(RecvError::Lagged(_)) => self.resync(),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn take(&mut self, logged: LoggedEvent) {
        if logged.id <= self.last {
            return;
        }
        self.last = logged.id;
        self.over |= self.ends_with(&logged.event);
        if may_hear(&self.caller, &logged.event) {
            self.say(&on_the_wire(logged.event), Some(logged.id));
        }
    }

    /// Another role or password, or this very session's end: the browser has to prove itself anew.
    fn ends_with(&self, event: &Event) -> bool {
        match event {
            Event::UserChanged { user_id } => self.caller.actor.user_id() == Some(*user_id),
            Event::SessionEnded { session_id, .. } => self.session_id == *session_id,
            _ => false,
        }
    }

    fn resync(&mut self) {
        self.say(&LiveEvent::Resync, None);
    }

    fn say(&mut self, event: &LiveEvent, id: Option<EventId>) {
        let Ok(said) = SseEvent::default().json_data(event) else { return };
        self.waiting.push_back(match id {
            Some(id) => said.id(id.0.to_string()),
            None => said,
        });
    }
}
