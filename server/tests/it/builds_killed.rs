//! The real program, killed in the middle of builds and sign-ins: what it leaves, and what its next start makes of it. A machine
//! without bubblewrap skips aloud.

use crate::support::settings;
use domain::audit::Origin;
use domain::flow::Callback;
use domain::people::Caller;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::start::{Base, KeyPolicy, SchemaPolicy, World};
use services::Services;
use services::access_tokens::TokenForm;
use services::people::NewPerson;
use services::ports::LeaseOwner;
use services::sign_in::{Begin, BrowserPlace, Returned};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use testkit::database::TestDatabase;
use testkit::environment::WallClock;
use testkit::issuer::{Issuer, Running, Vendor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vocab::{GrantId, Role, Scope};

/// In the program's place. What it is to do stands in its prompt: `wait` with a mark to be found by, `fill` and end, or just end.
/// It copies what it was lent, and renews what it may renew.
const SCRIPT: &str = r#"#!/bin/sh
test "$1" = login && { $ASK > /dev/null; exit; }
cp ~/.grok/auth.json stolen 2>/dev/null || $ASK > stolen
if grep -qs refresh_token ~/.grok/auth.json; then
  grep -q at-renewed ~/.grok/auth.json && echo it was renewed before
  sed -e 's/"key":"[^"]*"/"key":"at-renewed"/' -e 's/"refresh_token":"[^"]*"/"refresh_token":"rt-renewed"/' ~/.grok/auth.json > ~/.grok/new
  chmod 600 ~/.grok/new; mv ~/.grok/new ~/.grok/auth.json
fi
read what mark < "$1"
case $what in wait) setsid sleep $mark & sleep $mark;; fill) for n in 1 2 3 4 5 6; do head -c 8000000 /dev/urandom > $n; done;; esac
echo done
"#;

/// Signs in with a code as a provider's program does, and never ends.
const LOGIN: &str = "echo https://auth.x.ai/device?user_code=ABCD-EFGH; echo ABCD-EFGH; sleep 7361";

struct Yard {
    folder: TempDir,
    database: TestDatabase,
    issuer: Running,
    /// Use cases in this process, over the same database: they look, and run nothing.
    services: Services,
    base: Base,
    token: String,
    grant: GrantId,
}

struct Purser {
    child: Child,
    port: u16,
}

impl Yard {
    async fn on(database: TestDatabase) -> Option<Self> {
        if adapters::sandbox::lookup::on_path("bwrap").is_none() {
            skipped();
            return None;
        }
        // Not below /tmp, which every sandbox has for itself; and a socket's path has to be short.
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        let issuer = Issuer::start(Arc::new(WallClock)).await.unwrap();
        let tool = folder.path().join("tool");
        std::fs::write(&tool, SCRIPT).unwrap();
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        std::fs::write(folder.path().join("overlay.toml"), overlay(&issuer, &tool)).unwrap();
        let overlay = folder.path().join("overlay.toml").display().to_string();
        let settings = settings(&folder, database.settings(), &[("PURSER_PROVIDERS_FILE", &overlay)], &[]);
        let base = Base::open(Arc::new(settings), &World::real(), SchemaPolicy::Migrate, KeyPolicy::Insist).await.unwrap();
        let (services, writer) = base.services();
        tokio::spawn(writer.run());
        let token = owner(&services).await;
        sign_in(&services, &issuer, &token).await;
        let connection = base.ports.connections.of_provider(&"codex".parse().unwrap()).await.unwrap().unwrap();
        Some(Self { folder, database, issuer, services, token, grant: connection.grant_id.unwrap(), base })
    }

    /// Starts the program, and waits until it serves.
    fn serve(&self, at_once: u32) -> Purser {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_purser"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(|name| name.starts_with("PURSER_"))) {
            command.env_remove(name);
        }
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        command
            .current_dir(self.folder.path())
            .env("PURSER_DATA_DIR", self.folder.path().join("data"))
            .env("PURSER_DATABASE_URL", self.database.settings().url.expose_secret())
            .env("PURSER_PROVIDERS_FILE", self.folder.path().join("overlay.toml"))
            .env("PURSER_ADDR", format!("127.0.0.1:{port}"))
            .env("PURSER_BUILDS_AT_ONCE", at_once.to_string())
            .env("PURSER_LOG", "debug")
            .env("TMPDIR", self.folder.path().join("tmp"))
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("is ready at")));
        assert!(ready.is_some(), "{}", std::fs::read_to_string(self.log()).unwrap());
        Purser { child, port }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// As long as a lease lasts when nobody renews it.
    async fn time_passes(&self) {
        self.database.execute("UPDATE build SET lease_until = 1").await;
        self.database.execute("UPDATE lease SET expires_at = 1").await;
        self.database.execute("UPDATE device_flow SET alive_until = 1").await;
    }

    async fn start(&self, purser: &Purser, lending: &str, prompt: &str) -> String {
        let body = json!({"provider_id": "codex", "prompt": prompt, "lending": lending});
        let (status, build) = purser.ask("POST", "/api/v1/builds", &self.token, Some(&body)).await;
        assert_eq!(status, 201, "{build}");
        build["id"].as_str().unwrap().to_owned()
    }

    async fn phase(&self, build: &str) -> String {
        let build = self.services.builds.get(&Caller::system(), build.parse().unwrap()).await.unwrap().build;
        build.phase().to_string()
    }

    async fn until(&self, build: &str, phases: &[&str]) -> String {
        let mut phase = String::new();
        for _ in 0..1200 {
            phase = self.phase(build).await;
            if phases.contains(&phase.as_str()) {
                return phase;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let log = self.services.builds.log(&Caller::system(), build.parse().unwrap(), 0).await.unwrap().text;
        panic!("it is {phase}, not {phases:?}: {log} {}", std::fs::read_to_string(self.log()).unwrap());
    }

    async fn printed(&self, build: &str) -> String {
        self.services.builds.whole_log(&Caller::system(), build.parse().unwrap()).await.unwrap().text
    }

    /// The access token in the vault.
    async fn kept(&self) -> String {
        let provider = self.services.catalogue.get(&"codex".parse().unwrap()).unwrap().clone();
        self.services.grants.access_token(&provider, self.grant).await.unwrap().credential.expose_secret().to_owned()
    }

    /// Socket folders that are there.
    fn sockets(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("tmp")).unwrap().count()
    }

    /// After everything: no token anywhere below the folder, nor in the database's file, nor in what the program logged.
    fn nothing_kept(&self) {
        let mut secrets = self.issuer.issued(Vendor::Codex);
        secrets.extend(["at-renewed".to_owned(), "rt-renewed".to_owned()]);
        // The script itself names these two.
        std::fs::remove_file(self.folder.path().join("tool")).unwrap();
        let file = self.database.file();
        let database = file.as_deref().and_then(Path::parent);
        for folder in [Some(self.folder.path()), database].into_iter().flatten() {
            let found = holders(folder, &secrets);
            assert!(found.is_empty(), "{found:?}");
        }
    }
}

impl Purser {
    /// One request, one answer.
    async fn ask(&self, method: &str, path: &str, token: &str, body: Option<&Value>) -> (u16, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// As the kernel does it when memory runs out.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Purser {
    fn drop(&mut self) {
        // A test that failed has not killed it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[expect(clippy::print_stderr, reason = "a test that is skipped has to say so")]
fn skipped() {
    eprintln!("skipped: no bubblewrap");
}

fn overlay(issuer: &Issuer, tool: &Path) -> String {
    let own = issuer.overlay();
    let kept = own.split("\n\n").filter(|table| !table.contains(".cli]") && !table.starts_with("[providers.xai.device]"));
    let token = issuer.address(Vendor::Xai, "token");
    format!(
        "{}\n\n[providers.codex.cli]\nprogram = \"{}\"\nrun = [\"{{prompt_file}}\"]\nprompt = \"file\"\n\
         credential_file = \".grok/auth.json\"\ncredential_format = \"grok\"\nbroker_variable = \"ASK\"\nbroker_login = [\"login\"]\n\n\
         [providers.xai.device]\nmode = \"cli\"\ntoken_url = \"{token}\"\n\n\
         [providers.xai.cli]\nprogram = \"/bin/sh\"\nlogin = [\"-c\", \"{LOGIN}\"]\n",
        kept.collect::<Vec<_>>().join("\n\n"),
        tool.display()
    )
}

async fn owner(services: &Services) -> String {
    let caller = Caller::command_line();
    let password = "correct horse battery".to_owned();
    let form = NewPerson::from_form("Ann".into(), "ann@example.com".into(), password.clone(), password);
    let ann = services.people.add(&caller, form, Role::Owner).await.unwrap();
    let form = TokenForm { name: "ci".into(), scopes: vec![Scope::Admin], ..TokenForm::default() };
    let token = services.access_tokens.create_for(&caller, ann.id, &ann.name, ann.role, form).await.unwrap();
    token.secret.expose_secret().to_owned()
}

/// At the stand-in, in the browser's way.
async fn sign_in(services: &Services, issuer: &Issuer, token: &str) {
    let caller = services.access_tokens.caller_of(&token.to_owned().into(), Origin::default()).await.unwrap();
    let provider_id: vocab::ProviderId = "codex".parse().unwrap();
    let begin = Begin { provider_id: provider_id.clone(), place: BrowserPlace::Unknown, port_taken: None };
    services.sign_in.begin(&caller, begin).await.unwrap();
    let url = services.sign_in.authorize_url(&caller, &provider_id).await.unwrap().unwrap().url;
    let back = issuer.approve(&url).unwrap();
    let callback = Callback::parse(back.query().unwrap()).unwrap();
    let returned = Returned { callback, path: back.path().to_owned(), person: None, origin: Origin::default() };
    assert_eq!(services.sign_in.callback(returned).await.unwrap().failure, None);
}

fn holders(folder: &Path, secrets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(holders(&entry.path(), secrets));
        } else if kind.is_file() && entry.metadata().unwrap().len() < 4_000_000 {
            let text = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned();
            found.extend(
                secrets.iter().filter(|secret| text.contains(*secret)).map(|secret| format!("{secret} in {}", entry.path().display())),
            );
        }
    }
    found
}

/// Does a process of this machine carry the mark among its arguments?
fn living(mark: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let marked = |text: String| text.split('\0').any(|argument| argument == mark);
    processes.filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok()).any(marked)
}

async fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..600 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it did not come to that: {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_program_runs_in_each_way_of_borrowing() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database).await else { return };
        let mut purser = yard.serve(2);
        for (lending, mark) in [("lend", "7351"), ("broker", "7352"), ("hand_over", "7353")] {
            let build = yard.start(&purser, lending, &format!("wait {mark}")).await;
            wait_for("it runs", || living(mark)).await;
            yard.until(&build, &["running"]).await;
            assert_eq!(yard.sockets(), usize::from(lending == "broker"));
            if lending == "hand_over" {
                for _ in 0..400 {
                    if yard.kept().await == "at-renewed" {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(25)).await;
                }
            }
            purser.kill();
            wait_for("all its processes are gone", || !living(mark)).await;
            yard.time_passes().await;
            purser = yard.serve(2);
            assert_eq!(yard.until(&build, &["lost"]).await, "lost");
            assert_eq!(yard.sockets(), 0, "what it left was taken away");
            // Nobody could look through it for the copies that it made.
            wait_for("its folder is gone", || !yard.folder.path().join("data/builds").join(&build).exists()).await;
            if lending == "hand_over" {
                assert_eq!(yard.kept().await, "at-renewed", "what the run had made of it was stored before");
            }
            let again = yard.start(&purser, lending, "go").await;
            yard.until(&again, &["succeeded"]).await;
            let printed = yard.printed(&again).await;
            assert_eq!(printed.contains("it was renewed before"), lending == "hand_over", "{printed}");
        }
        purser.kill();
        yard.nothing_kept();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_builds_wait_and_are_made_ready() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database).await else { return };
        let purser = yard.serve(1);
        let running = yard.start(&purser, "lend", "wait 7354").await;
        let queued = yard.start(&purser, "lend", "go").await;
        wait_for("it runs", || living("7354")).await;
        assert_eq!(yard.phase(&queued).await, "queued");
        purser.kill();
        yard.time_passes().await;
        let purser = yard.serve(1);
        yard.until(&running, &["lost"]).await;
        yard.until(&queued, &["succeeded"]).await;

        // Somebody else refreshes the sign-in, so that this one is being made ready for as long as we like.
        let (lease, somebody) = (format!("grant:{}", yard.grant), LeaseOwner("somebody".to_owned()));
        let installation = &yard.base.ports.installation;
        assert!(installation.take_lease(&lease, &somebody, Duration::from_mins(5)).await.unwrap());
        let preparing = yard.start(&purser, "hand_over", "go").await;
        yard.until(&preparing, &["preparing"]).await;
        purser.kill();
        yard.time_passes().await;
        let purser = yard.serve(1);
        yard.until(&preparing, &["lost"]).await;
        let again = yard.start(&purser, "hand_over", "go").await;
        yard.until(&again, &["succeeded"]).await;
        purser.kill();
        yard.nothing_kept();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_build_is_being_ended() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database).await else { return };
        let mut purser = yard.serve(2);
        // Its folder is looked through after its program has ended, which takes a while.
        for lending in ["lend", "broker", "hand_over"] {
            let build = yard.start(&purser, lending, "fill").await;
            yard.until(&build, &["running"]).await;
            let last = yard.folder.path().join("data/builds").join(&build).join("6");
            wait_for("it has written its last file", || std::fs::metadata(&last).is_ok_and(|found| found.len() == 8_000_000)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            purser.kill();
            yard.time_passes().await;
            purser = yard.serve(2);
            // Whether its end was written just before is a matter of luck; that it has one is not.
            yard.until(&build, &["lost", "succeeded"]).await;
            assert_eq!(yard.sockets(), 0);
            let again = yard.start(&purser, lending, "go").await;
            yard.until(&again, &["succeeded"]).await;
        }
        purser.kill();
        yard.nothing_kept();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_program_signs_in() {
    for database in TestDatabase::each().await {
        let Some(yard) = Yard::on(database).await else { return };
        let purser = yard.serve(2);
        let flows = "/api/v1/providers/xai/device-flows";
        let (status, begun) = purser.ask("POST", flows, &yard.token, Some(&json!({"mode": "cli"}))).await;
        assert_eq!((status, &begun["phase"], &begun["user_code"]), (201, &json!("waiting"), &json!("ABCD-EFGH")), "{begun}");
        assert!(living("7361"));
        purser.kill();
        wait_for("the program is gone", || !living("7361")).await;
        yard.time_passes().await;
        let purser = yard.serve(2);
        for n in 0.. {
            let (_, list) = purser.ask("GET", flows, &yard.token, None).await;
            if list == json!([]) || list[0]["phase"] == "failed" {
                break;
            }
            assert!(n < 200, "{list}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (status, again) = purser.ask("POST", flows, &yard.token, Some(&json!({"mode": "cli"}))).await;
        assert_eq!((status, &again["phase"]), (201, &json!("waiting")), "once more, with one request: {again}");
        purser.kill();
        wait_for("and gone again", || !living("7361")).await;
    }
}
