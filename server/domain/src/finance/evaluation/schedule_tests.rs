//! What is due when, after crashes, outages and clock changes.

use super::schedule::{first_day, last_complete_day, lease_name};
use super::*;
use crate::finance::period::{Cycle, Span};
use crate::finance::zone::Zone;
use std::collections::BTreeSet;
use time::macros::{date, datetime};
use time::{Date, Duration, OffsetDateTime};

struct World {
    zone: Zone,
    span: Span,
    final_through: Option<Date>,
    existing: BTreeSet<Date>,
}

impl World {
    fn new(zone: &str, from: Date) -> Self {
        Self { zone: Zone::named(zone).unwrap(), span: Span::open(from), final_through: None, existing: BTreeSet::new() }
    }

    fn progress(&self) -> Progress<'_> {
        Progress {
            zone: &self.zone,
            cycle: Cycle::new(date!(2026 - 04 - 01), 1),
            span: self.span,
            final_through: self.final_through,
            existing: &self.existing,
        }
    }

    fn due(&self, now: OffsetDateTime) -> Vec<DueDay> {
        self.progress().due(now)
    }

    /// Runs what is due and remembers it, as storage does.
    fn run(&mut self, now: OffsetDateTime) -> Vec<DueDay> {
        let due = self.due(now);
        for day in &due {
            self.existing.insert(day.date);
            if day.ends_period {
                self.final_through = self.final_through.max(Some(day.date));
            }
        }
        let closed = self.final_through;
        self.existing.retain(|day| closed.is_none_or(|closed| *day > closed));
        due
    }
}

fn dates(due: &[DueDay]) -> Vec<(u8, Why)> {
    due.iter().map(|day| (day.date.day(), day.why)).collect()
}

#[test]
fn yesterday_is_due_from_two_oclock_and_only_once() {
    let mut world = World::new("UTC", date!(2026 - 04 - 01));
    assert_eq!(world.due(datetime!(2026-04-02 01:59:59 UTC)), []);
    let due = world.run(datetime!(2026-04-02 02:00 UTC));
    assert_eq!(dates(&due), [(1, Why::Missing)]);
    assert!(due[0].judges_items && !due[0].is_final && !due[0].ends_period);
    for again in [datetime!(2026-04-02 02:00 UTC), datetime!(2026-04-02 15:00 UTC), datetime!(2026-04-03 01:00 UTC)] {
        assert_eq!(world.run(again), []);
    }
}

#[test]
fn the_day_is_that_of_the_zone() {
    let now = datetime!(2026-04-01 22:30 UTC);
    assert_eq!(last_complete_day(now, &Zone::named("Europe/Berlin").unwrap()), Some(date!(2026 - 04 - 01)));
    assert_eq!(last_complete_day(now, &Zone::utc()), Some(date!(2026 - 03 - 31)));
    let tokyo = World::new("Asia/Tokyo", date!(2026 - 04 - 01));
    assert_eq!(dates(&tokyo.due(datetime!(2026-04-01 17:00 UTC))), [(1, Why::Missing)]);
    assert_eq!(tokyo.due(datetime!(2026-04-01 16:59 UTC)), []);
}

#[test]
fn clocks_that_skip_two_oclock_do_not_skip_the_run() {
    // In Berlin 02:00 does not exist on 29 March 2026 and comes twice on 25 October.
    let spring = World::new("Europe/Berlin", date!(2026 - 03 - 28));
    assert_eq!(spring.due(datetime!(2026-03-29 00:59 UTC)), []);
    assert_eq!(dates(&spring.due(datetime!(2026-03-29 01:00 UTC))), [(28, Why::Missing)]);
    let mut autumn = World::new("Europe/Berlin", date!(2026 - 10 - 24));
    assert_eq!(dates(&autumn.run(datetime!(2026-10-25 00:00 UTC))), [(24, Why::Missing)]);
    assert_eq!(autumn.run(datetime!(2026-10-25 01:00 UTC)), []);
}

#[test]
fn missed_days_come_in_order_and_items_are_judged_on_the_newest() {
    let mut world = World::new("UTC", date!(2026 - 04 - 01));
    for day in 2..=10_u8 {
        world.run(Date::from_calendar_date(2026, time::Month::April, day).unwrap().midnight().assume_utc() + Duration::hours(3));
    }
    let due = world.run(datetime!(2026-04-14 03:00 UTC));
    assert_eq!(dates(&due), [(10, Why::Missing), (11, Why::Missing), (12, Why::Missing), (13, Why::Missing)]);
    assert_eq!(due.iter().filter(|day| day.judges_items).map(|day| day.date.day()).collect::<Vec<_>>(), [13]);
    assert_eq!(dates(&world.run(datetime!(2026-04-15 03:00 UTC))), [(12, Why::Late), (13, Why::Late), (14, Why::Missing)]);
}

#[test]
fn the_end_of_a_period_goes_over_all_of_it_once_more() {
    let mut world = World::new("UTC", date!(2026 - 04 - 28));
    world.run(datetime!(2026-04-29 03:00 UTC));
    world.run(datetime!(2026-04-30 03:00 UTC));
    let due = world.run(datetime!(2026-05-01 03:00 UTC));
    assert_eq!(dates(&due), [(28, Why::Closing), (29, Why::Closing), (30, Why::Missing)]);
    assert!(due.iter().all(|day| day.is_final && !day.judges_items));
    assert_eq!(due.iter().filter(|day| day.ends_period).map(|day| day.date.day()).collect::<Vec<_>>(), [30]);
    assert_eq!(world.run(datetime!(2026-05-01 09:00 UTC)), []);
    assert_eq!(dates(&world.run(datetime!(2026-05-02 03:00 UTC))), [(1, Why::Missing)]);
}

#[test]
fn an_outage_over_the_end_of_a_period_closes_it_and_goes_on() {
    let mut world = World::new("UTC", date!(2026 - 04 - 29));
    let due = world.run(datetime!(2026-05-03 03:00 UTC));
    assert_eq!(due.iter().map(|day| (day.date.day(), day.is_final)).collect::<Vec<_>>(), [(29, true), (30, true), (1, false), (2, false)]);
    assert!(due[1].ends_period && due[3].judges_items);
}

#[test]
fn an_end_that_is_set_back_still_closes_the_period() {
    let mut world = World::new("UTC", date!(2026 - 04 - 10));
    for day in [11, 12, 13] {
        world.run(Date::from_calendar_date(2026, time::Month::April, day).unwrap().midnight().assume_utc() + Duration::hours(3));
    }
    world.span = Span::new(date!(2026 - 04 - 10), Some(date!(2026 - 04 - 13))).unwrap();
    let due = world.run(datetime!(2026-04-13 15:00 UTC));
    assert_eq!(dates(&due), [(10, Why::Closing), (11, Why::Closing), (12, Why::Closing)]);
    assert!(due[2].ends_period);
    assert_eq!(world.run(datetime!(2026-04-20 15:00 UTC)), [], "nothing after the end");
}

#[test]
fn figures_are_overdue_after_six() {
    let mut world = World::new("UTC", date!(2026 - 04 - 01));
    assert!(!world.progress().is_overdue(datetime!(2026-04-02 05:59 UTC)));
    assert!(world.progress().is_overdue(datetime!(2026-04-02 06:00 UTC)));
    world.run(datetime!(2026-04-02 06:00 UTC));
    assert!(!world.progress().is_overdue(datetime!(2026-04-02 07:00 UTC)));
    let future = World::new("UTC", date!(2027 - 04 - 01));
    assert!(!future.progress().is_overdue(datetime!(2026-04-02 07:00 UTC)) && future.due(datetime!(2026-04-02 07:00 UTC)).is_empty());
}

#[test]
fn a_contract_is_evaluated_from_its_activation() {
    let berlin = Zone::named("Europe/Berlin").unwrap();
    assert_eq!(first_day(date!(2026 - 04 - 01), datetime!(2026-04-19 22:30 UTC), &berlin), date!(2026 - 04 - 20));
    assert_eq!(first_day(date!(2026 - 06 - 01), datetime!(2026-04-19 22:30 UTC), &berlin), date!(2026 - 06 - 01));
}

#[test]
fn a_lease_is_for_one_contract_and_day() {
    let name = lease_name(vocab::ContractId::new(uuid::Uuid::nil()), date!(2026 - 04 - 01));
    assert_eq!(name, "finance-evaluation:00000000-0000-0000-0000-000000000000:2026-04-01");
}
