use crate::make::{NOW, add_user, id, later, rows, token, trail};
use services::ports::conflict::TAKEN;
use services::ports::{AccessTokenRepo, StoreError, Trail};
use testkit::database::TestDatabase;
use vocab::{AccessTokenId, Role};

async fn a_token_reads_back(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Operator).await;
    let (one, mut two) = (token(1, &ann), token(2, &ann));
    two.limits.providers.clear();
    two.limits.models.clear();
    two.expires_at = None;
    storage.add(&one, trail(1)).await.unwrap();
    storage.add(&two, trail(2)).await.unwrap();
    let (found, creator) = storage.find("public000001").await.unwrap().unwrap();
    assert_eq!((&found, creator.id), (&one, ann.id));
    assert!(storage.find("nobody\0").await.unwrap().is_none());
    assert_eq!(AccessTokenRepo::get(storage, two.id).await.unwrap(), Some(two.clone()));
    assert_eq!(AccessTokenRepo::get(storage, AccessTokenId::new(id(9))).await.unwrap(), None);
    let all = AccessTokenRepo::list(storage).await.unwrap();
    assert_eq!(all, [(two, "Person 1".to_owned()), (one.clone(), "Person 1".to_owned())], "newest first");

    let mut twin = token(3, &ann);
    twin.public_id = one.public_id;
    let refused = storage.add(&twin, trail(3)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(TAKEN))), "{refused:?}");
    assert_eq!(rows(database, "audit_log").await, 2);
}

async fn a_token_is_revoked_once(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Operator).await;
    let one = token(1, &ann);
    storage.add(&one, Trail::default()).await.unwrap();
    assert!(storage.revoke(one.id, NOW, trail(1)).await.unwrap());
    assert!(!storage.revoke(one.id, later(1), trail(2)).await.unwrap());
    assert!(!storage.revoke(AccessTokenId::new(id(9)), NOW, trail(3)).await.unwrap());
    assert_eq!(AccessTokenRepo::get(storage, one.id).await.unwrap().unwrap().revoked_at, Some(NOW));
    assert_eq!((rows(database, "audit_log").await, rows(database, "live_event").await), (1, 1));
}

async fn uses_are_noted_together(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Operator).await;
    for n in 1..=3 {
        storage.add(&token(n, &ann), Trail::default()).await.unwrap();
    }
    let used = |n: u128, at| (AccessTokenId::new(id(n)), later(at));
    AccessTokenRepo::touch(storage, &[]).await.unwrap();
    AccessTokenRepo::touch(storage, &[used(1, 10), used(2, 20), used(9, 5)]).await.unwrap();
    AccessTokenRepo::touch(storage, &[used(1, 5), used(2, 30)]).await.unwrap();
    let last: Vec<_> = AccessTokenRepo::list(storage).await.unwrap().into_iter().map(|(token, _)| token.last_used_at).collect();
    assert_eq!(last, [None, Some(later(30)), Some(later(10))]);
}

both!(a_token_reads_back, a_token_is_revoked_once, uses_are_noted_together);
