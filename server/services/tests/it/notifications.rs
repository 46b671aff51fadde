//! Operators told: once, by everybody who could tell; delivered, also after a restart and after failures.

use crate::support::{House, PUBLIC, id, ring};
use async_trait::async_trait;
use domain::connection::Check;
use domain::people::{Caller, Email};
use services::connections::KeyForm;
use services::people::NewPerson;
use services::ports::{Messenger, NotificationRecord, OutboundMessage, Outlets, SendFailure};
use services::usage::usage_queue;
use services::{Ports, ServiceError, Services};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use testkit::database::TestDatabase;
use time::Duration;
use vocab::{Channel, DeliveryState, Health, NotificationKind, Role, Verdict};

/// A channel that answers what the test put there (taken, if nothing) and remembers what it was given.
struct Recorder {
    channel: Channel,
    answers: Mutex<VecDeque<Result<String, SendFailure>>>,
    sent: Mutex<Vec<(String, OutboundMessage)>>,
}

impl Recorder {
    fn new(channel: Channel) -> Arc<Self> {
        Arc::new(Self { channel, answers: Mutex::default(), sent: Mutex::default() })
    }

    fn sent(&self) -> Vec<(String, OutboundMessage)> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }

    fn refuses(&self, times: usize) {
        self.answers.lock().unwrap().extend((0..times).map(|_| Err(SendFailure("hooks.example.com answered 500".into()))));
    }
}

#[async_trait]
impl Messenger for Recorder {
    fn channel(&self) -> Channel {
        self.channel
    }

    fn host(&self) -> String {
        "hooks.example.com".into()
    }

    async fn send(&self, recipient: &str, message: &OutboundMessage) -> Result<String, SendFailure> {
        self.sent.lock().unwrap().push((recipient.to_owned(), message.clone()));
        self.answers.lock().unwrap().pop_front().unwrap_or_else(|| Ok("taken".into()))
    }
}

fn outlets(messengers: &[&Arc<Recorder>]) -> Outlets {
    let messengers = messengers.iter().map(|recorder| (*recorder).clone() as Arc<dyn Messenger>).collect();
    Outlets { messengers, mail_to: Vec::new(), origin: "https://purser.example.com".into() }
}

/// A house with a webhook, on each database there is.
async fn houses() -> Vec<(House, Arc<Recorder>)> {
    let with = |database| {
        let hook = Recorder::new(Channel::Webhook);
        (House::with_outlets(database, ring(&["k1"]), outlets(&[&hook])), hook)
    };
    TestDatabase::each().await.into_iter().map(with).collect()
}

/// The same database as another process sees it.
async fn another_process(house: &House, outlets: Outlets) -> Services {
    let storage = Arc::new(house.database.again().await);
    let ports = Ports { notifications: storage.clone(), connections: storage, outlets, ..house.ports.clone() };
    let (sink, _) = usage_queue(ports.usage.clone());
    let catalogue = house.services.catalogue.clone();
    Services::new(&ports, catalogue, ring(&["k1"]), &house.environment, sink, PUBLIC.parse().unwrap())
}

/// Saves a key that the provider answers so, and leaves `openai` in that state.
async fn openai_says(house: &House, check: Check) {
    house.will_say([check]);
    let version = house.ports.connections.of_provider(&id("openai")).await.unwrap().map_or(0, |connection| connection.version);
    let form = KeyForm::new("sk-good-key-000011112222", None, version);
    house.services.connections.connect_with_key(&Caller::system(), &id("openai"), form).await.unwrap();
}

fn no_funds() -> Check {
    Check::failed(Verdict::NoFunds, "insufficient_quota\r\nBcc: all@example.com")
}

async fn list(house: &House) -> Vec<NotificationRecord> {
    house.services.notifications.page(&Caller::system(), false, None).await.unwrap().records
}

async fn person(house: &House, name: &str, role: Role) -> domain::people::User {
    let word = "correct horse battery".to_owned();
    let form = NewPerson::from_form(name.to_owned(), format!("{name}@example.com"), word.clone(), word);
    house.services.people.add(&Caller::command_line(), form, role).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_tell_once_and_recovery_once() {
    for (house, hook) in houses().await {
        let other = another_process(&house, outlets(&[&hook])).await;
        let everybody_looks = async || {
            let here = (0..4).map(|_| house.services.notifications.reconcile());
            let there = (0..4).map(|_| other.notifications.reconcile());
            let (here, there) = tokio::join!(futures::future::join_all(here), futures::future::join_all(there));
            here.into_iter().chain(there).map(Result::unwrap).sum::<u32>()
        };
        openai_says(&house, no_funds()).await;
        assert_eq!(everybody_looks().await, 1);
        assert_eq!(everybody_looks().await, 0, "told already");
        tokio::join!(async { house.services.notifications.deliver_due().await.unwrap() }, async {
            other.notifications.deliver_due().await.unwrap()
        });
        let sent = hook.sent();
        assert_eq!(sent.len(), 1);
        let message = &sent[0].1;
        assert_eq!((message.event, message.cause.as_str()), ("connection.no_funds", "insufficient_quota Bcc: all@example.com"));
        assert_eq!(message.link, "https://purser.example.com/platform/ai/providers/openai");

        openai_says(&house, Check::failed(Verdict::Unreachable, "could not find host")).await;
        assert_eq!(everybody_looks().await, 0, "an outage decides nothing");
        house.clock.advance(Duration::minutes(1));
        openai_says(&house, Check::ok()).await;
        assert_eq!(everybody_looks().await, 1);
        house.services.notifications.deliver_due().await.unwrap();
        assert_eq!(hook.sent().iter().map(|(_, message)| message.event).collect::<Vec<_>>(), ["connection.recovered"]);
        let told = list(&house).await;
        assert_eq!(
            told.iter().map(|r| r.notification.news.kind).collect::<Vec<_>>(),
            [NotificationKind::Recovered, NotificationKind::NoFunds]
        );
        assert!(told.iter().all(|record| !record.notification.is_open()));
    }
}

#[tokio::test]
async fn disconnecting_closes_without_a_word_and_a_lost_key_is_told() {
    for (house, hook) in houses().await {
        openai_says(&house, no_funds()).await;
        house.services.notifications.reconcile().await.unwrap();
        // The same installation, started with another key.
        let storage = Arc::new(house.database.again().await);
        let ports = Ports { notifications: storage, ..house.ports.clone() };
        let (sink, _) = usage_queue(ports.usage.clone());
        let locked_out =
            Services::new(&ports, house.services.catalogue.clone(), ring(&["another"]), &house.environment, sink, PUBLIC.parse().unwrap());
        assert_eq!(locked_out.notifications.reconcile().await.unwrap(), 2, "one goes, one comes");
        let open = house.ports.notifications.open().await.unwrap();
        assert_eq!(open.iter().map(|n| n.news.kind).collect::<Vec<_>>(), [NotificationKind::CannotDecrypt]);
        house.services.connections.disconnect(&Caller::system(), &id("openai")).await.unwrap();
        assert_eq!(house.services.notifications.reconcile().await.unwrap(), 1);
        house.services.notifications.deliver_due().await.unwrap();
        let events: Vec<&str> = hook.sent().iter().map(|(_, message)| message.event).collect();
        assert!(!events.contains(&"connection.recovered"), "{events:?}");
    }
}

#[tokio::test]
async fn a_restart_between_writing_and_delivering_loses_nothing() {
    for (house, hook) in houses().await {
        openai_says(&house, no_funds()).await;
        house.services.notifications.reconcile().await.unwrap();
        // The process died here; another one starts.
        let other = another_process(&house, outlets(&[&hook])).await;
        assert_eq!(other.notifications.deliver_due().await.unwrap(), 1);
        let first = hook.sent();
        assert_eq!(first.len(), 1);
        // It died after sending and before writing that down: the next one sends it again, under the same id.
        house.database.execute("UPDATE notification_delivery SET state = 'pending', next_attempt_at = 0").await;
        assert_eq!(house.services.notifications.deliver_due().await.unwrap(), 1);
        assert_eq!(hook.sent()[0].1.delivery_id, first[0].1.delivery_id);
        assert_eq!(house.services.notifications.deliver_due().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_failure_shows_and_is_tried_again() {
    for (house, hook) in houses().await {
        hook.refuses(1);
        openai_says(&house, no_funds()).await;
        house.services.notifications.reconcile().await.unwrap();
        house.services.notifications.deliver_due().await.unwrap();
        assert_eq!(house.services.notifications.deliver_due().await.unwrap(), 0, "it waits");
        let trouble = list(&house).await.remove(0).troubles.remove(0);
        assert_eq!(
            (trouble.state, trouble.attempts, trouble.error.as_str()),
            (DeliveryState::Pending, 1, "hooks.example.com answered 500")
        );
        house.database.execute("UPDATE notification_delivery SET next_attempt_at = 0").await;
        assert_eq!(house.services.notifications.deliver_due().await.unwrap(), 1);
        let sent = hook.sent();
        assert_eq!((sent.len(), sent[0].1.delivery_id), (2, sent[1].1.delivery_id));
        assert!(list(&house).await.remove(0).troubles.is_empty());
    }
}

#[tokio::test]
async fn after_a_day_it_is_given_up_and_stays_visible() {
    for (house, hook) in houses().await {
        hook.refuses(1);
        openai_says(&house, no_funds()).await;
        house.services.notifications.reconcile().await.unwrap();
        house.database.execute("UPDATE notification_delivery SET created_at = created_at - 90000000000").await;
        house.services.notifications.deliver_due().await.unwrap();
        let trouble = list(&house).await.remove(0).troubles.remove(0);
        assert_eq!((trouble.state, trouble.attempts), (DeliveryState::GivenUp, 1));
        house.database.execute("UPDATE notification_delivery SET next_attempt_at = 0").await;
        assert_eq!(house.services.notifications.deliver_due().await.unwrap(), 0);
        assert_eq!(hook.sent().len(), 1);
    }
}

#[tokio::test]
async fn a_channel_that_was_taken_away_is_given_up() {
    for (house, _) in houses().await {
        openai_says(&house, no_funds()).await;
        house.services.notifications.reconcile().await.unwrap();
        let other = another_process(&house, Outlets::default()).await;
        other.notifications.deliver_due().await.unwrap();
        let trouble = list(&house).await.remove(0).troubles.remove(0);
        assert_eq!((trouble.state, trouble.error.as_str()), (DeliveryState::GivenUp, "Webhook is not configured any more"));
    }
}

#[tokio::test]
async fn mail_goes_to_who_can_act_each_on_their_own() {
    for database in TestDatabase::each().await {
        let mail = Recorder::new(Channel::Mail);
        let house = House::with_outlets(database, ring(&["k1"]), outlets(&[&mail]));
        for (name, role) in
            [("ann", Role::Owner), ("bob", Role::Operator), ("cyd", Role::Finance), ("dan", Role::Viewer), ("eve", Role::Operator)]
        {
            let user = person(&house, name, role).await;
            if name == "eve" {
                house.services.people.set_active(&Caller::command_line(), user.id, false).await.unwrap();
            }
        }
        openai_says(&house, no_funds()).await;
        house.services.notifications.reconcile().await.unwrap();
        mail.refuses(1);
        house.services.notifications.deliver_due().await.unwrap();
        let mut to: Vec<String> = mail.sent().into_iter().map(|(to, _)| to).collect();
        to.sort();
        assert_eq!(to, ["ann@example.com", "bob@example.com"]);
        assert_eq!(list(&house).await[0].troubles.len(), 1, "one bad address keeps nobody else's mail back");

        let named = Outlets { mail_to: vec![Email::parse("ops@example.com").unwrap()], ..outlets(&[&mail]) };
        let other = another_process(&house, named).await;
        let outcomes = other.notifications.send_test(&Caller::command_line()).await.unwrap();
        assert_eq!(outcomes.iter().map(|o| (o.recipient.as_str(), o.taken)).collect::<Vec<_>>(), [("ops@example.com", true)]);
        assert_eq!(mail.sent()[0].1.event, "test");
    }
}

#[tokio::test]
async fn addresses_are_for_who_manages_the_team() {
    for (house, hook) in houses().await {
        hook.refuses(2);
        let ann = person(&house, "ann", Role::Owner).await;
        let bob = person(&house, "bob", Role::Operator).await;
        let caller = |user: &domain::people::User| {
            let session = vocab::SessionId::new(house.environment.uuid());
            Caller::person(user.id, user.name.clone(), user.role, session, domain::audit::Origin::default())
        };
        openai_says(&house, no_funds()).await;
        house.services.notifications.reconcile().await.unwrap();
        house.services.notifications.deliver_due().await.unwrap();
        let trouble =
            async |user| house.services.notifications.page(&caller(user), false, None).await.unwrap().records.remove(0).troubles.remove(0);
        assert_eq!(trouble(&ann).await.recipient, "hooks.example.com");
        let shown = trouble(&bob).await;
        assert_eq!((shown.channel, shown.recipient.as_str(), shown.error.as_str()), (Channel::Webhook, "", ""));

        let service = &house.services.notifications;
        assert!(matches!(service.channels(&caller(&bob)).await, Err(ServiceError::Forbidden(_))));
        assert!(matches!(service.send_test(&caller(&bob)).await, Err(ServiceError::Forbidden(_))));
        assert_eq!(service.channels(&caller(&ann)).await.unwrap()[0].recipients, ["hooks.example.com"]);
        let outcome = service.send_test(&caller(&ann)).await.unwrap().remove(0);
        assert_eq!((outcome.taken, outcome.words.as_str()), (false, "hooks.example.com answered 500"));

        assert_eq!((service.unread(&caller(&ann)).await.unwrap(), service.unread(&Caller::system()).await.unwrap()), (1, 0));
        let told = house.ports.notifications.open().await.unwrap()[0].id;
        service.mark_read(&caller(&ann), told).await.unwrap();
        assert_eq!((service.unread(&caller(&ann)).await.unwrap(), service.unread(&caller(&bob)).await.unwrap()), (0, 1));
        service.mark_all_read(&caller(&bob)).await.unwrap();
        assert_eq!(service.unread(&caller(&bob)).await.unwrap(), 0);
        let nothing = vocab::NotificationId::new(house.environment.uuid());
        assert!(matches!(service.mark_read(&caller(&ann), nothing).await, Err(ServiceError::NotFound(_))));
        assert!(matches!(service.mark_all_read(&Caller::system()).await, Err(ServiceError::SignedOut)));
    }
}

#[tokio::test]
async fn nothing_configured_is_told_in_the_house_only() {
    for house in House::each().await {
        openai_says(&house, Check::failed(Verdict::NotPermitted, "region")).await;
        assert_eq!(house.services.overview.healths().await.unwrap()[0].report.health, Health::Rejected);
        house.services.notifications.reconcile().await.unwrap();
        assert_eq!(house.services.notifications.deliver_due().await.unwrap(), 0);
        assert_eq!(list(&house).await.len(), 1);
        let refused = house.services.notifications.send_test(&Caller::command_line()).await;
        assert!(matches!(refused, Err(ServiceError::Conflict(_))), "{refused:?}");
    }
}
