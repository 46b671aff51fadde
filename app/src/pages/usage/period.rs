//! Which days, in the page's address and in words.

use crate::wire::UsagePeriod;

/// Every choice.
pub const PERIODS: [UsagePeriod; 3] = [UsagePeriod::Week, UsagePeriod::Month, UsagePeriod::Quarter];

/// Days of a period, as in `?days=`.
pub const fn days(period: UsagePeriod) -> u32 {
    match period {
        UsagePeriod::Week => 7,
        UsagePeriod::Month => 30,
        UsagePeriod::Quarter => 90,
    }
}

/// The period of an address; a month for anything it does not know.
pub fn from_query(text: Option<&str>) -> UsagePeriod {
    let asked = text.and_then(|text| text.parse().ok());
    PERIODS.into_iter().find(|&period| Some(days(period)) == asked).unwrap_or_default()
}

/// "last 7 days".
pub fn words(period: UsagePeriod) -> String {
    format!("last {} days", days(period))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_address() {
        assert_eq!(from_query(None), UsagePeriod::Month);
        assert_eq!(from_query(Some("7")), UsagePeriod::Week);
        assert_eq!(from_query(Some("90")), UsagePeriod::Quarter);
        for odd in ["", "8", "-7", "7d", "<b>"] {
            assert_eq!(from_query(Some(odd)), UsagePeriod::Month, "{odd}");
        }
    }
}
