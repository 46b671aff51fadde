//! One way to change Finance's rows: read, decide, write, and decide again when somebody was faster.

use crate::error::{ServiceError, ServiceResult};
use crate::ports::conflict::{OVERTAKEN, STALE_VERSION, TAKEN};
use crate::ports::{FinanceRepo, FinanceWrite, StoreError, Trail};
use std::sync::Arc;

/// Of so many writers at once the last one still gets its turn.
const TURNS: u32 = 30;

/// Finance's rows, behind one door.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<dyn FinanceRepo>);

/// What a decision comes to.
pub(crate) struct Decision<T> {
    /// Rows to write, in this order.
    pub(crate) writes: Vec<FinanceWrite>,
    /// Who did what, and who should hear of it.
    pub(crate) trail: Trail,
    /// What the caller is told.
    pub(crate) answer: T,
}

impl<T> Decision<T> {
    /// Nothing to write.
    pub(crate) fn nothing(answer: T) -> Self {
        Self { writes: Vec::new(), trail: Trail::default(), answer }
    }
}

impl Ledger {
    pub(crate) fn new(repo: Arc<dyn FinanceRepo>) -> Self {
        Self(repo)
    }

    /// For reading.
    pub(crate) fn rows(&self) -> &dyn FinanceRepo {
        &*self.0
    }

    /// Decides and writes. `decide` reads what it needs anew each time it is called.
    pub(crate) async fn change<T, F, D>(&self, decide: F) -> ServiceResult<T>
    where
        F: Fn() -> D + Send,
        D: Future<Output = ServiceResult<Decision<T>>> + Send,
        T: Send,
    {
        for _ in 0..TURNS {
            let revision = self.0.revision().await?;
            let Decision { writes, trail, answer } = decide().await?;
            if writes.is_empty() && trail.audit.is_empty() && trail.events.is_empty() {
                return Ok(answer);
            }
            match self.0.commit(revision, &writes, trail).await {
                Ok(()) => return Ok(answer),
                Err(StoreError::Conflict(OVERTAKEN | TAKEN)) => tokio::task::yield_now().await,
                Err(error) => return Err(error.into()),
            }
        }
        Err(ServiceError::from(StoreError::Conflict(STALE_VERSION)))
    }
}
