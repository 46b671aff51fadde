//! Small things said the same way on both pages.

use vocab::{AuthMethod, ModelClass, ModelStatus, Tier};

/// The method without "(Sign in)".
pub const fn method_word(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::ApiKey => "API Key",
        AuthMethod::OAuth => "OAuth",
        AuthMethod::DeviceCode => "Device code",
        AuthMethod::None => "None",
    }
}

/// `58 models`, `1 model`, `–`.
pub fn models_word(count: u32) -> String {
    match count {
        0 => "–".to_owned(),
        1 => "1 model".to_owned(),
        count => format!("{count} models"),
    }
}

/// Dollars and cents; a little is not nothing.
pub fn dollars(cost: &str) -> String {
    if cost == "0.00" { "< $0.01".to_owned() } else { format!("${cost}") }
}

/// The tier's name on screen.
pub const fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::Frontier => "Frontier",
        Tier::Strong => "Strong",
        Tier::Adequate => "Adequate",
        Tier::Basic => "Basic",
    }
}

/// The class's name on screen.
pub const fn class_word(class: ModelClass) -> &'static str {
    match class {
        ModelClass::Chat => "Chat",
        ModelClass::Reasoning => "Reasoning",
        ModelClass::Embedding => "Embedding",
        ModelClass::Image => "Image",
        ModelClass::Audio => "Audio",
        ModelClass::Classifier => "Classifier",
        ModelClass::Other => "Other",
    }
}

/// The status's name on screen.
pub const fn status_word(status: ModelStatus) -> &'static str {
    match status {
        ModelStatus::Active => "Active",
        ModelStatus::Missing => "Missing",
        ModelStatus::Retired => "Retired",
    }
}

/// A context window: `200k`, `1M`, `1.05M`, `512`.
pub fn context_word(tokens: u32) -> String {
    match tokens {
        0..1000 => tokens.to_string(),
        1000..1_000_000 => format!("{}k", (tokens + 500) / 1000),
        _ => {
            let hundredths = (u64::from(tokens) + 5000) / 10_000;
            let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            format!("{}M", text.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_windows_are_short() {
        for (tokens, text) in
            [(512, "512"), (8192, "8k"), (131_072, "131k"), (1_000_000, "1M"), (1_048_576, "1.05M"), (2_000_000, "2M"), (10_000_000, "10M")]
        {
            assert_eq!(context_word(tokens), text);
        }
    }

    #[test]
    fn a_little_is_not_nothing() {
        assert_eq!(dollars("12.40"), "$12.40");
        assert_eq!(dollars("0.00"), "< $0.01");
    }

    #[test]
    fn counts_models() {
        assert_eq!(models_word(0), "–");
        assert_eq!(models_word(1), "1 model");
        assert_eq!(models_word(31), "31 models");
    }
}
