//! Vendors, and the accounts through which they bill.
//!
//! Which vendor and channel stand behind a provider's sign-in method is data of the provider catalogue. Two methods with one
//! vendor and channel share one account, hence one contract: a plan that serves two providers is paid for once.

use crate::provider::FinanceHint;
use serde::{Deserialize, Serialize};
use vocab::finance::{BillingChannel, ContractType};

/// A vendor's stable name, for example `anthropic`: 1 to 64 of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VendorKey(String);

/// A vendor's account with us: `openai:subscription`. At most one contract that has not ended covers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BillingAccount {
    vendor: VendorKey,
    channel: BillingChannel,
}

/// Facts of the provider catalogue that Finance cannot use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VendorError {
    /// Not a vendor's name.
    #[error("{0:?} is not a vendor key (1 to 64 of a-z, 0-9 and -)")]
    Key(String),
    /// Not `vendor:channel`.
    #[error("{0:?} is not a billing account (vendor:channel)")]
    Account(String),
    /// A channel or contract type that is not one of ours.
    #[error("{0:?} is not a word the catalogue may use here")]
    Word(String),
}

impl VendorError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key(_) => "bad_vendor_key",
            Self::Account(_) => "bad_billing_account",
            Self::Word(_) => "bad_catalogue_word",
        }
    }
}

impl VendorKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for VendorKey {
    type Error = VendorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let shape =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if shape { Ok(Self(text)) } else { Err(VendorError::Key(text)) }
    }
}

impl std::str::FromStr for VendorKey {
    type Err = VendorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl From<VendorKey> for String {
    fn from(key: VendorKey) -> Self {
        key.0
    }
}

impl std::fmt::Display for VendorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl BillingAccount {
    /// A vendor's account of one channel.
    pub const fn new(vendor: VendorKey, channel: BillingChannel) -> Self {
        Self { vendor, channel }
    }

    /// Who bills.
    pub const fn vendor(&self) -> &VendorKey {
        &self.vendor
    }

    /// Through which door.
    pub const fn channel(&self) -> BillingChannel {
        self.channel
    }
}

impl std::fmt::Display for BillingAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.vendor, self.channel)
    }
}

impl std::str::FromStr for BillingAccount {
    type Err = VendorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || VendorError::Account(text.to_owned());
        let (vendor, channel) = text.split_once(':').ok_or_else(bad)?;
        Ok(Self { vendor: vendor.parse().map_err(|_| bad())?, channel: channel.parse().map_err(|_| bad())? })
    }
}

impl TryFrom<String> for BillingAccount {
    type Error = VendorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<BillingAccount> for String {
    fn from(account: BillingAccount) -> Self {
        account.to_string()
    }
}

/// Who is paid when a provider is used through one of its methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commercial {
    /// Nobody.
    SelfHosted,
    /// A vendor.
    Vendor {
        /// Its account with us.
        account: BillingAccount,
        /// What kind of contract such an account usually has; a guess until Finance says so.
        suggested: Option<ContractType>,
    },
}

impl Commercial {
    /// Reads the catalogue's words.
    ///
    /// # Errors
    /// [`VendorError`] for words that are not ours.
    pub fn of(hint: &FinanceHint) -> Result<Self, VendorError> {
        let channel = hint.channel.parse().map_err(|_| VendorError::Word(hint.channel.clone()))?;
        if hint.vendor == "none" || channel == BillingChannel::SelfHosted {
            return Ok(Self::SelfHosted);
        }
        let suggested =
            hint.suggested_type.as_deref().map(|word| word.parse().map_err(|_| VendorError::Word(word.to_owned()))).transpose()?;
        Ok(Self::Vendor { account: BillingAccount::new(hint.vendor.parse()?, channel), suggested })
    }

    /// The account, unless nobody is paid.
    pub const fn account(&self) -> Option<&BillingAccount> {
        match self {
            Self::SelfHosted => None,
            Self::Vendor { account, .. } => Some(account),
        }
    }
}

/// What a new supplier is called, and under which names an existing one is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// Its stable name.
    pub key: VendorKey,
    /// Its legal name.
    pub name: String,
    /// Names it also goes by.
    pub aliases: Vec<String>,
}

/// Key, legal name, other names. A wrong legal form does no harm, as names are compared without it; a name that other firms
/// have too would, so there is none.
const KNOWN: &[(&str, &str, &[&str])] = &[
    ("anthropic", "Anthropic, PBC", &["Anthropic Ireland"]),
    ("aws", "Amazon Web Services, Inc.", &["AWS", "Amazon Bedrock"]),
    ("cohere", "Cohere Inc.", &[]),
    ("deepseek", "DeepSeek", &["Hangzhou DeepSeek Artificial Intelligence"]),
    ("fireworks", "Fireworks AI, Inc.", &[]),
    ("google", "Google LLC", &["Google Cloud", "Google Ireland", "Google Gemini"]),
    ("groq", "Groq, Inc.", &[]),
    ("martian", "Martian", &["Martian Learning"]),
    ("microsoft", "Microsoft Corporation", &["Microsoft Azure", "Microsoft Ireland Operations"]),
    ("mistral", "Mistral AI SAS", &[]),
    ("openai", "OpenAI, LLC", &["OpenAI OpCo", "OpenAI Ireland", "ChatGPT"]),
    ("openrouter", "OpenRouter, Inc.", &[]),
    ("portkey", "Portkey, Inc.", &["Portkey AI"]),
    ("together", "Together Computer, Inc.", &["Together AI"]),
    ("xai", "X.AI LLC", &["xAI", "Grok"]),
];

impl Vendor {
    /// The vendor of a key. One we know nothing of is called as its provider is.
    pub fn of(key: &VendorKey, provider_name: &str) -> Self {
        let known = KNOWN.iter().find(|(known, ..)| *known == key.as_str());
        let (name, aliases) = known.map_or((provider_name, [].as_slice()), |(_, name, aliases)| (*name, *aliases));
        Self { key: key.clone(), name: name.to_owned(), aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Catalogue;
    use vocab::AuthMethod;

    fn account(provider: &str, method: AuthMethod) -> String {
        let catalogue = Catalogue::built_in().unwrap();
        let provider = catalogue.get(&provider.parse().unwrap()).unwrap();
        let commercial = Commercial::of(&provider.method(method).unwrap().finance).unwrap();
        match commercial {
            Commercial::SelfHosted => "nobody".to_owned(),
            Commercial::Vendor { account, suggested } => format!("{account} {}", suggested.map_or("?", ContractType::as_str)),
        }
    }

    #[test]
    fn each_provider_and_method_has_its_account() {
        use AuthMethod::{ApiKey, DeviceCode, None, OAuth};
        for (provider, method, expected) in [
            ("anthropic", ApiKey, "anthropic:api metered"),
            ("anthropic-sub", OAuth, "anthropic:subscription subscription"),
            ("openai", ApiKey, "openai:api metered"),
            ("codex", ApiKey, "openai:api metered"),
            ("codex", OAuth, "openai:subscription subscription"),
            ("codex", DeviceCode, "openai:subscription subscription"),
            ("chatgpt", OAuth, "openai:subscription subscription"),
            ("azure-openai", ApiKey, "microsoft:cloud metered"),
            ("gemini", ApiKey, "google:api metered"),
            ("bedrock", ApiKey, "aws:cloud metered"),
            ("xai", ApiKey, "xai:api metered"),
            ("groq", ApiKey, "groq:api metered"),
            ("openrouter", ApiKey, "openrouter:router metered"),
            ("litellm", ApiKey, "nobody"),
            ("local", None, "nobody"),
            ("ollama", None, "nobody"),
        ] {
            assert_eq!(account(provider, method), expected, "{provider} by {method}");
        }
    }

    #[test]
    fn every_method_of_the_catalogue_can_be_billed_and_every_vendor_has_a_name() {
        for provider in Catalogue::built_in().unwrap().iter() {
            for method in &provider.methods {
                let commercial = Commercial::of(&method.finance).unwrap();
                let Some(account) = commercial.account() else { continue };
                assert!(KNOWN.iter().any(|(key, ..)| *key == account.vendor().as_str()), "{account}");
            }
        }
    }

    #[test]
    fn accounts_are_read_back_and_nonsense_is_refused() {
        let account: BillingAccount = "openai:subscription".parse().unwrap();
        assert_eq!((account.vendor().as_str(), account.channel()), ("openai", BillingChannel::Subscription));
        for bad in ["", "openai", "openai:", ":api", "OpenAI:api", "openai:fax", "a b:api"] {
            assert_eq!(bad.parse::<BillingAccount>(), Err(VendorError::Account(bad.to_owned())), "{bad}");
        }
        let hint = |vendor: &str, channel: &str, kind: &str| FinanceHint {
            vendor: vendor.into(),
            channel: channel.into(),
            suggested_type: Some(kind.into()),
        };
        assert_eq!(Commercial::of(&hint("x", "fax", "metered")), Err(VendorError::Word("fax".into())));
        assert_eq!(Commercial::of(&hint("x", "api", "barter")), Err(VendorError::Word("barter".into())));
        assert_eq!(Commercial::of(&hint("X Y", "api", "metered")), Err(VendorError::Key("X Y".into())));
    }

    #[test]
    fn an_unknown_vendor_is_called_as_its_provider() {
        let vendor = Vendor::of(&"acme".parse().unwrap(), "Acme Inference");
        assert_eq!((vendor.name.as_str(), vendor.aliases.len()), ("Acme Inference", 0));
    }
}
