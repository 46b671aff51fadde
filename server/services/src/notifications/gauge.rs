//! `purser_connections`: how every connection is, for monitors, from the look that notifications take anyway.

use domain::notification::Present;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use vocab::{Health, ProviderId};

/// What the gauge says, so that a state that is over goes back to 0.
#[derive(Clone, Default)]
pub(super) struct HealthGauge(Arc<Mutex<HashMap<ProviderId, Health>>>);

impl HealthGauge {
    /// Says how every connection is now.
    pub(super) fn set(&self, present: &[Present]) {
        let now: HashMap<ProviderId, Health> = present.iter().map(|found| (found.provider_id.clone(), found.report.health)).collect();
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (provider, health) in said.iter().filter(|(provider, health)| now.get(*provider) != Some(*health)) {
            say(provider, *health, 0.0);
        }
        for (provider, health) in &now {
            say(provider, *health, 1.0);
        }
        *said = now;
    }
}

fn say(provider: &ProviderId, health: Health, value: f64) {
    metrics::gauge!("purser_connections", "provider" => provider.to_string(), "health" => health.as_str()).set(value);
}
