//! One usage row for one request, whatever becomes of it.

use super::routes::{Route, RouteTable};
use crate::environment::Environment;
use crate::usage::UsageSink;
use domain::inference::{Candidate, TokenCounts, UsageRecord, cost_of};
use domain::models::TokenPrice;
use domain::people::{Actor, Caller};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use vocab::{CostBasis, UsageOutcome};

/// Counts one request. Dropped without [`Meter::finish`], the caller hung up, and the row says so.
pub(super) struct Meter {
    sink: UsageSink,
    environment: Environment,
    row: Option<UsageRecord>,
    price: Option<TokenPrice>,
    local: bool,
    spends_plan: bool,
    tokens: Option<TokenCounts>,
}

impl Meter {
    /// Starts counting.
    pub fn start(sink: UsageSink, environment: Environment, request: &Request<'_>) -> Self {
        let Request { caller, id, at, candidate, route, table } = request;
        let token_id = match &caller.actor {
            Actor::Token { token_id, .. } => Some(*token_id),
            _ => None,
        };
        let row = UsageRecord {
            request_id: (*id).to_owned(),
            at: *at,
            connection_id: route.connection.id,
            provider_id: candidate.provider_id.clone(),
            model_id: candidate.model_id.clone(),
            account: route.account.clone(),
            token_id,
            user_id: caller.actor.user_id(),
            tokens: None,
            latency_ms: 0,
            first_byte_ms: 0,
            outcome: UsageOutcome::ClientClosed,
            status: 0,
            cost: None,
            cost_basis: CostBasis::Unknown,
        };
        let price = table.price(&candidate.provider_id, &candidate.model_id);
        Self { sink, environment, row: Some(row), price, local: route.local, spends_plan: route.spends_plan, tokens: None }
    }

    /// The upstream answered with this status.
    pub fn answered(&mut self, status: u16) {
        let elapsed = self.elapsed();
        if let Some(row) = &mut self.row {
            row.status = status;
            row.first_byte_ms = elapsed;
        }
    }

    /// Tokens as far as they are known.
    pub fn counted(&mut self, tokens: Option<TokenCounts>) {
        self.tokens = tokens.or(self.tokens);
    }

    /// Ends the count and hands the row over.
    pub fn finish(&mut self, outcome: UsageOutcome) -> Option<Finished> {
        let elapsed = self.elapsed();
        let mut row = self.row.take()?;
        row.latency_ms = elapsed;
        row.outcome = outcome;
        if outcome == UsageOutcome::ProviderError {
            // A refused request is not billed.
            self.tokens = Some(TokenCounts::default());
        }
        row.tokens = self.tokens;
        (row.cost, row.cost_basis) = self.price();
        let finished = Finished { tokens: row.tokens, first_ms: row.first_byte_ms, total_ms: row.latency_ms, cost: row.cost };
        count(&row);
        self.sink.record(row);
        Some(finished)
    }

    /// Forgets the request: somebody else serves it.
    pub fn abandon(mut self) {
        self.row = None;
    }

    fn price(&self) -> (Option<Decimal>, CostBasis) {
        if self.local {
            return (None, CostBasis::Compute);
        }
        if self.spends_plan {
            return (None, CostBasis::Included);
        }
        match (self.tokens, &self.price) {
            (Some(tokens), Some(price)) => match cost_of(&tokens, price) {
                Some(cost) => (Some(cost), CostBasis::ListPrice),
                None => (None, CostBasis::Unknown),
            },
            (Some(tokens), None) if tokens.total() == 0 => (Some(Decimal::ZERO), CostBasis::ListPrice),
            _ => (None, CostBasis::Unknown),
        }
    }

    fn elapsed(&self) -> u32 {
        let start: Option<OffsetDateTime> = self.row.as_ref().map(|row| row.at);
        start.and_then(|at| u32::try_from((self.environment.now() - at).whole_milliseconds()).ok()).unwrap_or(0)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.finish(UsageOutcome::ClientClosed);
    }
}

/// What a [`Meter`] has to know of a request.
pub(super) struct Request<'a> {
    pub caller: &'a Caller,
    pub id: &'a str,
    pub at: OffsetDateTime,
    pub candidate: &'a Candidate,
    pub route: &'a Route,
    pub table: &'a RouteTable,
}

/// What came of it, for Try it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finished {
    pub tokens: Option<TokenCounts>,
    pub first_ms: u32,
    pub total_ms: u32,
    pub cost: Option<Decimal>,
}

fn count(row: &UsageRecord) {
    let provider = row.provider_id.to_string();
    metrics::counter!("purser_requests_total", "provider" => provider.clone(), "outcome" => row.outcome.as_str()).increment(1);
    metrics::histogram!("purser_request_seconds", "provider" => provider).record(f64::from(row.latency_ms) / 1000.0);
}
