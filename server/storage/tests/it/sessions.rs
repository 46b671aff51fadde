use crate::make::{add_user, id, later, rows, session, trail};
use services::ports::conflict::GONE;
use services::ports::{PeopleRepo, SessionRepo, StoreError, Trail};
use testkit::database::TestDatabase;
use vocab::{Role, SessionId};

async fn a_session_starts_is_found_and_ends(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Owner).await;
    let bob = add_user(storage, 2, Role::Viewer).await;
    let first = session(1, &ann);
    storage.start(&first, None, trail(1)).await.unwrap();
    let (found, person) = storage.find(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((found, person.id), (first.clone(), ann.id));
    assert_eq!(person.last_sign_in_at, Some(first.created_at), "signing in is noted with the session");
    assert!(storage.find(&[9; 32]).await.unwrap().is_none());

    // Signing in again in the same browser: a new secret, and the old one is worth nothing.
    let second = session(2, &ann);
    storage.start(&second, Some(first.id), Trail::default()).await.unwrap();
    assert!(storage.find(&[1; 32]).await.unwrap().is_none());
    storage.start(&session(3, &ann), None, Trail::default()).await.unwrap();
    let ids: Vec<_> = storage.of_user(ann.id).await.unwrap().iter().map(|session| session.id).collect();
    assert_eq!(ids, [SessionId::new(id(3)), second.id], "newest first");

    assert!(!storage.end(second.id, bob.id, trail(2)).await.unwrap(), "not his");
    assert_eq!(rows(database, "audit_log").await, 1, "what did not happen leaves no trail");
    assert!(storage.end(second.id, ann.id, trail(2)).await.unwrap());
    assert!(!storage.end(second.id, ann.id, trail(3)).await.unwrap());
    assert_eq!(rows(database, "audit_log").await, 2);
}

async fn requests_are_noted_and_time_does_not_run_backwards(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Owner).await;
    let one = session(1, &ann);
    storage.start(&one, None, Trail::default()).await.unwrap();
    storage.touch(one.id, later(100)).await.unwrap();
    storage.touch(one.id, later(50)).await.unwrap();
    assert_eq!(storage.of_user(ann.id).await.unwrap()[0].seen_at, later(100));
}

async fn expired_sessions_go(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Owner).await;
    for n in 1..=3 {
        storage.start(&session(n, &ann), None, Trail::default()).await.unwrap();
    }
    storage.touch(SessionId::new(id(1)), later(500)).await.unwrap();
    // 1 is too old though busy, 2 is idle for exactly long enough, 3 is fine.
    assert_eq!(storage.end_expired(later(2), later(1)).await.unwrap(), 2);
    assert_eq!(storage.of_user(ann.id).await.unwrap()[0].id, SessionId::new(id(3)));
    assert_eq!(storage.end_expired(later(2), later(1)).await.unwrap(), 0);
}

async fn a_session_needs_its_person(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Owner).await;
    let stranger = crate::make::user(2, Role::Viewer);
    let refused = storage.start(&session(1, &stranger), None, trail(1)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(GONE))), "{refused:?}");
    storage.start(&session(1, &ann), None, Trail::default()).await.unwrap();
    let mut twin = session(2, &ann);
    twin.secret_hash = [1; 32];
    assert!(matches!(storage.start(&twin, None, Trail::default()).await, Err(StoreError::Conflict(_))));
    assert!(storage.anybody().await.unwrap());
}

both!(
    a_session_starts_is_found_and_ends,
    requests_are_noted_and_time_does_not_run_backwards,
    expired_sessions_go,
    a_session_needs_its_person,
);
