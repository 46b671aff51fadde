//! Signing in with a code that Purser asks for itself, against the vendors' stand-ins.

use crate::sign_in_world::World;
use crate::support::{House, PUBLIC, id};
use adapters::SystemClock;
use domain::connection::Check;
use domain::provider::Catalogue;
use services::ServiceError;
use services::device_sign_in::DeviceFlowState;
use std::sync::Arc;
use std::time::Duration;
use testkit::database::TestDatabase;
use testkit::issuer::{Issuer, Trouble, Vendor};
use vocab::{AuthMethod, DeviceMode, DevicePhase, Health, Role, Verdict};

/// A sign-in that shows its code; codes may be asked for every second.
async fn begun(world: &World, vendor: Vendor) -> DeviceFlowState {
    world.issuer.switch(vendor, |switches| switches.device_interval = 1);
    let device = &world.house.services.device_sign_in;
    let begun = device.begin(&world.ana, &id(vendor.id()), None).await.unwrap();
    assert!(begun.new && begun.flow.mode == DeviceMode::Native);
    let state = device.shown(&world.ana, begun.flow.id, Duration::from_secs(10)).await.unwrap();
    assert_eq!(state.phase, DevicePhase::Waiting, "{}", state.words);
    state
}

async fn now(world: &World, vendor: Vendor) -> DeviceFlowState {
    world.house.services.device_sign_in.state(&world.ana, &id(vendor.id())).await.unwrap().unwrap().flow.unwrap()
}

/// Ticks as the job does, until it is over.
async fn over(world: &World, vendor: Vendor) -> DeviceFlowState {
    for _ in 0..300 {
        world.house.services.device_sign_in.poll_due().await.unwrap();
        let state = now(world, vendor).await;
        if !state.phase.is_open() {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("it never ended");
}

fn code(state: &DeviceFlowState) -> String {
    state.shown.as_ref().unwrap().user_code.as_str().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_vendors_are_signed_in_to_and_kept_fresh() {
    for world in World::each().await {
        for vendor in [Vendor::Xai, Vendor::Codex] {
            let state = begun(&world, vendor).await;
            assert_eq!((state.by.as_str(), state.mine), ("Ana", true));
            let shown = state.shown.clone().unwrap();
            assert!(shown.link().as_str().starts_with("http://127.0.0.1:"), "{}", shown.link());
            assert!(world.issuer.decide_device(vendor, &code(&state), true));
            let ended = over(&world, vendor).await;
            assert_eq!(ended.phase, DevicePhase::Connected, "{}", ended.words);
            assert!(ended.shown.is_none(), "a code that is spent is not shown");
            let provider = world.state(vendor).await;
            let connection = provider.connection.unwrap();
            assert_eq!((connection.method, provider.health.health), (AuthMethod::DeviceCode, Health::Connected));
            assert!(connection.account.unwrap().starts_with("practice-person@example.org"));
            // The platform alone refreshes, as the sign-in with a code says.
            world.expire().await;
            let target =
                services::credentials::Credentials::new(world.house.services.catalogue.clone(), world.house.services.grants.clone());
            let connection = world.house.ports.connections.of_provider(&id(vendor.id())).await.unwrap().unwrap();
            let target = target.target(&connection).await.unwrap();
            let account = target.headers.contains_key("chatgpt-account-id");
            assert_eq!(account, vendor == Vendor::Codex);
            let counts = world.issuer.counts(vendor);
            assert_eq!((counts.refreshed, counts.duplicates), (1, 0));
            // And gives it back.
            world.house.services.connections.disconnect(&world.ana, &id(vendor.id())).await.unwrap();
            assert_eq!(world.issuer.counts(vendor).revocations, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_expiry_and_no_interval_are_waited_for_as_the_standard_says() {
    for world in World::each().await {
        let state = begun(&world, Vendor::Xai).await;
        world.issuer.decide_device(Vendor::Xai, &code(&state), true);
        world.house.services.device_sign_in.poll_due().await.unwrap();
        assert_eq!(world.issuer.counts(Vendor::Xai).device_polls, 0, "the first question waits a whole interval");
        over(&world, Vendor::Xai).await;
        assert_eq!(world.issuer.counts(Vendor::Xai).slow_downs, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn denied_expired_and_switched_off_say_so() {
    for world in World::each().await {
        let state = begun(&world, Vendor::Xai).await;
        let health = world.state(Vendor::Xai).await.health;
        assert_eq!((health.health, health.cause.as_str(), health.until.is_some()), (Health::Connecting, "Ana is signing in", true));
        world.issuer.decide_device(Vendor::Xai, &code(&state), false);
        let ended = over(&world, Vendor::Xai).await;
        assert_eq!((ended.phase, world.state(Vendor::Xai).await.health.health), (DevicePhase::Denied, Health::NotConnected));
        assert!(ended.words.contains("choose Allow"), "{}", ended.words);

        begun(&world, Vendor::Xai).await;
        world.execute("UPDATE device_flow SET at = 1, last_poll = (1 = 1), next_poll_at = 1 WHERE phase = 'waiting'").await;
        assert_eq!(over(&world, Vendor::Xai).await.phase, DevicePhase::Expired);

        world.issuer.switch(Vendor::Codex, |switches| switches.device_off = true);
        let device = &world.house.services.device_sign_in;
        let begun = device.begin(&world.ana, &id("codex"), None).await.unwrap();
        let off = device.shown(&world.ana, begun.flow.id, Duration::from_secs(10)).await.unwrap();
        assert_eq!((off.phase, off.reason.as_deref()), (DevicePhase::Failed, Some("disabled")));
        assert!(off.words.contains("security settings"));
        let actions = world.actions().await;
        assert_eq!(actions.iter().filter(|action| *action == "provider_sign_in_failed").count(), 3);
        assert_eq!(actions.iter().filter(|action| *action == "provider_sign_in").count(), 3, "every start is written down");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_slow_downs_is_stored_and_survives_a_restart() {
    for database in TestDatabase::each().await {
        let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
        let overlay = issuer.overlay();
        let world = World::over(database, issuer, PUBLIC, "").await;
        let state = begun(&world, Vendor::Xai).await;
        world.issuer.switch(Vendor::Xai, |switches| switches.slow_downs = 2);
        // Another process goes on where the first one was.
        let other = House::beside(&world.house, Catalogue::with_overlay("test.toml", &overlay).unwrap());
        for expected in [6_000, 11_000] {
            world.execute("UPDATE device_flow SET next_poll_at = 1").await;
            other.device_sign_in.poll_due().await.unwrap();
            let flow = world.house.ports.device_flows.get(state.id).await.unwrap().unwrap();
            assert_eq!(flow.facts.interval_ms, Some(expected));
            assert!(flow.facts.next_poll_at.unwrap() > flow.created_at + Duration::from_secs(6));
        }
        assert_eq!(now(&world, Vendor::Xai).await.shown.unwrap(), state.shown.clone().unwrap(), "the page is as it was");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_on_the_way_is_waited_out_and_one_process_asks() {
    for world in World::each().await {
        let state = begun(&world, Vendor::Xai).await;
        world.issuer.switch(Vendor::Xai, |switches| switches.troubles = vec![Trouble::Html, Trouble::Garbage, Trouble::Down]);
        for failures in 1..=3 {
            world.execute("UPDATE device_flow SET next_poll_at = 1").await;
            let device = &world.house.services.device_sign_in;
            let (a, b) = tokio::join!(device.poll_due(), device.poll_due());
            assert!(a.is_ok() && b.is_ok());
            let flow = world.house.ports.device_flows.get(state.id).await.unwrap().unwrap();
            assert_eq!(flow.facts.failures, failures, "of two that ask at once, one does");
        }
        world.execute("UPDATE device_flow SET next_poll_at = 1").await;
        world.issuer.decide_device(Vendor::Xai, &code(&state), true);
        assert_eq!(over(&world, Vendor::Xai).await.phase, DevicePhase::Connected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_second_is_shown_the_first_ones_and_may_cancel_it() {
    for world in World::each().await {
        let first = begun(&world, Vendor::Xai).await;
        let ben = world.person("Ben", Role::Operator).await;
        let device = &world.house.services.device_sign_in;
        let second = device.begin(&ben, &id("xai"), Some(DeviceMode::Native)).await.unwrap();
        assert!(!second.new && second.flow.id == first.id && !second.flow.mine && second.flow.by == "Ana");
        assert_eq!(second.flow.shown, first.shown);
        let viewer = world.person("Vera", Role::Viewer).await;
        let seen = device.state(&viewer, &id("xai")).await.unwrap().unwrap().flow.unwrap();
        assert!(seen.shown.is_none() && seen.phase == DevicePhase::Waiting, "a code is for those who may connect");
        assert!(matches!(device.begin(&viewer, &id("xai"), None).await, Err(ServiceError::Forbidden(_))));
        assert!(matches!(device.cancel(&viewer, &id("xai")).await, Err(ServiceError::Forbidden(_))));
        device.cancel(&ben, &id("xai")).await.unwrap();
        device.cancel(&ben, &id("xai")).await.unwrap();
        assert!(device.state(&ben, &id("xai")).await.unwrap().unwrap().flow.is_none());
        // What is approved too late connects nothing.
        world.issuer.decide_device(Vendor::Xai, &code(&first), true);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        device.poll_due().await.unwrap();
        assert_eq!((world.health(Vendor::Xai).await, world.issuer.counts(Vendor::Xai).device_polls), (Health::NotConnected, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_start_at_once_get_one_sign_in() {
    for world in World::each().await {
        let ben = world.person("Ben", Role::Operator).await;
        let (device, xai) = (&world.house.services.device_sign_in, id("xai"));
        let (a, b) = tokio::join!(device.begin(&world.ana, &xai, None), device.begin(&ben, &xai, None));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a.new != b.new && a.flow.id == b.flow.id);
        device.shown(&ben, b.flow.id, Duration::from_secs(10)).await.unwrap();
        assert_eq!(world.issuer.counts(Vendor::Xai).device_codes, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_refuses_after_all_is_given_back() {
    for world in World::each().await {
        let state = begun(&world, Vendor::Xai).await;
        world.house.will_say([Check { verdict: Verdict::BadCredential, message: "no plan".into(), ..Check::ok() }]);
        world.issuer.decide_device(Vendor::Xai, &code(&state), true);
        let ended = over(&world, Vendor::Xai).await;
        assert_eq!(ended.reason.as_deref(), Some("credential_refused"));
        assert!(ended.words.contains("no plan") && ended.words.contains("plan does not include"), "{}", ended.words);
        for _ in 0..50 {
            if world.issuer.counts(Vendor::Xai).revocations == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(world.issuer.counts(Vendor::Xai).revocations, 1);
        assert_eq!(world.health(Vendor::Xai).await, Health::NotConnected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_signed_out_connects_nothing_and_a_pasted_key_ends_the_waiting() {
    for world in World::each().await {
        let ben = world.person("Ben", Role::Operator).await;
        let device = &world.house.services.device_sign_in;
        world.issuer.switch(Vendor::Xai, |switches| switches.device_interval = 1);
        let begun_by_ben = device.begin(&ben, &id("xai"), None).await.unwrap().flow;
        let state = device.shown(&ben, begun_by_ben.id, Duration::from_secs(10)).await.unwrap();
        world.execute("DELETE FROM session WHERE user_id = (SELECT user_id FROM device_flow LIMIT 1)").await;
        world.issuer.decide_device(Vendor::Xai, &code(&state), true);
        assert_eq!(over(&world, Vendor::Xai).await.reason.as_deref(), Some("not_allowed"));

        begun(&world, Vendor::Xai).await;
        let form = services::connections::KeyForm::new("xai-good-key-000011112222", None, 0);
        world.house.services.connections.connect_with_key(&world.ana, &id("xai"), form).await.unwrap();
        assert!(device.state(&world.ana, &id("xai")).await.unwrap().unwrap().flow.is_none(), "overtaken by the key");
        assert_eq!(world.health(Vendor::Xai).await, Health::Connected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_device_code_is_sealed_and_gone_when_it_is_over() {
    for world in World::each().await {
        begun(&world, Vendor::Xai).await;
        let before = world.house.ports.sealed.page(None, 10).await.unwrap();
        assert_eq!(before.len(), 1);
        assert!(!String::from_utf8_lossy(&before[0].sealed).contains("device-"));
        world.house.services.device_sign_in.cancel(&world.ana, &id("xai")).await.unwrap();
        assert!(world.house.ports.sealed.page(None, 10).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_a_stop_cut_short_says_so_and_starts_again() {
    for world in World::each().await {
        let state = begun(&world, Vendor::Xai).await;
        let device = &world.house.services.device_sign_in;
        device.sweep().await.unwrap();
        assert_eq!(now(&world, Vendor::Xai).await.phase, DevicePhase::Waiting, "asking goes on by itself");
        world.execute("UPDATE device_flow SET phase = 'finishing', alive_until = 1").await;
        device.sweep().await.unwrap();
        let cut = now(&world, Vendor::Xai).await;
        assert_eq!((cut.id, cut.reason.as_deref()), (state.id, Some("interrupted")));
        assert!(cut.words.contains("Purser was restarted"));
        begun(&world, Vendor::Xai).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_sign_in_that_a_code_took_the_place_of_is_given_back() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.house.services.connections.disconnect(&world.ana, &id("chatgpt")).await.unwrap();
        let browser = world.issuer.issued(Vendor::Codex);
        let state = begun(&world, Vendor::Codex).await;
        world.issuer.decide_device(Vendor::Codex, &code(&state), true);
        assert_eq!(over(&world, Vendor::Codex).await.phase, DevicePhase::Connected);
        world.house.services.settle().await;
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 1);
        assert!(browser.iter().all(|token| !world.issuer.accepts(Vendor::Codex, token)));
        assert_eq!(world.state(Vendor::Codex).await.connection.unwrap().method, AuthMethod::DeviceCode);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnect_ends_also_the_code_that_is_being_redeemed() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        world.house.services.connections.disconnect(&world.ana, &id("chatgpt")).await.unwrap();
        let state = begun(&world, Vendor::Codex).await;
        world.issuer.decide_device(Vendor::Codex, &code(&state), true);
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 600);
        let device = world.house.services.device_sign_in.clone();
        let asking = tokio::spawn(async move {
            for _ in 0..40 {
                device.poll_due().await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        while world.issuer.counts(Vendor::Codex).exchanges < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        world.house.services.connections.disconnect(&world.ana, &id("codex")).await.unwrap();
        asking.await.unwrap();
        assert_eq!(world.health(Vendor::Codex).await, Health::NotConnected);
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 2, "the old one, and what the code gave");
        assert_eq!(world.house.ports.grants.lives().await.unwrap().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_is_not_lost_to_a_job_that_is_cut_short() {
    for world in World::each().await {
        let state = begun(&world, Vendor::Codex).await;
        world.issuer.decide_device(Vendor::Codex, &code(&state), true);
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 400);
        while world.issuer.counts(Vendor::Codex).exchanges == 0 {
            let device = &world.house.services.device_sign_in;
            drop(tokio::time::timeout(Duration::from_millis(150), device.poll_due()).await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.house.services.settle().await;
        assert_eq!(now(&world, Vendor::Codex).await.phase, DevicePhase::Connected);
        assert_eq!(world.health(Vendor::Codex).await, Health::Connected);
    }
}
