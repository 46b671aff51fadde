//! The built-in catalogue with the operator's overlay merged in.

use super::entry::Provider;
use std::sync::Arc;
use vocab::ProviderId;

/// Every provider Purser knows, in the order of the catalogue file.
#[derive(Debug, Clone)]
pub struct Catalogue {
    providers: Vec<Arc<Provider>>,
}

/// Why a catalogue or its overlay is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct CatalogueError {
    /// The file as named in the settings, or `catalogue.toml`.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong, in words.
    pub reason: String,
}

impl Catalogue {
    /// The entry with this id.
    pub fn get(&self, id: &ProviderId) -> Option<&Arc<Provider>> {
        self.providers.iter().find(|provider| provider.id == *id)
    }

    /// Every entry, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.providers.iter()
    }
}
