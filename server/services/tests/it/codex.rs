//! The genuine codex: it signs in at the stand-in of its issuer, and runs builds on what it is lent. Skips aloud without it.

use crate::build_world::{codex, genuine, skipped};
use crate::sign_in_world::World;
use crate::support::{PUBLIC, id};
use adapters::SystemClock;
use adapters::sandbox::{InstalledPrograms, SandboxSettings, pick};
use domain::cli::Tools;
use services::device_sign_in::DeviceFlowState;
use std::sync::Arc;
use std::time::Duration;
use testkit::database::TestDatabase;
use testkit::grok_chat::ANSWER;
use testkit::issuer::{Issuer, Vendor};
use vocab::{AuthMethod, BuildPhase, DeviceMode, DevicePhase, Health, Lending};

/// A world whose codex looks for its issuer at the stand-in.
pub async fn world() -> Option<World> {
    let program = genuine("codex")?;
    let homes = std::env::temp_dir().join(format!("purser-codex-{}", std::process::id()));
    let sandbox = pick(None, &SandboxSettings { hidden: Vec::new(), shown: Vec::new(), homes }).await.unwrap();
    if sandbox.nature().name != "bubblewrap" {
        skipped("no bubblewrap");
        return None;
    }
    let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
    let at = issuer.name(Vendor::Codex);
    issuer.switch(Vendor::Codex, |switches| switches.device_interval = 1);
    let cli = format!(
        "[providers.codex.cli]\nprogram = \"{}\"\nlogin = [\"login\", \"--device-auth\", \"--experimental_issuer\", \"{at}\"]\n",
        program.display()
    );
    let overlay = World::overlay(&issuer, &cli).replace("mode = \"native\"", "mode = \"cli\"");
    let change = |ports: &mut services::Ports| {
        ports.sandbox = sandbox;
        ports.programs = Arc::new(InstalledPrograms::new("/nowhere".into(), Tools::pinned().unwrap()));
    };
    Some(World::fitted(TestDatabase::sqlite().await, issuer, PUBLIC, &overlay, change).await)
}

/// Begins; the program shows its code.
pub async fn begun(world: &World) -> DeviceFlowState {
    let device = &world.house.services.device_sign_in;
    let begun = device.begin(&world.ana, &id("codex"), None).await.unwrap().flow;
    assert_eq!(begun.mode, DeviceMode::Cli);
    device.shown(&world.ana, begun.id, Duration::from_secs(30)).await.unwrap()
}

/// Waits for the end.
pub async fn over(world: &World) -> DeviceFlowState {
    for _ in 0..600 {
        let state = world.house.services.device_sign_in.state(&world.ana, &id("codex")).await.unwrap().unwrap().flow;
        if let Some(state) = state.filter(|state| !state.phase.is_open()) {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("it never ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_signs_in_with_a_code_and_purser_keeps_the_sign_in_fresh() {
    let Some(world) = world().await else { return };
    let shown = begun(&world).await;
    assert_eq!(shown.phase, DevicePhase::Waiting, "{}", shown.words);
    let seen = shown.shown.unwrap();
    assert_eq!(seen.link().as_str(), format!("{}/codex/device", world.issuer.name(Vendor::Codex)));
    assert!(world.issuer.decide_device(Vendor::Codex, seen.user_code.as_str(), true));
    let ended = over(&world).await;
    assert_eq!(ended.phase, DevicePhase::Connected, "{}", ended.words);
    let state = world.state(Vendor::Codex).await;
    let connection = state.connection.unwrap();
    assert_eq!((connection.method, state.health.health), (AuthMethod::DeviceCode, Health::Connected));
    assert!(connection.account.unwrap().starts_with("practice-person@example.org"));
    // What the program stored is enough to fetch the next tokens: the refresh names the client that the program has.
    world.expire().await;
    let grant = world.house.ports.connections.of_provider(&id("codex")).await.unwrap().unwrap().grant_id.unwrap();
    let provider = world.house.services.catalogue.get(&id("codex")).unwrap().clone();
    world.house.services.grants.access_token(&provider, grant).await.unwrap();
    let counts = world.issuer.counts(Vendor::Codex);
    assert_eq!((counts.device_codes, counts.refreshed, counts.duplicates), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denial_and_a_switched_off_flow_are_told_in_its_own_words() {
    let Some(world) = world().await else { return };
    let shown = begun(&world).await.shown.unwrap();
    assert!(world.issuer.decide_device(Vendor::Codex, shown.user_code.as_str(), false));
    let ended = over(&world).await;
    assert!(matches!(ended.phase, DevicePhase::Denied | DevicePhase::Failed), "{:?} {}", ended.phase, ended.words);
    assert!(!ended.words.is_empty());
    world.issuer.switch(Vendor::Codex, |switches| switches.device_off = true);
    world.house.services.device_sign_in.begin(&world.ana, &id("codex"), None).await.unwrap();
    let ended = over(&world).await;
    assert_eq!(ended.phase, DevicePhase::Failed);
    assert!(ended.words.to_lowercase().contains("device code"), "{}", ended.words);
    assert_eq!(world.health(Vendor::Codex).await, Health::NotConnected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_finishes_a_build_on_a_lent_token() {
    let Some((yard, chat)) = codex().await else { return };
    let (phase, log) = yard.run(Lending::Lend).await;
    assert!(phase == BuildPhase::Succeeded && log.contains(ANSWER), "{phase} {log}");
    assert_eq!(chat.bearers(), [yard.token().await]);
    let counts = yard.world.issuer.counts(Vendor::Codex);
    assert_eq!((counts.refreshes, counts.duplicates), (0, 0), "it has nothing to refresh with: {counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_makes_of_a_handed_over_sign_in_is_kept() {
    let Some((yard, chat)) = codex().await else { return };
    // It refreshes when its token is refused. How its run ends then is no matter here.
    chat.refuse_the_first_token();
    let (_, log) = yard.run(Lending::HandOver).await;
    let counts = yard.world.issuer.counts(Vendor::Codex);
    assert_eq!((counts.refreshed, counts.duplicates), (1, 0), "{log}");
    assert!(yard.world.issuer.accepts(Vendor::Codex, &yard.token().await));
    // Purser's own next refresh spends the token that the program got.
    yard.refresh().await;
    let counts = yard.world.issuer.counts(Vendor::Codex);
    assert_eq!((counts.refreshed, counts.duplicates, counts.families_revoked), (2, 0, 0));
    assert!(yard.world.issuer.accepts(Vendor::Codex, &yard.token().await));
}
