//! A real server on a real port: starting, the printed link, stopping in order.

use crate::support::{settings, stand_in};
use adapters::SystemClock;
use domain::audit::Origin;
use domain::flow::Callback;
use domain::people::{Caller, Session};
use secrecy::ExposeSecret;
use server::serve::Server;
use server::start::{Base, KeyPolicy, SchemaPolicy, World};
use services::access_tokens::TokenForm;
use services::connections::KeyForm;
use services::people::NewPerson;
use services::ports::{GrantRepo, InstallationRepo, Trail, UsageFilter, UsageRepo};
use services::sign_in::{Begin, BrowserPlace, Returned};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use testkit::database::TestDatabase;
use testkit::issuer::{Issuer, Vendor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vocab::{Role, Scope, SessionId};

/// What a server runs on.
struct Place {
    folder: TempDir,
    database: TestDatabase,
    overlay: String,
}

impl Place {
    async fn new() -> Self {
        Self::over(TestDatabase::sqlite().await, &testkit::stand_in::overlay(&stand_in().await))
    }

    fn over(database: TestDatabase, providers: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let overlay = folder.path().join("stand-in.toml");
        std::fs::write(&overlay, providers).unwrap();
        Self { overlay: overlay.display().to_string(), folder, database }
    }

    fn settings(&self) -> server::config::Settings {
        settings(&self.folder, self.database.settings(), &[("PURSER_ADDR", "127.0.0.1:0")], &[("PURSER_PROVIDERS_FILE", &self.overlay)])
    }

    async fn start(&self, drain: Duration) -> Server {
        Server::start(self.settings(), &World::real(), drain).await.unwrap()
    }

    /// An owner's token, and openai connected with a key.
    async fn prepared(&self, key: &str) -> String {
        let base = Base::open(Arc::new(self.settings()), &World::real(), SchemaPolicy::Migrate, KeyPolicy::Insist).await.unwrap();
        let (services, _) = base.services();
        let caller = Caller::command_line();
        let password = "correct horse battery".to_owned();
        let form = NewPerson::from_form("Ann".into(), "ann@example.com".into(), password.clone(), password);
        let ann = services.people.add(&caller, form, Role::Owner).await.unwrap();
        let form = TokenForm { name: "ci".into(), scopes: vec![Scope::Inference], ..TokenForm::default() };
        let token = services.access_tokens.create_for(&caller, ann.id, &ann.name, ann.role, form).await.unwrap();
        let openai = "openai".parse().unwrap();
        services.connections.connect_with_key(&caller, &openai, KeyForm::new(key.to_owned(), None, 0)).await.unwrap();
        // Connecting syncs the models in the background.
        while services.models.of_provider(&caller, &openai).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        token.secret.expose_secret().to_owned()
    }

    /// Codex signed in to, at an issuer.
    async fn signed_in(&self, issuer: &Issuer) {
        let base = Base::open(Arc::new(self.settings()), &World::real(), SchemaPolicy::Migrate, KeyPolicy::Insist).await.unwrap();
        let (services, _) = base.services();
        let password = "correct horse battery".to_owned();
        let form = NewPerson::from_form("Ann".into(), "ann@example.com".into(), password.clone(), password);
        let ann = services.people.add(&Caller::command_line(), form, Role::Owner).await.unwrap();
        let now = base.environment.now();
        let session = Session {
            id: SessionId::new(base.environment.uuid()),
            user_id: ann.id,
            secret_hash: [1; 32],
            created_at: now,
            seen_at: now,
            address: String::new(),
            user_agent: String::new(),
        };
        base.ports.sessions.start(&session, None, Trail::default()).await.unwrap();
        let caller = Caller::person(ann.id, ann.name, ann.role, session.id, Origin::default());
        let begin = Begin { provider_id: "codex".parse().unwrap(), place: BrowserPlace::Unknown, port_taken: None };
        let id = begin.provider_id.clone();
        services.sign_in.begin(&caller, begin).await.unwrap();
        let onward = services.sign_in.authorize_url(&caller, &id).await.unwrap().unwrap();
        let back = issuer.approve(&onward.url).unwrap();
        let callback = Callback::parse(back.query().unwrap()).unwrap();
        let returned = Returned { callback, path: back.path().to_owned(), person: None, origin: Origin::default() };
        assert_eq!(services.sign_in.callback(returned).await.unwrap().failure, None);
    }

    async fn rows(&self) -> usize {
        let now = time::OffsetDateTime::from(std::time::UNIX_EPOCH) + time::Duration::days(365 * 100);
        let all = UsageFilter { from: time::OffsetDateTime::UNIX_EPOCH, to: now, provider_id: None, token_id: None };
        self.database.storage().newest(&all, 100).await.unwrap().len()
    }
}

async fn ask(addr: std::net::SocketAddr, token: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn it_starts_at_once_and_prints_a_link_until_somebody_has_an_account() {
    let place = Place::new().await;
    let began = Instant::now();
    let server = place.start(Duration::from_secs(1)).await;
    assert!(began.elapsed() < Duration::from_secs(3), "a debug build may be slow, but not that slow: {:?}", began.elapsed());
    let link = server.setup_link.as_ref().unwrap().expose_secret().to_owned();
    assert_eq!(link.len(), 43);
    server.stop().await;
    place.prepared("sk-practice-good-0001").await;
    let again = place.start(Duration::from_secs(1)).await;
    assert!(again.setup_link.is_none());
    again.stop().await;
}

#[tokio::test]
async fn a_graceful_stop_ends_requests_and_writes_their_usage() {
    let place = Place::new().await;
    let token = place.prepared("sk-practice-good-0001").await;
    let server = place.start(Duration::from_secs(5)).await;
    let mut connections = Vec::new();
    for _ in 0..5 {
        connections.push(ask(server.addr, &token, r#"{"model":"openai/gpt-5.2-mini","messages":[{"role":"user","content":"hi"}]}"#).await);
    }
    for connection in &mut connections {
        let mut head = [0; 12];
        connection.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
    }
    let addr = server.addr;
    server.stop().await;
    assert_eq!(place.rows().await, 5);
    assert!(TcpStream::connect(addr).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn a_request_that_does_not_end_is_ended_and_still_counted() {
    let place = Place::new().await;
    let token = place.prepared("sk-practice-slow-0001").await;
    let server = place.start(Duration::from_millis(300)).await;
    // The stand-in takes three seconds to begin.
    let _connection =
        ask(server.addr, &token, r#"{"model":"openai/gpt-5.2-mini","stream":true,"messages":[{"role":"user","content":"hi"}]}"#).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(place.rows().await, 1, "the interrupted request has its row");
}

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_let_go_at_the_stop() {
    let place = Place::new().await;
    let server = place.start(Duration::from_millis(200)).await;
    let mut lingering = TcpStream::connect(server.addr).await.unwrap();
    lingering.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_loses_no_sign_in_that_is_being_refreshed() {
    let overdue = "UPDATE grant_credential SET access_expires_at = 2, issued_at = 0, refresh_at = 1";
    for database in TestDatabase::each().await {
        let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
        let place = Place::over(database, &issuer.overlay());
        place.signed_in(&issuer).await;
        place.database.execute(overdue).await;
        issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 1500);
        let server = place.start(Duration::from_secs(1)).await;
        // The refresh token is spent there; the answer is on its way.
        while issuer.counts(Vendor::Codex).refreshed == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.stop().await;
        let lives = place.database.storage().lives().await.unwrap();
        let now = place.database.storage().now().await.unwrap();
        assert!(lives[0].1.usable(now), "the answer is in the database when the server has stopped: {lives:?}");

        issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 0);
        place.database.execute(overdue).await;
        let next = place.start(Duration::from_secs(1)).await;
        while issuer.counts(Vendor::Codex).refreshes == 1 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        next.stop().await;
        let counts = issuer.counts(Vendor::Codex);
        assert_eq!((counts.refreshed, counts.duplicates, counts.families_revoked), (2, 0, 0), "the next start goes on with it");
    }
}

#[tokio::test]
async fn a_taken_address_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let place = Place::new().await;
    let settings = settings(&place.folder, place.database.settings(), &[("PURSER_ADDR", &addr)], &[]);
    let error = Server::start(settings, &World::real(), Duration::from_secs(1)).await.err().unwrap();
    let words = server::out::causes(&error);
    assert!(words.starts_with(&format!("PURSER_ADDR: cannot listen on {addr}: ")), "{words}");
}
