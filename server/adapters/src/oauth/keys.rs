//! The keys that issuers publish (JWK sets, RFC 7517), remembered for an hour.

use crate::call::host_of;
use crate::http::receive;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::provider::endpoint;
use http::header::ACCEPT;
use serde_json::Value;
use services::ports::{IdTokenCheck, IdTokenError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use url::Url;

/// After this long the set is fetched again.
const FRESH: Duration = Duration::hours(1);
/// An unknown key id makes us ask again, but not more often than this: ids are chosen by whoever made the token.
const ASK_AGAIN: Duration = Duration::minutes(1);

/// An RSA key of a set.
#[derive(Debug, Clone)]
pub(super) struct Key {
    id: Option<String>,
    /// Big-endian, without leading zeros.
    pub(super) modulus: Vec<u8>,
    /// Likewise.
    pub(super) exponent: Vec<u8>,
}

#[derive(Debug)]
struct KeySet {
    keys: Vec<Key>,
    fetched_at: OffsetDateTime,
}

/// One cell an address, so that a slow issuer holds up nobody else.
type Cell = Arc<Mutex<Option<KeySet>>>;

/// Sets of keys by address.
#[derive(Default)]
pub(super) struct KeyCache(StdMutex<HashMap<Url, Cell>>);

impl KeyCache {
    /// The keys that may have signed a token: the named one, or all where the token names none.
    pub(super) async fn for_token(
        &self,
        client: &reqwest::Client,
        limit: std::time::Duration,
        check: &IdTokenCheck<'_>,
        key_id: Option<&str>,
    ) -> Result<Vec<Key>, IdTokenError> {
        let cell = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(check.jwks_uri.clone()).or_default());
        let mut cell = cell.lock().await;
        if let Some(set) = cell.as_ref() {
            let (age, found) = (check.now - set.fetched_at, set.candidates(key_id));
            let kept = if found.is_empty() { ASK_AGAIN } else { FRESH };
            if (Duration::ZERO..kept).contains(&age) {
                return known(found);
            }
        }
        let set = cell.insert(KeySet { keys: fetch(client, limit, check.jwks_uri).await?, fetched_at: check.now });
        known(set.candidates(key_id))
    }
}

fn known(keys: Vec<Key>) -> Result<Vec<Key>, IdTokenError> {
    if keys.is_empty() {
        Err(IdTokenError::Invalid("it is signed with a key that the issuer does not publish".to_owned()))
    } else {
        Ok(keys)
    }
}

impl KeySet {
    fn candidates(&self, key_id: Option<&str>) -> Vec<Key> {
        self.keys.iter().filter(|key| key_id.is_none_or(|id| key.id.as_deref() == Some(id))).cloned().collect()
    }
}

async fn fetch(client: &reqwest::Client, limit: std::time::Duration, url: &Url) -> Result<Vec<Key>, IdTokenError> {
    let no_keys = |why: &str| IdTokenError::Unreachable(format!("the issuer's keys could not be fetched: {why}"));
    endpoint::check(url).map_err(|error| no_keys(&error.to_string()))?;
    let host = host_of(url);
    let call = client.get(url.clone()).header(ACCEPT, "application/json").timeout(limit);
    let received = receive(call, &host, limit).await.map_err(|failure| no_keys(&failure.message))?;
    if received.status != 200 {
        return Err(no_keys(&format!("{host} answered HTTP {}", received.status)));
    }
    let set: Value = serde_json::from_slice(&received.body).unwrap_or_default();
    let keys = set["keys"].as_array().ok_or_else(|| no_keys(&format!("{host} answered with something else")))?;
    Ok(keys.iter().filter_map(rsa_key).collect())
}

/// RFC 7518 §6.3.1; keys of other kinds and for other uses are left out.
fn rsa_key(key: &Value) -> Option<Key> {
    let says = |name: &str, wanted: &str| key.get(name).is_none_or(|value| value == wanted);
    if key["kty"] != "RSA" || !says("use", "sig") || !says("alg", "RS256") {
        return None;
    }
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str()?).ok()?;
        Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<u8>>())
    };
    Some(Key { id: key["kid"].as_str().map(str::to_owned), modulus: number("n")?, exponent: number("e")? })
}
