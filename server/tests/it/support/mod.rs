//! The whole app for one test: real router, real database, stand-in providers, a clock that stands still.

mod answer;
mod browser;
pub mod program;

pub use answer::{Answer, Reader};
pub use browser::Browser;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use domain::people::{Caller, Session, User};
use secrecy::ExposeSecret;
use server::config::{Settings, Source};
use server::serve::assemble;
use server::start::{Base, KeyPolicy, SchemaPolicy, World};
use server::state::AppState;
use services::access_tokens::TokenForm;
use services::people::NewPerson;
use services::ports::Trail;
use std::net::SocketAddr;
use std::sync::Arc;
use storage::{DatabaseSettings, Storage};
use tempfile::TempDir;
use testkit::database::TestDatabase;
use testkit::environment::{MockClock, SeededEntropy};
use tower::ServiceExt;
use vocab::{Role, Scope, SessionId};

/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery";
/// The peer of requests, unless a test says otherwise.
pub const PEER: &str = "127.0.0.1:50000";

/// The app.
pub struct TestApp {
    /// The router, with every layer.
    pub router: Router,
    /// What is behind it.
    pub state: AppState,
    /// The clock of the use cases.
    pub clock: MockClock,
    /// Keys and whatever else lies in files.
    pub folder: TempDir,
    storage: Storage,
    database: TestDatabase,
}

impl TestApp {
    /// On SQLite, at `http://localhost:3000`.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With settings of its own.
    pub async fn with(pairs: &[(&str, &str)]) -> Self {
        Self::on(TestDatabase::sqlite().await, pairs).await
    }

    /// On a database of the test's.
    pub async fn on(database: TestDatabase, pairs: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let overlay = folder.path().join("stand-in.toml");
        std::fs::write(&overlay, testkit::stand_in::overlay(&stand_in().await)).unwrap();
        let settings = settings(&folder, database.settings(), &[("PURSER_PROVIDERS_FILE", overlay.to_str().unwrap())], pairs);
        let clock = MockClock::default();
        let world = World { clock: Arc::new(clock.clone()), entropy: Arc::new(SeededEntropy::new(7)) };
        let base = Base::open(Arc::new(settings), &world, SchemaPolicy::Migrate, KeyPolicy::Insist).await.unwrap();
        let (state, writer) = assemble(&base).unwrap();
        tokio::spawn(writer.run());
        state.services.caches.confirm();
        let router = server::router::router(state.clone()).unwrap();
        Self { router, state, clock, folder, storage: base.storage, database }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// The database itself.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Takes the database away.
    pub async fn close_database(&self) {
        self.storage.close().await;
    }

    /// Starts the one job that pages and caches hear through.
    pub fn read_events(&self) {
        tokio::spawn(server::jobs::follow_log(self.state.clone()));
    }

    /// Sends one request as it is.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(PEER.parse().unwrap()));
        }
        Answer::new(self.router.clone().oneshot(request).await.unwrap())
    }

    /// Adds a person, as the command line would.
    pub async fn person(&self, name: &str, role: Role) -> User {
        let form = NewPerson::from_form(name.to_owned(), format!("{name}@example.com"), PASSWORD.to_owned(), PASSWORD.to_owned());
        self.state.services.people.add(&Caller::command_line(), form, role).await.unwrap()
    }

    /// A signed-in browser of theirs, without the slow hash.
    pub async fn browser_of(&self, user: &User) -> Browser<'_> {
        let secret = secret(&self.state);
        let now = self.state.environment.now();
        let session = Session {
            id: SessionId::new(self.state.environment.uuid()),
            user_id: user.id,
            secret_hash: domain::access_token::hash(&secret),
            created_at: now,
            seen_at: now,
            address: "127.0.0.1".to_owned(),
            user_agent: "tests".to_owned(),
        };
        self.state.ports.sessions.start(&session, None, Trail::default()).await.unwrap();
        let mut browser = self.browser();
        browser.set_cookie(app::ctx::session_cookie_name(self.state.settings.listen.public_url.is_https()), &secret);
        browser.session_id = Some(session.id);
        browser
    }

    /// An access token of theirs.
    pub async fn token_of(&self, user: &User, scopes: &[Scope]) -> String {
        let form = TokenForm { name: "test".to_owned(), scopes: scopes.to_vec(), ..TokenForm::default() };
        let tokens = &self.state.services.access_tokens;
        let issued = tokens.create_for(&Caller::command_line(), user.id, &user.name, user.role, form).await.unwrap();
        issued.secret.expose_secret().to_owned()
    }
}

/// Settings for a folder and a database; later pairs win.
pub fn settings(folder: &TempDir, database: &DatabaseSettings, first: &[(&str, &str)], then: &[(&str, &str)]) -> Settings {
    let data = folder.path().join("data").display().to_string();
    let pairs = [("PURSER_DATA_DIR", data.as_str())].into_iter().chain(first.iter().copied()).chain(then.iter().copied());
    let settings = Settings::read(&Source::from_pairs(pairs)).unwrap();
    Settings { database: database.clone(), ..settings }
}

/// Stand-in providers on a port of their own.
pub async fn stand_in() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = testkit::stand_in::router(testkit::stand_in::Switches::default());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

fn secret(state: &AppState) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    state.environment.entropy().bytes::<43>().iter().map(|byte| char::from(letters[usize::from(byte % 64)])).collect()
}
