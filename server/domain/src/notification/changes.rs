//! From how things are, and what is open, to what has to be told.

use super::words::one_line;
use super::{News, Notification};
use crate::connection::HealthReport;
use vocab::{Health, NotificationEnding, NotificationId, NotificationKind, ProviderId};

/// Most characters of a cause.
const CAUSE_CHARS: usize = 300;

/// A provider as it is now.
#[derive(Debug, Clone)]
pub struct Present {
    /// Which one.
    pub provider_id: ProviderId,
    /// Its name.
    pub provider_name: String,
    /// Its health.
    pub report: HealthReport,
}

/// What a health means for notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// Somebody has to act.
    Needs(NotificationKind),
    /// It works: whatever was open is over.
    Well,
    /// It may pass by itself, or is being worked on: what is open stays open, nothing new is raised.
    Undecided,
    /// Nobody wants it to work: whatever was open is over, and there is nothing to celebrate.
    Off,
}

impl From<Health> for Outlook {
    fn from(health: Health) -> Self {
        match health {
            Health::NeedsSignIn => Self::Needs(NotificationKind::NeedsSignIn),
            Health::Rejected => Self::Needs(NotificationKind::Rejected),
            Health::NoFunds => Self::Needs(NotificationKind::NoFunds),
            Health::CannotDecrypt => Self::Needs(NotificationKind::CannotDecrypt),
            Health::ExpiringSoon => Self::Needs(NotificationKind::ExpiringSoon),
            Health::Connected => Self::Well,
            Health::Connecting | Health::CoolingDown | Health::Unreachable => Self::Undecided,
            Health::NotConnected | Health::Disabled => Self::Off,
        }
    }
}

/// A step from what is open to what should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Tell it, unless the same is open already.
    Raise(News),
    /// Close it without a word.
    Close {
        /// Which.
        id: NotificationId,
        /// Why.
        ending: NotificationEnding,
    },
    /// Close it and tell that the provider works again.
    Recover {
        /// Which.
        id: NotificationId,
        /// The good news.
        news: News,
    },
}

/// What has to change, in the order in which it should: closing comes first.
pub fn changes(present: &[Present], open: &[Notification]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut recovered: Vec<&ProviderId> = Vec::new();
    for notification in open {
        let of_provider = present.iter().find(|p| p.provider_id == notification.news.provider_id);
        let outlook = of_provider.map_or(Outlook::Off, |present| present.report.health.into());
        let close = |ending| Change::Close { id: notification.id, ending };
        match (outlook, of_provider) {
            (Outlook::Undecided, _) => {}
            (Outlook::Needs(kind), _) if kind == notification.news.kind => {}
            (Outlook::Needs(_), _) => changes.push(close(NotificationEnding::Replaced)),
            (Outlook::Well, Some(present)) if !recovered.contains(&&present.provider_id) => {
                recovered.push(&present.provider_id);
                changes.push(Change::Recover { id: notification.id, news: news(present, NotificationKind::Recovered) });
            }
            (Outlook::Well, _) => changes.push(close(NotificationEnding::Recovered)),
            (Outlook::Off, _) => changes.push(close(NotificationEnding::Withdrawn)),
        }
    }
    for present in present {
        let Outlook::Needs(kind) = present.report.health.into() else { continue };
        let told = |open: &Notification| open.news.provider_id == present.provider_id && open.news.kind == kind;
        if !open.iter().any(told) {
            changes.push(Change::Raise(news(present, kind)));
        }
    }
    changes
}

fn news(present: &Present, kind: NotificationKind) -> News {
    // A healthy provider's words ("3 models") are no cause of anything.
    let cause = if kind == NotificationKind::Recovered { String::new() } else { one_line(&present.report.cause, CAUSE_CHARS) };
    let provider_name = one_line(&present.provider_name, CAUSE_CHARS);
    News { provider_id: present.provider_id.clone(), provider_name, kind, cause }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::NotificationState;
    use time::macros::datetime;
    use uuid::Uuid;

    fn present(provider: &str, health: Health, cause: &str) -> Present {
        let report = HealthReport { health, cause: cause.into(), until: None };
        Present { provider_id: provider.parse().unwrap(), provider_name: provider.to_uppercase(), report }
    }

    fn open(n: u128, provider: &str, kind: NotificationKind) -> Notification {
        Notification {
            id: NotificationId::new(Uuid::from_u128(n)),
            news: News { provider_id: provider.parse().unwrap(), provider_name: provider.to_uppercase(), kind, cause: String::new() },
            raised_at: datetime!(2026-11-23 10:00 UTC),
            state: NotificationState::Open,
        }
    }

    fn endings(changes: &[Change]) -> Vec<String> {
        let text = |change: &Change| match change {
            Change::Raise(news) => format!("raise {} {}", news.provider_id, news.kind),
            Change::Close { id, ending } => format!("close {} {ending}", id.uuid().as_u128()),
            Change::Recover { id, news } => format!("recover {} {}", id.uuid().as_u128(), news.provider_id),
        };
        changes.iter().map(text).collect()
    }

    #[test]
    fn every_health_that_needs_a_person_is_told_once() {
        for health in Health::ALL {
            let now = [present("openai", *health, "why")];
            let first = changes(&now, &[]);
            let Outlook::Needs(kind) = Outlook::from(*health) else {
                assert_eq!(first, [], "{health}");
                continue;
            };
            assert_eq!(endings(&first), [format!("raise openai {kind}")]);
            assert_eq!(changes(&now, &[open(1, "openai", kind)]), [], "{health}: told already");
        }
    }

    #[test]
    fn an_outage_in_between_neither_closes_nor_raises() {
        for health in [Health::Unreachable, Health::CoolingDown, Health::Connecting] {
            let still = [open(1, "openai", NotificationKind::NoFunds)];
            assert_eq!(changes(&[present("openai", health, "")], &still), []);
        }
    }

    #[test]
    fn healthy_again_is_told_once_and_disconnecting_is_not() {
        let both = [open(1, "openai", NotificationKind::NoFunds), open(2, "openai", NotificationKind::Rejected)];
        assert_eq!(endings(&changes(&[present("openai", Health::Connected, "")], &both)), ["recover 1 openai", "close 2 recovered"]);
        for health in [Health::NotConnected, Health::Disabled] {
            assert_eq!(endings(&changes(&[present("openai", health, "")], &both)), ["close 1 withdrawn", "close 2 withdrawn"]);
        }
        assert_eq!(endings(&changes(&[], &both[..1])), ["close 1 withdrawn"], "gone from the catalogue");
    }

    #[test]
    fn another_trouble_takes_the_place_of_the_first() {
        let before = [open(1, "codex", NotificationKind::ExpiringSoon), open(2, "groq", NotificationKind::NoFunds)];
        let now = [present("codex", Health::NeedsSignIn, "invalid_grant"), present("groq", Health::NoFunds, "")];
        assert_eq!(endings(&changes(&now, &before)), ["close 1 replaced", "raise codex needs_sign_in"]);
    }

    #[test]
    fn a_hostile_cause_is_one_harmless_line() {
        let cause = "bad\r\nBcc: all@example.com\n\n\u{202e}x\u{0}";
        let Change::Raise(news) = changes(&[present("openai", Health::Rejected, cause)], &[]).remove(0) else { panic!("raised") };
        assert_eq!(news.cause, "bad Bcc: all@example.com x");
    }
}
