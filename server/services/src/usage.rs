//! Usage: rows off the hot path, sums for people.

use crate::Ports;
use crate::environment::Environment;
use crate::error::ServiceResult;
use crate::ports::{AccessTokenRepo, StoreError, StoreResult, Trail, UsageBucket, UsageFilter, UsageGroup, UsageRepo};
use domain::events::Event;
use domain::inference::UsageRecord;
use domain::people::Caller;
use domain::provider::Catalogue;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration as StdDuration;
use time::{Duration, OffsetDateTime, Time};
use tokio::sync::mpsc;
use vocab::Permission;

/// Rows that may wait for the writer; beyond it requests wait (back-pressure before loss).
const QUEUE: usize = 8192;
/// Rows written in one transaction.
const BATCH: usize = 512;
/// Longest time a request waits for room in a full queue.
const ROOM: StdDuration = StdDuration::from_secs(5);
/// Longest time a row waits for company.
const GATHER: StdDuration = StdDuration::from_millis(150);
/// Requests on the usage page.
const NEWEST: u32 = 50;

/// Where finished requests put their rows.
#[derive(Clone)]
pub struct UsageSink(mpsc::Sender<UsageRecord>);

/// The one writer behind a [`UsageSink`].
pub struct UsageWriter {
    rows: mpsc::Receiver<UsageRecord>,
    repo: Arc<dyn UsageRepo>,
}

/// A sink and its writer.
pub fn usage_queue(repo: Arc<dyn UsageRepo>) -> (UsageSink, UsageWriter) {
    let (sender, rows) = mpsc::channel(QUEUE);
    (UsageSink(sender), UsageWriter { rows, repo })
}

impl UsageSink {
    /// Hands a row over, from anywhere, also from a destructor. A full queue is waited for in the background.
    pub fn record(&self, row: UsageRecord) {
        if let Err(mpsc::error::TrySendError::Full(row)) = self.0.try_send(row) {
            metrics::counter!("purser_usage_queue_full_total").increment(1);
            let sender = self.0.clone();
            tokio::spawn(async move { sender.send(row).await });
        }
    }

    /// Waits until the queue has room, so that a slow database slows requests instead of losing their rows; not for ever, so that
    /// one that takes nothing does not let them pile up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there was no room in time.
    pub async fn ready(&self) -> StoreResult<()> {
        if self.0.capacity() == 0 {
            let room = tokio::time::timeout(ROOM, self.0.reserve()).await;
            drop(room.map_err(|_| StoreError::Unavailable("the usage of earlier requests is not written yet".into()))?);
        }
        Ok(())
    }
}

impl UsageWriter {
    /// Writes rows until every sink is gone, then what is left. A failed write is repeated until it succeeds.
    pub async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.rows.recv_many(&mut batch, BATCH).await > 0 {
            if batch.len() < BATCH {
                tokio::time::sleep(GATHER).await;
                while batch.len() < BATCH {
                    let Ok(row) = self.rows.try_recv() else { break };
                    batch.push(row);
                }
            }
            self.write(&batch).await;
            batch.clear();
        }
    }

    async fn write(&self, batch: &[UsageRecord]) {
        let mut pause = StdDuration::from_millis(200);
        loop {
            let trail = Trail { events: vec![Event::UsageRecorded], ..Trail::default() };
            match self.repo.add(batch, trail).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(rows = batch.len(), %error, "usage rows could not be written; trying again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(StdDuration::from_secs(10));
                }
            }
        }
    }
}

/// Usage's use cases.
#[derive(Clone)]
pub struct Usage {
    repo: Arc<dyn UsageRepo>,
    tokens: Arc<dyn AccessTokenRepo>,
    catalogue: Arc<Catalogue>,
    environment: Environment,
}

/// A sum with its key in words.
#[derive(Debug, Clone)]
pub struct NamedBucket {
    /// The sum.
    pub bucket: UsageBucket,
    /// The key in words.
    pub label: String,
}

/// A request with its names.
#[derive(Debug, Clone)]
pub struct NamedRow {
    /// The request.
    pub row: UsageRecord,
    /// Provider's name.
    pub provider: String,
    /// Access token's name, or "Try it".
    pub token: String,
}

/// The usage page.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Over everything.
    pub total: UsageBucket,
    /// One a day, every day, oldest first.
    pub by_day: Vec<UsageBucket>,
    /// Dearest first.
    pub by_provider: Vec<NamedBucket>,
    /// Dearest first.
    pub by_model: Vec<NamedBucket>,
    /// Dearest first.
    pub by_token: Vec<NamedBucket>,
    /// The newest requests.
    pub newest: Vec<NamedRow>,
}

impl Usage {
    /// Wires the use cases.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>, environment: Environment) -> Self {
        Self { repo: ports.usage.clone(), tokens: ports.access_tokens.clone(), catalogue, environment }
    }

    /// Sums of the last `days` days, today included (UTC).
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_platform`.
    pub async fn summary(&self, caller: &Caller, days: u16) -> ServiceResult<Summary> {
        caller.require(Permission::ViewPlatform)?;
        let today = self.environment.now().replace_time(Time::MIDNIGHT);
        let from = today - Duration::days(i64::from(days.max(1)) - 1);
        let filter = UsageFilter { from, to: today + Duration::days(1), provider_id: None, token_id: None };
        let by_day = every_day(from, days, self.repo.sums(&filter, UsageGroup::Day).await?);
        let names = self.token_names().await?;
        let provider = |key: &str| self.provider_name(key);
        let model = |key: &str| key.split_once('/').map_or_else(|| key.to_owned(), |(_, model)| model.to_owned());
        let token = |key: &str| names.get(key).cloned().unwrap_or_else(|| "Try it".to_owned());
        let newest = self.repo.newest(&filter, NEWEST).await?.into_iter().map(|row| NamedRow {
            provider: self.provider_name(row.provider_id.as_str()),
            token: row.token_id.map_or_else(|| "Try it".to_owned(), |id| token(&id.to_string())),
            row,
        });
        Ok(Summary {
            total: total(&by_day),
            by_provider: named(self.repo.sums(&filter, UsageGroup::Provider).await?, provider),
            by_model: named(self.repo.sums(&filter, UsageGroup::Model).await?, model),
            by_token: named(self.repo.sums(&filter, UsageGroup::Token).await?, token),
            newest: newest.collect(),
            by_day,
        })
    }

    async fn token_names(&self) -> ServiceResult<HashMap<String, String>> {
        Ok(self.tokens.list().await?.into_iter().map(|(token, _)| (token.id.to_string(), token.name)).collect())
    }

    fn provider_name(&self, key: &str) -> String {
        key.parse().ok().and_then(|id| self.catalogue.get(&id)).map_or_else(|| key.to_owned(), |provider| provider.name.clone())
    }
}

fn named(buckets: Vec<UsageBucket>, label: impl Fn(&str) -> String) -> Vec<NamedBucket> {
    buckets.into_iter().map(|bucket| NamedBucket { label: label(&bucket.key), bucket }).collect()
}

fn empty(key: String) -> UsageBucket {
    UsageBucket { key, requests: 0, failed: 0, input_tokens: 0, output_tokens: 0, cost: Decimal::ZERO, unpriced: 0 }
}

/// One bucket a day, also for days without requests.
fn every_day(from: OffsetDateTime, days: u16, found: Vec<UsageBucket>) -> Vec<UsageBucket> {
    let mut found: HashMap<String, UsageBucket> = found.into_iter().map(|b| (b.key.clone(), b)).collect();
    let day = |offset: u16| (from + Duration::days(offset.into())).date().to_string();
    (0..days.max(1)).map(day).map(|key| found.remove(&key).unwrap_or_else(|| empty(key))).collect()
}

fn total(buckets: &[UsageBucket]) -> UsageBucket {
    buckets.iter().fold(empty(String::new()), |sum, b| UsageBucket {
        key: String::new(),
        requests: sum.requests + b.requests,
        failed: sum.failed + b.failed,
        input_tokens: sum.input_tokens + b.input_tokens,
        output_tokens: sum.output_tokens + b.output_tokens,
        cost: sum.cost + b.cost,
        unpriced: sum.unpriced + b.unpriced,
    })
}
