//! Builds, for real: programs of this machine and the genuine grok in bubblewrap, borrowing from an issuer whose refresh tokens
//! are good for one use. A machine without bubblewrap, python or grok skips aloud.

use crate::sign_in_world::World;
use crate::support::{PUBLIC, id, ring};
use adapters::sandbox::{InstalledPrograms, SandboxSettings, pick};
use adapters::{BuildFolders, SystemClock, SystemEntropy, UnixTokenSockets};
use domain::build::Build;
use domain::cli::Tools;
use domain::people::Caller;
use secrecy::ExposeSecret;
use services::builds::{BuildPorts, StartForm, WorkspaceForm};
use services::environment::Environment;
use services::usage::usage_queue;
use services::{Ports, ServiceError, Services};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use testkit::database::TestDatabase;
use testkit::grok_chat::{ANSWER, GrokChat};
use testkit::issuer::{Issuer, Vendor};
use url::Url;
use vocab::{BuildId, BuildPhase, Lending};

/// Asks as `purser broker-token` does; written anew so that the wire is tried from outside.
const HELPER: &str = r#"#!/usr/bin/python3
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX); s.connect("/run/purser.sock")
cap = open(os.environ["HOME"] + "/.purser/capability").read().strip() if len(sys.argv) < 3 else sys.argv[2]
s.sendall((json.dumps({"capability": cap, "refused": os.environ.get("GROK_AUTH_EXPIRED") == "1"}) + "\n").encode())
line = s.makefile().readline(); print(line, end=""); sys.exit(0 if "access_token" in line else 1)
"#;

/// A house with a sandbox, and somebody signed in at the provider whose program is a script.
struct Yard {
    world: World,
    services: Services,
    folder: TempDir,
}

impl Yard {
    async fn make(cli: &str, script: &str) -> Option<Self> {
        Self::on(TestDatabase::sqlite().await, cli, script).await
    }

    async fn on(database: TestDatabase, cli: &str, script: &str) -> Option<Self> {
        // Not below /tmp, which every sandbox has for itself.
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        let settings = SandboxSettings { hidden: vec![folder.path().to_owned()], homes: folder.path().join("homes") };
        let sandbox = pick(None, &settings).await.unwrap();
        if sandbox.nature().name != "bubblewrap" {
            skipped("no bubblewrap");
            return None;
        }
        let program = put(&folder.path().join("bin/tool"), script);
        let sockets = folder.path().join("sockets");
        std::fs::create_dir(&sockets).unwrap();
        let helper = put(&folder.path().join("bin/helper"), HELPER);
        let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
        let cli = cli.replace("TOOL", &program.display().to_string());
        let world = World::over(database, issuer, PUBLIC, &format!("\n[providers.codex.cli]\n{cli}\n")).await;
        let tools = Tools::pinned().unwrap();
        let ports = Ports {
            sandbox,
            programs: Arc::new(InstalledPrograms::new(folder.path().join("tools"), tools)),
            builds: BuildPorts {
                repo: Arc::new(world.house.database.storage().clone()),
                workspaces: Arc::new(BuildFolders::new(folder.path().join("builds"), vec![folder.path().join("open")])),
                sockets: Arc::new(UnixTokenSockets::new(sockets.clone(), Some((helper, vec!["broker-token".to_owned()])))),
                at_once: 2,
            },
            ..world.house.ports.clone()
        };
        let environment = Environment::new(Arc::new(SystemClock), Arc::new(SystemEntropy));
        let (sink, _) = usage_queue(ports.usage.clone());
        let catalogue = world.house.services.catalogue.clone();
        let services = Services::new(&ports, catalogue, ring(&["k1"]), &environment, sink, Url::parse(PUBLIC).unwrap());
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        Some(Self { world, services, folder })
    }

    async fn start(&self, lending: Lending, workspace: WorkspaceForm) -> Result<Build, ServiceError> {
        let form = StartForm { provider_id: id("codex"), prompt: "what to do; $(touch /tmp/x)".into(), workspace, lending: Some(lending) };
        self.services.builds.start(&Caller::system(), form).await
    }

    /// Waits until it is over: how, and what it printed.
    async fn over(&self, build: BuildId) -> (BuildPhase, String) {
        let until = Instant::now() + Duration::from_secs(90);
        loop {
            let detail = self.services.builds.get(&Caller::system(), build).await.unwrap();
            let log = self.services.builds.log(&Caller::system(), build, 0).await.unwrap().text;
            if !detail.build.phase().is_open() {
                return (detail.build.phase(), format!("{log}{:?}", detail.build.state));
            }
            assert!(Instant::now() < until, "never over: {:?} {log}", detail.build.state);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn run(&self, lending: Lending) -> (BuildPhase, String) {
        let build = self.start(lending, WorkspaceForm::Empty).await.unwrap();
        self.over(build.id).await
    }

    async fn running(&self, build: BuildId) {
        for _ in 0..300 {
            if self.services.builds.get(&Caller::system(), build).await.unwrap().build.phase() == BuildPhase::Running {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn token(&self) -> String {
        let connection = self.world.house.ports.connections.of_provider(&id("codex")).await.unwrap().unwrap();
        let provider = self.services.catalogue.get(&id("codex")).unwrap().clone();
        let opened = self.services.grants.access_token(&provider, connection.grant_id.unwrap()).await.unwrap();
        opened.credential.expose_secret().to_owned()
    }
}

#[expect(clippy::print_stderr, reason = "a test that is skipped has to say so")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

fn put(file: &Path, text: &str) -> PathBuf {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    file.to_owned()
}

/// A script in the program's place, with grok's credential file.
const SCRIPT: &str = r#"program = "TOOL"
env = {}
run = ["{prompt_file}", "{workspace}"]
prompt = "file"
credential_file = ".grok/auth.json"
credential_format = "grok"
lending = "lend"
broker_variable = "ASK"
broker_login = ["login"]"#;

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
            yard.world.execute("UPDATE grant_credential SET refresh_at = 1, access_expires_at = issued_at + 1000").await;
            let now = yard.world.house.ports.installation.now().await.unwrap();
            yard.services.grants.refresh_due(now, 10).await.unwrap();
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

/// The vendor's own program, against a stand-in of its endpoint.
async fn grok() -> Option<(Yard, GrokChat)> {
    let program = PathBuf::from(std::env::var_os("PURSER_TEST_TOOLS_DIR")?).join("grok/1.0.41/bin/grok");
    if !program.is_file() {
        skipped("grok is not installed");
        return None;
    }
    let chat = GrokChat::start().await.unwrap();
    let cli = format!(
        "program = \"{}\"\nenv = {{ GROK_DISABLE_AUTOUPDATER = \"1\", GROK_TELEMETRY_ENABLED = \"false\", GROK_CLI_CHAT_PROXY_BASE_URL = \"{}\" }}\n\
         run = [\"--prompt-file\", \"{{prompt_file}}\", \"--cwd\", \"{{workspace}}\", \"--always-approve\"]\nprompt = \"file\"\n\
         credential_file = \".grok/auth.json\"\ncredential_format = \"grok\"\nlending = \"lend\"\n\
         broker_variable = \"GROK_AUTH_PROVIDER_COMMAND\"\nbroker_login = [\"login\"]\n\
         [providers.codex.device]\nclient_id = \"b1a00492-073a-47ea-816f-4c329264a828\"\ntoken_url = \"https://auth.x.ai/oauth2/token\"",
        program.display(),
        chat.base_url
    );
    Some((Yard::make(&cli, "").await?, chat))
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
