//! Signing in through a provider's program: good ones, hostile ones, and ones that a stop cuts short. Real sandboxes, shell scripts.

use crate::build_world::Hasty;
use crate::sign_in_world::World;
use crate::support::{PUBLIC, id};
use adapters::SystemClock;
use adapters::sandbox::{InstalledPrograms, SandboxSettings, pick};
use domain::cli::Tools;
use services::device_sign_in::DeviceFlowState;
use services::ports::BuildSandbox;
use std::sync::Arc;
use std::time::Duration;
use testkit::database::TestDatabase;
use testkit::issuer::{Issuer, Running, Vendor};
use vocab::{DeviceMode, DevicePhase, Health};

const SHOWS: &str = "echo 'To sign in, open this URL:'; echo '  https://auth.x.ai/device?user_code=ABCD-EFGH'; echo ABCD-EFGH;";

/// A file as grok writes it.
fn stores(more: &str) -> String {
    format!(
        r#"mkdir -p .grok; umask 077; printf '%s' '{{"https://auth.x.ai::client-1":{{"key":"at-secret","auth_mode":"oidc","refresh_token":"rt-secret","email":"ana@x.ai","expires_at":"2099-01-01T00:00:00Z","oidc_issuer":"https://auth.x.ai","oidc_client_id":"client-1"}}}}' > .grok/auth.json; {more}"#
    )
}

async fn sandbox() -> Arc<dyn BuildSandbox> {
    let homes = std::env::temp_dir().join(format!("purser-device-{}", std::process::id()));
    pick(None, &SandboxSettings { hidden: Vec::new(), shown: Vec::new(), homes }).await.unwrap()
}

/// A world whose grok is this shell script.
async fn world(script: &str) -> World {
    let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
    let overlay = overlay(&issuer, "/bin/sh", script);
    fitted(issuer, &overlay).await
}

async fn fitted(issuer: Running, overlay: &str) -> World {
    let sandbox = sandbox().await;
    World::fitted(TestDatabase::sqlite().await, issuer, PUBLIC, overlay, |ports| {
        ports.sandbox = sandbox;
        ports.programs = Arc::new(InstalledPrograms::new("/nowhere".into(), Tools::pinned().unwrap()));
    })
    .await
}

fn overlay(issuer: &Issuer, program: &str, script: &str) -> String {
    let token = issuer.address(Vendor::Xai, "token");
    format!(
        "[providers.xai.device]\ntoken_url = \"{token}\"\n\
         [providers.xai.cli]\nprogram = \"{program}\"\nlogin = [\"-c\", {script:?}]\n"
    )
}

async fn begun(world: &World) -> DeviceFlowState {
    let device = &world.house.services.device_sign_in;
    let begun = device.begin(&world.ana, &id("xai"), None).await.unwrap();
    assert_eq!(begun.flow.mode, DeviceMode::Cli);
    device.shown(&world.ana, begun.flow.id, Duration::from_secs(20)).await.unwrap()
}

async fn over(world: &World) -> DeviceFlowState {
    for _ in 0..400 {
        let state = world.house.services.device_sign_in.state(&world.ana, &id("xai")).await.unwrap().unwrap().flow;
        if let Some(state) = state.filter(|state| !state.phase.is_open()) {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("it never ended");
}

async fn reason_of(script: &str) -> (String, String) {
    let world = world(script).await;
    begun(&world).await;
    let ended = over(&world).await;
    assert_eq!(ended.phase, DevicePhase::Failed, "{script}");
    assert_eq!(world.health(Vendor::Xai).await, Health::NotConnected);
    (ended.reason.unwrap(), ended.words)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_program_shows_is_shown_and_what_it_stores_connects() {
    let world = world(&format!("{SHOWS} sleep 1; {}", stores(""))).await;
    let shown = begun(&world).await;
    assert_eq!(shown.phase, DevicePhase::Waiting, "{}", shown.words);
    let seen = shown.shown.unwrap();
    assert_eq!(seen.user_code.as_str(), "ABCD-EFGH");
    assert_eq!(seen.link().as_str(), "https://auth.x.ai/device?user_code=ABCD-EFGH");
    let ended = over(&world).await;
    assert_eq!(ended.phase, DevicePhase::Connected, "{}", ended.words);
    let connection = world.state(Vendor::Xai).await.connection.unwrap();
    assert_eq!(connection.account.as_deref(), Some("ana@x.ai"));
    let sealed = world.house.ports.sealed.page(None, 10).await.unwrap();
    assert!(sealed.len() == 1 && !String::from_utf8_lossy(&sealed[0].sealed).contains("secret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_do_not_sign_in_say_why() {
    let ten = "for i in 0 1 2 3 4 5 6 7 8 9; do echo AAAA-BBB$i; done; echo https://auth.x.ai/device; sleep 30";
    for (script, reason, words) in [
        ("echo 'Error: the network is down' >&2; exit 1", "program_ended", "the network is down"),
        // Another version, which does not know the argument.
        ("echo \"error: unexpected argument '--device-auth' found\" >&2; exit 2", "program_ended", "unexpected argument"),
        ("kill -SEGV $$", "program_ended", "crashed"),
        ("exit 3", "program_ended", "code 3"),
        ("head -c 20000 /dev/urandom; exit 1", "program_ended", ""),
        ("echo https://evil.example/device?user_code=ABCD-EFGH; sleep 30", "foreign_address", "evil.example"),
        (ten, "many_codes", "several codes"),
        ("head -c 100000000 /dev/zero; sleep 30", "too_much_output", "far more"),
    ] {
        let (code, said) = reason_of(script).await;
        assert_eq!(code, reason, "{script}: {said}");
        assert!(said.contains(words), "{script}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_without_end_is_ended() {
    for (script, mark) in [("sleep 7334".to_owned(), "7334"), (format!("{SHOWS} sleep 7335"), "7335")] {
        let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
        let overlay = overlay(&issuer, "/bin/sh", &script);
        let sandbox = Arc::new(Hasty(sandbox().await, Duration::from_secs(1)));
        let change = |ports: &mut services::Ports| {
            ports.sandbox = sandbox;
            ports.programs = Arc::new(InstalledPrograms::new("/nowhere".into(), Tools::pinned().unwrap()));
        };
        let world = World::fitted(TestDatabase::sqlite().await, issuer, PUBLIC, &overlay, change).await;
        begun(&world).await;
        let ended = over(&world).await;
        assert_eq!((ended.phase, ended.reason.as_deref()), (DevicePhase::Failed, Some("too_long")), "{}", ended.words);
        wait_for(|| !running(mark)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credential_files_that_cannot_be_used_say_why() {
    for (script, words) in [
        ("exit 0".to_owned(), "it is not there"),
        (stores("head -c 40 .grok/auth.json > half; mv half .grok/auth.json"), "not whole"),
        (stores("echo '{}' > .grok/auth.json"), "missing"),
        (stores("chmod 644 .grok/auth.json"), "other users could read it"),
        (stores("rm .grok/auth.json; ln -s /etc/hostname .grok/auth.json"), "symbolic link"),
        (stores("sed -i s,https://auth.x.ai,https://evil.example,g .grok/auth.json"), "somebody else"),
        (stores("head -c 400000 /dev/zero > .grok/auth.json"), "larger"),
    ] {
        let (code, said) = reason_of(&format!("{SHOWS} {script}")).await;
        assert_eq!(code, "bad_credential_file", "{script}: {said}");
        assert!(said.contains(words), "{script}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_tells_of_a_no_or_of_the_end_of_time_is_believed() {
    for (words, phase) in [("Error: access denied by user", DevicePhase::Denied), ("Error: the code has expired", DevicePhase::Expired)] {
        let world = world(&format!("{SHOWS} sleep 0.3; echo '{words}'; exit 1")).await;
        begun(&world).await;
        assert_eq!(over(&world).await.phase, phase);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_stops_the_program_at_every_phase() {
    // Silent, and waiting: a mark on the process tells whether it is gone.
    for script in ["sleep 7331", &format!("{SHOWS} sleep 7332")] {
        let world = world(script).await;
        let device = &world.house.services.device_sign_in;
        let begun = device.begin(&world.ana, &id("xai"), None).await.unwrap().flow;
        if script.contains("7332") {
            device.shown(&world.ana, begun.id, Duration::from_secs(20)).await.unwrap();
        }
        let mark = if script.contains("7332") { "7332" } else { "7331" };
        wait_for(|| running(mark)).await;
        device.cancel(&world.ana, &id("xai")).await.unwrap();
        wait_for(|| !running(mark)).await;
        assert!(device.state(&world.ana, &id("xai")).await.unwrap().unwrap().flow.is_none());
        assert_eq!(world.health(Vendor::Xai).await, Health::NotConnected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_cut_by_a_restart_has_failed_and_starts_again() {
    let world = world(&format!("{SHOWS} sleep 7333")).await;
    begun(&world).await;
    let device = &world.house.services.device_sign_in;
    device.sweep().await.unwrap();
    assert_eq!(device.state(&world.ana, &id("xai")).await.unwrap().unwrap().flow.unwrap().phase, DevicePhase::Waiting);
    world.execute("UPDATE device_flow SET alive_until = 1").await;
    device.sweep().await.unwrap();
    let cut = over(&world).await;
    assert_eq!(cut.reason.as_deref(), Some("interrupted"));
    // Its program notices by itself.
    wait_for(|| !running("7333")).await;
    assert_eq!(begun(&world).await.phase, DevicePhase::Waiting, "one click starts it again");
    device.cancel(&world.ana, &id("xai")).await.unwrap();
    wait_for(|| !running("7333")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_program_purser_asks_itself_and_says_what_is_missing() {
    let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
    let at = |path| issuer.address(Vendor::Xai, path);
    let overlay = format!(
        "[providers.xai.device]\ndevice_authorization_url = \"{}\"\ntoken_url = \"{}\"\n[providers.xai.cli]\nprogram = \"/nowhere/grok\"\n",
        at("device/code"),
        at("token")
    );
    let world = fitted(issuer, &overlay).await;
    let device = &world.house.services.device_sign_in;
    let offer = device.state(&world.ana, &id("xai")).await.unwrap().unwrap();
    assert_eq!((offer.modes.as_slice(), offer.missing_program.as_deref()), ([DeviceMode::Native].as_slice(), Some("grok")));
    let refused = device.begin(&world.ana, &id("xai"), Some(DeviceMode::Cli)).await.unwrap_err();
    assert!(refused.to_string().contains("purser tools install grok"), "{refused}");
    let begun = device.begin(&world.ana, &id("xai"), None).await.unwrap().flow;
    let shown = device.shown(&world.ana, begun.id, Duration::from_secs(10)).await.unwrap();
    assert_eq!((shown.mode, shown.phase), (DeviceMode::Native, DevicePhase::Waiting), "{}", shown.words);
}

/// Real tokens of the issuer, and a program that stores them.
async fn with_tokens(then: &str) -> (World, String) {
    let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
    issuer.switch(Vendor::Xai, |switches| switches.device_interval = 1);
    let first = World::over(TestDatabase::sqlite().await, issuer, PUBLIC, "").await;
    let device = &first.house.services.device_sign_in;
    let flow = device.begin(&first.ana, &id("xai"), Some(DeviceMode::Native)).await.unwrap().flow;
    let shown = device.shown(&first.ana, flow.id, Duration::from_secs(10)).await.unwrap().shown.unwrap();
    assert!(first.issuer.decide_device(Vendor::Xai, shown.user_code.as_str(), true));
    while first.issuer.issued(Vendor::Xai).is_empty() || first.health(Vendor::Xai).await != Health::Connected {
        device.poll_due().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let issuer = first.issuer;
    let tokens = issuer.issued(Vendor::Xai);
    let (access, refresh) = tokens.iter().partition::<Vec<_>, _>(|token| issuer.accepts(Vendor::Xai, token));
    let (access, refresh) = (access[0].clone(), refresh[0].clone());
    let script = format!("{SHOWS} {}", stores(then)).replace("at-secret", &access).replace("rt-secret", &refresh);
    let overlay = overlay(&issuer, "/bin/sh", &script);
    let overlay = overlay.replacen("token_url", &format!("revoke_url = \"{}\"\ntoken_url", issuer.address(Vendor::Xai, "revoke")), 1);
    let world = fitted(issuer, &overlay).await;
    assert!(world.issuer.accepts(Vendor::Xai, &access));
    (world, access)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_program_got_is_given_back_when_nobody_wants_it_any_more() {
    // Called off while the program runs, with its file there; and just as it succeeds; and it fails after it has stored something.
    for (then, how) in [("sleep 7341", "cancel"), ("sleep 1", "overtake"), ("exit 3", "fail")] {
        let (world, access) = with_tokens(then).await;
        begun(&world).await;
        match how {
            "cancel" => {
                wait_for(|| running("7341")).await;
                world.house.services.device_sign_in.cancel(&world.ana, &id("xai")).await.unwrap();
            }
            // As another replica would do it.
            "overtake" => world.execute("UPDATE device_flow SET version = version + 1, phase = 'cancelled'").await,
            _ => assert_eq!(over(&world).await.phase, DevicePhase::Failed),
        }
        wait_for(|| world.issuer.counts(Vendor::Xai).revocations == 1).await;
        assert!(!world.issuer.accepts(Vendor::Xai, &access), "{how}: the issuer still honours it");
        assert_eq!(world.health(Vendor::Xai).await, Health::NotConnected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiccup_of_the_database_ends_no_sign_in() {
    let world = world(&format!("{SHOWS} sleep 4; {}", stores(""))).await;
    begun(&world).await;
    world.execute("ALTER TABLE device_flow RENAME TO away").await;
    // Longer than from one renewal to the next.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    world.execute("ALTER TABLE away RENAME TO device_flow").await;
    let ended = over(&world).await;
    assert_eq!(ended.phase, DevicePhase::Connected, "{}", ended.words);
}

/// Does a process of this machine carry the mark among its arguments?
fn running(mark: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let marked = |text: String| text.split('\0').any(|argument| argument == mark);
    processes.filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok()).any(marked)
}

async fn wait_for(mut done: impl FnMut() -> bool) {
    for _ in 0..300 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("it did not come to that");
}
