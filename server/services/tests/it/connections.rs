//! Keys verified and sealed, checks repeated, local engines followed.

use crate::support::{House, id};
use domain::audit::AuditFilter;
use domain::connection::Check;
use domain::people::Caller;
use services::ServiceError;
use services::connections::KeyForm;
use time::Duration;
use vocab::{Health, Verdict};

async fn connect(house: &House, key: &str, version: i64) -> Result<services::connections::Outcome, ServiceError> {
    house.services.connections.connect_with_key(&Caller::system(), &id("openai"), KeyForm::new(key, None, version)).await
}

async fn health(house: &House, provider: &str) -> Health {
    house.services.overview.detail(&Caller::system(), &id(provider)).await.unwrap().state.health.health
}

#[tokio::test]
async fn a_refused_key_is_not_saved_and_says_why() {
    for house in House::each().await {
        house.will_say([Check::failed(Verdict::BadCredential, "Incorrect API key provided")]);
        let error = connect(&house, "sk-wrong-key-000011112222", 0).await.unwrap_err();
        assert!(error.to_string().contains("Incorrect API key provided"), "{error}");
        assert!(house.ports.connections.list().await.unwrap().is_empty());
        let log = house.ports.audit.page(&AuditFilter::default(), 10).await.unwrap();
        assert_eq!((log[0].action.as_str(), log[0].succeeded), ("connect_refused", false));
    }
}

#[tokio::test]
async fn what_is_undecided_is_saved_marked_and_asked_again() {
    for house in House::each().await {
        house.will_say([
            Check::failed(Verdict::Unreachable, "could not find host"),
            Check::failed(Verdict::ProviderDown, "503"),
            Check::ok(),
        ]);
        let outcome = connect(&house, "sk-good-key-000011112222", 0).await.unwrap();
        assert!(outcome.saved && outcome.message.contains("could not find host"), "{}", outcome.message);
        assert_eq!(health(&house, "openai").await, Health::Unreachable);
        let due = |house: &House| house.environment.now();
        assert_eq!(house.services.connections.recheck_due(due(&house), 10).await.unwrap(), 0, "not due yet");
        house.clock.advance(Duration::seconds(16));
        assert_eq!(house.services.connections.recheck_due(due(&house), 10).await.unwrap(), 1);
        assert_eq!(health(&house, "openai").await, Health::CoolingDown);
        house.clock.advance(Duration::minutes(1));
        assert_eq!(house.services.connections.recheck_due(due(&house), 10).await.unwrap(), 1);
        assert_eq!(health(&house, "openai").await, Health::Connected);
    }
}

#[tokio::test]
async fn a_blank_key_keeps_the_stored_one_and_an_old_page_is_refused() {
    for house in House::each().await {
        connect(&house, " \"sk-good-key-00001111a1B2\" \n", 0).await.unwrap();
        let first = house.ports.connections.of_provider(&id("openai")).await.unwrap().unwrap();
        assert_eq!(first.key_hint.as_deref(), Some("…a1B2"));
        connect(&house, "", first.version).await.unwrap();
        let second = house.ports.connections.of_provider(&id("openai")).await.unwrap().unwrap();
        assert_eq!((second.grant_id, second.id), (first.grant_id, first.id));
        assert_eq!(house.providers.keys_seen.lock().unwrap().as_slice(), ["sk-good-key-00001111a1B2"; 2]);
        let stale = connect(&house, "sk-other-key-0000111122", first.version).await.unwrap_err();
        assert!(matches!(stale, ServiceError::Conflict(_)), "{stale:?}");
    }
}

#[tokio::test]
async fn no_funds_is_saved_and_shown_and_disconnecting_forgets_the_credential() {
    for house in House::each().await {
        house.will_say([Check::failed(Verdict::NoFunds, "add credits")]);
        connect(&house, "sk-good-key-000011112222", 0).await.unwrap();
        assert_eq!(health(&house, "openai").await, Health::NoFunds);
        house.services.connections.disconnect(&Caller::system(), &id("openai")).await.unwrap();
        assert_eq!(house.ports.sealed.count().await.unwrap(), 0);
        assert_eq!(health(&house, "openai").await, Health::NotConnected);
        let again = house.services.connections.disconnect(&Caller::system(), &id("openai")).await.unwrap_err();
        assert!(matches!(again, ServiceError::ProviderNotConfigured { .. }));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_one_is_refused_before_any_call() {
    for house in House::each().await {
        for bad in ["two words", "abc", "sk-ant-oat01-plan-token-of-a-subscription"] {
            let error = connect(&house, bad, 0).await.unwrap_err();
            assert!(matches!(error, ServiceError::Invalid(_)), "{bad}: {error:?}");
        }
        assert!(!house.providers.keys_seen.lock().unwrap().contains(&"two words".to_owned()));
    }
}

#[tokio::test]
async fn a_local_engine_connects_itself_once_and_stays_away_when_sent_away() {
    for house in House::each().await {
        let look = || house.services.connections.look_for_local_engines();
        look().await.unwrap();
        assert_eq!(health(&house, "ollama").await, Health::NotConnected);
        *house.providers.running.lock().unwrap() = Some(3);
        look().await.unwrap();
        assert_eq!(health(&house, "ollama").await, Health::Connected);
        *house.providers.running.lock().unwrap() = None;
        look().await.unwrap();
        assert_eq!(health(&house, "ollama").await, Health::Unreachable);
        house.services.connections.disconnect(&Caller::system(), &id("ollama")).await.unwrap();
        *house.providers.running.lock().unwrap() = Some(3);
        look().await.unwrap();
        assert_eq!(health(&house, "ollama").await, Health::NotConnected, "an operator sent it away");
        house.services.connections.connect_local(&Caller::system(), &id("ollama"), None).await.unwrap();
        assert_eq!(health(&house, "ollama").await, Health::Connected);
    }
}

#[tokio::test]
async fn a_stored_key_never_goes_to_another_server() {
    for house in House::each().await {
        let connect = |key: &'static str, address: &'static str, version: i64| {
            let form = KeyForm::new(key, Some(address.to_owned()), version);
            let connections = house.services.connections.clone();
            async move { connections.connect_with_key(&Caller::system(), &id("litellm"), form).await }
        };
        connect("sk-good-key-000011112222", "http://127.0.0.1:4000", 0).await.unwrap();
        let seen = house.providers.keys_seen.lock().unwrap().len();
        let stored = house.ports.connections.of_provider(&id("litellm")).await.unwrap().unwrap();
        for elsewhere in ["http://127.0.0.1:4001", "http://127.0.0.2:4000", "https://mine.example"] {
            let error = connect("", elsewhere, stored.version).await.unwrap_err();
            assert!(matches!(&error, ServiceError::Invalid(fields) if fields.0["key"].contains("another address")), "{error:?}");
        }
        assert_eq!(house.providers.keys_seen.lock().unwrap().len(), seen, "nobody was asked with it");
        connect("", "http://127.0.0.1:4000", stored.version).await.unwrap();
    }
}
