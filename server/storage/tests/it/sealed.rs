use crate::make::{activation, connection, grant, id};
use services::ports::places::GRANT_CREDENTIAL;
use services::ports::{ConnectionRepo, SealedRepo, SealedValue, Trail};
use storage::Storage;
use testkit::database::TestDatabase;

async fn fill(storage: &Storage, names: &[&str]) {
    for (n, name) in (1..).zip(names) {
        storage.activate(activation(connection(n, name), Some(grant(n))), Trail::default()).await.unwrap();
    }
}

fn cursor(value: &SealedValue) -> String {
    format!("{}/{}/{}", value.table, value.row, value.field)
}

async fn every_value_is_found_once(database: &TestDatabase) {
    let storage = database.storage();
    assert_eq!(SealedRepo::count(storage).await.unwrap(), 0);
    fill(storage, &["openai", "groq", "xai", "mistral", "cohere"]).await;
    assert_eq!(SealedRepo::count(storage).await.unwrap(), 5);
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = SealedRepo::page(storage, after.as_deref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(cursor(last));
        found.extend(page);
    }
    assert_eq!(found.iter().map(|value| value.row.clone()).collect::<Vec<_>>(), (1..=5).map(|n| id(n).to_string()).collect::<Vec<_>>());
    assert!(found.iter().all(|value| (value.table, value.field) == (GRANT_CREDENTIAL.table, GRANT_CREDENTIAL.field)));
    assert_eq!(found[2].sealed, grant(3).sealed);
}

async fn a_value_is_replaced_only_if_nobody_wrote_it(database: &TestDatabase) {
    let storage = database.storage();
    fill(storage, &["openai"]).await;
    let old = SealedRepo::page(storage, None, 10).await.unwrap().remove(0);
    assert!(storage.replace(&old, vec![1, 2, 3]).await.unwrap());
    assert!(!storage.replace(&old, vec![4]).await.unwrap());
    assert_eq!(SealedRepo::page(storage, None, 10).await.unwrap()[0].sealed, [1, 2, 3]);
    for stranger in [SealedValue { table: "session", ..old.clone() }, SealedValue { row: "x".into(), ..old }] {
        assert!(!storage.replace(&stranger, vec![4]).await.unwrap());
    }
}

both!(every_value_is_found_once, a_value_is_replaced_only_if_nobody_wrote_it);
