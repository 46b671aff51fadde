//! Rows to test with, and small questions to the database behind the ports.

use domain::access_token::{AccessToken, TokenLimits};
use domain::audit::{Action, AuditEntry, Object, Origin};
use domain::connection::{Activation, Connection, Standing};
use domain::events::Event;
use domain::grant::Grant;
use domain::people::{Actor, Email, Session, User, UserState};
use sea_orm::{ConnectionTrait, Statement};
use secrecy::SecretString;
use services::ports::{PeopleRepo, Trail};
use storage::Storage;
use testkit::database::TestDatabase;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vocab::{AccessTokenId, AuditId, AuthMethod, ConnectionId, GrantId, ProviderId, Role, Scope, SessionId, UserId};

/// When every test plays.
pub const NOW: OffsetDateTime = datetime!(2026-11-23 10:00:00.123456 UTC);

/// `NOW` and some seconds.
pub fn later(seconds: i64) -> OffsetDateTime {
    NOW + Duration::seconds(seconds)
}

/// The n-th id; larger ones sort later.
pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn provider(name: &str) -> ProviderId {
    name.parse().unwrap()
}

pub fn user(n: u128, role: Role) -> User {
    User {
        id: UserId::new(id(n)),
        name: format!("Person {n}"),
        email: Email::parse(&format!("person{n}@example.com")).unwrap(),
        role,
        password_hash: SecretString::from("$argon2id$v=19$…"),
        state: UserState::Active,
        created_at: later(i64::try_from(n).unwrap()),
        last_sign_in_at: None,
    }
}

/// Adds and returns a person.
pub async fn add_user(storage: &Storage, n: u128, role: Role) -> User {
    let user = user(n, role);
    storage.add_user(&user, Trail::default()).await.unwrap();
    user
}

pub fn session(n: u8, user: &User) -> Session {
    Session {
        id: SessionId::new(id(u128::from(n))),
        user_id: user.id,
        secret_hash: [n; 32],
        created_at: later(i64::from(n)),
        seen_at: later(i64::from(n)),
        address: "192.0.2.1".into(),
        user_agent: "Test/1.0".into(),
    }
}

pub fn token(n: u8, creator: &User) -> AccessToken {
    AccessToken {
        id: AccessTokenId::new(id(u128::from(n))),
        created_by: creator.id,
        name: format!("token {n}"),
        public_id: format!("public{n:06}"),
        secret_hash: [n; 32],
        limits: TokenLimits {
            scopes: vec![Scope::Inference, Scope::Read],
            providers: vec![provider("openai")],
            models: vec!["gpt \"5\"".into()],
        },
        created_at: later(i64::from(n)),
        expires_at: Some(later(3_600)),
        revoked_at: None,
        last_used_at: None,
    }
}

pub fn connection(n: u128, name: &str) -> Connection {
    Connection {
        id: ConnectionId::new(id(n)),
        provider_id: provider(name),
        method: AuthMethod::ApiKey,
        grant_id: None,
        base_url: Some("https://api.example.com/v1".parse().unwrap()),
        key_hint: Some("…a1B2".into()),
        account: Some("org".into()),
        connected_by: None,
        connected_by_name: "Ann".into(),
        connected_at: NOW,
        standing: Standing::Good { checked_at: NOW },
        enabled: true,
        version: 0,
    }
}

pub fn grant(n: u128) -> Grant {
    Grant {
        id: GrantId::new(id(n)),
        sealed: vec![u8::try_from(n % 251).unwrap(); 40],
        created_at: NOW,
        provider_id: None,
        made_by: AuthMethod::ApiKey,
        life: None,
        version: 1,
    }
}

/// A key pasted for a provider.
pub fn activation(connection: Connection, grant: Option<Grant>) -> Activation {
    Activation { connection, grant, siblings: Vec::new(), finishes: None, trigger: "api_key", actor: Actor::CommandLine }
}

pub fn entry(n: u128, action: Action) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(id(n)),
        at: NOW,
        actor: Actor::System,
        origin: Origin { address: "192.0.2.1".into(), request_id: "r1".into() },
        action,
        object: Object::Installation,
        succeeded: true,
        detail: String::new(),
    }
}

/// One audit line and one event.
pub fn trail(n: u128) -> Trail {
    Trail { audit: vec![entry(n, Action::CONNECT)], events: vec![Event::UsageRecorded] }
}

/// The number a query gives.
pub async fn number(database: &TestDatabase, sql: &str) -> i64 {
    let raw = database.raw().await;
    let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap().unwrap();
    let number = row.try_get_by_index(0).unwrap();
    raw.close().await.unwrap();
    number
}

/// Rows of a table.
pub async fn rows(database: &TestDatabase, table: &str) -> i64 {
    number(database, &format!("SELECT COUNT(*) FROM {table}")).await
}

/// Runs a statement behind the ports' back.
pub async fn execute(database: &TestDatabase, sql: &str) {
    let raw = database.raw().await;
    raw.execute_unprepared(sql).await.unwrap();
    raw.close().await.unwrap();
}
