//! Do the keys open what is sealed? Asked before anything is served: a key that is missing now is missing for good once
//! somebody has overwritten its last copy.

use super::error::StartError;
use crate::config::KeySource;
use domain::Entropy;
use services::ports::SealedRepo;
use std::collections::BTreeSet;
use std::sync::Arc;
use vault::{KeyId, KeyRing, MasterKey, OpenError, Place};

const PAGE: u32 = 200;

/// What to do about keys that do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPolicy {
    /// Refuse to go on; make the key file where nothing is sealed yet.
    Insist,
    /// Go on and show what does not open; make nothing.
    Look,
}

/// The ring, and what is to be said of it.
pub struct Sealing {
    /// The ring. Where our key file is missing and was not made, one that opens nothing.
    pub ring: Arc<KeyRing>,
    /// Is it a real one?
    pub has_keys: bool,
    /// For the log.
    pub warnings: Vec<String>,
    /// Why these keys would not do for serving.
    pub refusal: Option<String>,
}

/// Reads the keys and tries them on what is sealed.
///
/// # Errors
/// [`StartError::Keys`] with the remedy, when insisting.
pub async fn unlock(source: &KeySource, sealed: &dyn SealedRepo, entropy: &dyn Entropy, policy: KeyPolicy) -> Result<Sealing, StartError> {
    let (keys, refusal) = match source.load()? {
        Some(keys) => {
            let found = try_all(&keys.ring, sealed).await?;
            let refusal = found.refusal(&source.shown());
            let mut warnings: Vec<String> = keys.warning.into_iter().collect();
            warnings.extend(found.warning());
            (Sealing { ring: Arc::new(keys.ring), has_keys: true, warnings, refusal: None }, refusal)
        }
        None => match (sealed.count().await?, policy) {
            (0, KeyPolicy::Insist) => {
                let keys = source.create(entropy)?;
                let warnings = keys.warning.into_iter().collect();
                (Sealing { ring: Arc::new(keys.ring), has_keys: true, warnings, refusal: None }, None)
            }
            (count, _) => {
                let stand_in = Sealing { ring: opens_nothing(entropy)?, has_keys: false, warnings: Vec::new(), refusal: None };
                (stand_in, missing(count, &source.shown()))
            }
        },
    };
    match (refusal, policy) {
        (Some(words), KeyPolicy::Insist) => Err(StartError::Keys(words)),
        (refusal, _) => Ok(Sealing { refusal, ..keys }),
    }
}

fn missing(count: u64, shown: &str) -> Option<String> {
    (count > 0).then(|| {
        format!(
            "{} in the database, but {shown} is not there. Bring it back from a backup, or set PURSER_MASTER_KEYS to its content. {LOST}",
            values(count, "is sealed", "are sealed")
        )
    })
}

const LOST: &str = "Without the key nobody can open them: if it is lost for good, start with another PURSER_DATA_DIR (and \
                    database) and connect the providers again.";

fn values(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 value {one}") } else { format!("{count} values {many}") }
}

#[derive(Default)]
struct Tried {
    opened: u64,
    damaged: u64,
    keyless: u64,
    unknown_keys: BTreeSet<String>,
}

impl Tried {
    fn refusal(&self, shown: &str) -> Option<String> {
        if self.keyless > 0 {
            let keys = self.unknown_keys.iter().cloned().collect::<Vec<_>>().join(", ");
            let what = values(self.keyless, "in the database is sealed", "in the database are sealed");
            return Some(format!("{what} with a key that is not in {shown}: {keys}. Add that key there, after the newest one. {LOST}"));
        }
        (self.damaged > 0 && self.opened == 0).then(|| {
            let what = values(self.damaged, "in the database does not open", "in the database do not open");
            format!("{what} with the keys in {shown}, although the names fit: a key was replaced by another one of the same name. Bring the former one back. {LOST}")
        })
    }

    fn warning(&self) -> Option<String> {
        let what = values(self.damaged, "does not open", "do not open");
        (self.damaged > 0)
            .then(|| format!("{what} although the key is there: damaged or moved. Save those credentials again; purser doctor counts them"))
    }
}

async fn try_all(ring: &KeyRing, sealed: &dyn SealedRepo) -> Result<Tried, StartError> {
    let (mut tried, mut cursor) = (Tried::default(), None::<String>);
    loop {
        let page = sealed.page(cursor.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(tried) };
        cursor = Some(format!("{}/{}/{}", last.table, last.row, last.field));
        for value in &page {
            match ring.open(Place { table: value.table, row: &value.row, field: value.field }, &value.sealed) {
                Ok(_) => tried.opened += 1,
                Err(OpenError::UnknownKey(key)) => {
                    tried.keyless += 1;
                    tried.unknown_keys.insert(key);
                }
                Err(OpenError::Malformed | OpenError::Damaged) => tried.damaged += 1,
            }
        }
    }
}

/// A key that is thrown away: everything sealed shows as what it is, something that does not open.
fn opens_nothing(entropy: &dyn Entropy) -> Result<Arc<KeyRing>, StartError> {
    let process = |error: &dyn std::fmt::Display| StartError::Process(error.to_string().into());
    let id = KeyId::parse("none").map_err(|error| process(&error))?;
    let ring = KeyRing::new(&[MasterKey::new(id, entropy.bytes())]).map_err(|error| process(&error))?;
    Ok(Arc::new(ring))
}
