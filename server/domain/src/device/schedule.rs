//! When the token endpoint may be asked again.

use time::{Duration, OffsetDateTime};

/// RFC 8628 §3.5: every `slow_down` adds this to all later pauses.
const SLOWER: Duration = Duration::seconds(5);
/// Longest pause that repeated failures lead to.
const LONGEST_BACK_OFF: Duration = Duration::minutes(1);
/// Added to every pause: the issuer's clock and ours do not run alike.
const MARGIN: Duration = Duration::milliseconds(250);

/// The pace of one sign-in. It is stored with it, so that a restart goes on where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Shortest pause between two questions, with everything `slow_down` added.
    pub interval: Duration,
    /// How often we were told to slow down.
    pub slow_downs: u32,
    /// Questions in a row without a usable answer.
    pub failures: u32,
    /// When the next one may be sent.
    pub next_poll_at: OffsetDateTime,
    /// Is the next one the last? Then "not yet" means that the time is over.
    pub last: bool,
}

impl Schedule {
    /// From the moment the code came. The first question waits a whole interval, too.
    pub fn begin(interval: Duration, now: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        Self { interval, slow_downs: 0, failures: 0, next_poll_at: now, last: false }.after(Duration::ZERO, now, expires_at)
    }

    /// May the next question be sent?
    pub fn is_due(&self, now: OffsetDateTime) -> bool {
        self.next_poll_at <= now
    }

    /// After "not yet"; `None` when that was the last question.
    pub fn pending(self, now: OffsetDateTime, expires_at: OffsetDateTime) -> Option<Self> {
        (!self.last).then(|| Self { failures: 0, ..self }.after(Duration::ZERO, now, expires_at))
    }

    /// After "slow down"; `None` when that was the last question. A named interval counts if it is larger.
    pub fn slow_down(self, named: Option<Duration>, now: OffsetDateTime, expires_at: OffsetDateTime) -> Option<Self> {
        let slower = self.interval + SLOWER;
        let interval = named.map_or(slower, |named| named.max(slower));
        let next = Self { interval, slow_downs: self.slow_downs.saturating_add(1), failures: 0, ..self };
        (!self.last).then(|| next.after(Duration::ZERO, now, expires_at))
    }

    /// After no usable answer: the pause doubles each time. `None` when that was the last question.
    pub fn failed(self, now: OffsetDateTime, expires_at: OffsetDateTime) -> Option<Self> {
        let failures = self.failures.saturating_add(1);
        let doubled = self.interval * 2_i32.saturating_pow(failures.min(16));
        let longer = doubled.min(LONGEST_BACK_OFF.max(self.interval)) - self.interval;
        (!self.last).then(|| Self { failures, ..self }.after(longer, now, expires_at))
    }

    /// Clocks of virtual machines run fast: who was told to slow down adds a fifth, then two fifths.
    fn margin(&self) -> Duration {
        match self.slow_downs {
            0 => MARGIN,
            1 => self.interval / 5,
            _ => self.interval * 2 / 5,
        }
    }

    /// The next question after a pause. When that would be too late, one last question is put as late as the code lives,
    /// but never earlier than the interval allows.
    fn after(self, longer: Duration, now: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        let planned = now + self.interval + self.margin() + longer;
        if planned < expires_at {
            return Self { next_poll_at: planned, last: false, ..self };
        }
        let next_poll_at = (expires_at - Duration::SECOND).max(now + self.interval);
        Self { next_poll_at, last: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const START: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);
    const END: OffsetDateTime = datetime!(2026-11-23 10:10 UTC);

    fn pause(schedule: Schedule, now: OffsetDateTime) -> Duration {
        schedule.next_poll_at - now
    }

    #[test]
    fn the_first_question_waits_and_the_answer_is_seen_within_a_second_of_the_interval() {
        let schedule = Schedule::begin(Duration::seconds(5), START, END);
        assert!(!schedule.is_due(START) && !schedule.is_due(START + Duration::seconds(5)));
        assert!(schedule.is_due(START + Duration::seconds(6)));
        let next = schedule.pending(schedule.next_poll_at, END).expect("goes on");
        assert!(pause(next, schedule.next_poll_at) < Duration::seconds(6));
    }

    #[test]
    fn slowing_down_adds_up_and_stays() {
        let mut schedule = Schedule::begin(Duration::seconds(5), START, END);
        for expected in [10, 15, 20] {
            schedule = schedule.slow_down(None, START, END).expect("goes on");
            assert_eq!(schedule.interval, Duration::seconds(expected));
        }
        assert_eq!(pause(schedule, START), Duration::seconds(28), "two fifths more than 20 s");
        let later = schedule.pending(START, END).expect("goes on");
        assert_eq!((later.interval, pause(later, START)), (Duration::seconds(20), Duration::seconds(28)));
        assert_eq!(schedule.slow_down(Some(Duration::seconds(3)), START, END).expect("goes on").interval, Duration::seconds(25));
        assert_eq!(schedule.slow_down(Some(Duration::seconds(60)), START, END).expect("goes on").interval, Duration::seconds(60));
    }

    #[test]
    fn failures_double_the_pause_up_to_a_minute_and_are_forgotten() {
        let mut schedule = Schedule::begin(Duration::seconds(5), START, END);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            schedule = schedule.failed(START, END).expect("goes on");
            pauses.push(pause(schedule, START).whole_seconds());
        }
        assert_eq!(pauses, [10, 20, 40, 60, 60, 60]);
        assert_eq!(pause(schedule.pending(START, END).expect("goes on"), START).whole_seconds(), 5);
        let slow = Schedule { interval: Duration::seconds(90), ..schedule };
        assert_eq!(pause(slow.failed(START, END).expect("goes on"), START).whole_seconds(), 90, "never below the interval");
    }

    #[test]
    fn one_last_question_before_giving_up() {
        let late = END - Duration::seconds(5) - Duration::milliseconds(100);
        let schedule = Schedule::begin(Duration::seconds(5), START, END);
        let last = schedule.pending(late, END).expect("one more");
        assert!(last.last);
        assert_eq!(last.next_poll_at, late + Duration::seconds(5), "before the end, but no sooner than allowed");
        assert_eq!(last.pending(last.next_poll_at, END), None);
        assert_eq!(last.failed(last.next_poll_at, END), None);
        assert_eq!(last.slow_down(None, last.next_poll_at, END), None);
        let backed_off = Schedule { failures: 5, ..schedule }.failed(END - Duration::seconds(30), END).expect("one more");
        assert_eq!((backed_off.last, backed_off.next_poll_at), (true, END - Duration::SECOND));
    }

    #[test]
    fn a_pause_longer_than_the_code_lives_still_asks_once() {
        let schedule = Schedule::begin(Duration::minutes(5), START, START + Duration::minutes(1));
        assert!(schedule.last && schedule.next_poll_at == START + Duration::minutes(5));
    }
}
