//! Setup, sign-in, throttling, the team.

use crate::support::House;
use domain::audit::Origin;
use domain::people::Caller;
use secrecy::SecretString;
use services::ServiceError;
use services::people::{Browser, NewPerson, NewSession, SetupAccess, SetupNeed};
use time::Duration;
use vocab::Role;

const PASSWORD: &str = "correct horse battery staple";

fn browser(address: &str) -> Browser {
    Browser { origin: Origin { address: address.into(), request_id: "r".into() }, user_agent: "test".into(), session_before: None }
}

fn person(email: &str) -> NewPerson {
    NewPerson::from_form("Ann".into(), email.into(), PASSWORD, PASSWORD)
}

async fn set_up(house: &House) -> NewSession {
    let here = SetupAccess { link: None, from_this_machine: true };
    house.services.people.setup(person("ann@example.com"), &here, browser("127.0.0.1")).await.unwrap()
}

async fn sign_in(house: &House, email: &str, password: &str, address: &str) -> Result<NewSession, ServiceError> {
    house.services.people.sign_in(email, SecretString::from(password), browser(address)).await
}

#[tokio::test]
async fn the_setup_link_opens_once() {
    for house in House::each().await {
        let link = house.services.people.open_setup_link().await.unwrap().unwrap();
        let with = |link: Option<SecretString>| SetupAccess { link, from_this_machine: false };
        let people = &house.services.people;
        assert_eq!(people.setup_need(&with(None)).await.unwrap(), SetupNeed::NeedsLink);
        assert_eq!(people.setup_need(&with(Some("wrong".into()))).await.unwrap(), SetupNeed::NeedsLink);
        assert_eq!(people.setup_need(&with(Some(link.clone()))).await.unwrap(), SetupNeed::Open);
        people.setup(person("ann@example.com"), &with(Some(link.clone())), browser("10.0.0.9")).await.unwrap();
        let again = people.setup(person("eve@example.com"), &with(Some(link)), browser("10.0.0.9")).await.err().unwrap();
        assert!(matches!(again, ServiceError::Conflict(_)), "{again:?}");
        assert!(people.open_setup_link().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn guessing_is_slowed_per_account_and_a_success_forgives() {
    for house in House::each().await {
        set_up(&house).await;
        for _ in 0..5 {
            assert!(matches!(sign_in(&house, "ann@example.com", "wrong", "1.1.1.1").await, Err(ServiceError::WrongCredentials)));
        }
        let blocked = sign_in(&house, "ann@example.com", PASSWORD, "2.2.2.2").await;
        assert!(matches!(blocked, Err(ServiceError::Throttled { .. })), "the right password has to wait too");
        house.clock.advance(Duration::seconds(3));
        assert!(sign_in(&house, "ANN@example.com ", PASSWORD, "2.2.2.2").await.is_ok());
        assert!(matches!(sign_in(&house, "ann@example.com", "wrong", "2.2.2.2").await, Err(ServiceError::WrongCredentials)));
        assert!(sign_in(&house, "ann@example.com", PASSWORD, "2.2.2.2").await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_guesses_at_once_are_no_more_than_five() {
    for house in House::each().await {
        set_up(&house).await;
        let guesses = (0..50).map(|n| {
            let house = &house;
            async move { sign_in(house, "ann@example.com", "wrong", &format!("10.0.0.{n}")).await.err().unwrap() }
        });
        let heard = futures::future::join_all(guesses).await;
        let looked_at = heard.iter().filter(|error| matches!(error, ServiceError::WrongCredentials)).count();
        assert_eq!((looked_at, heard.iter().filter(|error| matches!(error, ServiceError::Throttled { .. })).count()), (5, 45));
        house.clock.advance(Duration::seconds(3));
        assert!(sign_in(&house, "ann@example.com", PASSWORD, "2.2.2.2").await.is_ok(), "the others did not make the wait longer");
    }
}

#[tokio::test]
async fn signing_in_often_is_no_guessing() {
    for house in House::each().await {
        set_up(&house).await;
        for _ in 0..25 {
            assert!(sign_in(&house, "ann@example.com", PASSWORD, "9.9.9.9").await.is_ok());
        }
    }
}

#[tokio::test]
async fn guessing_many_accounts_from_one_address_is_slowed() {
    for house in House::each().await {
        for n in 0..20 {
            let refused = sign_in(&house, &format!("user{n}@example.com"), "wrong", "9.9.9.9").await;
            assert!(matches!(refused, Err(ServiceError::WrongCredentials)));
        }
        assert!(matches!(sign_in(&house, "user99@example.com", "wrong", "9.9.9.9").await, Err(ServiceError::Throttled { .. })));
    }
}

#[tokio::test]
async fn the_last_owner_stays_and_a_disabled_person_is_out_at_once() {
    for house in House::each().await {
        let session = set_up(&house).await;
        let people = &house.services.people;
        let owner = session.session.user_id;
        let machine = Caller::command_line();
        let refused = people.set_role(&machine, owner, Role::Viewer).await.unwrap_err();
        assert!(refused.to_string().contains("last active owner"), "{refused}");
        let second = people.add(&machine, person("bob@example.com"), Role::Owner).await.unwrap();
        people.set_active(&machine, owner, false).await.unwrap();
        let caller = people.caller_of_session(&session.secret, Origin::default()).await.unwrap();
        assert!(caller.is_none());
        assert!(people.set_active(&machine, second.id, false).await.is_err());
    }
}

#[tokio::test]
async fn sessions_end_by_idleness() {
    for house in House::each().await {
        let session = set_up(&house).await;
        let people = &house.services.people;
        house.clock.advance(Duration::hours(23));
        assert!(people.caller_of_session(&session.secret, Origin::default()).await.unwrap().is_some());
        house.clock.advance(Duration::hours(25));
        assert!(people.caller_of_session(&session.secret, Origin::default()).await.unwrap().is_none());
        assert_eq!(people.end_expired_sessions().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn forms_name_every_wrong_field() {
    for house in House::each().await {
        let form = NewPerson::from_form(" ".into(), "nobody".into(), "short", "other");
        let here = SetupAccess { link: None, from_this_machine: true };
        let Err(ServiceError::Invalid(fields)) = house.services.people.setup(form, &here, browser("127.0.0.1")).await else {
            panic!("accepted");
        };
        assert_eq!(fields.0.keys().collect::<Vec<_>>(), ["email", "name", "password", "password_again"]);
    }
}
