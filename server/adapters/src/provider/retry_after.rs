//! `Retry-After` (RFC 9110 §10.2.3): seconds or a date. `retry-after-ms`, which Azure and OpenAI send, is more exact.

use reqwest::header::{HeaderMap, RETRY_AFTER};
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

/// Longer waits are not believed.
const LONGEST: Duration = Duration::days(31);

/// How long the provider asks to wait.
pub(crate) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let wait = match text("retry-after-ms").and_then(|millis| millis.parse::<f64>().ok()) {
        Some(millis) => seconds(millis / 1000.0)?,
        None => read(text(RETRY_AFTER.as_str())?, now)?,
    };
    Some(wait.clamp(Duration::ZERO, LONGEST))
}

fn read(text: &str, now: OffsetDateTime) -> Option<Duration> {
    match text.parse::<f64>() {
        Ok(number) => seconds(number),
        Err(_) => OffsetDateTime::parse(text, &Rfc2822).ok().map(|date| date - now),
    }
}

fn seconds(number: f64) -> Option<Duration> {
    (number.is_finite() && number >= 0.0).then(|| Duration::saturating_seconds_f64(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn wait(name: &'static str, value: &'static str) -> Option<Duration> {
        let headers = [(name, value)].into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        retry_after(&headers, datetime!(2026-11-23 10:00 UTC))
    }

    #[test]
    fn seconds_dates_and_nonsense() {
        assert_eq!(wait("retry-after", "120"), Some(Duration::minutes(2)));
        assert_eq!(wait("retry-after", "1.5"), Some(Duration::milliseconds(1500)));
        assert_eq!(wait("retry-after-ms", "250"), Some(Duration::milliseconds(250)));
        assert_eq!(wait("retry-after", "Mon, 23 Nov 2026 10:05:00 GMT"), Some(Duration::minutes(5)));
        assert_eq!(wait("retry-after", "Mon, 23 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("retry-after", "99999999999999999999"), Some(LONGEST));
        for nonsense in ["soon", "-5", "NaN", ""] {
            assert_eq!(wait("retry-after", nonsense), None, "{nonsense}");
        }
    }
}
