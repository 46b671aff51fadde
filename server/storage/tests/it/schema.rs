use crate::make::{execute, number, rows};
use services::ports::{InstallationRepo, PeopleRepo};
use storage::{DatabaseKind, MigrationError, Storage};
use testkit::database::TestDatabase;

async fn bare() -> Vec<TestDatabase> {
    let mut all = vec![TestDatabase::bare_sqlite().await];
    all.extend(TestDatabase::bare_postgres().await);
    all
}

/// Tables and indexes of ours.
async fn objects(database: &TestDatabase) -> i64 {
    let sql = match database.kind() {
        DatabaseKind::Sqlite => "SELECT COUNT(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND tbl_name <> 'seaql_migrations'",
        DatabaseKind::Postgres => {
            "SELECT (SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'seaql_migrations') \
             + (SELECT COUNT(*) FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'seaql_migrations')"
        }
    };
    number(database, sql).await
}

async fn applied(storage: &Storage) -> Vec<bool> {
    storage.migration_status().await.unwrap().into_iter().map(|state| state.applied).collect()
}

#[tokio::test]
async fn up_down_one_by_one_and_up_again() {
    for database in bare().await {
        let storage = database.storage();
        let all = applied(storage).await.len();
        assert_eq!(applied(storage).await, vec![false; all], "looking changes nothing");
        assert_eq!(objects(&database).await, 0);
        assert_eq!(storage.migrate().await.unwrap().len(), all);
        assert_eq!(storage.migrate().await.unwrap(), Vec::<String>::new());
        let full = objects(&database).await;
        assert_eq!(applied(storage).await, vec![true; all]);
        for left in (0..all).rev() {
            let newest = storage.migration_status().await.unwrap().swap_remove(left).name;
            assert_eq!(storage.down(Some(1)).await.unwrap(), [newest], "it says what it took back");
            assert_eq!(applied(storage).await.into_iter().filter(|applied| *applied).count(), left);
        }
        assert_eq!(objects(&database).await, 0, "down takes everything back");
        assert_eq!(storage.down(Some(1)).await.unwrap(), Vec::<String>::new(), "and does not count what was not there");
        let mut made = storage.migrate().await.unwrap();
        made.reverse();
        assert_eq!(storage.down(None).await.unwrap(), made);
        storage.migrate().await.unwrap();
        assert_eq!(objects(&database).await, full);
        assert!(!storage.anybody().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_may_start_together() {
    for database in bare().await {
        let start = |_| {
            let settings = database.settings().clone();
            tokio::spawn(async move {
                let storage = Storage::connect(&settings).await.unwrap();
                let made = storage.migrate().await.unwrap().len();
                storage.ping().await.unwrap();
                made
            })
        };
        let mut made = Vec::new();
        for replica in (0..5).map(start).collect::<Vec<_>>() {
            made.push(replica.await.unwrap());
        }
        made.sort_unstable();
        let all = applied(database.storage()).await.len();
        assert_eq!(made, [0, 0, 0, 0, all]);
        assert_eq!(rows(&database, "seaql_migrations").await, i64::try_from(all).unwrap());
    }
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    for database in TestDatabase::each().await {
        execute(&database, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_future', 0)").await;
        let storage = database.storage();
        assert!(matches!(storage.migrate().await, Err(MigrationError::NewerDatabase)));
        assert!(matches!(storage.down(None).await, Err(MigrationError::NewerDatabase)));
        assert!(matches!(storage.migration_status().await, Err(MigrationError::NewerDatabase)));
        assert!(!storage.anybody().await.unwrap());
    }
}

#[tokio::test]
async fn the_file_is_private_and_in_wal_mode() {
    let database = TestDatabase::sqlite().await;
    let file = database.file().unwrap();
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let path = file.with_file_name(format!("purser.db{suffix}"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    database.storage().close().await;
    assert!(!file.with_file_name("purser.db-wal").exists(), "closing folds the WAL into the file");
    assert!(database.storage().ping().await.is_err());
}
