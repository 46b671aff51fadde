//! Builds, for real: programs of this machine and the genuine grok in bubblewrap, borrowing from an issuer whose refresh tokens
//! are good for one use. A machine without bubblewrap, python or grok skips aloud.

use crate::build_world::{SCRIPT, Yard, grok};
use domain::people::Caller;
use services::ServiceError;
use services::builds::WorkspaceForm;
use std::time::Duration;
use testkit::database::TestDatabase;
use testkit::grok_chat::ANSWER;
use testkit::issuer::Vendor;
use vocab::{BuildPhase, Lending};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_gets_its_prompt_and_a_lent_token_and_leaves_neither() {
    let script = "#!/bin/sh\ncat \"$1\"; pwd; cat ~/.grok/auth.json; cp ~/.grok/auth.json stolen; echo made > made.txt; \
                  ls /var/tmp /root 2>&1; env; printf '\\033[31mred\\033[0m\\033[2J<script>\\n'; \
                  cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -c CARGO";
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database, SCRIPT, script).await else { return };
        let (phase, log) = yard.run(Lending::Lend).await;
        assert_eq!(phase, BuildPhase::Failed, "grep found nothing, so it ended with 1: {log}");
        assert!(log.contains("what to do; $(touch /tmp/x)\n/workspace\n"), "{log}");
        assert!(log.contains("\"key\":\"[secret]\"") && !log.contains("refresh_token"), "{log}");
        assert!(log.contains("\u{1b}[31mred\u{1b}[0m<script>\n") && log.contains("removed stolen"), "{log}");
        assert!(!log.contains(&yard.token().await) && !log.contains("PURSER") && !log.contains("CARGO"), "{log}");
        let builds = yard.services.builds.list(&Caller::system(), None, 10).await.unwrap();
        let own = yard.folder.path().join("builds").join(builds[0].build.id.to_string());
        assert!(own.join("made.txt").is_file() && !own.join("stolen").exists());
        let detail = yard.services.builds.get(&Caller::system(), builds[0].build.id).await.unwrap();
        assert_eq!(detail.artefacts.map(|found| (found.files, found.bytes)), Some((1, 5)));
        let actions = yard.world.actions().await;
        for action in ["build_start", "build_credential", "build_end"] {
            assert!(actions.contains(&action.to_owned()), "{actions:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_broker_serves_its_own_run_and_nobody_else() {
    let script = "#!/bin/sh\ntest \"$1\" = login && { $ASK > /dev/null; exit; }\n$ASK; $ASK another-run-s; \
                  GROK_AUTH_EXPIRED=1 $ASK; test -e ~/.grok/auth.json || echo no file";
    let Some(yard) = Yard::make(SCRIPT, script).await else { return };
    let (phase, log) = yard.run(Lending::Broker).await;
    assert_eq!(phase, BuildPhase::Succeeded, "{log}");
    assert!(log.contains("{\"access_token\":\"[secret]\",\"expires_in\":") && log.contains("{\"error\":\"unknown\"}"), "{log}");
    assert!(log.contains("no file"), "{log}");
    assert_eq!(yard.world.issuer.counts(Vendor::Codex).duplicates, 0);
    let left = std::fs::read_dir(yard.folder.path().join("sockets")).unwrap().count();
    assert_eq!(left, 0, "the socket went with its run");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handed_over_sign_in_comes_back_also_from_a_killed_run() {
    // The script refreshes as a program would: it writes another file in the place of the one it was given.
    let script = "#!/bin/sh\nsed -e 's/\"key\":\"[^\"]*\"/\"key\":\"at-new\"/' -e 's/\"refresh_token\":\"[^\"]*\"/\"refresh_token\":\"rt-new\"/' \
                  ~/.grok/auth.json > ~/.grok/new; chmod 600 ~/.grok/new; mv ~/.grok/new ~/.grok/auth.json; echo renewed; sleep 60";
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database, SCRIPT, script).await else { return };
        let build = yard.start(Lending::HandOver, WorkspaceForm::Empty).await.unwrap();
        let second = yard.start(Lending::HandOver, WorkspaceForm::Empty).await.unwrap();
        yard.running(build.id).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let waiting = yard.services.builds.get(&Caller::system(), second.id).await.unwrap().build.phase();
        assert_eq!(waiting, BuildPhase::Queued, "one at a time");
        yard.services.builds.cancel(&Caller::system(), second.id).await.unwrap();
        yard.services.builds.cancel(&Caller::system(), build.id).await.unwrap();
        let (phase, log) = yard.over(build.id).await;
        assert_eq!(phase, BuildPhase::Cancelled, "{log}");
        assert_eq!(yard.over(second.id).await.0, BuildPhase::Cancelled);
        assert_eq!(yard.token().await, "at-new", "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_and_fifty_builds_spend_no_refresh_token_twice() {
    let Some(yard) = Yard::make(SCRIPT, "#!/bin/sh\ntest -s ~/.grok/auth.json").await else { return };
    let mut builds = Vec::new();
    for n in 0..50 {
        builds.push(yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap().id);
        if n % 5 == 0 {
            yard.refresh().await;
        }
    }
    for build in builds {
        let (phase, log) = yard.over(build).await;
        assert_eq!(phase, BuildPhase::Succeeded, "{log}");
    }
    let counts = yard.world.issuer.counts(Vendor::Codex);
    assert!(counts.refreshed >= 10 && counts.duplicates == 0 && counts.families_revoked == 0, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_gone_leaves_a_lost_build_that_can_be_repeated() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database, SCRIPT, "#!/bin/sh\nsleep 30").await else { return };
        let build = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap();
        yard.running(build.id).await;
        yard.world.execute("UPDATE build SET lease_until = 1, owner = 'another'").await;
        yard.services.builds.take_turns().await.unwrap();
        let (phase, log) = yard.over(build.id).await;
        assert_eq!(phase, BuildPhase::Lost, "{log}");
        let again = yard.services.builds.retry(&Caller::system(), build.id).await.unwrap();
        assert_eq!(again.retry_of, Some(build.id));
        yard.services.builds.cancel(&Caller::system(), again.id).await.unwrap();
        assert_eq!(yard.over(again.id).await.0, BuildPhase::Cancelled);
        let third = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap();
        yard.running(third.id).await;
        yard.services.builds.stop().await;
        assert_eq!(yard.over(third.id).await.0, BuildPhase::Lost, "a server that stops says so itself");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_in_order_is_refused_by_name() {
    let Some(yard) = Yard::make(SCRIPT, "#!/bin/sh\ncat given").await else { return };
    let fields = |error: ServiceError| match error {
        ServiceError::Invalid(fields) => fields.0.into_keys().next().unwrap_or_default(),
        other => format!("{other:?}"),
    };
    let archive = |name: &str, kind: u8| {
        // One entry of a tar by hand (POSIX.1-1988): name, mode, size, checksum, kind.
        let mut block = vec![0_u8; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[100..107].copy_from_slice(b"0000600");
        block[124..135].copy_from_slice(b"00000000005");
        block[148..156].fill(b' ');
        block[156] = kind;
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        block[154] = 0;
        block.extend_from_slice(b"hello");
        block.resize(1024 + 1024, 0);
        WorkspaceForm::Archive(block.into())
    };
    for (name, kind) in [("../out", b'0'), ("/etc/x", b'0'), ("dev", b'3'), ("link", b'2'), ("hard", b'1'), ("pipe", b'6')] {
        let error = yard.start(Lending::Lend, archive(name, kind)).await.unwrap_err();
        assert_eq!(fields(error), "archive", "{name}");
    }
    assert!(!yard.folder.path().join("out").exists());
    assert_eq!(fields(yard.start(Lending::Lend, WorkspaceForm::Archive("no tar".into())).await.unwrap_err()), "archive");
    for folder in ["/", "/etc", "../x", "nowhere"] {
        let error = yard.start(Lending::Lend, WorkspaceForm::Folder(folder.to_owned())).await.unwrap_err();
        assert_eq!(fields(error), "folder", "{folder}");
    }
    let left = std::fs::read_dir(yard.folder.path().join("builds")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing of a refused archive is kept");
    let good = yard.start(Lending::Lend, archive("given", b'0')).await.unwrap();
    let (phase, log) = yard.over(good.id).await;
    assert!(phase == BuildPhase::Succeeded && log.starts_with("hello"), "{log}");
    let again = yard.services.builds.retry(&Caller::system(), good.id).await.unwrap_err();
    assert_eq!(fields(again), "id");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_genuine_grok_finishes_builds_on_lent_and_on_brokered_tokens() {
    let Some((yard, chat)) = grok().await else { return };
    let lent = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap();
    let brokered = yard.start(Lending::Broker, WorkspaceForm::Empty).await.unwrap();
    for build in [lent, brokered] {
        let (phase, log) = yard.over(build.id).await;
        assert!(phase == BuildPhase::Succeeded && log.contains(ANSWER), "{phase} {log}");
    }
    assert_eq!(chat.bearers(), [yard.token().await]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_genuine_grok_asks_the_broker_again_when_its_token_ends() {
    let Some((yard, chat)) = grok().await else { return };
    yard.world.issuer.switch(Vendor::Codex, |switches| switches.access_seconds = Some(30));
    yard.world.expire().await;
    chat.wait(Duration::from_secs(9));
    chat.refuse_the_first_token();
    let (phase, log) = yard.run(Lending::Broker).await;
    assert!(phase == BuildPhase::Succeeded && log.contains(ANSWER), "{phase} {log}");
    let counts = yard.world.issuer.counts(Vendor::Codex);
    assert!(counts.refreshed >= 2 && counts.duplicates == 0, "{counts:?}");
    assert!(chat.bearers().len() >= 2, "{:?}", chat.bearers());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_builds_of_the_genuine_grok_and_refreshes_in_between_spend_no_refresh_token_twice() {
    let Some((yard, chat)) = grok().await else { return };
    let mut builds = Vec::new();
    for n in 0..50 {
        let lending = if n % 2 == 0 { Lending::Lend } else { Lending::Broker };
        builds.push(yard.start(lending, WorkspaceForm::Empty).await.unwrap().id);
    }
    for (n, build) in builds.into_iter().enumerate() {
        let (phase, log) = yard.over(build).await;
        assert!(phase == BuildPhase::Succeeded && log.contains(ANSWER), "{n}: {phase} {log}");
        if n % 5 == 0 {
            yard.refresh().await;
        }
    }
    let counts = yard.world.issuer.counts(Vendor::Codex);
    assert!(counts.refreshed >= 10 && counts.duplicates == 0 && counts.families_revoked == 0, "{counts:?}");
    assert!(chat.bearers().len() >= 10, "the tokens of the time between two refreshes");
}

/// A sign-in whose access token is so close to its end that the program refreshes before anything else, and what it gets then
/// lasts. Returns how often was refreshed so far.
async fn almost_over(yard: &Yard) -> u64 {
    yard.world.issuer.switch(Vendor::Codex, |switches| switches.access_seconds = Some(250));
    yard.refresh().await;
    yard.world.issuer.switch(Vendor::Codex, |switches| switches.access_seconds = None);
    yard.world.issuer.counts(Vendor::Codex).refreshed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_genuine_grok_refreshes_what_is_handed_over_and_it_comes_back_also_when_it_is_killed() {
    let Some((yard, chat)) = grok().await else { return };
    let before = almost_over(&yard).await;
    let (phase, log) = yard.run(Lending::HandOver).await;
    assert!(phase == BuildPhase::Succeeded && log.contains(ANSWER), "{phase} {log}");
    assert!(yard.world.issuer.counts(Vendor::Codex).refreshed > before, "it did not refresh by itself");
    let used = chat.bearers().last().cloned().unwrap();
    assert_eq!(yard.token().await, used, "what it fetched is in the vault");

    let before = almost_over(&yard).await;
    chat.wait(Duration::from_mins(1));
    let build = yard.start(Lending::HandOver, WorkspaceForm::Empty).await.unwrap();
    for _ in 0..600 {
        if chat.bearers().last() != Some(&used) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(yard.world.issuer.counts(Vendor::Codex).refreshed > before);
    yard.services.builds.cancel(&Caller::system(), build.id).await.unwrap();
    assert_eq!(yard.over(build.id).await.0, BuildPhase::Cancelled);
    assert_eq!(Some(&yard.token().await), chat.bearers().last());
    // Purser's own next refresh spends the token that the program got.
    yard.refresh().await;
    assert!(yard.world.issuer.accepts(Vendor::Codex, &yard.token().await));
    let counts = yard.world.issuer.counts(Vendor::Codex);
    assert!(counts.duplicates == 0 && counts.families_revoked == 0, "{counts:?}");
}
