//! What must hold for any figures at all.

use super::examples_tests::{RULES, figures, raised};
use super::*;
use crate::finance::allowance::Valuation;
use crate::finance::money::{Currency, Money, UnitPrice};
use WorkItemType::{CriticalLowRemaining, LowRemaining, OverageRisk, UnderuseAttention};
use proptest::prelude::*;
use rust_decimal::Decimal;
use vocab::finance::WorkItemType;

prop_compose! {
    /// Anything within what is kept, in every size, with every way of valuing.
    fn any_measured()(
        included in 0_u64..1_000_000_000_000_000,
        consumed in 0_u64..2_000_000_000_000_000,
        scale in 0_u32..7,
        days in 1_u32..367,
        part in 0_u32..1_000,
        commitment in 0_i64..1_000_000_000_000,
        method in 0_u8..3,
        unit_price in 0_i64..1_000_000_000,
    ) -> Measured {
        Measured {
            included: Some(Decimal::from_i128_with_scale(included.into(), scale)),
            consumed: Decimal::from_i128_with_scale(consumed.into(), scale),
            elapsed: 1 + part * (days - 1) / 999,
            days,
            commitment: Money::new(Decimal::new(commitment, 2), Currency::USD).unwrap(),
            valuation: match method {
                0 => Valuation::CommitmentFirst,
                1 => Valuation::UnitValue(Decimal::new(unit_price, 9)),
                _ => Valuation::ListPrice,
            },
            list_price: UnitPrice::new(Decimal::new(unit_price, 4), Decimal::from(1_000_000), Currency::USD).ok(),
            overage: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn what_may_be_lost_was_paid_for(measured in any_measured()) {
        let figures = figures(measured);
        if let Some(value) = figures.projected_unused_value {
            prop_assert!(value.amount() >= Decimal::ZERO);
            prop_assert!(value.amount() <= measured.commitment.amount(), "{value}");
        }
    }

    #[test]
    fn nothing_is_lost_and_exceeded_at_once(measured in any_measured()) {
        let figures = figures(measured);
        prop_assert!(figures.projected_unused >= Decimal::ZERO && figures.projected_overage >= Decimal::ZERO);
        prop_assert!(figures.projected_unused.is_zero() || figures.projected_overage.is_zero());
        prop_assert!(figures.projected >= measured.consumed);
        let raised = raised(&measured, RULES);
        let has = |kind| raised.iter().any(|(raised, _)| *raised == kind);
        prop_assert!(!(has(UnderuseAttention) && (has(OverageRisk) || has(LowRemaining) || has(CriticalLowRemaining))));
    }

    #[test]
    fn on_the_last_day_the_projection_is_the_fact(measured in any_measured()) {
        let last = Measured { elapsed: measured.days, ..measured };
        prop_assert_eq!(figures(last).projected, measured.consumed);
    }
}
