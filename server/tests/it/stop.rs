//! A real server on a real port: starting, the printed link, stopping in order.

use crate::support::{settings, stand_in};
use domain::people::Caller;
use secrecy::ExposeSecret;
use server::serve::Server;
use server::start::{Base, KeyPolicy, SchemaPolicy, World};
use services::access_tokens::TokenForm;
use services::connections::KeyForm;
use services::people::NewPerson;
use services::ports::{UsageFilter, UsageRepo};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use testkit::database::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vocab::{Role, Scope};

struct Place {
    folder: TempDir,
    database: TestDatabase,
    overlay: String,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let overlay = folder.path().join("stand-in.toml");
        std::fs::write(&overlay, testkit::stand_in::overlay(&stand_in().await)).unwrap();
        Self { overlay: overlay.display().to_string(), folder, database: TestDatabase::sqlite().await }
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
