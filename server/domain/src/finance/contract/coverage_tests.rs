//! Which contract covers a provider, through switches and new versions.

use super::tests::NOW;
use super::*;
use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vocab::FinanceProfileId;

fn profile(number: u128) -> FinanceProfileId {
    FinanceProfileId::new(Uuid::from_u128(number))
}

fn contract(number: u128) -> ContractId {
    ContractId::new(Uuid::from_u128(number))
}

fn apply(all: &mut Vec<Coverage>, changes: Vec<CoverageChange>) {
    for change in changes {
        match change {
            CoverageChange::Close { coverage, at } => {
                let stored = all.iter_mut().find(|stored| **stored == coverage).unwrap();
                stored.to = Some(at);
            }
            CoverageChange::Remove(coverage) => all.retain(|stored| *stored != coverage),
            CoverageChange::Open(coverage) => all.push(coverage),
        }
    }
}

#[test]
fn use_before_a_switch_stays_with_the_old_contract() {
    let hour = |n: i64| NOW + Duration::hours(n);
    let mut all = Vec::new();
    apply(&mut all, cover(&[], contract(1), profile(1), hour(0)));
    assert!(cover(&all, contract(1), profile(1), hour(5)).is_empty());
    let switch = cover(&all, contract(2), profile(1), hour(10));
    apply(&mut all, switch);
    let at = |n| covering(&all, profile(1), hour(n));
    assert_eq!((at(-1), at(9), at(10)), (None, Some(contract(1)), Some(contract(2))));
    assert_eq!(covering(&all, profile(2), hour(9)), None);
}

#[test]
fn a_new_version_takes_its_predecessors_profiles() {
    let hour = |n: i64| NOW + Duration::hours(n);
    let mut all = vec![
        Coverage { contract_id: contract(1), profile_id: profile(1), from: hour(0), to: None },
        Coverage { contract_id: contract(1), profile_id: profile(2), from: hour(20), to: None },
        Coverage { contract_id: contract(1), profile_id: profile(3), from: hour(0), to: Some(hour(5)) },
    ];
    let changes = hand_over(&all, contract(1), contract(2), hour(10));
    apply(&mut all, changes);
    assert_eq!(covering(&all, profile(1), hour(9)), Some(contract(1)));
    assert_eq!(covering(&all, profile(1), hour(10)), Some(contract(2)));
    assert_eq!((covering(&all, profile(2), hour(19)), covering(&all, profile(2), hour(20))), (None, Some(contract(2))));
    assert_eq!((covering(&all, profile(3), hour(4)), covering(&all, profile(3), hour(10))), (Some(contract(1)), None));
    assert!(all.iter().filter(|coverage| coverage.contract_id == contract(1)).all(|coverage| coverage.to.is_some()));
}

#[derive(Debug, Clone)]
enum Step {
    Cover(u128, u128),
    Uncover(u128),
    HandOver(u128, u128),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_u128..4, 1_u128..4).prop_map(|(contract, profile)| Step::Cover(contract, profile)),
        (1_u128..4).prop_map(Step::Uncover),
        (1_u128..4, 4_u128..7).prop_map(|(old, new)| Step::HandOver(old, new)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_two_contracts_ever_cover_a_profile(steps in prop::collection::vec((step(), 0_i64..4), 1..12)) {
        let mut all: Vec<Coverage> = Vec::new();
        let mut at: OffsetDateTime = NOW;
        for (step, later) in steps {
            at += Duration::hours(later);
            let changes = match step {
                Step::Cover(c, p) => cover(&all, contract(c), profile(p), at),
                Step::Uncover(p) => uncover(&all, profile(p), at),
                Step::HandOver(old, new) => hand_over(&all, contract(old), contract(new), at),
            };
            apply(&mut all, changes);
            for (index, one) in all.iter().enumerate() {
                prop_assert!(one.to.is_none_or(|to| to > one.from));
                prop_assert!(all[index + 1..].iter().all(|other| !one.overlaps(other)), "{:?}", all);
            }
        }
    }
}
