//! How long a token works.

/// The choices: value in the form, and words.
pub const EXPIRY_CHOICES: [(&str, &str); 4] = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "Never")];

/// What is chosen at first: long enough for most work, short enough to be forgotten safely.
pub const EXPIRY_DEFAULT: &str = "90";

/// Days of a choice; `None` means never.
pub fn days(choice: &str) -> Option<u32> {
    choice.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_means_what_it_says() {
        assert_eq!(EXPIRY_CHOICES.map(|(value, _)| days(value)), [Some(30), Some(90), Some(365), None]);
        assert!(EXPIRY_CHOICES.iter().any(|(value, _)| *value == EXPIRY_DEFAULT));
    }
}
