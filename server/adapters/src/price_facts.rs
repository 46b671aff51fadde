//! Published prices that came with this release: the data of the crate `genai-prices`, decoded once, on first use.

use domain::models::{ModelPrice, TokenPrice};
use genai_prices::{Calculator, PriceCalculation, PriceRequest, Usage, UsageKey};
use rust_decimal::Decimal;
use services::ports::PriceFacts;
use time::{Date, OffsetDateTime, macros::date};

/// The release of the data; a test holds it against `Cargo.lock`.
const SOURCE: &str = "genai-prices 0.2.1";
/// The day that release came out.
const AS_OF: Date = date!(2026 - 10 - 30);
const PER: u64 = 1_000_000;
/// Tokens asked about: few enough for the price of short prompts where a vendor has steps.
const ASKED: f64 = 1000.0;

/// [`PriceFacts`] from the data bundled with this release.
#[derive(Debug, Clone, Copy, Default)]
pub struct BundledPrices;

impl PriceFacts for BundledPrices {
    fn price(&self, source: &str, model_id: &str, at: OffsetDateTime) -> Option<ModelPrice> {
        let ask = |usage: &[(UsageKey, f64)]| calculate(source, model_id, at, usage);
        let input = per_million(ask(&[(UsageKey::INPUT_TOKENS, ASKED)])?.input_price);
        let output = per_million(ask(&[(UsageKey::OUTPUT_TOKENS, ASKED), (UsageKey::INPUT_TOKENS, 0.0)])?.output_price);
        let cached = |key| {
            let answer = ask(&[(UsageKey::INPUT_TOKENS, ASKED), (key, ASKED)])?;
            // A model without a price for it answers with that of input.
            per_million(answer.input_price).filter(|price| Some(*price) != input)
        };
        let (cache_read, cache_write) = (cached(UsageKey::CACHE_READ_TOKENS), cached(UsageKey::CACHE_WRITE_TOKENS));
        let per_million = TokenPrice { input, output, cache_read, cache_write };
        (per_million != TokenPrice::default()).then(|| ModelPrice { per_million, source: SOURCE.to_owned(), as_of: AS_OF })
    }

    fn context_tokens(&self, source: &str, model_id: &str) -> Option<u32> {
        // Any instant will do: the window does not change with the price.
        let found = calculate(source, model_id, OffsetDateTime::UNIX_EPOCH, &[(UsageKey::INPUT_TOKENS, 0.0)])?;
        let provider = Calculator::bundled().find_provider(Some(&found.provider_id), None).ok()??;
        let window = provider.models().find(|model| model.id() == found.model_id)?.context_window()?;
        u32::try_from(window).ok()
    }
}

fn calculate(source: &str, model_id: &str, at: OffsetDateTime, usage: &[(UsageKey, f64)]) -> Option<PriceCalculation> {
    let usage: Usage = usage.iter().cloned().collect();
    let request = PriceRequest::new(model_id, &usage).with_provider_id(source).with_timestamp(at);
    Calculator::bundled().calculate(&request).ok()
}

/// The price of [`ASKED`] tokens as the exact price of a million. The crate calculates in `f64`; prices have far fewer
/// than twelve digits, so rounding to twelve gives the figure of the data back. Its data has no price of zero: that is
/// how "no price" looks.
fn per_million(dollars: f64) -> Option<Decimal> {
    let asked = Decimal::from_f64_retain(ASKED)?;
    let price = Decimal::from_scientific(&format!("{dollars:.11e}")).ok()? * Decimal::from(PER) / asked;
    (price > Decimal::ZERO).then(|| price.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

    fn price(source: &str, model: &str) -> Option<[String; 4]> {
        let TokenPrice { input, output, cache_read, cache_write } = BundledPrices.price(source, model, NOW)?.per_million;
        Some([input, output, cache_read, cache_write].map(|part| part.map_or_else(|| "-".to_owned(), |part| part.to_string())))
    }

    #[test]
    fn prices_are_the_figures_of_the_data() {
        let owned = |texts: [&str; 4]| Some(texts.map(str::to_owned));
        assert_eq!(price("anthropic", "claude-3-5-haiku-20241022"), owned(["0.8", "4", "0.08", "1"]));
        assert_eq!(price("openai", "gpt-4o"), owned(["2.5", "10", "1.25", "-"]));
        assert_eq!(price("openai", "no-such-model"), None);
        assert_eq!(price("no-such-vendor", "gpt-4o"), None);
        assert_eq!(price("cerebras", "qwen-3-coder-480b"), None, "no price is not zero");
        let found = BundledPrices.price("openai", "gpt-4o", NOW).unwrap();
        assert_eq!((found.source.as_str(), found.as_of), (SOURCE, AS_OF));
    }

    #[test]
    fn a_price_holds_at_its_own_time_and_for_short_prompts() {
        let stepped = BundledPrices.price("anthropic", "claude-opus-4-6", NOW).map(|price| price.per_million.input);
        assert_eq!(stepped, Some(Some(Decimal::from(5))));
    }

    #[test]
    fn context_windows_are_known() {
        assert_eq!(BundledPrices.context_tokens("anthropic", "claude-3-haiku-20240307"), Some(200_000));
        assert_eq!(BundledPrices.context_tokens("openai", "no-such-model"), None);
    }

    #[test]
    fn every_source_of_the_catalogue_is_in_the_data() {
        for provider in domain::provider::Catalogue::built_in().unwrap().iter() {
            let Some(source) = &provider.price_source else { continue };
            let found = Calculator::bundled().find_provider(Some(source), None).unwrap();
            assert_eq!(found.map(genai_prices::ProviderInfo::id), Some(source.as_str()), "{}", provider.id);
        }
    }

    #[test]
    fn the_source_is_the_release_we_build_with() {
        let lock = include_str!("../../../Cargo.lock");
        let (name, version) = SOURCE.split_once(' ').unwrap();
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")));
    }
}
