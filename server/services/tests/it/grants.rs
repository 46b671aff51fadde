//! Keeping a sign-in alive: one refresh at a time, whatever happens meanwhile.

use crate::sign_in_world::World;
use crate::support::{House, PUBLIC, id, ring};
use adapters::SystemClock;
use domain::connection::{Check, Standing};
use domain::grant::Refresh;
use domain::people::Caller;
use domain::provider::Catalogue;
use services::ServiceError;
use services::credentials::Credentials;
use services::inference::FreshCredential;
use std::sync::Arc;
use std::time::Duration;
use testkit::database::TestDatabase;
use testkit::issuer::{Issuer, RefusalWords, Trouble, Vendor};
use vocab::{Health, ProviderId, Verdict};

fn codex() -> ProviderId {
    id("codex")
}

fn credentials(world: &World) -> Credentials {
    Credentials::new(world.house.services.catalogue.clone(), world.house.services.grants.clone())
}

async fn token(world: &World) -> Result<String, ServiceError> {
    use secrecy::ExposeSecret;
    let connection = world.house.ports.connections.of_provider(&codex()).await.unwrap().unwrap();
    let target = credentials(world).target(&connection).await?;
    Ok(target.credential.unwrap().expose_secret().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_on_an_expired_token_are_one_refresh() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let old = token(&world).await.unwrap();
        world.expire().await;
        let tokens = futures::future::join_all((0..1000).map(|_| token(&world))).await;
        let first = tokens[0].as_ref().unwrap().clone();
        assert!(tokens.iter().all(|token| *token.as_ref().unwrap() == first) && first != old);
        let counts = world.issuer.counts(Vendor::Codex);
        assert_eq!((counts.refreshes, counts.duplicates), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_refresh_once() {
    for database in TestDatabase::each().await {
        let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
        let overlay = issuer.overlay();
        let world = World::over(database, issuer, PUBLIC, "").await;
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 200);
        let other = House::beside(&world.house, Catalogue::with_overlay("test.toml", &overlay).unwrap());
        let connection = world.house.ports.connections.of_provider(&codex()).await.unwrap().unwrap();
        for round in 1..=5 {
            world.expire().await;
            let (mine, theirs) = (credentials(&world), Credentials::new(other.catalogue.clone(), other.grants.clone()));
            let (a, b) = tokio::join!(mine.target(&connection), theirs.target(&connection));
            assert!(a.is_ok() && b.is_ok());
            let counts = world.issuer.counts(Vendor::Codex);
            assert_eq!((counts.refreshes, counts.duplicates), (round, 0));
        }
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_lose_the_answer() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 300);
        world.expire().await;
        let hasty = tokio::time::timeout(std::time::Duration::from_millis(100), token(&world)).await;
        assert!(hasty.is_err());
        tokio::time::sleep(std::time::Duration::from_millis(800)).await;
        token(&world).await.unwrap();
        let counts = world.issuer.counts(Vendor::Codex);
        assert_eq!((counts.refreshes, counts.duplicates), (1, 0));
    }
}

#[tokio::test]
async fn an_outage_is_waited_out_and_a_good_token_stays_good() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![Trouble::RateLimited(60), Trouble::Down]);
        world.execute("UPDATE grant_credential SET refresh_at = 1").await;
        let due = || async {
            let now = world.house.ports.installation.now().await.unwrap();
            world.house.services.grants.refresh_due(now, 10).await.unwrap()
        };
        assert_eq!(due().await, 1);
        let life = world.state(Vendor::Codex).await.life.unwrap();
        let now = world.house.ports.installation.now().await.unwrap();
        assert!(matches!(life.refresh, Refresh::Retrying { failures: 1, at, .. } if at - now > time::Duration::seconds(50)), "{life:?}");
        assert_eq!(due().await, 0, "Retry-After is honoured");
        token(&world).await.unwrap();
        assert_eq!(world.health(Vendor::Codex).await, Health::Connected, "the token at hand is good");
        world.execute("UPDATE grant_credential SET refresh_at = 1, access_expires_at = 2, issued_at = 0").await;
        let error = token(&world).await.unwrap_err();
        assert!(matches!(error, ServiceError::Provider { .. }), "503: {error:?}");
        assert_eq!(world.health(Vendor::Codex).await, Health::CoolingDown);
        world.execute("UPDATE grant_credential SET refresh_at = 1").await;
        assert_eq!(due().await, 1);
        assert_eq!(world.health(Vendor::Codex).await, Health::Connected);
        assert_eq!(world.issuer.counts(Vendor::Codex).duplicates, 0);
        let actions = world.actions().await;
        assert!(actions.contains(&"token_refresh_failed".to_owned()) && actions.contains(&"token_refresh".to_owned()));
    }
}

#[tokio::test]
async fn an_answer_that_broke_off_is_not_asked_for_again_at_once() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![Trouble::Cut]);
        world.execute("UPDATE grant_credential SET refresh_at = 1").await;
        let now = world.house.ports.installation.now().await.unwrap();
        world.house.services.grants.refresh_due(now, 10).await.unwrap();
        let life = world.state(Vendor::Codex).await.life.unwrap();
        let usable_until = life.usable_until();
        assert!(life.refresh_at().is_some_and(|at| at >= usable_until.min(now + time::Duration::hours(23))), "{life:?}");
        token(&world).await.unwrap();
    }
}

#[tokio::test]
async fn what_the_provider_ended_needs_a_person_and_is_used_up() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.revoke_all(Vendor::Codex);
        world.execute("UPDATE grant_credential SET refresh_at = 1").await;
        let now = world.house.ports.installation.now().await.unwrap();
        world.house.services.grants.refresh_due(now, 10).await.unwrap();
        assert_eq!(world.health(Vendor::Codex).await, Health::NeedsSignIn);
        token(&world).await.unwrap();
        assert_eq!(world.house.services.grants.refresh_due(now, 10).await.unwrap(), 0, "not asked again");
        world.expire().await;
        assert!(matches!(token(&world).await.unwrap_err(), ServiceError::TokenExpired { .. }));
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshes, 1);
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let credentials = credentials(&world);
        let connection = world.house.ports.connections.of_provider(&codex()).await.unwrap().unwrap();
        let held = credentials.target(&connection).await.unwrap();
        assert!(credentials.after_refusal(&connection, &held).await.unwrap().is_none(), "as fresh as can be: another would not help");
        world.execute("UPDATE grant_credential SET issued_at = issued_at - 60000000").await;
        let (a, b) = tokio::join!(credentials.after_refusal(&connection, &held), credentials.after_refusal(&connection, &held));
        assert!(a.unwrap().is_some() && b.unwrap().is_some());
        let late = credentials.after_refusal(&connection, &held).await.unwrap();
        assert!(late.is_some(), "somebody else had done it");
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshes, 1);
    }
}

#[tokio::test]
async fn our_own_clock_does_not_matter() {
    // The house's clock stands at ten in the morning, the database's and the issuer's do not: an hour more makes no difference.
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        for step in [time::Duration::hours(1), time::Duration::hours(-2)] {
            world.house.clock.advance(step);
            token(&world).await.unwrap();
            assert_eq!(world.sign_in(Vendor::Codex).await, None);
        }
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshes, 0);
        world.expire().await;
        token(&world).await.unwrap();
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshes, 1);
    }
}

#[tokio::test]
async fn keys_rotate_under_flows_and_grants() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let overlay = world.issuer.overlay();
        let rotated = House::beside_with(&world.house, ring(&["key2", "k1"]), Catalogue::with_overlay("test.toml", &overlay).unwrap());
        let report = rotated.keys.rotate(&Caller::system(), |_, _| {}).await.unwrap();
        assert_eq!((report.current, report.old), (2, 0), "the flow's secrets and the grant");
        let back = world.issuer.approve(&url).unwrap();
        let callback = domain::flow::Callback::parse(back.query().unwrap()).unwrap();
        let returned =
            services::sign_in::Returned { callback, path: back.path().to_owned(), person: None, origin: domain::audit::Origin::default() };
        assert_eq!(rotated.sign_in.callback(returned).await.unwrap().failure, None, "another process, another key");
    }
}

#[tokio::test]
async fn a_database_that_is_away_keeps_the_answer_until_it_is_back() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 300);
        world.expire().await;
        let connection = world.house.ports.connections.of_provider(&codex()).await.unwrap().unwrap();
        let credentials = credentials(&world);
        let asking = tokio::spawn(async move { credentials.target(&connection).await.map(drop) });
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        world.execute("ALTER TABLE grant_credential RENAME TO grant_away").await;
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        world.execute("ALTER TABLE grant_away RENAME TO grant_credential").await;
        asking.await.unwrap().unwrap();
        let counts = world.issuer.counts(Vendor::Codex);
        assert_eq!((counts.refreshes, counts.duplicates), (1, 0));
        world.expire().await;
        token(&world).await.unwrap();
        assert_eq!(world.issuer.counts(Vendor::Codex).duplicates, 0, "the new refresh token was kept");
    }
}

/// Waits for the issuer to have spent so many refresh tokens.
async fn refreshed(world: &World, count: u64) {
    while world.issuer.counts(Vendor::Codex).refreshed < count {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_long_not_stored_keeps_the_lease_until_it_is() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.expire().await;
        let connection = world.house.ports.connections.of_provider(&codex()).await.unwrap().unwrap();
        let other = House::beside(&world.house, Catalogue::with_overlay("test.toml", &world.issuer.overlay()).unwrap());
        // The database can be read, and takes nothing with an event.
        world.execute("ALTER TABLE live_event RENAME TO live_event_away").await;
        let (mine, same) = (credentials(&world), connection.clone());
        let asking = tokio::spawn(async move { mine.target(&same).await.map(drop) });
        refreshed(&world, 1).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        // A minute and more.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(61)).await;
        tokio::time::resume();
        let told = asking.await.unwrap().unwrap_err();
        assert!(told.to_string().contains("database does not take the answer"), "whoever waits is told: {told}");
        let theirs = Credentials::new(other.catalogue.clone(), other.grants.clone());
        let theirs = tokio::spawn(async move { theirs.target(&connection).await.map(drop) });
        tokio::time::sleep(Duration::from_millis(900)).await;
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshes, 1, "nobody else sends the token that is spent");
        world.execute("ALTER TABLE live_event_away RENAME TO live_event").await;
        theirs.await.unwrap().expect("stored without anybody asking here");
        token(&world).await.unwrap();
        let counts = world.issuer.counts(Vendor::Codex);
        assert_eq!((counts.refreshes, counts.duplicates), (1, 0));
    }
}

#[tokio::test]
async fn a_stop_waits_for_what_is_on_the_wire_and_sends_nothing_more() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 400);
        world.expire().await;
        let connection = world.house.ports.connections.of_provider(&codex()).await.unwrap().unwrap();
        let mine = credentials(&world);
        // Whoever asked hangs up.
        let hasty = tokio::time::timeout(Duration::from_millis(100), mine.target(&connection)).await;
        assert!(hasty.is_err());
        world.house.services.settle().await;
        let now = world.house.ports.installation.now().await.unwrap();
        let lives = world.house.ports.grants.lives().await.unwrap();
        assert!(lives[0].1.usable(now), "what was asked for is stored before the stop goes on");
        world.expire().await;
        assert!(matches!(token(&world).await.unwrap_err(), ServiceError::Provider { .. }), "not now");
        let counts = world.issuer.counts(Vendor::Codex);
        assert_eq!((counts.refreshes, counts.duplicates), (1, 0));
    }
}

/// Makes the token at hand old enough to be replaced, and lets nothing hold a refresh back.
async fn age(world: &World) {
    world.execute("UPDATE grant_credential SET issued_at = issued_at - 60000000, refresh_at = 1").await;
}

#[tokio::test]
async fn a_check_that_meets_a_refused_token_asks_with_another_before_it_blames_the_sign_in() {
    let refused = || Check::failed(Verdict::BadCredential, "token revoked");
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let connections = &world.house.services.connections;
        age(&world).await;
        world.house.will_say([refused(), Check::ok()]);
        connections.recheck_now(&codex()).await.unwrap();
        assert_eq!(world.health(Vendor::Codex).await, Health::Connected);
        age(&world).await;
        world.house.will_say([refused(), Check::ok()]);
        assert_eq!(connections.test(&world.ana, &codex()).await.unwrap().verdict, Verdict::Ok, "by hand, too");
        let seen = world.house.providers.keys_seen.lock().unwrap().clone();
        assert_ne!(seen[seen.len() - 1], seen[seen.len() - 2], "another token");
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshed, 2);

        // No other is to be had right now: that is not the end.
        age(&world).await;
        world.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![Trouble::Down]);
        world.house.will_say([refused()]);
        connections.recheck_now(&codex()).await.unwrap();
        let state = world.state(Vendor::Codex).await;
        let standing = state.connection.unwrap().standing;
        assert!(matches!(standing, Standing::Waiting { .. }), "asked again by itself: {standing:?}");
        assert_ne!(state.health.health, Health::NeedsSignIn);

        // A new one is refused as well.
        age(&world).await;
        world.house.will_say([refused(), refused()]);
        connections.recheck_now(&codex()).await.unwrap();
        assert_eq!(world.health(Vendor::Codex).await, Health::NeedsSignIn);
        assert_eq!(world.issuer.counts(Vendor::Codex).duplicates, 0);
    }
}

#[tokio::test]
async fn a_page_of_somebody_in_between_ends_no_sign_in() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![Trouble::Page(401)]);
        world.execute("UPDATE grant_credential SET refresh_at = 1").await;
        let now = world.house.ports.installation.now().await.unwrap();
        world.house.services.grants.refresh_due(now, 10).await.unwrap();
        let life = world.state(Vendor::Codex).await.life.unwrap();
        assert!(matches!(life.refresh, Refresh::Retrying { .. }), "{life:?}");
        world.execute("UPDATE grant_credential SET refresh_at = 1").await;
        world.house.services.grants.refresh_due(now, 10).await.unwrap();
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshed, 1, "the refresh token is still there, and good");
    }
}

#[tokio::test]
async fn a_provider_that_repeats_what_it_was_sent_is_not_quoted_with_it() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.issuer.switch(Vendor::Codex, |switches| switches.refusals = RefusalWords::Echo);
        world.issuer.revoke_all(Vendor::Codex);
        world.execute("UPDATE grant_credential SET refresh_at = 1").await;
        let now = world.house.ports.installation.now().await.unwrap();
        world.house.services.grants.refresh_due(now, 10).await.unwrap();
        let sent = world.issuer.last_request(Vendor::Codex).unwrap().fields;
        let said = world.state(Vendor::Codex).await.health.cause;
        assert!(said.contains("Not good:") && said.contains('…'), "{said}");
        let url = world.begin(&world.ana, Vendor::Codex).await;
        world.issuer.switch(Vendor::Codex, |switches| {
            switches.troubles = vec![Trouble::Refused { status: 400, code: "invalid_grant".into(), shape: testkit::issuer::Shape::Flat }];
        });
        let outcome = world.back(&world.issuer.approve(&url).unwrap()).await.unwrap();
        assert!(outcome.message.contains("Not good:"), "{outcome:?}");
        let exchanged = world.issuer.last_request(Vendor::Codex).unwrap().fields;
        let log = world.house.ports.audit.page(&domain::audit::AuditFilter::default(), 50).await.unwrap();
        let everything = format!("{said} {} {log:?}", outcome.message);
        for secret in [&sent["refresh_token"], &exchanged["code"], &exchanged["code_verifier"]] {
            let parts: Vec<&str> = (0..=secret.len() - 8).map(|at| &secret[at..at + 8]).collect();
            assert!(parts.iter().all(|part| !everything.contains(part)), "{everything}");
        }
    }
}
