//! A house with vendors beside it, and people who sign in there.

use crate::support::{House, PUBLIC, id, ring};
use adapters::SystemClock;
use domain::audit::Origin;
use domain::flow::Callback;
use domain::people::{Caller, Email, Session, User, UserState};
use domain::provider::Catalogue;
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use services::ports::Trail;
use services::sign_in::{Begin, BrowserPlace, CallbackOutcome, Returned};
use services::{Ports, ServiceResult};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use testkit::database::TestDatabase;
use testkit::issuer::{Issuer, Running, Vendor};
use url::Url;
use uuid::Uuid;
use vocab::{FlowFailure, Health, Role, SessionId, UserId};

/// A house, its vendors, and Ana, who may connect providers.
pub struct World {
    pub house: House,
    pub issuer: Running,
    pub ana: Caller,
    people: AtomicU8,
}

impl World {
    /// One on each database there is.
    pub async fn each() -> Vec<Self> {
        Self::each_at(PUBLIC).await
    }

    /// The same at another public address.
    pub async fn each_at(public: &str) -> Vec<Self> {
        let mut all = Vec::new();
        for database in TestDatabase::each().await {
            let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
            all.push(Self::over(database, issuer, public, "").await);
        }
        all
    }

    /// One over a database, at an address, with more lines for the overlay.
    pub async fn over(database: TestDatabase, issuer: Running, public: &str, more: &str) -> Self {
        let overlay = Self::overlay(&issuer, more);
        Self::fitted(database, issuer, public, &overlay, |_| {}).await
    }

    /// The issuer's overlay with more lines. A table that the test writes itself stands in the place of the issuer's.
    pub fn overlay(issuer: &Issuer, more: &str) -> String {
        let own = issuer.overlay();
        let kept = own.split("\n\n").filter(|table| !table.lines().next().is_some_and(|name| more.contains(name)));
        format!("{}\n{more}", kept.collect::<Vec<_>>().join("\n\n"))
    }

    /// One with another overlay altogether, and some of the outside put in another one's place.
    pub async fn fitted(database: TestDatabase, issuer: Running, public: &str, overlay: &str, change: impl FnOnce(&mut Ports)) -> Self {
        let catalogue = Catalogue::with_overlay("test.toml", overlay).unwrap();
        let house = House::made(database, ring(&["k1"]), catalogue, public, change);
        let people = AtomicU8::new(1);
        let ana = person(&house, 1, "Ana", Role::Owner).await;
        Self { house, issuer, ana, people }
    }

    /// One more person, signed in to Purser.
    pub async fn person(&self, name: &str, role: Role) -> Caller {
        person(&self.house, self.people.fetch_add(1, Ordering::Relaxed) + 1, name, role).await
    }

    /// A person presses the button, and is led to the provider.
    pub async fn begin(&self, caller: &Caller, vendor: Vendor) -> Url {
        self.begin_with(caller, vendor, BrowserPlace::Unknown, None).await
    }

    pub async fn begin_with(&self, caller: &Caller, vendor: Vendor, place: BrowserPlace, port_taken: Option<u16>) -> Url {
        let provider_id = id(vendor.id());
        if vendor == Vendor::Anthropic {
            drop(self.house.services.sign_in.allow(&self.ana, &provider_id, true).await);
        }
        self.house.services.sign_in.begin(caller, Begin { provider_id: provider_id.clone(), place, port_taken }).await.unwrap();
        self.house.services.sign_in.authorize_url(caller, &provider_id).await.unwrap().unwrap().url
    }

    /// The browser comes back.
    pub async fn back(&self, address: &Url) -> ServiceResult<CallbackOutcome> {
        self.back_as(address, None).await
    }

    pub async fn back_as(&self, address: &Url, person: Option<UserId>) -> ServiceResult<CallbackOutcome> {
        let callback = Callback::parse(address.query().unwrap_or_default()).unwrap();
        let returned = Returned { callback, path: address.path().to_owned(), person, origin: Origin::default() };
        self.house.services.sign_in.callback(returned).await
    }

    /// The whole way, for Ana: what failed, if anything.
    pub async fn sign_in(&self, vendor: Vendor) -> Option<FlowFailure> {
        let url = self.begin(&self.ana, vendor).await;
        let back = self.issuer.approve(&url).unwrap();
        self.back(&back).await.unwrap().failure
    }

    pub async fn health(&self, vendor: Vendor) -> Health {
        self.state(vendor).await.health.health
    }

    pub async fn state(&self, vendor: Vendor) -> services::overview::ProviderState {
        self.house.services.overview.detail(&Caller::system(), &id(vendor.id())).await.unwrap().state
    }

    /// Behind the ports' back.
    pub async fn execute(&self, sql: &str) {
        let raw = self.house.database.raw().await;
        raw.execute_unprepared(sql).await.unwrap();
        raw.close().await.unwrap();
    }

    /// All access tokens have run out.
    pub async fn expire(&self) {
        self.execute("UPDATE grant_credential SET access_expires_at = 1, issued_at = 0").await;
    }

    pub async fn actions(&self) -> Vec<String> {
        let log = self.house.ports.audit.page(&domain::audit::AuditFilter::default(), 50).await.unwrap();
        log.into_iter().map(|line| line.action).collect()
    }
}

/// Adds somebody with a browser.
async fn person(house: &House, n: u8, name: &str, role: Role) -> Caller {
    let now = house.environment.now();
    let user = User {
        id: UserId::new(Uuid::from_u128(u128::from(n) + 1000)),
        name: name.to_owned(),
        email: Email::parse(&format!("{}{n}@example.com", name.to_lowercase())).unwrap(),
        role,
        password_hash: SecretString::from("$argon2id$"),
        state: UserState::Active,
        created_at: now,
        last_sign_in_at: None,
    };
    house.ports.people.add_user(&user, Trail::default()).await.unwrap();
    let session = Session {
        id: SessionId::new(Uuid::from_u128(u128::from(n) + 2000)),
        user_id: user.id,
        secret_hash: [n; 32],
        created_at: now,
        seen_at: now,
        address: String::new(),
        user_agent: String::new(),
    };
    house.ports.sessions.start(&session, None, Trail::default()).await.unwrap();
    Caller::person(user.id, user.name, role, session.id, Origin::default())
}
