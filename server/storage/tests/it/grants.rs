use crate::make::{NOW, activation, connection, grant, later, provider, rows, trail};
use domain::grant::{Grant, Life, Refresh};
use services::ports::{ConnectionRepo, GrantRepo, Rotation, Trail};
use testkit::database::TestDatabase;
use vocab::AuthMethod;

fn life(refresh: Refresh) -> Life {
    Life { issued_at: NOW, access_expires_at: later(3_600), ends_at: Some(later(7_200)), refresh }
}

fn living(n: u128, refresh: Refresh) -> Grant {
    Grant { life: Some(life(refresh)), provider_id: Some(provider("codex")), made_by: AuthMethod::DeviceCode, ..grant(n) }
}

both!(every_life_survives_storage, only_the_version_that_was_read_is_rotated, what_is_due_is_found);

async fn every_life_survives_storage(database: &TestDatabase) {
    let storage = database.storage();
    let all = [
        Refresh::Never,
        Refresh::Due { at: later(60) },
        Refresh::Retrying { failures: 3, at: later(61), message: "503".into() },
        Refresh::Ended { at: later(62), code: "invalid_grant".into(), message: "gone".into() },
    ];
    for (n, (refresh, name)) in (1..).zip(all.into_iter().zip(["a", "b", "c", "d"])) {
        let grant = living(n, refresh);
        storage.activate(activation(connection(n, name), Some(grant.clone())), Trail::default()).await.unwrap();
        let stored = storage.grant(grant.id).await.unwrap().unwrap();
        assert_eq!((&stored.life, &stored.provider_id, stored.version), (&grant.life, &grant.provider_id, 1));
        assert_eq!(storage.used_by(grant.id).await.unwrap(), [provider(name)]);
    }
    storage.activate(activation(connection(9, "openai"), Some(grant(9))), Trail::default()).await.unwrap();
    assert_eq!(storage.lives().await.unwrap().len(), 4, "a key does not live");
}

async fn only_the_version_that_was_read_is_rotated(database: &TestDatabase) {
    let storage = database.storage();
    let grant = living(1, Refresh::Due { at: later(60) });
    storage.activate(activation(connection(1, "codex"), Some(grant.clone())), Trail::default()).await.unwrap();
    let next = life(Refresh::Retrying { failures: 1, at: later(90), message: "slow".into() });
    let rotation = Rotation { id: grant.id, version: 1, sealed: None, life: next.clone() };
    assert!(storage.rotate(&rotation, trail(1)).await.unwrap());
    assert!(!storage.rotate(&rotation, trail(2)).await.unwrap(), "somebody was faster");
    let stored = storage.grant(grant.id).await.unwrap().unwrap();
    assert_eq!((stored.sealed, stored.life, stored.version), (grant.sealed, Some(next), 2));
    let good = life(Refresh::Due { at: later(120) });
    let rotation = Rotation { id: grant.id, version: 2, sealed: Some(vec![7; 9]), life: good.clone() };
    assert!(storage.rotate(&rotation, Trail::default()).await.unwrap());
    let stored = storage.grant(grant.id).await.unwrap().unwrap();
    assert_eq!((stored.sealed, stored.life, stored.version), (vec![7; 9], Some(good), 3));
    assert_eq!(rows(database, "audit_log").await, 1);
    assert!(!storage.rotate(&Rotation { id: vocab::GrantId::new(crate::make::id(99)), ..rotation }, trail(3)).await.unwrap());
}

async fn what_is_due_is_found(database: &TestDatabase) {
    let storage = database.storage();
    let all = [
        ("a", Refresh::Due { at: later(60) }),
        ("b", Refresh::Retrying { failures: 1, at: later(30), message: String::new() }),
        ("c", Refresh::Ended { at: later(1), code: String::new(), message: String::new() }),
        ("d", Refresh::Never),
        ("e", Refresh::Due { at: later(600) }),
    ];
    for (n, (name, refresh)) in (1..).zip(all) {
        storage.activate(activation(connection(n, name), Some(living(n, refresh))), Trail::default()).await.unwrap();
    }
    let due = |seconds, limit| storage.due_for_refresh(later(seconds), limit);
    assert_eq!(due(100, 10).await.unwrap(), [grant(2).id, grant(1).id], "the most overdue first");
    assert_eq!(due(100, 1).await.unwrap(), [grant(2).id]);
    assert!(due(29, 10).await.unwrap().is_empty());
}
