//! Who wins, what a tier does, and what a new list leaves alone.

use super::*;
use crate::finance::fixtures::dec;
use crate::finance::money::Currency;
use crate::models::TokenPrice;
use time::Date;
use time::macros::date;
use uuid::Uuid;

const DAY: Date = date!(2026 - 11 - 20);

fn provider() -> ProviderId {
    "openai".parse().unwrap()
}

fn contract() -> ContractId {
    ContractId::new(Uuid::from_u128(7))
}

fn list() -> PriceOrigin {
    PriceOrigin::Bundled { version: "genai-prices 0.2.1".into() }
}

/// Dollars for a million tokens, for any day and request.
fn fact(id: u128, meter: Meter, dollars: &str, origin: PriceOrigin) -> PriceFact {
    PriceFact {
        id: PriceFactId::new(Uuid::from_u128(id)),
        seller: Seller::Provider(provider()),
        model_id: "gpt".into(),
        meter,
        price: UnitPrice::new(dec(dollars), dec("1000000"), Currency::USD).unwrap(),
        tier_start: 0,
        variant: None,
        effective: Span::open(date!(2026 - 01 - 01)),
        origin,
    }
}

fn covered(asked: Asked<'_>) -> Asked<'_> {
    Asked { contract_id: Some(contract()), ..asked }
}

fn find(facts: &[PriceFact], meter: Meter, change: impl FnOnce(Asked<'_>) -> Asked<'_>) -> Option<String> {
    let (provider, vendor) = (provider(), "openai".parse::<VendorKey>().unwrap());
    let asked = Asked {
        provider_id: &provider,
        vendor: Some(&vendor),
        model_id: "gpt",
        variant: None,
        day: DAY,
        input_tokens: 1_000,
        contract_id: None,
    };
    PriceBook::new(facts.to_vec()).find(meter, &change(asked)).map(|fact| fact.price.price().to_string())
}

#[test]
fn the_contract_wins_then_the_organization_then_the_invoice_then_the_list() {
    let invoice = PriceOrigin::VendorInvoice { reference: "INV-1".into() };
    let all = [
        fact(1, Meter::Input, "4", list()),
        fact(2, Meter::Input, "3", invoice),
        fact(3, Meter::Input, "2", PriceOrigin::Organization),
        fact(4, Meter::Input, "1", PriceOrigin::Contract(contract())),
    ];
    assert_eq!(find(&all, Meter::Input, covered).as_deref(), Some("1"));
    assert_eq!(find(&all, Meter::Input, |asked| asked).as_deref(), Some("2"), "another contract's price is nobody else's");
    assert_eq!(find(&all[..2], Meter::Input, covered).as_deref(), Some("3"));
    assert_eq!(find(&all[..1], Meter::Input, covered).as_deref(), Some("4"));
    assert_eq!(find(&[], Meter::Input, covered), None);
}

#[test]
fn the_whole_request_has_the_tier_it_reaches() {
    let all = [fact(1, Meter::Input, "5", list()), PriceFact { tier_start: 200_000, ..fact(2, Meter::Input, "10", list()) }];
    let with = |input_tokens| find(&all, Meter::Input, move |asked| Asked { input_tokens, ..asked });
    assert_eq!(with(199_999).as_deref(), Some("5"));
    assert_eq!(with(200_000).as_deref(), Some("10"));
}

#[test]
fn prices_hold_for_their_days_sellers_and_variants() {
    let until = Span::new(date!(2026 - 01 - 01), Some(DAY)).unwrap();
    let all = [
        PriceFact { effective: until, ..fact(1, Meter::Input, "5", list()) },
        PriceFact { effective: Span::open(DAY), ..fact(2, Meter::Input, "4", list()) },
        PriceFact { variant: Some(PriceVariant::Batch), ..fact(3, Meter::Input, "2.5", list()) },
        PriceFact { seller: Seller::Vendor("openai".parse().unwrap()), ..fact(4, Meter::Output, "20", list()) },
        PriceFact { seller: Seller::Vendor("other".parse().unwrap()), ..fact(5, Meter::Request, "1", list()) },
    ];
    assert_eq!(find(&all, Meter::Input, |asked| asked).as_deref(), Some("4"));
    assert_eq!(find(&all, Meter::Input, |asked| Asked { day: date!(2026 - 11 - 19), ..asked }).as_deref(), Some("5"));
    assert_eq!(find(&all, Meter::Input, |asked| Asked { day: date!(2025 - 11 - 19), ..asked }), None);
    assert_eq!(find(&all, Meter::Input, |asked| Asked { variant: Some(PriceVariant::Batch), ..asked }).as_deref(), Some("2.5"));
    assert_eq!(find(&all, Meter::Input, |asked| Asked { variant: Some(PriceVariant::Flex), ..asked }), None);
    assert_eq!(find(&all, Meter::Output, |asked| asked).as_deref(), Some("20"));
    assert_eq!(find(&all, Meter::Request, |asked| asked), None);
    assert_eq!(find(&all, Meter::Input, |asked| Asked { model_id: "other", ..asked }), None);
}

#[test]
fn kinds_of_input_and_output_fall_back_on_it() {
    let all = [fact(1, Meter::Input, "5", list()), fact(2, Meter::Output, "20", list()), fact(3, Meter::CacheWrite, "6", list())];
    for (meter, dollars) in [(Meter::CacheRead, "5"), (Meter::CacheWrite1h, "6"), (Meter::Reasoning, "20")] {
        assert_eq!(find(&all, meter, |asked| asked).as_deref(), Some(dollars), "{meter}");
    }
    assert_eq!(find(&all, Meter::WebSearch, |asked| asked), None);
}

#[test]
fn a_new_list_ends_what_changed_and_leaves_the_rest() {
    let per_million = TokenPrice { input: Some(dec("3")), output: Some(dec("10")), cache_read: Some(dec("-1")), cache_write: None };
    let seller = Seller::Provider(provider());
    let lines = listed(&seller, "gpt", &per_million);
    assert_eq!(lines.len(), 2, "a negative price is none");
    let old = [
        fact(1, Meter::Input, "2.5", list()),
        fact(2, Meter::Output, "10", list()),
        fact(3, Meter::CacheRead, "0.25", list()),
        fact(4, Meter::Input, "1", PriceOrigin::Organization),
    ];
    let first_use = date!(2025 - 06 - 01);
    let changes = renew(&old, &lines, "genai-prices 0.2.2", first_use, DAY);
    let ended = Span::new(date!(2026 - 01 - 01), Some(DAY)).ok();
    let origin = PriceOrigin::Bundled { version: "genai-prices 0.2.2".into() };
    assert_eq!(changes, [PriceChange::End(old[0].id, ended), PriceChange::Begin(lines[0].clone(), origin, Span::open(DAY))]);
    let today = PriceFact { effective: Span::open(DAY), ..old[0].clone() };
    assert_eq!(renew(&[today], &lines[..1], "x", first_use, DAY)[0], PriceChange::End(old[0].id, None));
    let new = renew(&[], &lines, "x", first_use, DAY);
    let begins = |change: &PriceChange| matches!(change, PriceChange::Begin(_, _, days) if *days == Span::open(first_use));
    assert!(new.len() == 2 && new.iter().all(begins), "what nothing was known of has held all along: {new:?}");
}

#[test]
fn an_origin_survives_being_laid_flat() {
    let invoice = PriceOrigin::VendorInvoice { reference: "INV-1".into() };
    for origin in [list(), invoice, PriceOrigin::Organization, PriceOrigin::Contract(contract())] {
        let again = PriceOrigin::from_parts(origin.source(), origin.version().to_owned(), origin.contract_id());
        assert_eq!(again, origin);
        assert!(!origin.label().is_empty() && origin.confidence() > Confidence::Low);
    }
}
