//! Currencies of ISO 4217 with the digits of their minor unit.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency in use, for example `USD`; made from its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u32,
}

/// A text that is no currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a currency code: use three letters of ISO 4217, for example USD, EUR or JPY")]
pub struct UnknownCurrency(pub String);

impl UnknownCurrency {
    /// The stable code of this error.
    pub const CODE: &'static str = "unknown_currency";
}

/// Currencies whose minor unit is a hundredth.
const TWO_DIGITS: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN",
    "BWP", "BYN", "BZD", "CAD", "CDF", "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP",
    "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR",
    "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT",
    "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP",
    "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "USN", "UYU", "UZS", "VED", "VES", "WST", "XAD",
    "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG",
];
/// Currencies without a minor unit.
const NO_DIGITS: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Currencies whose minor unit is a thousandth.
const THREE_DIGITS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
/// Index currencies in ten-thousandths.
const FOUR_DIGITS: &[&str] = &["CLF", "UYW"];

const BY_DIGITS: [(u32, &[&str]); 4] = [(2, TWO_DIGITS), (0, NO_DIGITS), (3, THREE_DIGITS), (4, FOUR_DIGITS)];

impl Currency {
    /// The US dollar, which vendors' price lists are in.
    pub const USD: Self = Self { code: "USD", digits: 2 };

    /// Reads a code as people type it: spaces around it and lower case are forgiven. Metals, the testing code and
    /// withdrawn currencies are not currencies anybody bills in, and are refused.
    ///
    /// # Errors
    /// [`UnknownCurrency`] with the text that was given.
    pub fn parse(text: &str) -> Result<Self, UnknownCurrency> {
        let wanted = text.trim();
        BY_DIGITS
            .iter()
            .flat_map(|(digits, codes)| codes.iter().map(|code| Self { code, digits: *digits }))
            .find(|currency| currency.code.eq_ignore_ascii_case(wanted))
            .ok_or_else(|| UnknownCurrency(text.to_owned()))
    }

    /// Every currency, by code.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> =
            BY_DIGITS.iter().flat_map(|(digits, codes)| codes.iter().map(|code| Self { code, digits: *digits })).collect();
        all.sort_unstable();
        all
    }

    /// The three letters.
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// Decimals of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    pub const fn digits(self) -> u32 {
        self.digits
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl std::str::FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

// Written out: the derived one would ask for input that lives as long as the codes above.
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_are_those_of_the_standard() {
        for (code, digits) in [("USD", 2), ("eur", 2), (" JPY ", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("HUF", 2), ("VND", 0)] {
            assert_eq!(Currency::parse(code).map(Currency::digits), Ok(digits), "{code}");
        }
    }

    #[test]
    fn what_nobody_bills_in_is_refused() {
        for bad in ["", "US", "USDD", "ABC", "XAU", "XTS", "XXX", "DEM", "HRK", "$", "ＵＳＤ"] {
            assert_eq!(Currency::parse(bad), Err(UnknownCurrency(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn codes_are_unique_and_three_letters() {
        let all = Currency::all();
        assert!(all.windows(2).all(|pair| pair[0].code() < pair[1].code()));
        assert!(all.iter().all(|currency| currency.code().len() == 3));
    }
}
