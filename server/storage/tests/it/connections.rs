use crate::make::{NOW, activation, add_user, connection, execute, grant, id, later, number, provider, rows, trail};
use domain::connection::{Check, Detection, Standing};
use domain::people::Actor;
use services::ports::conflict::STALE_VERSION;
use services::ports::{ConnectionRepo, StoreError, StoreResult, Trail};
use testkit::database::TestDatabase;
use vocab::{AuthMethod, ConnectionId, GrantId, Role, UserId, Verdict};

fn is_stale<T>(result: &StoreResult<T>) -> bool {
    matches!(result, Err(StoreError::Conflict(STALE_VERSION)))
}

async fn a_key_is_saved_and_replaced(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Operator).await;
    let mut new = connection(1, "openai");
    new.connected_by = Some(ann.id);
    let actor = Actor::Person { user_id: ann.id, name: ann.name.clone() };
    let first = storage.activate(domain::connection::Activation { actor, ..activation(new, Some(grant(10))) }, trail(1)).await.unwrap();
    assert_eq!((first.version, first.grant_id, first.id), (1, Some(GrantId::new(id(10))), ConnectionId::new(id(1))));
    assert_eq!(storage.grant(GrantId::new(id(10))).await.unwrap().unwrap().sealed, grant(10).sealed);

    // Another key: the connection keeps its id, the old credential goes.
    let mut again = connection(2, "openai");
    again.version = first.version;
    let second = storage.activate(activation(again, Some(grant(11))), trail(2)).await.unwrap();
    assert_eq!((second.version, second.id, second.grant_id), (2, first.id, Some(GrantId::new(id(11)))));
    assert!(storage.grant(GrantId::new(id(10))).await.unwrap().is_none());
    assert_eq!(rows(database, "grant_credential").await, 1);

    // A blank key keeps the stored one.
    let mut blank = connection(3, "openai");
    blank.version = 2;
    let third = storage.activate(activation(blank, None), trail(3)).await.unwrap();
    assert_eq!((third.version, third.grant_id), (3, second.grant_id));
    assert_eq!(rows(database, "outbox_event").await, 3);
    assert_eq!((rows(database, "audit_log").await, rows(database, "live_event").await), (3, 3));
    let named = "SELECT COUNT(*) FROM outbox_event WHERE kind = 'activated' AND status = 'pending' AND cause = 'api_key' \
                 AND provider_id = 'openai' AND method = 'api_key' AND requested_at > 1700000000000000";
    assert_eq!(number(database, named).await, 3);
    assert_eq!(number(database, "SELECT COUNT(*) FROM outbox_event WHERE actor_name = 'Person 1' AND actor_user IS NOT NULL").await, 1);
}

async fn every_column_reads_back(database: &TestDatabase) {
    let storage = database.storage();
    let mut new = connection(1, "azure-openai");
    let down = Check::failed(Verdict::ProviderDown, "503 \0 from \"them\"");
    new.standing = Standing::after(Some(&Standing::Good { checked_at: NOW }), &down, later(1));
    new.enabled = false;
    let stored = storage.activate(activation(new.clone(), Some(grant(5))), Trail::default()).await.unwrap();
    let read = storage.of_provider(&provider("azure-openai")).await.unwrap().unwrap();
    let texts =
        |c: &domain::connection::Connection| (c.base_url.clone(), c.key_hint.clone(), c.account.clone(), c.connected_by_name.clone());
    assert_eq!(texts(&read), texts(&new));
    assert_eq!(read.standing, stored.standing);
    let Standing::Waiting { why, message, attempts, next_check_at, was_good, .. } = read.standing else { panic!("{read:?}") };
    assert_eq!((why, message.as_str(), attempts, was_good), (Verdict::ProviderDown, "503  from \"them\"", 1, true));
    assert_eq!(next_check_at, later(16));
    assert_eq!((read.method, read.enabled, read.connected_at, read.version), (AuthMethod::ApiKey, false, NOW, 1));
    assert_eq!(ConnectionRepo::list(storage).await.unwrap().len(), 1);
    assert!(storage.of_provider(&provider("openai")).await.unwrap().is_none());
}

async fn a_stale_writer_is_refused(database: &TestDatabase) {
    let storage = database.storage();
    let stored = storage.activate(activation(connection(1, "openai"), Some(grant(1))), Trail::default()).await.unwrap();
    let unaware = storage.activate(activation(connection(2, "openai"), Some(grant(2))), trail(1)).await;
    assert!(is_stale(&unaware), "{unaware:?}");
    let mut ahead = connection(3, "groq");
    ahead.version = 4;
    assert!(is_stale(&storage.activate(activation(ahead, Some(grant(3))), trail(2)).await));
    let changed = storage.update(&stored, Trail::default()).await.unwrap();
    assert_eq!(changed.version, 2);
    assert!(is_stale(&storage.update(&stored, trail(3)).await));
    assert!(is_stale(&storage.update(&connection(9, "mistral"), trail(4)).await));
    // Disconnected and connected again meanwhile: the same provider and version, and yet another connection.
    storage.deactivate(&provider("openai"), &Actor::System, Trail::default()).await.unwrap();
    let anew = storage.activate(activation(connection(7, "openai"), Some(grant(7))), Trail::default()).await.unwrap();
    assert_eq!(anew.version, stored.version);
    assert!(is_stale(&storage.update(&stored, trail(5)).await));
    assert_eq!((rows(database, "grant_credential").await, rows(database, "audit_log").await), (1, 0), "refusals leave nothing behind");
}

async fn of_two_saving_at_once_one_wins(database: &TestDatabase) {
    let (storage, other) = (database.storage(), database.again().await);
    for round in 0..5_u128 {
        let version = i64::try_from(round).unwrap();
        let save = |n: u128| {
            let mut new = connection(100 + round * 10 + n, "openai");
            new.version = version;
            activation(new, Some(grant(100 + round * 10 + n)))
        };
        let tries = (0..4).map(|n| if n % 2 == 0 { storage } else { &other }.activate(save(n), trail(1_000 + round * 10 + n)));
        let results = futures::future::join_all(tries).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "round {round}: {results:?}");
        assert_eq!(results.iter().filter(|result| is_stale(result)).count(), 3, "round {round}: {results:?}");
    }
    assert_eq!((rows(database, "connection").await, rows(database, "grant_credential").await), (1, 1));
    assert_eq!((rows(database, "outbox_event").await, rows(database, "audit_log").await), (5, 5));
}

async fn disconnecting_removes_the_credential(database: &TestDatabase) {
    let storage = database.storage();
    let openai = provider("openai");
    assert!(!storage.deactivate(&openai, &Actor::System, trail(1)).await.unwrap());
    assert_eq!((rows(database, "outbox_event").await, rows(database, "audit_log").await), (0, 0));
    storage.activate(activation(connection(1, "openai"), Some(grant(1))), Trail::default()).await.unwrap();
    assert!(storage.deactivate(&openai, &Actor::CommandLine, trail(1)).await.unwrap());
    assert!(!storage.deactivate(&openai, &Actor::CommandLine, trail(2)).await.unwrap());
    assert_eq!((rows(database, "connection").await, rows(database, "grant_credential").await), (0, 0));
    assert_eq!(number(database, "SELECT COUNT(*) FROM outbox_event WHERE kind = 'deactivated' AND actor_name = 'command line'").await, 1);
}

async fn a_shared_credential_lives_while_somebody_needs_it(database: &TestDatabase) {
    let storage = database.storage();
    storage.activate(activation(connection(1, "codex"), Some(grant(1))), Trail::default()).await.unwrap();
    let mut twin = connection(2, "chatgpt");
    twin.grant_id = Some(GrantId::new(id(1)));
    storage.activate(activation(twin, None), Trail::default()).await.unwrap();
    storage.deactivate(&provider("codex"), &Actor::System, Trail::default()).await.unwrap();
    assert_eq!(rows(database, "grant_credential").await, 1);
    storage.deactivate(&provider("chatgpt"), &Actor::System, Trail::default()).await.unwrap();
    assert_eq!(rows(database, "grant_credential").await, 0);

    let mut dangling = connection(3, "codex");
    dangling.grant_id = Some(GrantId::new(id(99)));
    let refused = storage.activate(activation(dangling, None), trail(1)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
}

async fn a_method_without_credential_drops_the_old_one(database: &TestDatabase) {
    let storage = database.storage();
    storage.activate(activation(connection(1, "ollama"), Some(grant(1))), Trail::default()).await.unwrap();
    let mut bare = connection(1, "ollama");
    (bare.method, bare.version) = (AuthMethod::None, 1);
    let stored = storage.activate(activation(bare, None), Trail::default()).await.unwrap();
    assert_eq!((stored.grant_id, rows(database, "grant_credential").await), (None, 0));
}

async fn an_update_leaves_the_credential_alone(database: &TestDatabase) {
    let storage = database.storage();
    let stored = storage.activate(activation(connection(1, "openai"), Some(grant(1))), Trail::default()).await.unwrap();
    let mut change = stored.clone();
    change.standing = Standing::after(Some(&stored.standing), &Check::failed(Verdict::NoFunds, "empty"), later(9));
    change.base_url = None;
    change.account = Some("renamed".into());
    change.enabled = false;
    (change.grant_id, change.method, change.key_hint) = (None, AuthMethod::None, None);
    let read = storage.update(&change, trail(1)).await.unwrap();
    assert_eq!((read.grant_id, read.method, read.key_hint), (stored.grant_id, AuthMethod::ApiKey, stored.key_hint));
    assert_eq!((&read.standing, &read.base_url, read.account.as_deref(), read.enabled), (&change.standing, &None, Some("renamed"), false));
}

async fn the_most_overdue_are_checked_first(database: &TestDatabase) {
    let storage = database.storage();
    for (n, name, due, enabled) in [(1, "openai", 30, true), (2, "groq", 10, true), (3, "mistral", 20, false), (4, "xai", 90, true)] {
        let mut new = connection(n, name);
        new.enabled = enabled;
        let (checked_at, next_check_at) = (NOW, later(due));
        new.standing = Standing::Waiting {
            why: Verdict::Unreachable,
            message: String::new(),
            checked_at,
            attempts: 1,
            next_check_at,
            was_good: false,
        };
        storage.activate(activation(new, Some(grant(n))), Trail::default()).await.unwrap();
    }
    storage.activate(activation(connection(5, "gemini"), Some(grant(5))), Trail::default()).await.unwrap();
    let names = |due: Vec<domain::connection::Connection>| due.into_iter().map(|c| c.provider_id.to_string()).collect::<Vec<_>>();
    assert_eq!(names(storage.due_for_check(later(30), 10).await.unwrap()), ["groq", "openai"]);
    assert_eq!(names(storage.due_for_check(later(99), 1).await.unwrap()), ["groq"]);
    assert!(storage.due_for_check(later(9), 10).await.unwrap().is_empty());
}

async fn local_engines_and_choices_are_remembered(database: &TestDatabase) {
    let storage = database.storage();
    let (ollama, local) = (provider("ollama"), provider("local"));
    let address: url::Url = "http://127.0.0.1:11434/".parse().unwrap();
    let none = Detection::NotRunning { looked_at: vec![address.clone(), "http://a/".parse().unwrap()], at: NOW };
    let found = Detection::Running { base_url: address, models: 3, at: later(1) };
    storage.set_detection(&ollama, &none, trail(1)).await.unwrap();
    storage.set_detection(&local, &none, Trail::default()).await.unwrap();
    storage.set_detection(&ollama, &found, Trail::default()).await.unwrap();
    assert_eq!(storage.detections().await.unwrap(), [(local, none), (ollama.clone(), found)]);
    assert_eq!(rows(database, "live_event").await, 1);

    assert!(storage.auto_connect(&ollama).await.unwrap());
    storage.set_auto_connect(&ollama, false).await.unwrap();
    assert!(!storage.auto_connect(&ollama).await.unwrap());
    storage.set_auto_connect(&ollama, true).await.unwrap();
    assert!(storage.auto_connect(&ollama).await.unwrap());
}

async fn a_damaged_row_names_its_place(database: &TestDatabase) {
    let storage = database.storage();
    storage.activate(activation(connection(1, "openai"), Some(grant(1))), Trail::default()).await.unwrap();
    execute(database, "UPDATE connection SET verdict = 'splendid'").await;
    let error = storage.of_provider(&provider("openai")).await.map_err(|error| error.to_string());
    assert_eq!(error.err().as_deref(), Some("inconsistent row 00000000-0000-0000-0000-000000000001 in connection.verdict"));
}

async fn the_database_guards_its_own_rules(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Operator).await;
    let mut new = connection(1, "openai");
    new.connected_by = Some(ann.id);
    storage.activate(activation(new, Some(grant(1))), Trail::default()).await.unwrap();
    let raw = sea_orm::ConnectionTrait::execute_unprepared;
    let connection = database.raw().await;
    raw(&connection, "PRAGMA foreign_keys = ON").await.ok();
    assert!(raw(&connection, "DELETE FROM grant_credential").await.is_err(), "a credential in use stays");
    raw(&connection, "DELETE FROM user_account").await.unwrap();
    connection.close().await.unwrap();
    let read = storage.of_provider(&provider("openai")).await.unwrap().unwrap();
    assert_eq!((read.connected_by, read.connected_by_name.as_str()), (None::<UserId>, "Ann"));
}

both!(
    a_key_is_saved_and_replaced,
    every_column_reads_back,
    a_stale_writer_is_refused,
    of_two_saving_at_once_one_wins,
    disconnecting_removes_the_credential,
    a_shared_credential_lives_while_somebody_needs_it,
    a_method_without_credential_drops_the_old_one,
    an_update_leaves_the_credential_alone,
    the_most_overdue_are_checked_first,
    local_engines_and_choices_are_remembered,
    a_damaged_row_names_its_place,
    the_database_guards_its_own_rules,
);
