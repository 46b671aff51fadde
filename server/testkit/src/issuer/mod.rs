//! A stand-in for the vendors' authorization servers, with each one's deviations from the RFCs, for tests and practice mode.
//!
//! One folder a vendor, `/issuer/{vendor}/…`: a page to approve or deny at, a token endpoint with rotating single-use refresh
//! tokens, revocation, keys, and an API that takes the tokens. [`Switches`] make it misbehave, [`Counts`] say what arrived.
//! Looser than the vendors in one thing: a loopback redirect may have any port, so that tests can run side by side.

mod api;
mod books;
mod device;
mod http;
mod id_token;
mod overlay;
mod page;
mod refusal;
mod rules;
mod switches;
mod token;

#[cfg(test)]
mod tests;

pub use books::Recorded;
pub use http::router;
pub use overlay::Grok;
pub use refusal::{Refusal, Shape};
pub use rules::Vendor;
pub use switches::{Consent, Counts, IdTokenFault, IssuerParameter, RefusalWords, Reused, Switches, Trouble};

use books::Books;
use domain::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// The authorization servers. Clones share everything.
#[derive(Clone)]
pub struct Issuer {
    /// Where it is reached, for example `http://127.0.0.1:4801`.
    origin: Arc<str>,
    clock: Arc<dyn Clock>,
    desks: Arc<Mutex<HashMap<Vendor, Desk>>>,
}

/// What belongs to one vendor.
#[derive(Default)]
struct Desk {
    switches: Switches,
    books: Books,
    pending: device::Pending,
    counts: Counts,
}

impl Issuer {
    /// Served by [`router`] at `origin`.
    pub fn new(origin: &str, clock: Arc<dyn Clock>) -> Self {
        Self { origin: origin.into(), clock, desks: Arc::default() }
    }

    /// Served on a free port of this machine until the handle is dropped.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(clock: Arc<dyn Clock>) -> std::io::Result<Running> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let issuer = Self::new(&format!("http://{}", listener.local_addr()?), clock);
        let routes = router(issuer.clone());
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Running { issuer, task })
    }

    /// An address in a vendor's folder.
    pub fn address(&self, vendor: Vendor, path: &str) -> String {
        format!("{}/issuer/{vendor}/{path}", self.origin)
    }

    /// What the vendor calls itself in `iss`.
    pub fn name(&self, vendor: Vendor) -> String {
        format!("{}/issuer/{vendor}", self.origin)
    }

    /// The overlay that points the catalogue's sign-in methods here. The vendors' programs are nowhere.
    pub fn overlay(&self) -> String {
        self.overlay_with(&Grok::Missing)
    }

    /// The same, with a program of xAI.
    pub fn overlay_with(&self, grok: &Grok) -> String {
        overlay::text(self, grok)
    }

    /// Changes a vendor's switches.
    pub fn switch(&self, vendor: Vendor, change: impl FnOnce(&mut Switches)) {
        change(&mut self.desks().entry(vendor).or_default().switches);
    }

    /// What has arrived so far.
    pub fn counts(&self, vendor: Vendor) -> Counts {
        self.desks().entry(vendor).or_default().counts.clone()
    }

    /// The last request to the token or revocation endpoint, as it was written.
    pub fn last_request(&self, vendor: Vendor) -> Option<Recorded> {
        self.desks().entry(vendor).or_default().books.last.clone()
    }

    /// A person who says yes at `authorize_url`: where their browser goes then.
    ///
    /// # Errors
    /// [`Refusal`] that the person sees on the vendor's own page: the request is not as the vendor wants it.
    pub fn approve(&self, authorize_url: &Url) -> Result<Url, Refusal> {
        self.decide(authorize_url, true)
    }

    /// A person who says no.
    ///
    /// # Errors
    /// As [`Issuer::approve`].
    pub fn deny(&self, authorize_url: &Url) -> Result<Url, Refusal> {
        self.decide(authorize_url, false)
    }

    /// A person types in a code and decides; `false` when nobody waits for it.
    pub fn decide_device(&self, vendor: Vendor, user_code: &str, yes: bool) -> bool {
        device::decide(self, vendor, user_code, yes)
    }

    /// Ends every grant of a vendor, as a person does in their account's settings.
    pub fn revoke_all(&self, vendor: Vendor) {
        self.desks().entry(vendor).or_default().books.revoke_all();
    }

    /// Every token that was ever issued, for looking where none of them may be.
    pub fn issued(&self, vendor: Vendor) -> Vec<String> {
        self.desks().entry(vendor).or_default().books.issued()
    }

    /// Would the vendor's API take this token now?
    pub fn accepts(&self, vendor: Vendor, token: &str) -> bool {
        let now = self.clock.now();
        self.desks().entry(vendor).or_default().books.accepts(token, now)
    }

    fn decide(&self, authorize_url: &Url, yes: bool) -> Result<Url, Refusal> {
        let path = authorize_url.path();
        let vendor = path.strip_prefix("/issuer/").and_then(|rest| rest.split('/').next()).and_then(|name| name.parse().ok());
        let vendor = vendor.ok_or_else(|| Refusal::new(404, "not_found", "no such vendor"))?;
        rules::decide(self, vendor, authorize_url.query().unwrap_or_default(), yes)
    }

    fn desks(&self) -> MutexGuard<'_, HashMap<Vendor, Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An [`Issuer`] that is being served; ends with this value.
pub struct Running {
    issuer: Issuer,
    task: JoinHandle<()>,
}

impl std::ops::Deref for Running {
    type Target = Issuer;

    fn deref(&self) -> &Issuer {
        &self.issuer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A random name of 32 hexadecimal digits behind a prefix.
fn random(prefix: &str) -> String {
    let mut bytes = [0; 16];
    // Without randomness the names repeat, and the first test that signs in twice says so.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    format!("{prefix}{:032x}", u128::from_be_bytes(bytes))
}
