//! Which of several consumption figures counts, and how far two of them may differ.

use crate::finance::money::{MoneyError, ratio};
use rust_decimal::Decimal;
use vocab::finance::{AutoResolution, Confidence, Severity, UsageSource, WorkItemType};

use super::signals::{Judgement, Signal};

/// Days that must be over before a projection counts as evidence.
pub const EVIDENCE_DAYS: u32 = 3;

/// A consumption figure and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Where it comes from.
    pub source: UsageSource,
    /// Units since the period began.
    pub quantity: Decimal,
}

/// The reading that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// The reading.
    pub reading: Reading,
    /// How far it can be trusted, given how early it is.
    pub confidence: Confidence,
    /// Our own figure, when the vendor's counts instead: the two are to be reconciled.
    pub ours: Option<Decimal>,
}

/// Chooses among readings of one period: the vendor's API before figures from its portal, those before what went through
/// us, that before what was entered by hand. `None` without any reading, which is "no data", not zero.
pub fn choose(readings: &[Reading], elapsed: u32) -> Option<Chosen> {
    let reading = readings.iter().copied().min_by_key(|reading| rank(reading.source))?;
    let trusted = reading.source.confidence();
    let confidence = if elapsed < EVIDENCE_DAYS { trusted.min(Confidence::Low) } else { trusted };
    let is_vendors = matches!(reading.source, UsageSource::ProviderApi | UsageSource::ProviderPortal);
    let observed = readings.iter().find(|other| other.source == UsageSource::InternalObserved);
    Some(Chosen { reading, confidence, ours: observed.filter(|_| is_vendors).map(|other| other.quantity) })
}

const fn rank(source: UsageSource) -> u8 {
    match source {
        UsageSource::ProviderApi => 0,
        UsageSource::ProviderPortal => 1,
        UsageSource::InternalObserved => 2,
        UsageSource::Manual => 3,
    }
}

/// How far the vendor's figure is from ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variance {
    /// Theirs less ours.
    pub difference: Decimal,
    /// That in percent of ours; `None` when ours is zero and theirs is not.
    pub percent: Option<Decimal>,
    /// What the difference is worth in the contract's currency; `None` when no price is known.
    pub worth: Option<Decimal>,
}

impl Variance {
    /// Compares two figures. `worth_of_one` is the value of one unit: 1 when amounts are compared.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn between(ours: Decimal, theirs: Decimal, worth_of_one: Option<Decimal>) -> Result<Self, MoneyError> {
        let difference = theirs.checked_sub(ours).ok_or(MoneyError::TooLarge)?;
        let percent = match (difference.is_zero(), ours.is_zero()) {
            (true, _) => Some(Decimal::ZERO),
            (false, true) => None,
            (false, false) => Some(ratio(difference.abs(), Decimal::ONE_HUNDRED, ours.abs())?),
        };
        let worth = worth_of_one.map(|one| ratio(difference.abs(), one, Decimal::ONE)).transpose()?;
        Ok(Self { difference, percent, worth })
    }

    /// Is it worth a person's look? More than 5 % and more than one unit of currency apart; high above 20 %. A difference
    /// that nobody can price is judged by its percentage alone.
    pub fn signal(&self) -> Signal {
        let over = |limit: u32| self.percent.is_none_or(|percent| percent > Decimal::from(limit));
        let matters = over(5) && self.worth.is_none_or(|worth| worth > Decimal::ONE);
        let judgement = match (matters, over(20)) {
            (true, true) => Judgement::Raise(Severity::High),
            (true, false) => Judgement::Raise(Severity::Medium),
            (false, _) => Judgement::Clear(AutoResolution::VarianceInside),
        };
        Signal { kind: WorkItemType::ReconciliationReview, judgement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(source: UsageSource, quantity: i64) -> Reading {
        Reading { source, quantity: quantity.into() }
    }

    #[test]
    fn the_vendor_counts_before_us_and_a_person_last() {
        let all = [
            reading(UsageSource::Manual, 1),
            reading(UsageSource::InternalObserved, 2),
            reading(UsageSource::ProviderPortal, 3),
            reading(UsageSource::ProviderApi, 4),
        ];
        let chosen = choose(&all, 10).unwrap();
        assert_eq!((chosen.reading.quantity, chosen.confidence, chosen.ours), (4.into(), Confidence::High, Some(2.into())));
        let chosen = choose(&all[..2], 10).unwrap();
        assert_eq!((chosen.reading.quantity, chosen.confidence, chosen.ours), (2.into(), Confidence::Medium, None));
        assert_eq!(choose(&all[..1], 10).map(|chosen| chosen.confidence), Some(Confidence::Low));
        assert_eq!(choose(&[], 10), None);
    }

    #[test]
    fn two_days_are_no_evidence_whoever_says_so() {
        let api = [reading(UsageSource::ProviderApi, 4)];
        assert_eq!(choose(&api, 2).map(|chosen| chosen.confidence), Some(Confidence::Low));
        assert_eq!(choose(&api, 3).map(|chosen| chosen.confidence), Some(Confidence::High));
    }

    #[test]
    fn small_differences_and_small_change_are_left_alone() {
        let judge = |ours: i64, theirs: i64, worth: Option<Decimal>| {
            Variance::between(ours.into(), theirs.into(), worth).unwrap().signal().judgement
        };
        let (dollar, inside) = (Some(Decimal::ONE), Judgement::Clear(AutoResolution::VarianceInside));
        assert_eq!(judge(100, 105, dollar), inside);
        assert_eq!(judge(100, 106, dollar), Judgement::Raise(Severity::Medium));
        assert_eq!(judge(100, 94, dollar), Judgement::Raise(Severity::Medium));
        assert_eq!(judge(100, 121, dollar), Judgement::Raise(Severity::High));
        assert_eq!(judge(1, 2, dollar), inside, "one dollar is not more than one dollar");
        assert_eq!(judge(0, 0, dollar), inside);
        assert_eq!(judge(0, 2, dollar), Judgement::Raise(Severity::High));
        assert_eq!(judge(100, 200, Some(Decimal::new(1, 6))), inside);
        assert_eq!(judge(100, 200, None), Judgement::Raise(Severity::High));
    }
}
