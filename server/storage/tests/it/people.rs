use crate::make::{NOW, add_user, id, later, rows, session, trail, user};
use domain::people::{Email, UserState};
use services::ports::conflict::{ALREADY_SET_UP, EMAIL_TAKEN, GONE, LAST_OWNER};
use services::ports::{AuditRepo, EventLog, InstallationRepo, NewOwner, PeopleRepo, SessionRepo, StoreError, Trail};
use testkit::database::TestDatabase;
use vocab::{EventId, Role, UserId};

async fn the_first_owner_is_made_once(database: &TestDatabase) {
    let storage = database.storage();
    assert!(!storage.anybody().await.unwrap());
    storage.set_setup_hash(Some([7; 32])).await.unwrap();
    let new = |n: u8| {
        let user = user(n.into(), Role::Owner);
        NewOwner { session: session(n, &user), user }
    };
    let tries = (1..=6).map(|n| storage.create_first_owner(new(n), trail(n.into())));
    let results = futures::future::join_all(tries).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(StoreError::Conflict(ALREADY_SET_UP)))), "{results:?}");
    assert!(storage.anybody().await.unwrap());
    assert_eq!(storage.setup_hash().await.unwrap(), None, "the link is spent");
    assert_eq!((rows(database, "session").await, rows(database, "audit_log").await, rows(database, "live_event").await), (1, 1, 1));
}

async fn a_person_reads_back(database: &TestDatabase) {
    let storage = database.storage();
    let mut ann = user(1, Role::Operator);
    ann.state = UserState::Disabled { since: NOW };
    ann.last_sign_in_at = Some(later(5));
    ann.name = "Ann\0 🦀".into();
    storage.add_user(&ann, trail(1)).await.unwrap();
    add_user(storage, 2, Role::Viewer).await;

    let read = storage.user(ann.id).await.unwrap().unwrap();
    assert_eq!((read.id, read.role, read.state, read.created_at), (ann.id, ann.role, ann.state, ann.created_at));
    assert_eq!(read.last_sign_in_at, Some(later(5)));
    assert_eq!(read.name, "Ann 🦀", "the one character PostgreSQL cannot store is dropped");
    let by_email = storage.user_by_email(&Email::parse("PERSON1@example.com").unwrap()).await.unwrap();
    assert_eq!(by_email.map(|user| user.id), Some(ann.id));
    assert!(storage.user(UserId::new(id(9))).await.unwrap().is_none());
    let everybody: Vec<_> = storage.users().await.unwrap().into_iter().map(|user| user.id).collect();
    assert_eq!(everybody, [ann.id, UserId::new(id(2))], "oldest first");
}

async fn an_address_is_taken_once_and_a_refusal_leaves_no_trail(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let mut again = user(2, Role::Viewer);
    again.email = Email::parse("person1@example.com").unwrap();
    let refused = storage.add_user(&again, trail(5)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(EMAIL_TAKEN))), "{refused:?}");
    assert_eq!(storage.page(&domain::audit::AuditFilter::default(), 10).await.unwrap(), []);
    assert_eq!(storage.head().await.unwrap(), EventId(0));
}

async fn changes_are_written_and_sessions_end(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let mut bob = add_user(storage, 2, Role::Viewer).await;
    storage.start(&session(1, &bob), None, Trail::default()).await.unwrap();
    bob.role = Role::Finance;
    bob.name = "Bob".into();
    bob.password_hash = "$argon2id$new".into();
    storage.update_user(&bob, false, trail(1)).await.unwrap();
    assert_eq!(storage.of_user(bob.id).await.unwrap().len(), 1);
    bob.state = UserState::Disabled { since: NOW };
    bob.email = Email::parse("other@example.com").unwrap();
    storage.update_user(&bob, true, trail(2)).await.unwrap();
    assert_eq!(storage.of_user(bob.id).await.unwrap(), []);
    let read = storage.user(bob.id).await.unwrap().unwrap();
    assert_eq!((read.name.as_str(), read.role, read.state), ("Bob", Role::Finance, bob.state));
    assert_eq!(read.email.as_str(), "person2@example.com", "the address is no part of an update");
    let stranger = storage.update_user(&user(9, Role::Owner), false, Trail::default()).await;
    assert!(matches!(stranger, Err(StoreError::Conflict(GONE))), "{stranger:?}");
}

async fn the_last_owner_stays(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Owner).await;
    let mut gone = add_user(storage, 2, Role::Owner).await;
    gone.state = UserState::Disabled { since: NOW };
    storage.update_user(&gone, true, Trail::default()).await.unwrap();
    for role in [Role::Operator, Role::Owner] {
        let mut less = ann.clone();
        less.role = role;
        less.state = if role == Role::Owner { UserState::Disabled { since: NOW } } else { UserState::Active };
        let refused = storage.update_user(&less, false, trail(1)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(LAST_OWNER))), "{refused:?}");
    }
    assert_eq!(rows(database, "audit_log").await, 0);
}

async fn owners_cannot_all_step_down_at_once(database: &TestDatabase) {
    let storage = database.storage();
    let mut owners = Vec::new();
    for n in 1..=8 {
        owners.push(add_user(storage, n, Role::Owner).await);
    }
    let steps = owners.iter().map(|owner| {
        let mut less = owner.clone();
        less.role = Role::Viewer;
        async move { storage.update_user(&less, true, Trail::default()).await }
    });
    let results = futures::future::join_all(steps).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 7, "{results:?}");
    let left = storage.users().await.unwrap().into_iter().filter(|user| user.role == Role::Owner).count();
    assert_eq!(left, 1);
}

both!(
    the_first_owner_is_made_once,
    a_person_reads_back,
    an_address_is_taken_once_and_a_refusal_leaves_no_trail,
    changes_are_written_and_sessions_end,
    the_last_owner_stays,
    owners_cannot_all_step_down_at_once,
);
