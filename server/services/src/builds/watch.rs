//! Watching a log grow, as long as one may. Nothing is asked in vain: the event log says when there is more.

use super::Builds;
use crate::beginner::as_now;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::LogPiece;
use domain::events::Event;
use domain::people::Caller;
use futures::StreamExt;
use futures::stream::BoxStream;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout};
use vocab::{BuildId, BuildPhase, Permission};

/// News that a watcher may lag behind; with more of it, it looks for itself.
pub(super) const LAG: usize = 256;
/// Without news the log is looked at all the same, and it is asked anew whether the watcher still may.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Pieces of a log that are read at once.
const PIECES: u32 = 50;

/// What somebody who watches a build hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogNews {
    /// It has printed something.
    Piece(LogPiece),
    /// It is over, and has printed nothing more.
    Over(BuildPhase),
}

impl Builds {
    /// What a build prints after a place, as it comes, until it is over. The stream ends before that when the caller's session or
    /// token has ended or has lost the permission, which takes seconds, and when the database does not answer: then one comes back
    /// with the place of the last piece.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`].
    pub async fn watch(&self, caller: &Caller, id: BuildId, after: u64) -> ServiceResult<BoxStream<'static, LogNews>> {
        caller.require(Permission::ManageBuilds)?;
        let news = self.0.news.subscribe();
        self.repo().build(id).await?.ok_or(ServiceError::NotFound("build"))?;
        let watcher = Watcher {
            builds: self.clone(),
            caller: caller.clone(),
            id,
            after,
            news,
            waiting: VecDeque::new(),
            asked: Instant::now(),
            over: false,
        };
        Ok(futures::stream::unfold(watcher, |mut watcher| async move { watcher.next().await.map(|news| (news, watcher)) }).boxed())
    }

    /// An event of the log: those who watch the build look again.
    pub fn heard(&self, event: &Event) {
        if let Event::BuildChanged { build_id } = event {
            // Nobody may be watching.
            let _ = self.0.news.send(*build_id);
        }
    }
}

struct Watcher {
    builds: Builds,
    caller: Caller,
    id: BuildId,
    /// The place of the last piece that was handed out.
    after: u64,
    news: broadcast::Receiver<BuildId>,
    waiting: VecDeque<LogPiece>,
    /// When it was last asked whether the caller still may.
    asked: Instant,
    over: bool,
}

impl Watcher {
    async fn next(&mut self) -> Option<LogNews> {
        loop {
            if self.over || !self.still_may().await {
                return None;
            }
            if let Some(piece) = self.waiting.pop_front() {
                self.after = piece.seq;
                return Some(LogNews::Piece(piece));
            }
            let phase = match self.look().await {
                Ok(phase) => phase?,
                Err(error) => {
                    tracing::warn!(build = %self.id, %error, "a log that is watched cannot be read");
                    return None;
                }
            };
            if !self.waiting.is_empty() {
                continue;
            }
            if !phase.is_open() {
                self.over = true;
                return Some(LogNews::Over(phase));
            }
            self.wait().await;
        }
    }

    /// Where the build stands, then what it has printed: when it is over, that is all of it.
    async fn look(&mut self) -> ServiceResult<Option<BuildPhase>> {
        let Some(build) = self.builds.repo().build(self.id).await? else { return Ok(None) };
        self.waiting.extend(self.builds.repo().build_log(self.id, self.after, PIECES).await?);
        Ok(Some(build.phase()))
    }

    /// Waits for news of this build, not for ever.
    async fn wait(&mut self) {
        let ours = async {
            loop {
                match self.news.recv().await {
                    Ok(id) if id != self.id => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return,
                    // It ends with the process.
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        // When the time is up it looks for itself.
        drop(timeout(LOOK_AGAIN, ours).await);
    }

    async fn still_may(&mut self) -> bool {
        if self.asked.elapsed() < LOOK_AGAIN {
            return true;
        }
        self.asked = Instant::now();
        let inner = &self.builds.0;
        match as_now(&inner.ports, &inner.environment, &self.caller).await {
            Ok(Some(caller)) if caller.may(Permission::ManageBuilds) => {
                self.caller = caller;
                true
            }
            Ok(_) => false,
            Err(error) => {
                tracing::warn!(build = %self.id, %error, "who watches a log cannot be looked up");
                false
            }
        }
    }
}
