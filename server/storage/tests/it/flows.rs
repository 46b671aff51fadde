use crate::make::{NOW, activation, add_user, connection, execute, grant, id, later, provider, rows, trail};
use domain::connection::Finished;
use domain::flow::{BegunIn, FlowState, LIFETIME, OAuthFlow, Remembered};
use domain::people::Actor;
use services::ports::conflict::FLOW_ENDED;
use services::ports::{ConnectionRepo, FlowRepo, InstallationRepo, StoreError, Trail};
use testkit::database::TestDatabase;
use vocab::{AccessTokenId, FlowFailure, FlowId, FlowPhase, Role, SessionId, UserId};

/// One that waits by the database's clock.
async fn flow(database: &TestDatabase, n: u8, user: UserId) -> OAuthFlow {
    let now = database.storage().now().await.unwrap();
    let flow = OAuthFlow {
        id: FlowId::new(id(u128::from(n))),
        provider_id: provider("codex"),
        user_id: user,
        user_name: "Ana".into(),
        begun_in: if n.is_multiple_of(2) { BegunIn::Token(AccessTokenId::new(id(5))) } else { BegunIn::Session(SessionId::new(id(6))) },
        state_hash: [n; 32],
        sealed: vec![n; 40],
        redirect_uri: "http://localhost:1455/auth/callback".parse().unwrap(),
        client_id: Some("client".into()),
        issuer: Some("https://issuer.example".into()),
        pasting: n.is_multiple_of(2),
        port_taken: n.is_multiple_of(2).then_some(1455),
        created_at: now,
        expires_at: now + LIFETIME,
        state: FlowState::Waiting,
    };
    database.storage().begin(&flow, Trail::default()).await.unwrap();
    flow
}

both!(
    what_is_stored_is_found,
    one_of_many_claims_it,
    an_end_is_final_and_empties_the_secrets,
    cancelling_leaves_others_alone,
    the_sweep_knows_what_is_over,
    settings_are_remembered_beside_each_other,
    a_flow_ends_with_its_connection_or_not_at_all,
    a_disconnect_and_a_key_end_also_what_is_being_finished,
);

async fn what_is_stored_is_found(database: &TestDatabase) {
    let storage = database.storage();
    let user = add_user(storage, 1, Role::Owner).await;
    for n in [1, 2] {
        let made = flow(database, n, user.id).await;
        let found = storage.by_state(&[n; 32]).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{made:?}"));
    }
    assert!(storage.by_state(&[9; 32]).await.unwrap().is_none());
    assert_eq!(FlowRepo::of_provider(storage, &provider("codex")).await.unwrap().len(), 2);
    assert!(FlowRepo::of_provider(storage, &provider("openai")).await.unwrap().is_empty());
    assert_eq!(storage.open().await.unwrap().len(), 2);
}

async fn one_of_many_claims_it(database: &TestDatabase) {
    let storage = database.storage();
    let user = add_user(storage, 1, Role::Owner).await;
    let flow = flow(database, 1, user.id).await;
    let claims = futures::future::join_all((0..8).map(|_| storage.claim(flow.id))).await;
    let won: Vec<OAuthFlow> = claims.into_iter().filter_map(|claim| claim.unwrap()).collect();
    assert_eq!(won.len(), 1);
    assert!(matches!(won[0].state, FlowState::Finishing { .. }) && won[0].sealed == flow.sealed);
    execute(database, "UPDATE oauth_flow SET state = 'waiting', state_at = NULL, expires_at = 1").await;
    assert!(storage.claim(flow.id).await.unwrap().is_none(), "too late");
}

async fn an_end_is_final_and_empties_the_secrets(database: &TestDatabase) {
    let storage = database.storage();
    let user = add_user(storage, 1, Role::Owner).await;
    let flow = flow(database, 1, user.id).await;
    let failed = flow.clone().fail(later(1), FlowFailure::AccessDenied, "no").unwrap();
    assert!(storage.end(&failed, trail(1)).await.unwrap());
    let stored = storage.by_state(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(stored.failure(NOW), Some((FlowFailure::AccessDenied, "no")));
    assert!(stored.sealed.is_empty());
    let cancelled = flow.cancel(stored.created_at).unwrap();
    assert!(!storage.end(&cancelled, trail(2)).await.unwrap());
    assert_eq!(rows(database, "audit_log").await, 1, "what was not done is not written down");
}

async fn cancelling_leaves_others_alone(database: &TestDatabase) {
    let storage = database.storage();
    let (ana, bob) = (add_user(storage, 1, Role::Owner).await, add_user(storage, 2, Role::Owner).await);
    flow(database, 1, ana.id).await;
    flow(database, 3, bob.id).await;
    let id = provider("codex");
    assert_eq!(storage.cancel(&id, Some(ana.id), trail(1)).await.unwrap(), 1);
    assert_eq!(storage.cancel(&id, Some(ana.id), trail(2)).await.unwrap(), 0);
    assert_eq!(storage.by_state(&[3; 32]).await.unwrap().unwrap().state, FlowState::Waiting);
    assert_eq!(storage.cancel(&id, None, Trail::default()).await.unwrap(), 1);
    assert_eq!(rows(database, "audit_log").await, 1);
}

async fn the_sweep_knows_what_is_over(database: &TestDatabase) {
    let storage = database.storage();
    let user = add_user(storage, 1, Role::Owner).await;
    flow(database, 1, user.id).await;
    let now = storage.now().await.unwrap();
    let long_ago = now - time::Duration::days(1);
    assert!(storage.sweep(long_ago).await.unwrap().is_empty());
    execute(database, "UPDATE oauth_flow SET expires_at = created_at").await;
    flow(database, 3, user.id).await;
    flow(database, 5, user.id).await;
    storage.claim(FlowId::new(id(3))).await.unwrap().unwrap();
    execute(database, "UPDATE oauth_flow SET state_at = 1 WHERE state = 'finishing'").await;
    assert_eq!(storage.sweep(long_ago).await.unwrap(), [provider("codex")]);
    let phase = |flow: Option<OAuthFlow>| flow.unwrap().phase(now + time::Duration::seconds(1));
    assert_eq!(phase(storage.by_state(&[1; 32]).await.unwrap()), FlowPhase::Expired);
    assert_eq!(phase(storage.by_state(&[3; 32]).await.unwrap()), FlowPhase::Failed);
    assert_eq!(phase(storage.by_state(&[5; 32]).await.unwrap()), FlowPhase::Waiting);
    assert!(storage.sweep(long_ago).await.unwrap().is_empty(), "said once");
    storage.sweep(now + time::Duration::hours(1)).await.unwrap();
    assert_eq!(rows(database, "oauth_flow").await, 0);
}

async fn settings_are_remembered_beside_each_other(database: &TestDatabase) {
    let storage = database.storage();
    let id = provider("chatgpt");
    assert_eq!(storage.remembered(&id).await.unwrap(), Remembered::default());
    storage.set_auto_connect(&id, false).await.unwrap();
    let remembered = Remembered { allowed: true, issued_client: Some("oaiapp_1".into()), subject: Some("sub".into()) };
    storage.remember(&id, &remembered, trail(1)).await.unwrap();
    assert_eq!(storage.remembered(&id).await.unwrap(), remembered);
    assert!(!storage.auto_connect(&id).await.unwrap());
    storage.set_auto_connect(&id, true).await.unwrap();
    assert_eq!(storage.remembered(&id).await.unwrap(), remembered);
    let (one, other) = (crate::make::id(1), crate::make::id(2));
    assert_eq!((storage.host_id(one).await.unwrap(), storage.host_id(other).await.unwrap()), (one, one), "for ever");
}

async fn a_flow_ends_with_its_connection_or_not_at_all(database: &TestDatabase) {
    let storage = database.storage();
    let user = add_user(storage, 1, Role::Owner).await;
    let waiting = flow(database, 1, user.id).await;
    let other = flow(database, 3, user.id).await;
    let ended = storage.claim(waiting.id).await.unwrap().unwrap().succeed(later(1)).unwrap();
    let mut sign_in = activation(connection(1, "codex"), Some(grant(1)));
    let mut sibling = connection(2, "chatgpt");
    sibling.grant_id = Some(grant(1).id);
    (sign_in.siblings, sign_in.finishes) = (vec![sibling], Some(Finished::Browser(Box::new(ended))));
    storage.activate(sign_in.clone(), Trail::default()).await.unwrap();
    assert_eq!((rows(database, "connection").await, rows(database, "outbox_event").await), (2, 2));
    assert_eq!(storage.by_state(&[1; 32]).await.unwrap().unwrap().state, FlowState::Succeeded { at: later(1) });
    assert_eq!(storage.by_state(&[3; 32]).await.unwrap().unwrap().state, FlowState::Waiting, "another tab still may");
    let again = storage.activate(sign_in, Trail::default()).await.unwrap_err();
    assert!(matches!(again, StoreError::Conflict(FLOW_ENDED)), "{again:?}");
    assert_eq!(rows(database, "grant_credential").await, 1, "nothing of it is left");
    assert!(storage.deactivate(&provider("codex"), &Actor::System, Trail::default()).await.unwrap());
    assert!(matches!(storage.by_state(&other.state_hash).await.unwrap().unwrap().state, FlowState::Cancelled { .. }));
    assert_eq!(rows(database, "grant_credential").await, 1, "the other one still uses it");
    assert!(storage.deactivate(&provider("chatgpt"), &Actor::System, Trail::default()).await.unwrap());
    assert_eq!(rows(database, "grant_credential").await, 0);
}

async fn a_disconnect_and_a_key_end_also_what_is_being_finished(database: &TestDatabase) {
    let storage = database.storage();
    let user = add_user(storage, 1, Role::Owner).await;
    for (n, version) in [(1, 0), (3, 1)] {
        let waiting = flow(database, n, user.id).await;
        let claimed = storage.claim(waiting.id).await.unwrap().unwrap();
        if version == 0 {
            storage.activate(activation(connection(1, "codex"), Some(grant(7))), Trail::default()).await.unwrap();
        } else {
            assert!(storage.deactivate(&provider("codex"), &Actor::System, Trail::default()).await.unwrap());
        }
        let stored = storage.by_state(&waiting.state_hash).await.unwrap().unwrap();
        assert!(matches!(stored.state, FlowState::Cancelled { .. }) && stored.sealed.is_empty(), "{stored:?}");
        let mut sign_in = activation(connection(2, "codex"), Some(grant(u128::from(n) + 20)));
        sign_in.connection.version = i64::from(version == 0);
        sign_in.finishes = Some(Finished::Browser(Box::new(claimed.succeed(later(1)).unwrap())));
        let overtaken = storage.activate(sign_in, Trail::default()).await.unwrap_err();
        assert!(matches!(overtaken, StoreError::Conflict(FLOW_ENDED)), "{overtaken:?}");
    }
    assert_eq!(rows(database, "grant_credential").await, 0);
    let own = flow(database, 5, user.id).await;
    storage.claim(own.id).await.unwrap().unwrap();
    assert_eq!(storage.cancel(&provider("codex"), None, Trail::default()).await.unwrap(), 0, "a person cancels what still waits");
}
