//! Looking a price up.

use super::{PriceFact, PriceOrigin, Seller};
use crate::finance::vendor::VendorKey;
use crate::inference::TokenCounts;
use std::cmp::Reverse;
use std::collections::HashMap;
use time::Date;
use vocab::finance::{Meter, PriceVariant};
use vocab::{ContractId, ProviderId};

/// Every price that is known, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct PriceBook(HashMap<String, Vec<PriceFact>>);

/// What a price is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Which catalogue entry was used.
    pub provider_id: &'a ProviderId,
    /// Who the vendor behind it is.
    pub vendor: Option<&'a VendorKey>,
    /// Bare model id.
    pub model_id: &'a str,
    /// The way of asking.
    pub variant: Option<PriceVariant>,
    /// The day of use, in UTC.
    pub day: Date,
    /// Input tokens of the request, cached ones included.
    pub input_tokens: u64,
    /// The contract that covers the use.
    pub contract_id: Option<ContractId>,
}

impl PriceBook {
    /// A book of these facts.
    pub fn new(facts: impl IntoIterator<Item = PriceFact>) -> Self {
        let mut by_model: HashMap<String, Vec<PriceFact>> = HashMap::new();
        for fact in facts {
            by_model.entry(fact.model_id.clone()).or_default().push(fact);
        }
        Self(by_model)
    }

    /// The price of a meter: that of the contract before that of the organization before an invoice's before a list's;
    /// among these the provider's own before its vendor's, the tier the request reaches, the newest. A meter without a
    /// price has that of the meter it is a kind of, as vendors bill it: cached and written tokens are input, reasoning is
    /// output. `None` where no price is known.
    pub fn find(&self, meter: Meter, asked: &Asked<'_>) -> Option<&PriceFact> {
        let facts = self.0.get(asked.model_id)?;
        std::iter::successors(Some(meter), |meter| kind_of(*meter)).find_map(|meter| best(facts, meter, asked))
    }
}

/// Counters that are billed, each with its meter. They are disjoint; reasoning is part of output.
pub fn meters(tokens: &TokenCounts) -> [(Meter, u64); 4] {
    [
        (Meter::Input, tokens.input),
        (Meter::Output, tokens.output),
        (Meter::CacheRead, tokens.cache_read),
        (Meter::CacheWrite, tokens.cache_write),
    ]
}

const fn kind_of(meter: Meter) -> Option<Meter> {
    match meter {
        Meter::CacheRead | Meter::CacheWrite => Some(Meter::Input),
        Meter::CacheWrite1h => Some(Meter::CacheWrite),
        Meter::Reasoning => Some(Meter::Output),
        Meter::Input | Meter::Output | Meter::Request | Meter::WebSearch => None,
    }
}

fn best<'a>(facts: &'a [PriceFact], meter: Meter, asked: &Asked<'_>) -> Option<&'a PriceFact> {
    let holds = |fact: &&PriceFact| {
        fact.meter == meter
            && fact.variant == asked.variant
            && fact.effective.contains(asked.day)
            && fact.tier_start <= asked.input_tokens
            && is_seller(&fact.seller, asked)
            && is_for(&fact.origin, asked.contract_id)
    };
    let order = |fact: &&PriceFact| {
        let by_vendor = matches!(fact.seller, Seller::Vendor(_));
        (fact.origin.rank(), by_vendor, Reverse(fact.tier_start), Reverse(fact.effective.from()), fact.id)
    };
    facts.iter().filter(holds).min_by_key(order)
}

fn is_seller(seller: &Seller, asked: &Asked<'_>) -> bool {
    match seller {
        Seller::Provider(id) => id == asked.provider_id,
        Seller::Vendor(key) => Some(key) == asked.vendor,
    }
}

fn is_for(origin: &PriceOrigin, contract_id: Option<ContractId>) -> bool {
    origin.contract_id().is_none_or(|id| Some(id) == contract_id)
}
