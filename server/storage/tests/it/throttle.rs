use crate::make::{NOW, later, rows};
use domain::people::throttle::{FORGET_AFTER, Failures, ThrottleKey};
use services::ports::ThrottleRepo;
use testkit::database::TestDatabase;

async fn failures_count_and_are_forgotten(database: &TestDatabase) {
    let storage = database.storage();
    let key = ThrottleKey::Account("ann@example.com\0".into());
    assert_eq!(storage.failures(&key).await.unwrap(), None);
    assert_eq!(storage.count(&key, NOW, FORGET_AFTER).await.unwrap(), Failures { count: 1, last_at: NOW });
    assert_eq!(storage.count(&key, later(1), FORGET_AFTER).await.unwrap(), Failures { count: 2, last_at: later(1) });
    assert_eq!(storage.failures(&key).await.unwrap(), Some(Failures { count: 2, last_at: later(1) }));
    // A quiet day forgives.
    let next = later(1) + FORGET_AFTER;
    assert_eq!(storage.count(&key, next, FORGET_AFTER).await.unwrap(), Failures { count: 1, last_at: next });
    storage.clear(&key).await.unwrap();
    assert_eq!(storage.failures(&key).await.unwrap(), None);
    storage.clear(&key).await.unwrap();
}

async fn parallel_guesses_are_all_counted(database: &TestDatabase) {
    let (storage, other) = (database.storage(), database.again().await);
    let key = ThrottleKey::Address("192.0.2.1".into());
    let guesses = (0..40).map(|n| if n % 2 == 0 { storage } else { &other }.count(&key, NOW, FORGET_AFTER));
    let mut counts: Vec<u32> = futures::future::join_all(guesses).await.into_iter().map(|counted| counted.unwrap().count).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=40).collect::<Vec<_>>());
}

async fn strangers_cannot_fill_the_table(database: &TestDatabase) {
    let storage = database.storage();
    for n in 0..20 {
        storage.count(&ThrottleKey::Address(format!("192.0.2.{n}")), NOW, FORGET_AFTER).await.unwrap();
    }
    assert_eq!(rows(database, "sign_in_failure").await, 20);
    storage.count(&ThrottleKey::Account("a".into()), NOW + FORGET_AFTER, FORGET_AFTER).await.unwrap();
    assert_eq!(rows(database, "sign_in_failure").await, 1);
}

both!(failures_count_and_are_forgotten, parallel_guesses_are_all_counted, strangers_cannot_fill_the_table);
