//! What must hold for every lifetime, not only for those the vendors use today.

use super::schedule::{lead, refresh_at, skew, wait_after};
use super::{Life, Refresh, TokenError, TokenErrorKind};
use proptest::prelude::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);
const DAY: i64 = 86_400;

fn error(kind: TokenErrorKind, retry_after: Option<Duration>) -> TokenError {
    TokenError { kind, code: "a_code".into(), status: Some(400), message: "words".into(), retry_after }
}

fn life(seconds: i64, dice: u8) -> Life {
    Life::begin(NOW, Some(Duration::seconds(seconds)), true, None, dice)
}

proptest! {
    #[test]
    fn a_token_is_refreshed_while_it_can_still_be_used(seconds in 1..400 * DAY, dice: u8) {
        let life = life(seconds, dice);
        let at = life.refresh_at().expect("refreshable");
        prop_assert!(NOW < at && at < life.usable_until() && life.usable_until() <= life.access_expires_at);
        prop_assert!(at - NOW <= Duration::hours(24), "idle grants are kept alive");
        prop_assert!(!life.due(at - Duration::nanoseconds(1)) && life.due(at));
        prop_assert!(life.usable(NOW) && !life.usable(life.usable_until()) && !life.usable(life.access_expires_at));
    }

    #[test]
    fn short_tokens_are_not_refreshed_all_the_time(seconds in 1..400 * DAY, dice: u8) {
        let lifetime = Duration::seconds(seconds);
        let most: Duration = lifetime * 4 / 5;
        prop_assert!(refresh_at(NOW, lifetime, dice) - NOW >= most.min(Duration::hours(24)));
        prop_assert!(lead(lifetime) <= Duration::minutes(10) && skew(lifetime) <= Duration::seconds(30));
    }

    #[test]
    fn dice_only_move_a_refresh_forward(seconds in 1..400 * DAY, dice: u8) {
        let lifetime = Duration::seconds(seconds);
        let (latest, this) = (refresh_at(NOW, lifetime, 0), refresh_at(NOW, lifetime, dice));
        prop_assert!(this <= latest && latest - this <= lead(lifetime) / 2 + Duration::nanoseconds(1));
    }

    #[test]
    fn waits_grow_and_stay_between_five_seconds_and_five_minutes(failures: u32, asked in proptest::option::of(0..i64::from(u32::MAX))) {
        let wait = wait_after(failures, asked.map(Duration::seconds));
        prop_assert!((Duration::seconds(5)..=Duration::minutes(5)).contains(&wait));
        prop_assert!(wait_after(failures, None) <= wait_after(failures.saturating_add(1), None));
    }

    #[test]
    fn a_failure_never_shortens_the_use_of_an_access_token(seconds in 1..400 * DAY, after in 0..400 * DAY, kind in 0..3_usize) {
        let kind = [TokenErrorKind::Ended, TokenErrorKind::Transient, TokenErrorKind::Unanswered][kind];
        let (before, now) = (life(seconds, 7), NOW + Duration::seconds(after));
        let failed = before.clone().after_failure(&error(kind, None), now);
        prop_assert_eq!(failed.usable_until(), before.usable_until());
        prop_assert!(!failed.may_refresh(now), "not at once again");
        prop_assert_eq!(failed.refresh_at().is_none(), kind == TokenErrorKind::Ended);
    }

    #[test]
    fn a_token_that_may_be_spent_is_not_sent_while_there_is_something_left_to_use(seconds in 60..400 * DAY, after in 0..400 * DAY) {
        let now = NOW + Duration::seconds(after);
        let failed = life(seconds, 7).after_failure(&error(TokenErrorKind::Unanswered, None), now);
        let at = failed.refresh_at().expect("tried again");
        prop_assert!(at >= failed.usable_until().min(now + Duration::hours(24)) && at >= now + Duration::seconds(5));
    }

    #[test]
    fn a_life_survives_being_laid_flat(seconds in 1..400 * DAY, dice: u8, kind in 0..5_usize) {
        let base = life(seconds, dice);
        let life = match kind {
            0 => base,
            1 => Life::begin(NOW, None, false, None, dice),
            2 => base.after_failure(&error(TokenErrorKind::Ended, None), NOW),
            3 => Life { ends_at: Some(NOW), ..base },
            _ => base.after_failure(&error(TokenErrorKind::Transient, None), NOW),
        };
        let facts = life.facts();
        let times = (facts.issued_at, facts.access_expires_at, facts.ends_at);
        let back = Life::from_columns(facts.refresh, facts.refresh_at, facts.failures, (facts.code, facts.message), times);
        prop_assert_eq!(back, Some(life));
    }
}

#[test]
fn the_usual_lifetimes() {
    let refreshed_after = |seconds| (refresh_at(NOW, Duration::seconds(seconds), 0) - NOW).whole_seconds();
    assert_eq!(refreshed_after(3600), 3600 - 360, "an hour: six minutes before");
    assert_eq!(refreshed_after(8 * 3600), 8 * 3600 - 600, "eight hours: ten minutes before");
    assert_eq!(refreshed_after(7 * DAY), DAY, "a week: daily");
    assert_eq!(refreshed_after(10), 9, "ten seconds: one second before");
}

#[test]
fn an_hour_is_assumed_where_nothing_is_said() {
    let life = Life::begin(NOW, None, true, None, 0);
    assert_eq!((life.lifetime(), life.ends_at), (Duration::hours(1), None));
}

#[test]
fn without_a_refresh_token_the_end_is_known_from_the_start() {
    let life = Life::begin(NOW, Some(Duration::days(365)), false, None, 0);
    assert_eq!((life.refresh.clone(), life.ends_at), (Refresh::Never, Some(NOW + Duration::days(365))));
    assert!(!life.ends_soon(NOW + Duration::days(361)) && life.ends_soon(NOW + Duration::days(362)));
    assert!(!life.may_refresh(NOW));
    let short = Life::begin(NOW, Some(Duration::hours(1)), false, None, 0);
    assert!(short.ends_soon(NOW), "two hours at most for one that lives an hour");
}

#[test]
fn failures_in_a_row_are_counted_and_a_retry_after_counts_for_one() {
    let mut life = life(3600, 0);
    let mut waits = Vec::new();
    for _ in 0..4 {
        life = life.after_failure(&error(TokenErrorKind::Transient, None), NOW);
        waits.push((life.refresh_at().expect("again") - NOW).whole_seconds());
    }
    assert_eq!(waits, [5, 10, 20, 40]);
    assert!(matches!(life.refresh, Refresh::Retrying { failures: 4, .. }));
    let asked = life.after_failure(&error(TokenErrorKind::Transient, Some(Duration::seconds(17))), NOW);
    assert_eq!(asked.refresh_at(), Some(NOW + Duration::seconds(17)));
}

#[test]
fn columns_that_contradict_each_other_are_refused() {
    let times = (NOW, NOW, None);
    for refresh in ["due", "retrying", "ended", "sleeping"] {
        assert_eq!(Life::from_columns(refresh, None, 0, (String::new(), String::new()), times), None, "{refresh}");
    }
}

#[test]
fn an_end_that_moves_with_every_refresh_is_close_only_when_refreshes_fail_for_long() {
    let month = Life::begin(NOW, Some(Duration::hours(1)), true, Some(NOW + Duration::days(30)), 0);
    assert!(!month.ends_soon(NOW + Duration::days(26)) && month.ends_soon(NOW + Duration::days(27)));
    let two_days = Life::begin(NOW, Some(Duration::hours(1)), true, Some(NOW + Duration::days(2)), 0);
    assert!(!two_days.ends_soon(NOW + Duration::days(1)), "refreshed daily, it never comes close");
    assert!(two_days.ends_soon(NOW + Duration::hours(40)));
}
