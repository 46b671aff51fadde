use crate::make::{add_user, rows};
use services::ports::{InstallationRepo, PeopleRepo};
use std::os::unix::fs::PermissionsExt;
use storage::{BackupError, DatabaseSettings, OpenError, Storage};
use testkit::database::TestDatabase;
use vocab::Role;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_whole_private_and_made_while_others_write() {
    let database = TestDatabase::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    // What SQLite and addresses would read as something else.
    let path = folder.path().join("purser %41?mode=ro.db");
    let writers = (1..=3_u128).map(|first| {
        let storage = database.storage().clone();
        tokio::spawn(async move {
            for n in 0..30 {
                add_user(&storage, first * 1_000 + n, Role::Viewer).await;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let size = database.again().await.backup(&path).await.unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    let found = std::fs::metadata(&path).unwrap();
    assert_eq!((found.len(), found.permissions().mode() & 0o777), (size, 0o600));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");

    let restored = folder.path().join("restored.db");
    std::fs::rename(&path, &restored).unwrap();
    let copy = Storage::connect(&DatabaseSettings::sqlite(&restored)).await.unwrap();
    assert!(copy.migration_status().await.unwrap().iter().all(|state| state.applied));
    assert!(copy.users().await.unwrap().len() <= 90);
    add_user(&copy, 9_999, Role::Owner).await;
    assert_eq!(rows(&database, "user_account").await, 90, "the copy is another database");
}

#[tokio::test]
async fn nothing_is_written_over_and_nothing_half_done_stays() {
    let database = TestDatabase::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    std::fs::write(&path, "mine").unwrap();
    let refused = database.storage().backup(&path).await.unwrap_err();
    assert!(matches!(&refused, BackupError::Exists(there) if *there == path), "{refused:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    let nowhere = database.storage().backup(&folder.path().join("no/folder/copy.db")).await;
    assert!(matches!(nowhere, Err(BackupError::File { .. })), "{nowhere:?}");
    database.storage().close().await;
    let closed = database.storage().backup(&folder.path().join("other.db")).await;
    assert!(matches!(closed, Err(BackupError::Store(_))), "{closed:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_server_is_copied_with_its_own_tools() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let refused = database.storage().backup(&folder.path().join("copy.db")).await;
    assert!(matches!(refused, Err(BackupError::Server)), "{refused:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("purser.db");
    let settings = DatabaseSettings::sqlite(&path);
    let refused = async || Storage::connect_existing(&settings).await.map(drop).unwrap_err();
    assert!(matches!(refused().await, OpenError::Missing(there) if there == path));
    assert!(!path.exists());
    // What a first start leaves that was killed at once.
    std::fs::write(&path, "").unwrap();
    assert!(matches!(refused().await, OpenError::Missing(_)));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
    for database in TestDatabase::each().await {
        Storage::connect_existing(database.settings()).await.unwrap().ping().await.unwrap();
    }
}
