//! What can happen to a database.

use crate::make::{NOW, activation, add_user, connection, entry, execute, grant, number, provider, rows, session, trail, user};
use domain::audit::Action;
use domain::people::Actor;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use secrecy::SecretString;
use services::ports::{AuditRepo, ConnectionRepo, InstallationRepo, PeopleRepo, SessionRepo, StoreError, Trail};
use std::time::{Duration, Instant};
use storage::{DatabaseSettings, OpenError, Storage};
use testkit::database::TestDatabase;
use vocab::Role;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_some_seconds_is_waited_for() {
    for database in TestDatabase::each().await {
        let storage = database.storage();
        storage.activate(activation(connection(1, "openai"), Some(grant(1))), Trail::default()).await.unwrap();
        let lock = match database.kind() {
            storage::DatabaseKind::Sqlite => "BEGIN IMMEDIATE",
            storage::DatabaseKind::Postgres => "BEGIN; LOCK TABLE connection",
        };
        let other = database.raw().await;
        other.execute_unprepared(lock).await.unwrap();
        let started = Instant::now();
        let writes = (0..4_u128).map(|n| {
            let storage = storage.clone();
            tokio::spawn(async move {
                storage.append(vec![entry(n + 1, Action::CONNECT)]).await?;
                storage.deactivate(&provider("openai"), &Actor::System, Trail::default()).await
            })
        });
        let writes: Vec<_> = writes.collect();
        tokio::time::sleep(Duration::from_secs(2)).await;
        if database.kind() == storage::DatabaseKind::Sqlite {
            assert!(storage.of_provider(&provider("openai")).await.unwrap().is_some(), "readers do not wait");
        }
        other.execute_unprepared("COMMIT").await.unwrap();
        let mut disconnected = 0;
        for write in writes {
            disconnected += usize::from(write.await.unwrap().unwrap());
        }
        assert_eq!(disconnected, 1);
        assert!(started.elapsed() >= Duration::from_secs(2));
        assert_eq!(rows(&database, "audit_log").await, 4);
    }
}

#[tokio::test]
async fn a_lock_that_stays_is_an_outage() {
    let database = TestDatabase::sqlite().await;
    let other = database.raw().await;
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let started = Instant::now();
    let refused = database.storage().add_user(&user(1, Role::Owner), trail(1)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let waited = started.elapsed();
    assert!(waited > Duration::from_secs(8) && waited < Duration::from_secs(16), "{waited:?}");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    database.storage().add_user(&user(1, Role::Owner), trail(1)).await.unwrap();
}

/// A full disk: nothing of the write stays, and what fits is written again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_writes_nothing_and_heals() {
    let database = TestDatabase::sqlite().await;
    let pages = u32::try_from(number(&database, "PRAGMA page_count").await).unwrap();
    let settings = DatabaseSettings { max_pages: Some(pages + 20), ..database.settings().clone() };
    let storage = Storage::connect(&settings).await.unwrap();
    for n in 1..=4 {
        let mut big = grant(n);
        big.sealed = vec![7; 600_000];
        let refused = storage.activate(activation(connection(n, "openai"), Some(big)), trail(n)).await;
        assert!(matches!(refused, Err(StoreError::Full(_))), "{refused:?}");
        assert!(!format!("{refused:?}").contains("openai"), "no values in an error");
        for table in ["connection", "grant_credential", "audit_log", "live_event", "outbox_event"] {
            assert_eq!(rows(&database, table).await, 0, "{table}");
        }
        // What fits is written, here and elsewhere: no transaction was left open.
        add_user(&storage, 2 * n, Role::Owner).await;
        let taken = storage.add_user(&user(2 * n, Role::Owner), Trail::default()).await;
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
        add_user(database.storage(), 2 * n + 1, Role::Owner).await;
    }
    assert_eq!(storage.users().await.unwrap().len(), 8);
}

/// Some errors of the disk make SQLite end the transaction by itself, and then the explicit rollback fails. The
/// connection must not be used again: it would go on in savepoints and keep the write lock after the next refusal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_sqlite_ends_by_itself_is_over() {
    let database = TestDatabase::sqlite().await;
    let (storage, other) = (database.storage(), database.again().await);
    add_user(storage, 1, Role::Owner).await;
    execute(&database, "CREATE TRIGGER broken BEFORE INSERT ON session BEGIN SELECT RAISE(ROLLBACK, 'disk'); END").await;
    for n in 1..=3 {
        let broken = storage.start(&session(1, &user(1, Role::Owner)), None, trail(n)).await;
        assert!(matches!(broken, Err(StoreError::Failed(_))), "{broken:?}");
        let taken = storage.add_user(&user(1, Role::Owner), Trail::default()).await;
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
        add_user(&other, n + 1, Role::Owner).await;
    }
    assert_eq!(rows(&database, "audit_log").await, 0);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_an_outage() {
    let database = TestDatabase::sqlite().await;
    add_user(database.storage(), 1, Role::Owner).await;
    let url = format!("sqlite://{}?mode=ro", database.file().unwrap().display());
    let reader = Storage::connect(&DatabaseSettings::from_url(SecretString::from(url))).await.unwrap();
    assert!(reader.anybody().await.unwrap());
    let refused = reader.add_user(&user(2, Role::Viewer), trail(1)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn bad_addresses_are_refused_in_words() {
    let open = async |url: &str| Storage::connect(&DatabaseSettings::from_url(SecretString::from(url))).await.map(drop);
    for url in ["mysql://a:hunter2@b/c", "purser.db", "sqlite::memory:", "postgres://a:hunter2@b:port/c"] {
        let error = open(url).await.unwrap_err();
        assert!(matches!(error, OpenError::Address(_)), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let error = open("sqlite:///nowhere/at/all/purser.db").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open the database file /nowhere/at/all/purser.db");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("purser.db");
    std::fs::write(&path, "this is not a database, and long enough to be looked at".repeat(40)).unwrap();
    let error = open(&format!("sqlite://{}", path.display())).await.unwrap_err();
    assert!(matches!(error, OpenError::Store(StoreError::Failed(_))), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_outage() {
    let nobody = DatabaseSettings::from_url(SecretString::from("postgres://a:hunter2@127.0.0.1:1/c"));
    let error = Storage::connect(&nobody).await.unwrap_err();
    assert!(matches!(error, OpenError::Store(StoreError::Unavailable(_))), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_connections_are_replaced_on_postgres() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let raw = database.raw().await;
    for n in 1..=5 {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        raw.query_all_raw(Statement::from_string(DbBackend::Postgres, kill)).await.unwrap();
        storage.ping().await.unwrap();
        storage.append(vec![entry(n, Action::CONNECT)]).await.unwrap();
    }
    assert_eq!(rows(&database, "audit_log").await, 5);
}

/// A caller that hangs up in the middle of a write leaves nothing half-done and nothing locked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn abandoned_writes_leave_nothing_behind() {
    for database in TestDatabase::each().await {
        let storage = database.storage();
        for n in 1..=60_u128 {
            let write = storage.activate(activation(connection(n, "openai"), Some(grant(n))), trail(n));
            let _ = tokio::time::timeout(Duration::from_micros(u64::try_from(n * 40).unwrap()), write).await;
            storage.deactivate(&provider("openai"), &Actor::System, Trail::default()).await.unwrap();
        }
        assert_eq!(rows(&database, "grant_credential").await, 0);
        let activated = number(&database, "SELECT COUNT(*) FROM outbox_event WHERE kind = 'activated'").await;
        let deactivated = number(&database, "SELECT COUNT(*) FROM outbox_event WHERE kind = 'deactivated'").await;
        assert_eq!((activated, rows(&database, "audit_log").await), (deactivated, activated), "each write came whole or not at all");
        storage.set_setup_hash(Some([1; 32])).await.unwrap();
        assert!(storage.now().await.unwrap() > NOW - time::Duration::days(3_650));
    }
}
