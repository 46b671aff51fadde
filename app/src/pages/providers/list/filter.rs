//! What the list is narrowed to. It lives in the page's address: `?q=mistral&state=connected&method=api_key`.

use crate::routes;
use crate::wire::ProviderRow;
use leptos_router::params::ParamsMap;
use vocab::{AuthMethod, Health};

/// A state the list can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFilter {
    /// A person has to act.
    Attention,
    /// Works.
    Connected,
    /// Nothing configured.
    NotConnected,
    /// Switched off.
    Disabled,
}

impl StateFilter {
    /// All of them, with their words.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Attention, "attention", "Needs attention"),
        (Self::Connected, "connected", "Connected"),
        (Self::NotConnected, "not_connected", "Not connected"),
        (Self::Disabled, "disabled", "Disabled"),
    ];

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, text, _)| *text == word).map(|(state, ..)| *state)
    }

    /// The text in the address.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, ..)| *state == self).map_or("", |(_, text, _)| text)
    }

    const fn admits(self, health: Health) -> bool {
        match self {
            Self::Attention => health.needs_attention(),
            Self::Connected => matches!(health, Health::Connected),
            Self::NotConnected => matches!(health, Health::NotConnected | Health::Connecting),
            Self::Disabled => matches!(health, Health::Disabled),
        }
    }
}

/// What the list is narrowed to; empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Part of a name, an id or a summary.
    pub search: String,
    /// Only this state.
    pub state: Option<StateFilter>,
    /// Only what is, or can be, connected like this.
    pub method: Option<AuthMethod>,
}

impl ListFilter {
    /// Reads the address; words nobody knows narrow nothing.
    pub fn from_query(query: &ParamsMap) -> Self {
        Self {
            search: query.get("q").unwrap_or_default(),
            state: query.get("state").as_deref().and_then(StateFilter::parse),
            method: query.get("method").and_then(|word| word.parse().ok()),
        }
    }

    /// The page's address with this filter.
    pub fn address(&self) -> String {
        let mut query = ParamsMap::new();
        if !self.search.is_empty() {
            query.insert("q", self.search.clone());
        }
        if let Some(state) = self.state {
            query.insert("state", state.as_str().to_owned());
        }
        if let Some(method) = self.method {
            query.insert("method", method.as_str().to_owned());
        }
        format!("{}{}", routes::PROVIDERS, query.to_query_string())
    }

    /// Does it narrow anything?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Is this row to be shown?
    pub fn admits(&self, row: &ProviderRow) -> bool {
        let method = self.method.is_none_or(|method| row.method.map_or_else(|| row.methods.contains(&method), |used| used == method));
        method && self.state.is_none_or(|state| state.admits(row.health.health)) && self.finds(row)
    }

    fn finds(&self, row: &ProviderRow) -> bool {
        let searched = [row.name.as_str(), row.id.as_str(), row.summary.as_str(), row.account.as_str()].join(" ").to_lowercase();
        self.search.to_lowercase().split_whitespace().all(|word| searched.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{HealthView, RowGroup};
    use vocab::Category;

    fn row(health: Health, method: Option<AuthMethod>) -> ProviderRow {
        ProviderRow {
            id: "xai".parse().unwrap(),
            name: "xAI / Grok".to_owned(),
            summary: "Models by xAI".to_owned(),
            category: Category::Direct,
            group: RowGroup::Available,
            methods: vec![AuthMethod::ApiKey, AuthMethod::DeviceCode],
            method,
            account: String::new(),
            health: HealthView { health, cause: String::new(), until: None, action: None },
            checked: None,
            models: 0,
            month_cost: None,
        }
    }

    #[test]
    fn finds_every_word_in_any_case() {
        let filter = |search: &str| ListFilter { search: search.to_owned(), ..ListFilter::default() };
        let row = row(Health::NotConnected, None);
        assert!(filter("GROK models").admits(&row));
        assert!(filter("").admits(&row));
        assert!(!filter("grok openai").admits(&row));
    }

    #[test]
    fn narrows_by_state_and_method() {
        let by = |state, method| ListFilter { search: String::new(), state, method };
        assert!(by(Some(StateFilter::Attention), None).admits(&row(Health::NoFunds, Some(AuthMethod::ApiKey))));
        assert!(!by(Some(StateFilter::Connected), None).admits(&row(Health::NoFunds, Some(AuthMethod::ApiKey))));
        assert!(by(None, Some(AuthMethod::DeviceCode)).admits(&row(Health::NotConnected, None)));
        assert!(!by(None, Some(AuthMethod::DeviceCode)).admits(&row(Health::Connected, Some(AuthMethod::ApiKey))));
    }

    #[test]
    fn lives_in_the_address() {
        let filter = ListFilter { search: "a b&c".to_owned(), state: Some(StateFilter::Disabled), method: Some(AuthMethod::ApiKey) };
        let mut query = ParamsMap::new();
        for (key, value) in [("q", "a b&c"), ("state", "disabled"), ("method", "api_key")] {
            query.insert(key, value.to_owned());
        }
        assert_eq!(ListFilter::from_query(&query), filter);
        assert_eq!(ListFilter::default().address(), routes::PROVIDERS);
        query.replace("state", "nonsense".to_owned());
        assert_eq!(ListFilter::from_query(&query).state, None);
    }
}
