//! What a new price list changes: old prices end, new ones begin, and what stays the same stays the same row.

use super::{PriceFact, PriceOrigin, Seller};
use crate::finance::money::{Currency, UnitPrice};
use crate::finance::period::Span;
use crate::models::TokenPrice;
use rust_decimal::Decimal;
use time::Date;
use vocab::PriceFactId;
use vocab::finance::Meter;

/// A line of a price list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPrice {
    /// Whose.
    pub seller: Seller,
    /// Which model.
    pub model_id: String,
    /// What is priced.
    pub meter: Meter,
    /// The price.
    pub price: UnitPrice,
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceChange {
    /// A fact ends; `None`: it held for no day and goes.
    End(PriceFactId, Option<Span>),
    /// A fact begins.
    Begin(ListedPrice, PriceOrigin, Span),
}

/// What the published lists are in.
pub const LIST_CURRENCY: Currency = Currency::USD;

/// The lines of a model in a list of [`LIST_CURRENCY`] for a million tokens.
pub fn listed(seller: &Seller, model_id: &str, per_million: &TokenPrice) -> Vec<ListedPrice> {
    let meters = [
        (Meter::Input, per_million.input),
        (Meter::Output, per_million.output),
        (Meter::CacheRead, per_million.cache_read),
        (Meter::CacheWrite, per_million.cache_write),
    ];
    let line = |(meter, price): (Meter, Option<Decimal>)| {
        let price = UnitPrice::new(price?, Decimal::from(1_000_000), LIST_CURRENCY).ok()?;
        Some(ListedPrice { seller: seller.clone(), model_id: model_id.to_owned(), meter, price })
    };
    meters.into_iter().filter_map(line).collect()
}

/// Compares a list with the bundled facts that hold. A price that changed ends `today`, and what was used before keeps it;
/// one that nothing was known of is taken to have held since `first_use`, so that what was used before has a price, too. A
/// price that is no longer listed goes on: vendors withdraw models from their lists that are still used and billed. Facts
/// of any other origin are never touched.
pub fn renew(facts: &[PriceFact], list: &[ListedPrice], version: &str, first_use: Date, today: Date) -> Vec<PriceChange> {
    let mut changes = Vec::new();
    for line in list {
        let mut known = facts.iter().filter(|fact| is_same_price(fact, line)).peekable();
        let day = if known.peek().is_some() { today } else { first_use };
        match known.find(|fact| fact.effective.contains(today)) {
            Some(fact) if fact.price == line.price => continue,
            Some(fact) => changes.push(PriceChange::End(fact.id, Span::new(fact.effective.from(), Some(day)).ok())),
            None => {}
        }
        let origin = PriceOrigin::Bundled { version: version.to_owned() };
        changes.push(PriceChange::Begin(line.clone(), origin, Span::open(day)));
    }
    changes
}

fn is_same_price(fact: &PriceFact, line: &ListedPrice) -> bool {
    matches!(fact.origin, PriceOrigin::Bundled { .. })
        && fact.seller == line.seller
        && fact.model_id == line.model_id
        && fact.meter == line.meter
        && fact.tier_start == 0
        && fact.variant.is_none()
}
