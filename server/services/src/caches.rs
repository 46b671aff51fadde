//! What the hot path remembers between requests, and when it stops believing it.
//!
//! The event log invalidates. A loop calls [`Caches::confirm`] each time it has read the log to its end; if that has
//! not happened for [`DOUBT_AFTER`], everything remembered is in doubt and the database is asked instead, so a
//! revocation takes effect within that time even when the log cannot be read.

use crate::environment::Environment;
use crate::inference::RouteTable;
use domain::access_token::{AccessToken, TokenLimits};
use domain::events::Event;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use time::{Duration, OffsetDateTime};
use vocab::{AccessTokenId, Role};

/// How long remembered things are believed without news of the log.
pub const DOUBT_AFTER: Duration = Duration::seconds(2);

/// A believed access token with all it takes to make a caller.
#[derive(Debug)]
pub struct KnownToken {
    /// The row.
    pub token: AccessToken,
    /// Its limits, shared with callers.
    pub limits: Arc<TokenLimits>,
    /// Its creator's role.
    pub role: Role,
    /// May its creator act?
    pub creator_active: bool,
}

/// How many invalidations there were; what was read before one is not remembered after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(u64);

/// Everything remembered in this process.
pub struct Caches {
    environment: Environment,
    confirmed: AtomicI64,
    generation: AtomicU64,
    tokens: RwLock<HashMap<String, Arc<KnownToken>>>,
    routes: RwLock<Option<Arc<RouteTable>>>,
    uses: Mutex<HashMap<AccessTokenId, OffsetDateTime>>,
}

impl Caches {
    /// Nothing remembered yet, nothing confirmed yet.
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            confirmed: AtomicI64::new(0),
            generation: AtomicU64::new(0),
            tokens: RwLock::default(),
            routes: RwLock::default(),
            uses: Mutex::default(),
        }
    }

    /// The event log was read to its end just now.
    pub fn confirm(&self) {
        self.confirmed.store(millis(self.environment.now()), Ordering::Release);
    }

    /// Forgets what an event makes untrue.
    pub fn apply(&self, event: &Event) {
        match event {
            Event::AccessTokenChanged { token_id } => self.forget_token(*token_id),
            Event::UserChanged { .. } => self.forget(|caches| write(&caches.tokens).clear()),
            Event::ConnectionChanged { .. } | Event::ModelsChanged { .. } | Event::KeysChanged => self.forget_routes(),
            Event::FlowChanged { .. }
            | Event::SyncProgress { .. }
            | Event::SessionStarted { .. }
            | Event::SessionEnded { .. }
            | Event::UsageRecorded
            | Event::BuildChanged { .. }
            | Event::FinanceChanged
            | Event::NotificationsChanged
            | Event::NotificationsRead { .. } => {}
        }
    }

    /// To be taken before reading what shall be remembered.
    pub fn mark(&self) -> Mark {
        Mark(self.generation.load(Ordering::Acquire))
    }

    /// A believed token.
    pub fn token(&self, public_id: &str) -> Option<Arc<KnownToken>> {
        if self.in_doubt() { None } else { read(&self.tokens).get(public_id).cloned() }
    }

    /// Remembers a token, unless something was invalidated since `mark`.
    pub fn remember_token(&self, mark: Mark, known: Arc<KnownToken>) {
        let mut tokens = write(&self.tokens);
        if mark == self.mark() {
            tokens.insert(known.token.public_id.clone(), known);
        }
    }

    /// Stops believing a token.
    pub fn forget_token(&self, id: AccessTokenId) {
        self.forget(|caches| write(&caches.tokens).retain(|_, known| known.token.id != id));
    }

    /// The believed route table.
    pub fn routes(&self) -> Option<Arc<RouteTable>> {
        if self.in_doubt() { None } else { read(&self.routes).clone() }
    }

    /// Remembers a route table, unless something was invalidated since `mark`.
    pub fn remember_routes(&self, mark: Mark, table: Arc<RouteTable>) {
        let mut routes = write(&self.routes);
        if mark == self.mark() {
            *routes = Some(table);
        }
    }

    /// Stops believing the route table.
    pub fn forget_routes(&self) {
        self.forget(|caches| *write(&caches.routes) = None);
    }

    /// Notes a use of a token; only the newest a token is kept.
    pub fn note_use(&self, id: AccessTokenId, at: OffsetDateTime) {
        let minute = at - Duration::seconds(at.second().into()) - Duration::nanoseconds(at.nanosecond().into());
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(id, minute);
    }

    /// Takes the noted uses for writing.
    pub fn take_uses(&self) -> Vec<(AccessTokenId, OffsetDateTime)> {
        std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }

    /// Puts uses back that could not be written.
    pub fn give_back_uses(&self, uses: &[(AccessTokenId, OffsetDateTime)]) {
        let mut noted = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, at) in uses {
            noted.entry(*id).or_insert(*at);
        }
    }

    fn in_doubt(&self) -> bool {
        let age = millis(self.environment.now()) - self.confirmed.load(Ordering::Acquire);
        i128::from(age) >= DOUBT_AFTER.whole_milliseconds()
    }

    /// Counts the invalidation first, so that a reader who started before it cannot remember after it.
    fn forget(&self, forget: impl FnOnce(&Self)) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        forget(self);
    }
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
