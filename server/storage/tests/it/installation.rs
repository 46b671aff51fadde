use crate::make::{activation, connection, execute, grant, id, provider};
use services::ports::{ConnectionRepo, InstallationRepo, LeaseOwner, StoreError, Trail};
use std::time::Duration;
use testkit::database::TestDatabase;
use vocab::ConnectionId;

async fn the_clock_runs(database: &TestDatabase) {
    let storage = database.storage();
    storage.ping().await.unwrap();
    let first = storage.now().await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let passed = storage.now().await.unwrap() - first;
    assert!(passed >= time::Duration::milliseconds(18) && passed < time::Duration::seconds(20), "{passed}");
    assert!(first > time::macros::datetime!(2024-01-01 00:00 UTC));
}

async fn the_setup_link_opens_and_closes(database: &TestDatabase) {
    let storage = database.storage();
    assert_eq!(storage.setup_hash().await.unwrap(), None);
    storage.set_setup_hash(Some([1; 32])).await.unwrap();
    storage.set_setup_hash(Some([2; 32])).await.unwrap();
    assert_eq!(storage.setup_hash().await.unwrap(), Some([2; 32]));
    execute(database, "UPDATE installation SET value = 'abc'").await;
    assert!(matches!(storage.setup_hash().await, Err(StoreError::Inconsistent { table: "installation", .. })));
    storage.set_setup_hash(None).await.unwrap();
    assert_eq!(storage.setup_hash().await.unwrap(), None);
}

async fn a_lease_is_taken_renewed_and_given_back(database: &TestDatabase) {
    let (storage, minute) = (database.storage(), Duration::from_mins(1));
    let (a, b) = (LeaseOwner("a".into()), LeaseOwner("b".into()));
    assert!(storage.take_lease("job", &a, minute).await.unwrap());
    assert!(storage.take_lease("job", &a, minute).await.unwrap(), "renewed");
    assert!(!storage.take_lease("job", &b, minute).await.unwrap());
    assert!(storage.take_lease("other", &b, minute).await.unwrap());
    storage.release_lease("job", &b).await.unwrap();
    assert!(!storage.take_lease("job", &b, minute).await.unwrap(), "not his to give back");
    storage.release_lease("job", &a).await.unwrap();
    assert!(storage.take_lease("job", &b, Duration::from_millis(30)).await.unwrap());
    assert!(!storage.take_lease("job", &a, minute).await.unwrap());
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert!(storage.take_lease("job", &a, minute).await.unwrap(), "it ran out, by the database's clock");
}

async fn of_many_one_wins_the_lease(database: &TestDatabase) {
    let (storage, other) = (database.storage().clone(), database.again().await);
    for round in 0..4 {
        let name = format!("race {round}");
        let tasks: Vec<_> = (0..32)
            .map(|n| {
                let (storage, name) = (if n % 2 == 0 { storage.clone() } else { other.clone() }, name.clone());
                tokio::spawn(async move { storage.take_lease(&name, &LeaseOwner(n.to_string()), Duration::from_mins(1)).await.unwrap() })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            winners += usize::from(task.await.unwrap());
        }
        assert_eq!(winners, 1, "{name}");
    }
}

async fn connections_are_listed_for_metrics(database: &TestDatabase) {
    let storage = database.storage();
    storage.activate(activation(connection(4, "openai"), Some(grant(1))), Trail::default()).await.unwrap();
    assert_eq!(storage.connection_counts().await.unwrap(), [(ConnectionId::new(id(4)), provider("openai"))]);
}

both!(
    the_clock_runs,
    the_setup_link_opens_and_closes,
    a_lease_is_taken_renewed_and_given_back,
    of_many_one_wins_the_lease,
    connections_are_listed_for_metrics,
);
