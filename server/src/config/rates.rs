//! What currencies are worth: nobody tells Purser but its operator.

use super::error::SettingsError;
use super::source::Source;
use domain::finance::spend::ExchangeRates;

/// Rates for converted totals; without them amounts stay apart by currency.
///
/// # Errors
/// Naming the setting.
pub fn read(source: &Source) -> Result<Option<ExchangeRates>, SettingsError> {
    let read = |text: &str| text.parse::<ExchangeRates>();
    source.get("PURSER_EXCHANGE_RATES").map(|given| read(given.text()).map_err(|error| given.wrong(error.to_string()))).transpose()
}
