//! Builds that go wrong: what is missing, what never ends, what is called off, and what tries to look where it may not.

use crate::build_world::{Hasty, SCRIPT, Yard, put, skipped};
use crate::support::{House, PUBLIC, id, ring};
use adapters::UnixTokenSockets;
use adapters::sandbox::{PlainProcess, Runner, SandboxSettings, pick};
use async_trait::async_trait;
use bytes::Bytes;
use domain::build::{BuildEnd, BuildState};
use domain::cli::CliCredential;
use domain::people::Caller;
use domain::provider::Catalogue;
use futures::StreamExt;
use futures::stream::BoxStream;
use secrecy::SecretString;
use services::builds::{LogNews, StartForm, WorkspaceForm};
use services::ports::{Artefacts, BuildSandbox, LeaseOwner, Looked, Patience, WorkspaceError, Workspaces};
use services::{ServiceError, Services};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use testkit::database::TestDatabase;
use testkit::issuer::Vendor;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use vocab::{BuildFailure, BuildPhase, Lending};

fn fields(error: ServiceError) -> BTreeMap<String, String> {
    match error {
        ServiceError::Invalid(fields) => fields.0,
        other => BTreeMap::from([("error".to_owned(), format!("{other:?}"))]),
    }
}

fn form(lending: Option<Lending>) -> StartForm {
    StartForm { provider_id: id("xai"), prompt: "go".into(), workspace: WorkspaceForm::Empty, lending }
}

async fn offered(services: &Services) -> Vec<Lending> {
    let programs = services.builds.programs(&Caller::system()).await.unwrap();
    programs.into_iter().find(|program| program.provider_id == id("xai")).unwrap().lendings
}

async fn house(overlay: &str, sandbox: Arc<dyn BuildSandbox>, helper: bool, sockets: &Path) -> House {
    let helper = helper.then(|| ("/bin/true".into(), Vec::new()));
    let catalogue = Catalogue::with_overlay("test.toml", overlay).unwrap();
    let change = |ports: &mut services::Ports| {
        ports.sandbox = sandbox;
        ports.builds.sockets = Arc::new(UnixTokenSockets::new(sockets.to_owned(), helper));
    };
    House::made(TestDatabase::sqlite().await, ring(&["k1"]), catalogue, PUBLIC, change)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ways_to_borrow_are_those_of_the_catalogue_and_of_the_machine() {
    use Lending::{Broker, HandOver, Lend};
    let folder = tempfile::tempdir().unwrap();
    let plain: Arc<dyn BuildSandbox> = Arc::new(PlainProcess::new(folder.path().join("homes"), "a test"));
    let settings = SandboxSettings { hidden: Vec::new(), shown: Vec::new(), homes: folder.path().join("homes") };
    let best = pick(None, &settings).await.unwrap();
    let only_broker = "[providers.xai.cli]\nlending = \"broker\"\nlendings = [\"broker\"]\n";
    let no_hand_over = "[providers.xai.cli]\nlending = \"broker\"\nlendings = [\"lend\", \"broker\"]\n";
    let mut cases = vec![
        ("", plain.clone(), true, vec![Lend, HandOver]),
        (no_hand_over, plain.clone(), true, vec![Lend]),
        (only_broker, plain, true, vec![]),
        ("", best.clone(), false, vec![Lend, HandOver]),
    ];
    if best.nature().sockets {
        cases.push(("", best.clone(), true, vec![Lend, Broker, HandOver]));
        cases.push((no_hand_over, best, true, vec![Broker, Lend]));
    } else {
        skipped("no bubblewrap");
    }
    for (overlay, sandbox, helper, expected) in cases {
        let house = house(overlay, sandbox, helper, folder.path()).await;
        assert_eq!(offered(&house.services).await, expected, "{overlay}");
        for lending in Lending::ALL {
            let refused = fields(house.services.builds.start(&Caller::system(), form(Some(*lending))).await.unwrap_err());
            let words = refused.get("lending");
            assert_eq!(words.is_none(), expected.contains(lending), "{lending}: {refused:?}");
            if let Some(words) = words.filter(|_| *lending == Broker) {
                assert!(words.contains("that needs bubblewrap"), "{words}");
            }
        }
        // Unless a person says otherwise, it is the first of those.
        let refused = fields(house.services.builds.start(&Caller::system(), form(None)).await.unwrap_err());
        assert_eq!(refused.contains_key("lending"), expected.is_empty(), "{refused:?}");
        let programs = house.services.builds.programs(&Caller::system()).await.unwrap();
        assert!(programs.iter().all(|program| program.trouble.is_some()), "nobody is signed in");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_processes_run_builds_and_leave_nothing() {
    let script = "#!/bin/sh\ncat \"$1\"; cat ~/.grok/auth.json; pwd; echo made > made.txt";
    let yard = Yard::fitted(TestDatabase::sqlite().await, Some(Runner::Process), SCRIPT, script, |_| {}).await.unwrap();
    for lending in [Lending::Lend, Lending::HandOver] {
        let build = yard.start(lending, WorkspaceForm::Empty).await.unwrap();
        let (phase, log) = yard.over(build.id).await;
        assert!(phase == BuildPhase::Succeeded && log.contains("\"key\":\"[secret]\""), "{log}");
        assert!(yard.own(build.id).join("made.txt").is_file());
    }
    let refused = fields(yard.start(Lending::Broker, WorkspaceForm::Empty).await.unwrap_err());
    assert_eq!(refused.keys().collect::<Vec<_>>(), ["lending"]);
    assert_eq!(std::fs::read_dir(yard.folder.path().join("homes")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_missing_or_goes_missing_says_so() {
    let Some(yard) = Yard::make(SCRIPT, "#!/bin/sh\nsleep 30").await else { return };
    // Two under way; the third one's program goes while it waits.
    let held =
        [yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap(), yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap()];
    let waiting = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap();
    for build in &held {
        yard.running(build.id).await;
    }
    std::fs::remove_file(yard.folder.path().join("bin/tool")).unwrap();
    let refused = fields(yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap_err());
    assert!(refused["provider_id"].contains("is not installed here"), "{refused:?}");
    for build in &held {
        yard.services.builds.cancel(&Caller::system(), build.id).await.unwrap();
    }
    let (phase, log) = yard.over(waiting.id).await;
    assert!(phase == BuildPhase::Failed && log.contains("is not installed here"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_crashes_and_runs_without_end_are_ended_and_named() {
    let script = "#!/bin/sh\ncase \"$(cat \"$1\")\" in flood*) head -c 100000000 /dev/zero;; crash*) kill -SEGV $$;; \
                  code*) echo last; exit 7;; esac; sleep 60";
    let hasten = |ports: &mut services::Ports| ports.sandbox = Arc::new(Hasty(ports.sandbox.clone(), Duration::from_secs(12)));
    let Some(yard) = Yard::fitted(TestDatabase::sqlite().await, None, SCRIPT, script, hasten).await else { return };
    for (prompt, failure) in [
        ("flood", BuildFailure::TooMuchOutput),
        ("crash", BuildFailure::Crashed),
        ("code", BuildFailure::Exited),
        ("endless", BuildFailure::TimedOut),
    ] {
        let form = StartForm { provider_id: id("codex"), prompt: prompt.into(), workspace: WorkspaceForm::Empty, lending: None };
        let build = yard.services.builds.start(&Caller::system(), form).await.unwrap();
        yard.over(build.id).await;
        let state = yard.services.builds.get(&Caller::system(), build.id).await.unwrap().build.state;
        let BuildState::Ended { end: BuildEnd::Failed { failure: found, code, .. }, .. } = state else { unreachable!("{state:?}") };
        assert_eq!((found, code), (failure, (failure == BuildFailure::Exited).then_some(7)), "{prompt}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_credential_a_build_says_so() {
    let Some(yard) = Yard::make(SCRIPT, "#!/bin/sh\ntrue").await else { return };
    yard.world.issuer.revoke_all(Vendor::Codex);
    yard.world.expire().await;
    for lending in Lending::ALL {
        // In broker mode it is the program that is told; whether it minds is its own matter.
        if *lending == Lending::Broker {
            continue;
        }
        let Ok(build) = yard.start(*lending, WorkspaceForm::Empty).await else { continue };
        let (phase, log) = yard.over(build.id).await;
        assert!(phase == BuildPhase::Failed && log.contains("NoCredential"), "{lending}: {log}");
    }
}

/// Does a process of this machine carry the mark among its arguments?
fn living(mark: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let marked = |text: String| text.split('\0').any(|argument| argument == mark);
    processes.filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok()).any(marked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_ends_a_build_at_every_phase_with_all_its_processes() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database, SCRIPT, "#!/bin/sh\nsetsid sleep 7411 & sleep 7411").await else { return };
        let caller = Caller::system();
        let connection = yard.world.house.ports.connections.of_provider(&id("codex")).await.unwrap().unwrap();
        let lease = format!("grant:{}", connection.grant_id.unwrap());
        let somebody = LeaseOwner("somebody".to_owned());
        // Made ready for as long as somebody else refreshes the sign-in.
        assert!(yard.world.house.ports.installation.take_lease(&lease, &somebody, Duration::from_mins(5)).await.unwrap());
        let preparing = yard.start(Lending::HandOver, WorkspaceForm::Empty).await.unwrap().id;
        let running = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap().id;
        let queued = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap().id;
        yard.until(preparing, BuildPhase::Preparing).await;
        yard.running(running).await;
        for _ in 0..200 {
            if living("7411") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(living("7411"));
        for build in [queued, preparing, running] {
            yard.services.builds.cancel(&caller, build).await.unwrap();
            assert_eq!(yard.over(build).await.0, BuildPhase::Cancelled);
            yard.services.builds.cancel(&caller, build).await.unwrap();
        }
        assert!(!living("7411"), "also those that left its session");
        assert!(yard.world.house.ports.installation.take_lease(&lease, &somebody, Duration::from_secs(1)).await.unwrap(), "still theirs");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_comes_after_the_run_is_refused() {
    let script =
        "#!/bin/sh\ntest \"$1\" = login && exit; rev ~/.purser/capability > reversed; while ! test -e /workspace/go; do sleep 0.05; done";
    let Some(yard) = Yard::make(SCRIPT, script).await else { return };
    let build = yard.start(Lending::Broker, WorkspaceForm::Empty).await.unwrap().id;
    yard.running(build).await;
    let reversed = yard.own(build).join("reversed");
    for _ in 0..200 {
        if std::fs::metadata(&reversed).is_ok_and(|found| found.len() > 40) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let capability: String = std::fs::read_to_string(&reversed).unwrap().trim().chars().rev().collect();
    let socket = std::fs::read_dir(yard.folder.path().join("sockets")).unwrap().flatten().next().unwrap().path().join("token");
    let mut early = UnixStream::connect(&socket).await.unwrap();
    let mut late = UnixStream::connect(&socket).await.unwrap();
    let question = format!("{{\"capability\":\"{capability}\"}}\n");
    early.write_all(question.as_bytes()).await.unwrap();
    let mut answer = String::new();
    early.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("{\"access_token\":\""), "it is the right one: {answer}");
    put(&yard.own(build).join("go"), "");
    assert_eq!(yard.over(build).await.0, BuildPhase::Succeeded);
    late.write_all(question.as_bytes()).await.unwrap();
    let mut answer = String::new();
    late.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "{\"error\":\"run_over\"}\n");
    assert!(UnixStream::connect(&socket).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_sees_nothing_of_the_one_beside_it() {
    // The first one holds a secret in every place; the second one looks everywhere.
    let script = "#!/bin/sh\ntest \"$1\" = login && exit; case \"$(cat \"$1\")\" in hold*) M=held-in-the-environment; export M; \
                  echo held-in-the-workspace > mark; echo held-at-home > ~/mark; echo held-in-tmp > /tmp/mark; sleep 7421;; esac; \
                  cat /workspace/* ~/* /tmp/* 2>&1; ls -R /var/tmp /run /home /root 2>&1; ls -d /proc/[0-9]*; \
                  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ /proc/[0-9]*/mounts 2>/dev/null | tr '\\0' '\\n'; \
                  cat /proc/[0-9]*/root/workspace/mark; kill -9 -1; echo on";
    let Some(yard) = Yard::make(SCRIPT, script).await else { return };
    let start = async |prompt: &str| {
        let form =
            StartForm { provider_id: id("codex"), prompt: prompt.into(), workspace: WorkspaceForm::Empty, lending: Some(Lending::Broker) };
        yard.services.builds.start(&Caller::system(), form).await.unwrap().id
    };
    let first = start("hold").await;
    for _ in 0..300 {
        if living("7421") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(living("7421"));
    let (_, log) = yard.over(start("look").await).await;
    assert!(log.contains("/proc/1\n"), "it did look: {log}");
    assert!(!log.contains("held-") && !log.contains("7421") && !log.contains(&first.to_string()), "{log}");
    assert!(living("7421"), "and could not end it");
    yard.services.builds.cancel(&Caller::system(), first).await.unwrap();
    yard.over(first).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_watches_hears_all_of_it_and_then_that_it_is_over() {
    let Some(yard) = Yard::make(SCRIPT, "#!/bin/sh\nfor n in 1 2 3 4; do echo line $n; sleep 0.7; done; exit 3").await else { return };
    let build = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap().id;
    let news = yard.services.builds.watch(&Caller::system(), build, 0).await.unwrap();
    let heard: Vec<LogNews> = news.collect().await;
    let Some((LogNews::Over(BuildPhase::Failed), pieces)) = heard.split_last() else { unreachable!("{heard:?}") };
    let texts = pieces.iter().map(|piece| if let LogNews::Piece(piece) = piece { piece.text.as_str() } else { "over" });
    let text: String = texts.collect();
    assert_eq!(text, "line 1\nline 2\nline 3\nline 4\n");
    assert!(pieces.len() >= 2, "as it came: {pieces:?}");
    let LogNews::Piece(first) = &pieces[0] else { unreachable!() };
    let rest: Vec<LogNews> = yard.services.builds.watch(&Caller::system(), build, first.seq).await.unwrap().collect().await;
    assert_eq!(rest, heard[1..], "from a place on");
    let nothing = yard.services.builds.watch(&Caller::system(), vocab::BuildId::new(uuid::Uuid::nil()), 0).await;
    assert!(matches!(nothing.err(), Some(ServiceError::NotFound(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_never_stops_talking_is_heard_held_and_cancelled() {
    let Some(yard) = Yard::make(SCRIPT, "#!/bin/sh\nwhile :; do echo still here; sleep 0.02; done").await else { return };
    let build = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap().id;
    yard.running(build).await;
    yard.world.execute("UPDATE build SET lease_until = lease_until - 15000000").await;
    let mut news = yard.services.builds.watch(&Caller::system(), build, 0).await.unwrap();
    let first = tokio::time::timeout(Duration::from_secs(5), news.next()).await.unwrap();
    assert!(matches!(first, Some(LogNews::Piece(_))), "{first:?}");
    tokio::time::sleep(Duration::from_secs(6)).await;
    yard.services.builds.take_turns().await.unwrap();
    assert_eq!(yard.services.builds.get(&Caller::system(), build).await.unwrap().build.phase(), BuildPhase::Running, "its hold is renewed");
    yard.services.builds.cancel(&Caller::system(), build).await.unwrap();
    let over = tokio::time::timeout(Duration::from_secs(5), yard.over(build)).await.unwrap();
    assert_eq!(over.0, BuildPhase::Cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_has_lost_its_handed_over_sign_in_is_ended() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database, SCRIPT, "#!/bin/sh\nsleep 60").await else { return };
        let build = yard.start(Lending::HandOver, WorkspaceForm::Empty).await.unwrap().id;
        yard.running(build).await;
        // As if this process had slept for longer than its hold lasts.
        yard.world.execute("UPDATE lease SET owner = 'somebody', expires_at = 9000000000000000 WHERE name LIKE 'grant:%'").await;
        let (phase, log) = tokio::time::timeout(Duration::from_secs(8), yard.over(build)).await.unwrap();
        assert_eq!(phase, BuildPhase::Lost, "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_run_brings_back_too_late_overwrites_nothing() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database, SCRIPT, "").await else { return };
        let grants = &yard.services.grants;
        let connection = yard.world.house.ports.connections.of_provider(&id("codex")).await.unwrap().unwrap();
        let provider = yard.services.catalogue.get(&id("codex")).unwrap().clone();
        let grant = connection.grant_id.unwrap();
        let mut handed = grants.hand_over(&provider, grant, "run").await.unwrap().unwrap();
        assert!(grants.hand_over(&provider, grant, "another").await.unwrap().is_none(), "one at a time");
        yard.refresh().await;
        assert_eq!(yard.world.issuer.counts(Vendor::Codex).refreshed, 0, "nor does Purser refresh meanwhile");
        let made = |name: &str| CliCredential {
            access_token: format!("at-{name}").into(),
            refresh_token: Some(format!("rt-{name}").into()),
            ..handed.credential.clone()
        };
        let (first, late) = (made("first"), made("late"));
        assert!(grants.take_back(&provider, &mut handed, first).await.unwrap());
        assert_eq!(yard.token().await, "at-first");
        // Its hold is over, and somebody signs in anew.
        yard.world.execute("UPDATE lease SET expires_at = 1").await;
        assert_eq!(yard.world.sign_in(Vendor::Codex).await, None);
        let fresh = yard.token().await;
        assert!(matches!(grants.take_back(&provider, &mut handed, late).await, Ok(false) | Err(_)));
        assert_eq!(yard.token().await, fresh);
    }
}

/// Waits for words in a build's log.
async fn says(yard: &Yard, build: vocab::BuildId, words: &str) {
    for _ in 0..600 {
        if yard.services.builds.log(&Caller::system(), build, 0).await.unwrap().text.contains(words) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("{build} never said {words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_holes_keep_no_build_from_ending() {
    // One that no disk has room for, and more than anybody reads.
    let script = "#!/bin/sh\ntruncate -s 1P huge || echo no such file; for n in 1 2 3 4 5 6; do truncate -s 2G holes$n; done; echo kept > kept; \
                  echo all made; sleep 1";
    let Some(yard) = Yard::make(SCRIPT, script).await else { return };
    let build = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap().id;
    says(&yard, build, "all made").await;
    // It looks through them by now.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(yard.services.builds.get(&Caller::system(), build).await.unwrap().build.phase(), BuildPhase::Running);
    yard.services.builds.cancel(&Caller::system(), build).await.unwrap();
    let (phase, log) = tokio::time::timeout(Duration::from_secs(10), yard.over(build)).await.unwrap();
    assert_eq!(phase, BuildPhase::Cancelled, "{log}");
    assert!(log.contains("no such file") && log.contains(": it was too much to look through"), "{log}");
    assert!(std::fs::read_dir(yard.own(build)).unwrap().count() < 8, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_through_is_not_kept() {
    let script = "#!/bin/sh\ncp ~/.grok/auth.json stolen; echo made";
    let blind = |ports: &mut services::Ports| ports.builds.workspaces = Arc::new(Blind(ports.builds.workspaces.clone()));
    let Some(yard) = Yard::fitted(TestDatabase::sqlite().await, None, SCRIPT, script, blind).await else { return };
    let build = yard.start(Lending::Lend, WorkspaceForm::Empty).await.unwrap().id;
    let (phase, log) = yard.over(build).await;
    assert!(phase == BuildPhase::Succeeded && log.contains("what it had made was removed"), "{log}");
    assert!(!yard.own(build).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_named_folder_is_shared_looked_at_and_left_as_it_is() {
    let script = "#!/bin/sh\nls; cp ~/.grok/auth.json stolen; echo made > made";
    let Some(yard) = Yard::make(SCRIPT, script).await else { return };
    let folder = put(&yard.folder.path().join("open/project/given"), "x").parent().unwrap().to_owned();
    let build = yard.start(Lending::Lend, WorkspaceForm::Folder(folder.display().to_string())).await.unwrap().id;
    let (phase, log) = yard.over(build).await;
    assert!(phase == BuildPhase::Succeeded && log.contains("given"), "{log}");
    assert!(log.contains("stolen holds the credential that this build was lent") && !log.contains("made holds"), "{log}");
    assert!(folder.join("stolen").exists() && folder.join("made").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_named_folder_that_leads_elsewhere_by_the_time_of_the_start_is_refused() {
    let Some(yard) = Yard::make(SCRIPT, "#!/bin/sh\ncat *").await else { return };
    let folder = put(&yard.folder.path().join("open/project/given"), "x").parent().unwrap().to_owned();
    put(&yard.folder.path().join("bin/private"), "not for builds");
    let connection = yard.world.house.ports.connections.of_provider(&id("codex")).await.unwrap().unwrap();
    let lease = format!("grant:{}", connection.grant_id.unwrap());
    let somebody = LeaseOwner("somebody".to_owned());
    assert!(yard.world.house.ports.installation.take_lease(&lease, &somebody, Duration::from_mins(5)).await.unwrap());
    let build = yard.start(Lending::HandOver, WorkspaceForm::Folder(folder.display().to_string())).await.unwrap().id;
    yard.until(build, BuildPhase::Preparing).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    std::fs::rename(&folder, yard.folder.path().join("open/aside")).unwrap();
    std::os::unix::fs::symlink(yard.folder.path().join("bin"), &folder).unwrap();
    yard.world.execute("DELETE FROM lease").await;
    let (phase, log) = yard.over(build).await;
    assert!(phase == BuildPhase::Failed && log.contains("NotStarted") && !log.contains("not for builds"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_a_run_renews_and_prints_at_once_is_not_in_its_log() {
    let script = "#!/bin/sh\nsed -e 's/\"key\":\"[^\"]*\"/\"key\":\"at-renewed\"/' ~/.grok/auth.json > ~/.grok/new; chmod 600 ~/.grok/new; \
                  sleep 1.5; mv ~/.grok/new ~/.grok/auth.json; \
                  for n in 1 2 3 4 5 6 7 8 9; do echo it is at-renewed; head -c 3000 /dev/zero | tr '\\0' .; echo; done; sleep 2";
    let Some(yard) = Yard::make(SCRIPT, script).await else { return };
    let (phase, log) = yard.run(Lending::HandOver).await;
    assert!(phase == BuildPhase::Succeeded && log.contains("it is [secret]"), "{log}");
    assert!(!log.contains("at-renewed"), "{log}");
    assert_eq!(yard.token().await, "at-renewed");
}

/// Folders that cannot be looked through, as on a disk that fails.
struct Blind(Arc<dyn Workspaces>);

#[async_trait]
impl Workspaces for Blind {
    async fn make(&self, id: vocab::BuildId) -> Result<PathBuf, WorkspaceError> {
        self.0.make(id).await
    }

    async fn unpack(&self, id: vocab::BuildId, archive: Bytes) -> Result<PathBuf, WorkspaceError> {
        self.0.unpack(id, archive).await
    }

    fn folder(&self, named: &str) -> Result<PathBuf, WorkspaceError> {
        self.0.folder(named)
    }

    fn roots(&self) -> Vec<String> {
        self.0.roots()
    }

    async fn scrub(&self, _: vocab::BuildId, _: Vec<SecretString>, _: Patience) -> Result<Looked, WorkspaceError> {
        Err(std::io::Error::other("the disk fails").into())
    }

    async fn look(
        &self,
        folder: &Path,
        since: OffsetDateTime,
        secrets: Vec<SecretString>,
        patience: Patience,
    ) -> Result<Looked, WorkspaceError> {
        self.0.look(folder, since, secrets, patience).await
    }

    async fn remove(&self, id: vocab::BuildId) -> Result<bool, WorkspaceError> {
        self.0.remove(id).await
    }

    async fn artefacts(&self, id: vocab::BuildId) -> Option<Artefacts> {
        self.0.artefacts(id).await
    }

    async fn pack(&self, id: vocab::BuildId) -> Option<BoxStream<'static, std::io::Result<Bytes>>> {
        self.0.pack(id).await
    }
}
