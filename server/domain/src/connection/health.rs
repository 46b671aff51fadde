//! From facts to the one state an operator sees.

use super::{Connection, Detection, Standing};
use crate::grant::{Life, Refresh};
use time::OffsetDateTime;
use vocab::{AuthMethod, Health, Verdict};

/// A health state with its cause, its own end and nothing a machine would have to guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthReport {
    /// The state.
    pub health: Health,
    /// The cause in words, with the provider's own message where there is one; may be empty.
    pub cause: String,
    /// When it will change, or be looked at again, by itself.
    pub until: Option<OffsetDateTime>,
}

impl HealthReport {
    /// The same while somebody signs in: what is not connected is being connected, anything else is what it was.
    #[must_use]
    pub fn while_signing_in(self, who: &str, until: Option<OffsetDateTime>) -> Self {
        match self.health {
            Health::NotConnected => Self { health: Health::Connecting, cause: format!("{who} is signing in"), until },
            _ => self,
        }
    }
}

/// What is known of the credential behind a connection.
#[derive(Debug, Clone, Copy)]
pub struct CredentialFacts<'a> {
    /// Does it decrypt with our keys?
    pub opens: bool,
    /// How it lives; `None` for a key.
    pub life: Option<&'a Life>,
    /// The present that `life` is compared with.
    pub now: OffsetDateTime,
}

/// Derives the health.
pub fn health_of(connection: Option<&Connection>, detection: Option<&Detection>, credential: CredentialFacts<'_>) -> HealthReport {
    let Some(connection) = connection else {
        return HealthReport { health: Health::NotConnected, cause: not_connected(detection), until: None };
    };
    if !connection.enabled {
        return report(Health::Disabled, "switched off by an operator");
    }
    if !credential.opens {
        return report(Health::CannotDecrypt, "the stored credential does not open with the keys Purser has");
    }
    if connection.method == AuthMethod::None {
        return local(connection, detection);
    }
    match credential.life {
        Some(life) => of_life(&connection.standing, life, credential.now),
        None => of_standing(&connection.standing),
    }
}

/// A signed-in credential: how it lives decides first, then what the last check said.
fn of_life(standing: &Standing, life: &Life, now: OffsetDateTime) -> HealthReport {
    let expired = now >= life.access_expires_at;
    match &life.refresh {
        Refresh::Ended { message, .. } => {
            let until = (!expired).then_some(life.access_expires_at);
            HealthReport { health: Health::NeedsSignIn, cause: message.clone(), until }
        }
        Refresh::Never if expired => report(Health::NeedsSignIn, "the access token has expired and cannot be refreshed"),
        Refresh::Retrying { at, message, .. } if expired => {
            HealthReport { health: Health::CoolingDown, cause: message.clone(), until: Some(*at) }
        }
        _ => match of_standing(standing) {
            HealthReport { health: Health::Connected, .. } if life.ends_soon(now) => {
                HealthReport { health: Health::ExpiringSoon, cause: "sign in again before then".to_owned(), until: life.ends_at }
            }
            HealthReport { health: Health::Connected, .. } => {
                let cause = match &life.refresh {
                    Refresh::Retrying { message, .. } => format!("the last refresh failed: {message}"),
                    _ => String::new(),
                };
                HealthReport { health: Health::Connected, cause, until: life.refresh_at() }
            }
            // The check was refused because the token was: a person signs in again, there is no key to replace.
            HealthReport { health: Health::Rejected, cause, until } => HealthReport { health: Health::NeedsSignIn, cause, until },
            other => other,
        },
    }
}

fn report(health: Health, cause: impl Into<String>) -> HealthReport {
    HealthReport { health, cause: cause.into(), until: None }
}

fn not_connected(detection: Option<&Detection>) -> String {
    match detection {
        Some(Detection::NotRunning { looked_at, .. }) => match looked_at.len() {
            1 => "not running; looked at one address".to_owned(),
            n => format!("not running; looked at {n} addresses"),
        },
        Some(Detection::Running { models: 0, .. }) => "running, with no models".to_owned(),
        Some(Detection::Running { .. }) => "running".to_owned(),
        None => String::new(),
    }
}

fn local(connection: &Connection, detection: Option<&Detection>) -> HealthReport {
    match detection {
        Some(Detection::Running { models: 0, .. }) => report(Health::Connected, "running, with no models"),
        Some(Detection::Running { .. }) => report(Health::Connected, "running"),
        Some(Detection::NotRunning { .. }) => report(Health::Unreachable, "not running"),
        None => of_standing(&connection.standing),
    }
}

fn of_standing(standing: &Standing) -> HealthReport {
    match standing {
        Standing::Good { .. } => report(Health::Connected, ""),
        Standing::Waiting { why, message, next_check_at, .. } => {
            let health = if *why == Verdict::Unreachable { Health::Unreachable } else { Health::CoolingDown };
            HealthReport { health, cause: message.clone(), until: Some(*next_check_at) }
        }
        Standing::Refused { why, message, next_check_at, .. } => {
            let health = if *why == Verdict::NoFunds { Health::NoFunds } else { Health::Rejected };
            HealthReport { health, cause: message.clone(), until: *next_check_at }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

    fn of(refresh: Refresh, expires_in: Duration, standing: &Standing) -> (Health, Option<OffsetDateTime>) {
        let life = Life { issued_at: NOW - Duration::hours(1), access_expires_at: NOW + expires_in, ends_at: None, refresh };
        let report = of_life(standing, &life, NOW);
        (report.health, report.until)
    }

    #[test]
    fn a_sign_in_is_as_well_as_its_tokens() {
        let good = Standing::Good { checked_at: NOW };
        let (hour, past, soon) = (Duration::hours(1), Duration::seconds(-1), NOW + Duration::minutes(5));
        let ended = || Refresh::Ended { at: NOW, code: "invalid_grant".into(), message: "gone".into() };
        let retrying = || Refresh::Retrying { failures: 2, at: soon, message: "503".into() };
        assert_eq!(of(Refresh::Due { at: soon }, hour, &good), (Health::Connected, Some(soon)));
        assert_eq!(of(retrying(), hour, &good), (Health::Connected, Some(soon)), "the token at hand is good");
        assert_eq!(of(retrying(), past, &good), (Health::CoolingDown, Some(soon)));
        assert_eq!(of(ended(), hour, &good), (Health::NeedsSignIn, Some(NOW + hour)), "used until then");
        assert_eq!(of(ended(), past, &good), (Health::NeedsSignIn, None));
        assert_eq!(of(Refresh::Never, past, &good).0, Health::NeedsSignIn);
        let refused = Standing::Refused { why: Verdict::BadCredential, message: String::new(), checked_at: NOW, next_check_at: None };
        assert_eq!(of(Refresh::Due { at: soon }, hour, &refused).0, Health::NeedsSignIn, "there is no key to replace");
    }

    #[test]
    fn a_sign_in_under_way_shows_only_where_nothing_is_connected() {
        let until = Some(NOW + Duration::minutes(10));
        let nothing = report(Health::NotConnected, "").while_signing_in("Ann", until);
        assert_eq!(nothing, HealthReport { health: Health::Connecting, cause: "Ann is signing in".into(), until });
        for health in Health::ALL.iter().copied().filter(|health| *health != Health::NotConnected) {
            assert_eq!(report(health, "as it was").while_signing_in("Ann", until), report(health, "as it was"));
        }
    }

    #[test]
    fn a_known_end_is_announced() {
        let life = Life {
            issued_at: NOW - Duration::days(364),
            access_expires_at: NOW + Duration::days(1),
            ends_at: Some(NOW + Duration::days(1)),
            refresh: Refresh::Never,
        };
        let report = of_life(&Standing::Good { checked_at: NOW }, &life, NOW);
        assert_eq!((report.health, report.until), (Health::ExpiringSoon, life.ends_at));
    }
}
