//! The built-in catalogue with the operator's overlay merged in.

use super::build;
use super::entry::Provider;
use super::overlay;
use super::raw::{self, Mistake, RawFile, RawProvider};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use vocab::ProviderId;

/// The catalogue that comes with this release.
const BUILT_IN: &str = include_str!("catalogue.toml");
const BUILT_IN_NAME: &str = "catalogue.toml";

/// Every provider Purser knows, in the order of the catalogue file; what an overlay adds comes last.
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
    /// The catalogue that comes with this release, as it is.
    ///
    /// # Errors
    /// Never, in a tested release.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::with_overlay("", "")
    }

    /// The built-in catalogue with the operator's file laid over it, table by table and key by key. New providers may be added.
    ///
    /// # Errors
    /// The first mistake in the overlay, with its line.
    pub fn with_overlay(overlay_file_name: &str, overlay_text: &str) -> Result<Self, CatalogueError> {
        let built_in = SourceFile { name: BUILT_IN_NAME, text: BUILT_IN };
        let overlay = SourceFile { name: overlay_file_name, text: overlay_text };
        let below = read(&built_in)?;
        let above = read(&overlay)?;
        let mut entries: Vec<Entry> = overlay::merge(below, above);
        entries.sort_by_key(|entry| entry.place);
        let known: BTreeSet<ProviderId> = entries.iter().map(|entry| entry.id.clone()).collect();
        let built = entries.into_iter().map(|entry| {
            // A mistake that shows only in the whole entry is reported at the entry's own section, in the file that last spoke of it.
            let (file, offset) = match entry.overlaid_at {
                Some(offset) => (&overlay, offset),
                None => (&built_in, entry.place.1),
            };
            build::provider(&entry.id, entry.raw)
                .and_then(|provider| shares_with_known(provider, &known).map(Arc::new))
                .map_err(|reason| file.error(Mistake { offset, reason: format!("provider `{}`: {reason}", entry.id) }))
        });
        Ok(Self { providers: built.collect::<Result<_, _>>()? })
    }

    /// The entry with this id.
    pub fn get(&self, id: &ProviderId) -> Option<&Arc<Provider>> {
        self.providers.iter().find(|provider| provider.id == *id)
    }

    /// Every entry, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.providers.iter()
    }
}

/// A grant can connect only what is there, and not its own provider a second time.
fn shares_with_known(provider: Provider, known: &BTreeSet<ProviderId>) -> Result<Provider, String> {
    let shared = provider.methods.iter().filter_map(|method| method.oauth.as_ref()).flat_map(|oauth| &oauth.shared_with);
    match shared.clone().find(|id| !known.contains(*id) || **id == provider.id) {
        Some(id) => Err(format!("`oauth.shared_with` names `{id}`, which is not another provider of the catalogue")),
        None => Ok(provider),
    }
}

/// A provider's merged tables and where they stand.
pub(super) struct Entry {
    pub(super) id: ProviderId,
    pub(super) raw: RawProvider,
    /// Which file it first stands in (0 built-in, 1 overlay) and where, for the order of the list.
    pub(super) place: (u8, usize),
    /// Where the overlay speaks of it, if it does.
    pub(super) overlaid_at: Option<usize>,
}

struct SourceFile<'a> {
    name: &'a str,
    text: &'a str,
}

impl SourceFile<'_> {
    fn error(&self, mistake: Mistake) -> CatalogueError {
        CatalogueError { file: self.name.to_owned(), line: raw::line_of(self.text, mistake.offset), reason: mistake.reason }
    }
}

/// Providers of a file with the byte offset of their first line.
fn read(file: &SourceFile<'_>) -> Result<BTreeMap<ProviderId, (usize, RawProvider)>, CatalogueError> {
    let parsed: RawFile = raw::read(file.text).map_err(|mistake| file.error(mistake))?;
    let place = |id: &ProviderId, start: usize| overlay::section_start(file.text, id).unwrap_or(start);
    let located = parsed.providers.into_iter().map(|(id, table)| {
        let start = place(&id, table.span().start);
        (id, (start, table.into_inner()))
    });
    Ok(located.collect())
}
