//! A house with a sandbox, and somebody signed in at a provider whose program is a script or a vendor's own.

use crate::sign_in_world::World;
use crate::support::{PUBLIC, id, ring};
use adapters::sandbox::lookup::tool_folder;
use adapters::sandbox::{InstalledPrograms, Runner, SandboxSettings, pick};
use adapters::{BuildFolders, SystemClock, SystemEntropy, UnixTokenSockets};
use async_trait::async_trait;
use domain::build::Build;
use domain::cli::Tools;
use domain::people::Caller;
use secrecy::ExposeSecret;
use services::builds::{BuildPorts, StartForm, WorkspaceForm};
use services::environment::Environment;
use services::ports::{BuildSandbox, SandboxError, SandboxNature, SandboxRun, SandboxSpec};
use services::usage::usage_queue;
use services::{Ports, ServiceError, Services};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use testkit::database::TestDatabase;
use testkit::grok_chat::GrokChat;
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
pub struct Yard {
    pub world: World,
    pub services: Services,
    pub folder: TempDir,
}

impl Yard {
    pub async fn make(cli: &str, script: &str) -> Option<Self> {
        Self::on(TestDatabase::sqlite().await, cli, script).await
    }

    pub async fn on(database: TestDatabase, cli: &str, script: &str) -> Option<Self> {
        Self::fitted(database, None, cli, script, |_| {}).await
    }

    /// With a runner, and some of the outside put in another one's place. `None` without bubblewrap, unless another one is asked for.
    pub async fn fitted(
        database: TestDatabase,
        runner: Option<Runner>,
        cli: &str,
        script: &str,
        change: impl FnOnce(&mut Ports),
    ) -> Option<Self> {
        // Not below /tmp, which every sandbox has for itself.
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        let at = |name: &str| folder.path().join(name);
        let shown = ["bin", "builds", "open"].map(at).to_vec();
        let settings = SandboxSettings { hidden: vec![folder.path().to_owned()], shown, homes: at("homes") };
        let sandbox = pick(runner, &settings).await.unwrap();
        if runner.is_none() && sandbox.nature().name != "bubblewrap" {
            skipped("no bubblewrap");
            return None;
        }
        let program = put(&folder.path().join("bin/tool"), script);
        let sockets = folder.path().join("sockets");
        std::fs::create_dir(&sockets).unwrap();
        let helper = put(&folder.path().join("bin/helper"), HELPER);
        let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
        let cli = cli.replace("TOOL", &program.display().to_string()).replace("@ISSUER@", &issuer.name(Vendor::Codex));
        let world = World::over(database, issuer, PUBLIC, &format!("\n[providers.codex.cli]\n{cli}\n")).await;
        let tools = Tools::pinned().unwrap();
        let mut ports = Ports {
            sandbox,
            programs: Arc::new(InstalledPrograms::new(folder.path().join("tools"), tools)),
            builds: BuildPorts {
                repo: Arc::new(world.house.database.storage().clone()),
                workspaces: Arc::new(BuildFolders::new(at("builds"), vec![at("open")], vec![at("builds")])),
                sockets: Arc::new(UnixTokenSockets::new(sockets.clone(), Some((helper, vec!["broker-token".to_owned()])))),
                at_once: 2,
            },
            ..world.house.ports.clone()
        };
        change(&mut ports);
        let environment = Environment::new(Arc::new(SystemClock), Arc::new(SystemEntropy));
        let (sink, _) = usage_queue(ports.usage.clone());
        let catalogue = world.house.services.catalogue.clone();
        let services = Services::new(&ports, catalogue, ring(&["k1"]), &environment, sink, Url::parse(PUBLIC).unwrap());
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        Some(Self { world, services, folder })
    }

    pub async fn start(&self, lending: Lending, workspace: WorkspaceForm) -> Result<Build, ServiceError> {
        let form = StartForm { provider_id: id("codex"), prompt: "what to do; $(touch /tmp/x)".into(), workspace, lending: Some(lending) };
        self.services.builds.start(&Caller::system(), form).await
    }

    /// Waits until it is over: how, and what it printed.
    pub async fn over(&self, build: BuildId) -> (BuildPhase, String) {
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

    pub async fn run(&self, lending: Lending) -> (BuildPhase, String) {
        let build = self.start(lending, WorkspaceForm::Empty).await.unwrap();
        self.over(build.id).await
    }

    pub async fn running(&self, build: BuildId) {
        self.until(build, BuildPhase::Running).await;
    }

    /// Waits for a phase.
    pub async fn until(&self, build: BuildId, phase: BuildPhase) {
        for _ in 0..600 {
            if self.services.builds.get(&Caller::system(), build).await.unwrap().build.phase() == phase {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        unreachable!("{build} never was {phase}");
    }

    /// The build's own folder.
    pub fn own(&self, build: BuildId) -> PathBuf {
        self.folder.path().join("builds").join(build.to_string())
    }

    /// All access tokens are due for a refresh, which the platform then makes.
    pub async fn refresh(&self) {
        self.world.execute("UPDATE grant_credential SET refresh_at = 1, access_expires_at = issued_at + 1000").await;
        let now = self.world.house.ports.installation.now().await.unwrap();
        self.services.grants.refresh_due(now, 10).await.unwrap();
    }

    pub async fn token(&self) -> String {
        let connection = self.world.house.ports.connections.of_provider(&id("codex")).await.unwrap().unwrap();
        let provider = self.services.catalogue.get(&id("codex")).unwrap().clone();
        let opened = self.services.grants.access_token(&provider, connection.grant_id.unwrap()).await.unwrap();
        opened.credential.expose_secret().to_owned()
    }
}

/// Ends runs early.
pub struct Hasty(pub Arc<dyn BuildSandbox>, pub Duration);

#[async_trait]
impl BuildSandbox for Hasty {
    fn nature(&self) -> SandboxNature {
        self.0.nature()
    }

    async fn start(&self, mut spec: SandboxSpec) -> Result<SandboxRun, SandboxError> {
        spec.limits.time = self.1;
        self.0.start(spec).await
    }
}

#[expect(clippy::print_stderr, reason = "a test that is skipped has to say so")]
pub fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

pub fn put(file: &Path, text: &str) -> PathBuf {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    file.to_owned()
}

/// A script in the program's place, with grok's credential file.
pub const SCRIPT: &str = r#"program = "TOOL"
env = {}
run = ["{prompt_file}", "{workspace}"]
prompt = "file"
credential_file = ".grok/auth.json"
credential_format = "grok"
lending = "lend"
broker_variable = "ASK"
broker_login = ["login"]"#;

/// A vendor's own program, as `purser tools install` puts it there.
pub fn genuine(name: &str) -> Option<PathBuf> {
    let tools = Tools::pinned().unwrap();
    let tool = tools.get(name).unwrap();
    let folder = PathBuf::from(std::env::var_os("PURSER_TEST_TOOLS_DIR")?);
    let program = tool_folder(&folder, name, &tool.version).join(&tool.entry);
    if program.is_file() {
        return Some(program);
    }
    skipped(&format!("{name} is not installed"));
    None
}

/// The client of the sign-in that every yard has.
const CLIENT: &str = "app_EMoamEEZ73f0CkXaXp7hrann";

/// The genuine grok, against a stand-in of its endpoint, which also leads it to the issuer of its sign-in.
pub async fn grok() -> Option<(Yard, GrokChat)> {
    let program = genuine("grok")?;
    let chat = GrokChat::start().await.unwrap();
    let origin = chat.origin();
    let cli = format!(
        "program = \"{}\"\nenv = {{ GROK_DISABLE_AUTOUPDATER = \"1\", GROK_TELEMETRY_ENABLED = \"false\", \
         GROK_CLI_CHAT_PROXY_BASE_URL = \"{}\", GROK_OAUTH2_ISSUER = \"{origin}\", GROK_OAUTH2_CLIENT_ID = \"{CLIENT}\" }}\n\
         run = [\"--prompt-file\", \"{{prompt_file}}\", \"--cwd\", \"{{workspace}}\", \"--always-approve\"]\nprompt = \"file\"\n\
         credential_file = \".grok/auth.json\"\ncredential_format = \"grok\"\nlending = \"lend\"\n\
         broker_variable = \"GROK_AUTH_PROVIDER_COMMAND\"\nbroker_login = [\"login\"]\n\
         [providers.codex.device]\nclient_id = \"{CLIENT}\"\ntoken_url = \"{origin}/token\"",
        program.display(),
        chat.base_url
    );
    let yard = Yard::make(&cli, "").await?;
    chat.refresh_at(&yard.world.issuer.address(Vendor::Codex, "token"));
    Some((yard, chat))
}

/// The genuine codex, against the same stand-in.
pub async fn codex() -> Option<(Yard, GrokChat)> {
    let program = genuine("codex")?;
    let chat = GrokChat::start().await.unwrap();
    let cli = format!(
        "program = \"{}\"\nenv = {{ CODEX_REFRESH_TOKEN_URL_OVERRIDE = \"@ISSUER@/token\" }}\nrun = [\"exec\", \"-c\", 'openai_base_url=\"{}\"', \"-c\", 'chatgpt_base_url=\"{}/backend-api\"', \
         \"--skip-git-repo-check\", \"--sandbox\", \"danger-full-access\", \"--cd\", \"{{workspace}}\", \"-\"]\n",
        program.display(),
        chat.base_url,
        chat.origin()
    );
    Some((Yard::make(&cli, "").await?, chat))
}
