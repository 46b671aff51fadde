use crate::make::{NOW, activation, connection, execute, grant, provider, rows};
use domain::events::Event;
use services::ports::{ConnectionRepo, EventLog, Trail};
use std::time::{Duration, Instant};
use storage::Storage;
use testkit::database::TestDatabase;
use vocab::EventId;

fn progress(done: u32) -> Event {
    Event::SyncProgress { provider_id: provider("openai"), done, total: 9 }
}

async fn events_are_resumed_by_position(database: &TestDatabase) {
    let storage = database.storage();
    assert_eq!((storage.head().await.unwrap(), storage.tail().await.unwrap()), (EventId(0), EventId(0)));
    storage.publish((0..5).map(progress).collect()).await.unwrap();
    let trail = Trail { audit: Vec::new(), events: vec![Event::KeysChanged] };
    storage.activate(activation(connection(1, "openai"), Some(grant(1))), trail).await.unwrap();
    storage.publish(vec![]).await.unwrap();
    let all = storage.after(EventId(0), 100).await.unwrap();
    let events: Vec<_> = all.iter().map(|logged| logged.event.clone()).collect();
    assert_eq!(events, (0..5).map(progress).chain([Event::KeysChanged]).collect::<Vec<_>>());
    assert!(all.is_sorted_by(|a, b| a.id < b.id));
    assert_eq!(storage.after(all[1].id, 2).await.unwrap(), all[2..4]);
    assert_eq!(storage.head().await.unwrap(), all[5].id);
    assert!(storage.after(all[5].id, 10).await.unwrap().is_empty());
}

async fn positions_are_never_given_twice(database: &TestDatabase) {
    let storage = database.storage();
    storage.publish((0..5).map(progress).collect()).await.unwrap();
    let head = storage.head().await.unwrap();
    execute(database, "UPDATE live_event SET at = 5").await;
    assert_eq!(storage.prune(NOW).await.unwrap(), 4);
    assert_eq!((storage.tail().await.unwrap(), storage.head().await.unwrap()), (head, head), "the newest stays");
    storage.publish(vec![progress(9)]).await.unwrap();
    assert!(storage.head().await.unwrap() > head);
    assert_eq!(storage.prune(time::macros::datetime!(2020-01-01 00:00 UTC)).await.unwrap(), 1);
    assert_eq!(
        storage.prune(time::macros::datetime!(2020-01-01 00:00 UTC)).await.unwrap(),
        0,
        "new ones are young by the database's clock"
    );
}

async fn nothing_is_skipped_while_many_write(database: &TestDatabase) {
    let (storage, other) = (database.storage().clone(), database.again().await);
    let writer = |storage: Storage| async move {
        for n in 0..25 {
            storage.publish(vec![progress(n), progress(n)]).await.unwrap();
        }
    };
    let writers: Vec<_> = (0..6).map(|n| tokio::spawn(writer(if n % 2 == 0 { storage.clone() } else { other.clone() }))).collect();
    // A reader that follows, as the live pages do, sees every event exactly once.
    let mut seen = Vec::new();
    let started = Instant::now();
    while seen.len() < 300 && started.elapsed() < Duration::from_secs(30) {
        let last = seen.last().copied().unwrap_or_default();
        seen.extend(storage.after(last, 7).await.unwrap().iter().map(|logged| logged.id));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen.len(), 300);
    let last = seen.last().copied().unwrap_or_default();
    assert!(storage.after(last, 10).await.unwrap().is_empty());
    assert_eq!(rows(database, "live_event").await, 300, "and nothing came in behind it");
}

async fn another_process_is_heard_within_a_second(database: &TestDatabase) {
    let (storage, other) = (database.storage(), database.again().await);
    // Let the watcher settle; nothing is written meanwhile.
    storage.changed(Duration::from_secs(2)).await;
    storage.changed(Duration::from_millis(100)).await;
    for n in 0..3 {
        let before = storage.head().await.unwrap();
        let heard = {
            let storage = storage.clone();
            tokio::spawn(async move {
                let started = Instant::now();
                while storage.after(before, 1).await.unwrap().is_empty() {
                    storage.changed(Duration::from_secs(10)).await;
                }
                started.elapsed()
            })
        };
        tokio::time::sleep(Duration::from_millis(50)).await;
        other.publish(vec![progress(n)]).await.unwrap();
        let took = heard.await.unwrap();
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}

async fn this_process_is_heard_at_once(database: &TestDatabase) {
    let storage = database.storage();
    storage.changed(Duration::from_secs(2)).await;
    // Written before anybody waits: the next wait returns.
    storage.publish(vec![progress(1)]).await.unwrap();
    let started = Instant::now();
    storage.changed(Duration::from_secs(10)).await;
    assert!(started.elapsed() < Duration::from_millis(200), "{:?}", started.elapsed());
    // Two waiting: both wake.
    while tokio::time::timeout(Duration::from_millis(600), storage.changed(Duration::from_secs(10))).await.is_ok() {}
    let wait = || {
        let storage = storage.clone();
        tokio::spawn(async move {
            let started = Instant::now();
            storage.changed(Duration::from_secs(10)).await;
            started.elapsed()
        })
    };
    let (a, b) = (wait(), wait());
    tokio::time::sleep(Duration::from_millis(50)).await;
    storage.publish(vec![progress(2)]).await.unwrap();
    assert!(a.await.unwrap() < Duration::from_secs(1) && b.await.unwrap() < Duration::from_secs(1));
    // Nobody writes: the wait ends by itself.
    tokio::time::sleep(Duration::from_millis(600)).await;
    storage.changed(Duration::from_millis(1)).await;
    let started = Instant::now();
    storage.changed(Duration::from_millis(100)).await;
    assert!(started.elapsed() >= Duration::from_millis(90));
}

async fn events_of_a_newer_program_are_passed_over(database: &TestDatabase) {
    let storage = database.storage();
    for n in 0..5 {
        execute(database, &format!("INSERT INTO live_event (at, event) VALUES ({n}, '{{\"kind\":\"from_the_future\"}}')")).await;
    }
    storage.publish(vec![progress(1)]).await.unwrap();
    let after = storage.after(EventId(0), 2).await.unwrap();
    assert_eq!(after.iter().map(|logged| logged.event.clone()).collect::<Vec<_>>(), [progress(1)]);
}

both!(
    events_are_resumed_by_position,
    positions_are_never_given_twice,
    nothing_is_skipped_while_many_write,
    another_process_is_heard_within_a_second,
    this_process_is_heard_at_once,
    events_of_a_newer_program_are_passed_over,
);

/// The listener's connection is killed: it listens again and misses nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_listener_comes_back_on_postgres() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let (storage, other) = (database.storage(), database.again().await);
    storage.changed(Duration::from_secs(2)).await;
    execute(
        &database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await;
    let started = Instant::now();
    let published = async {
        while other.publish(vec![progress(1)]).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    published.await;
    while storage.after(EventId(0), 1).await.map_or(true, |events| events.is_empty()) {
        storage.changed(Duration::from_secs(10)).await;
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
