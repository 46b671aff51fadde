use crate::make::{add_user, execute, id, number, provider, rows, trail, user};
use domain::notification::{News, NotificationState};
use services::ports::{NewDelivery, NewNotification, NotificationRepo, PeopleRepo, Trail};
use std::collections::BTreeSet;
use std::time::Duration;
use testkit::database::TestDatabase;
use vocab::{Channel, DeliveryId, DeliveryState, NotificationEnding, NotificationId, NotificationKind, Role};

const HOLD: Duration = Duration::from_mins(2);

fn new(n: u128, name: &str, kind: NotificationKind) -> NewNotification {
    let delivery =
        |m: u128, channel, recipient: &str| NewDelivery { id: DeliveryId::new(id(n * 10 + m)), channel, recipient: recipient.to_owned() };
    NewNotification {
        id: NotificationId::new(id(n)),
        news: News { provider_id: provider(name), provider_name: name.to_uppercase(), kind, cause: "a \0 <cause>".into() },
        deliveries: vec![delivery(1, Channel::Mail, "ann@example.com"), delivery(2, Channel::Webhook, "hooks.example.com")],
    }
}

fn no_funds(n: u128) -> NewNotification {
    new(n, "openai", NotificationKind::NoFunds)
}

async fn the_same_is_open_once_and_may_come_again(database: &TestDatabase) {
    let storage = database.storage();
    assert!(storage.raise(&no_funds(1), trail(1)).await.unwrap());
    assert!(!storage.raise(&no_funds(2), trail(2)).await.unwrap(), "the same is open");
    assert!(storage.raise(&new(3, "openai", NotificationKind::Rejected), Trail::default()).await.unwrap());
    assert!(storage.raise(&new(4, "groq", NotificationKind::NoFunds), Trail::default()).await.unwrap());
    assert_eq!((rows(database, "notification").await, rows(database, "notification_delivery").await), (3, 6));
    assert_eq!((rows(database, "audit_log").await, rows(database, "live_event").await), (1, 1), "what was not told leaves no trace");

    let first = NotificationId::new(id(1));
    let good = new(5, "openai", NotificationKind::Recovered);
    assert!(storage.end(first, NotificationEnding::Recovered, Some(&good), trail(3)).await.unwrap());
    let again = new(6, "openai", NotificationKind::Recovered);
    assert!(!storage.end(first, NotificationEnding::Recovered, Some(&again), trail(4)).await.unwrap(), "closed already");
    assert!(storage.end(NotificationId::new(id(4)), NotificationEnding::Withdrawn, None, Trail::default()).await.unwrap());
    let open = storage.open().await.unwrap();
    assert_eq!(open.iter().map(|n| n.id).collect::<Vec<_>>(), [NotificationId::new(id(3))]);
    assert_eq!((open[0].news.cause.as_str(), open[0].state), ("a  <cause>", NotificationState::Open));

    assert!(storage.raise(&no_funds(7), Trail::default()).await.unwrap(), "it may be told again");
    let page = storage.page(None, false, None, 10).await.unwrap();
    let told: Vec<_> =
        page.iter().map(|r| (r.notification.id.uuid().as_u128(), r.notification.is_open(), r.notification.news.kind)).collect();
    let (funds, good) = (NotificationKind::NoFunds, NotificationKind::Recovered);
    assert_eq!(told, [(7, true, funds), (5, false, good), (4, false, funds), (3, true, NotificationKind::Rejected), (1, false, funds)]);
    let NotificationState::Closed { at, ending } = page[1].notification.state else { panic!("{page:?}") };
    assert_eq!((at, ending), (page[1].notification.raised_at, NotificationEnding::Recovered));
    let older = storage.page(None, false, Some(NotificationId::new(id(5))), 1).await.unwrap();
    assert_eq!(older[0].notification.id, NotificationId::new(id(4)));
    assert_eq!(storage.page(None, true, None, 10).await.unwrap().len(), 2);
}

async fn of_many_telling_at_once_one_does(database: &TestDatabase) {
    let (storage, other) = (database.storage(), database.again().await);
    for round in 0..5_u128 {
        let told: Vec<NewNotification> = (1..=6).map(|n| no_funds(round * 100 + n)).collect();
        let tries = (0_u128..).zip(&told).map(|(i, new)| if i % 2 == 0 { storage } else { &other }.raise(new, trail(round * 100 + i)));
        let told = futures::future::join_all(tries).await.into_iter().filter(|told| *told.as_ref().unwrap()).count();
        assert_eq!(told, 1, "round {round}");
        let open = storage.open().await.unwrap()[0].id;
        let good: Vec<NewNotification> = (10..=15).map(|n| new(round * 100 + n, "openai", NotificationKind::Recovered)).collect();
        let tries = good.iter().enumerate().map(|(i, good)| {
            if i % 2 == 0 { storage } else { &other }.end(open, NotificationEnding::Recovered, Some(good), Trail::default())
        });
        let closed = futures::future::join_all(tries).await.into_iter().filter(|closed| *closed.as_ref().unwrap()).count();
        assert_eq!(closed, 1, "round {round}");
    }
    assert_eq!(
        (rows(database, "notification").await, rows(database, "notification_delivery").await, rows(database, "audit_log").await),
        (10, 20, 5)
    );
}

async fn everybody_reads_for_themselves(database: &TestDatabase) {
    let storage = database.storage();
    let (ann, bob) = (add_user(storage, 1, Role::Owner).await, add_user(storage, 2, Role::Operator).await);
    storage.raise(&no_funds(1), Trail::default()).await.unwrap();
    storage.raise(&new(2, "groq", NotificationKind::Rejected), Trail::default()).await.unwrap();
    let first = NotificationId::new(id(1));
    assert_eq!((storage.unread(ann.id).await.unwrap(), storage.unread(bob.id).await.unwrap()), (2, 2));
    assert!(storage.mark_read(ann.id, first, trail(1)).await.unwrap());
    assert!(storage.mark_read(ann.id, first, Trail::default()).await.unwrap(), "twice is once");
    assert!(!storage.mark_read(ann.id, NotificationId::new(id(9)), trail(2)).await.unwrap(), "there is none");
    assert_eq!((storage.unread(ann.id).await.unwrap(), storage.unread(bob.id).await.unwrap()), (1, 2));
    let read = |of| async move { storage.page(Some(of), false, None, 9).await.unwrap().iter().map(|r| r.read).collect::<Vec<_>>() };
    assert_eq!((read(ann.id).await, read(bob.id).await), (vec![false, true], vec![false, false]));
    storage.mark_all_read(ann.id, trail(3)).await.unwrap();
    storage.mark_all_read(ann.id, Trail::default()).await.unwrap();
    assert_eq!((storage.unread(ann.id).await.unwrap(), storage.unread(bob.id).await.unwrap()), (0, 2));
    assert_eq!(rows(database, "live_event").await, 2);

    // Somebody who came later has nothing to catch up on but what is still open.
    storage.end(first, NotificationEnding::Withdrawn, None, Trail::default()).await.unwrap();
    let mut late = user(3, Role::Viewer);
    late.created_at = time::macros::datetime!(2126-01-01 00:00 UTC);
    storage.add_user(&late, Trail::default()).await.unwrap();
    assert_eq!(storage.unread(late.id).await.unwrap(), 1);
    assert_eq!(read(late.id).await, [false, true]);
}

async fn a_delivery_belongs_to_one_at_a_time(database: &TestDatabase) {
    let (storage, other) = (database.storage(), database.again().await);
    for n in 1..=10 {
        storage.raise(&new(n, &format!("p{n}"), NotificationKind::Rejected), Trail::default()).await.unwrap();
    }
    let tries = (0..8).map(|i| if i % 2 == 0 { storage } else { &other }.claim(5, HOLD));
    let claimed: Vec<_> = futures::future::join_all(tries).await.into_iter().flat_map(Result::unwrap).collect();
    let ids: BTreeSet<String> = claimed.iter().map(|delivery| delivery.id.to_string()).collect();
    assert_eq!((claimed.len(), ids.len()), (ids.len(), ids.len()), "nobody gets what another has");
    let rest = storage.claim(100, HOLD).await.unwrap();
    assert_eq!(claimed.len() + rest.len(), 20);
    assert!(storage.claim(100, HOLD).await.unwrap().is_empty());
    assert!(claimed.iter().all(|d| d.attempts == 1 && !d.age.is_negative() && d.age < time::Duration::minutes(1)));
    let mail = claimed.iter().chain(&rest).find(|d| d.channel == Channel::Mail).unwrap();
    assert_eq!((mail.recipient.as_str(), mail.notification.news.kind), ("ann@example.com", NotificationKind::Rejected));
}

async fn whoever_dies_with_a_delivery_leaves_it_to_the_next(database: &TestDatabase) {
    let storage = database.storage();
    storage.raise(&no_funds(1), Trail::default()).await.unwrap();
    assert_eq!(storage.claim(9, Duration::ZERO).await.unwrap().len(), 2);
    let other = database.again().await;
    let again = other.claim(9, HOLD).await.unwrap();
    assert_eq!(again.iter().map(|d| d.attempts).collect::<Vec<_>>(), [2, 2], "the same deliveries, a second time");
    assert!(storage.claim(9, HOLD).await.unwrap().is_empty());
}

async fn a_delivery_ends_taken_or_given_up(database: &TestDatabase) {
    let storage = database.storage();
    storage.raise(&no_funds(1), Trail::default()).await.unwrap();
    let (mail, webhook) = (DeliveryId::new(id(11)), DeliveryId::new(id(12)));
    storage.claim(9, HOLD).await.unwrap();
    storage.failed(mail, "550 no\0body", Some(Duration::from_hours(1)), trail(1)).await.unwrap();
    storage.failed(webhook, "500", Some(Duration::ZERO), trail(2)).await.unwrap();
    let troubles = async || storage.page(None, false, None, 1).await.unwrap().remove(0).troubles;
    let both = troubles().await;
    assert_eq!(
        both.iter().map(|t| (t.channel, t.state, t.attempts)).collect::<Vec<_>>(),
        [(Channel::Mail, DeliveryState::Pending, 1), (Channel::Webhook, DeliveryState::Pending, 1)]
    );
    assert_eq!((both[0].error.as_str(), both[0].recipient.as_str()), ("550 nobody", "ann@example.com"));
    let due = storage.claim(9, HOLD).await.unwrap();
    assert_eq!(due.iter().map(|d| (d.id, d.attempts)).collect::<Vec<_>>(), [(webhook, 2)], "the other waits");
    storage.delivered(webhook, trail(3)).await.unwrap();
    storage.failed(webhook, "late news", None, Trail::default()).await.unwrap();
    storage.failed(mail, "550 still nobody", None, trail(4)).await.unwrap();
    assert_eq!(troubles().await.iter().map(|t| (t.channel, t.state)).collect::<Vec<_>>(), [(Channel::Mail, DeliveryState::GivenUp)]);
    execute(database, "UPDATE notification_delivery SET next_attempt_at = 0").await;
    assert!(storage.claim(9, HOLD).await.unwrap().is_empty(), "both have ended");
}

async fn what_was_closed_long_ago_goes(database: &TestDatabase) {
    let storage = database.storage();
    let ann = add_user(storage, 1, Role::Owner).await;
    storage.raise(&no_funds(1), Trail::default()).await.unwrap();
    storage.raise(&new(2, "groq", NotificationKind::Rejected), Trail::default()).await.unwrap();
    storage.mark_all_read(ann.id, Trail::default()).await.unwrap();
    storage.end(NotificationId::new(id(1)), NotificationEnding::Withdrawn, None, Trail::default()).await.unwrap();
    let now = services::ports::InstallationRepo::now(storage).await.unwrap();
    assert_eq!(storage.prune(now - time::Duration::hours(1)).await.unwrap(), 0);
    assert_eq!(storage.prune(now + time::Duration::hours(1)).await.unwrap(), 1);
    assert_eq!((rows(database, "notification_delivery").await, rows(database, "notification_read").await), (2, 1));
    assert_eq!(number(database, "SELECT COUNT(*) FROM notification WHERE open_key = 'groq/rejected'").await, 1);
}

both!(
    the_same_is_open_once_and_may_come_again,
    of_many_telling_at_once_one_does,
    everybody_reads_for_themselves,
    a_delivery_belongs_to_one_at_a_time,
    whoever_dies_with_a_delivery_leaves_it_to_the_next,
    a_delivery_ends_taken_or_given_up,
    what_was_closed_long_ago_goes,
);
