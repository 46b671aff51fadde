//! The program itself, from outside: arguments, exit codes, what stands on stdout.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

struct Purser {
    folder: tempfile::TempDir,
}

impl Purser {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_purser"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(|name| name.starts_with("PURSER_"))) {
            command.env_remove(name);
        }
        command.args(words).current_dir(self.folder.path()).env("PURSER_DATA_DIR", self.data());
        command
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn run_with(&self, words: &[&str], stdin: &str) -> Output {
        let mut child = self.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn with_ann(self) -> Self {
        let added = self.run_with(
            &["user", "add", "--email", "ann@example.com", "--name", "Ann", "--role", "owner", "--password-stdin"],
            "correct horse battery\n",
        );
        assert!(added.status.success(), "{}", err(&added));
        self
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn people_and_tokens() {
    let purser = Purser::new().with_ann();
    let list = purser.run(&["user", "list"]);
    assert!(out(&list).contains("ann@example.com") && out(&list).contains("owner"), "{}", out(&list));

    let weak =
        purser.run_with(&["user", "add", "--email", "bob@example.com", "--name", "Bob", "--role", "viewer", "--password-stdin"], "short\n");
    assert_eq!(weak.status.code(), Some(1));
    assert!(err(&weak).contains("password: use at least 12 characters") && !err(&weak).contains("short"), "{}", err(&weak));
    let second_ann = purser.run_with(
        &["user", "add", "--email", "ANN@example.com", "--name", "Ann", "--role", "viewer", "--password-stdin"],
        "correct horse battery\n",
    );
    assert!(err(&second_ann).contains("already has an account"), "{}", err(&second_ann));
    let reset = purser.run_with(&["user", "reset-password", "--email", "ann@example.com", "--password-stdin"], "another good password\n");
    assert!(reset.status.success(), "{}", err(&reset));

    let created =
        purser.run(&["token", "create", "--user", "ann@example.com", "--name", "ci", "--scopes", "inference,read", "--days", "30"]);
    let token = out(&created);
    assert!(token.starts_with("pur_") && token.lines().count() == 1 && token.trim().len() == 60, "{token:?}");
    assert!(!err(&created).contains(token.trim()), "only on stdout");
    let list = out(&purser.run(&["token", "list"]));
    assert!(list.contains("inference,read") && !list.contains(token.trim()), "{list}");
    let id = list.lines().nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(purser.run(&["token", "revoke", id]).status.success());
    assert!(out(&purser.run(&["token", "list"])).contains("revoked"));
    let missing = purser.run(&["token", "revoke", "00000000-0000-0000-0000-000000000000"]);
    assert!(err(&missing).contains("There is no such access token"), "{}", err(&missing));
}

#[test]
fn programs_are_fetched_or_the_reason_is_told() {
    let purser = Purser::new();
    let unknown = purser.run(&["tools", "install", "gork"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(err(&unknown).contains("there is no tool gork; there are codex and grok"), "{}", err(&unknown));
    let nowhere = purser.command(&["tools", "install", "grok"]).env("PURSER_NPM_REGISTRY", "http://127.0.0.1:1").output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    let words = err(&nowhere);
    assert!(words.contains("grok was not installed") && (words.contains("refused") || words.contains("no package")), "{words}");
    let wrong = purser.command(&["tools", "install", "grok"]).env("PURSER_NPM_REGISTRY", "http://npm.example").output().unwrap();
    assert!(err(&wrong).contains("PURSER_NPM_REGISTRY: plain http"), "{}", err(&wrong));
    let doctor = purser.command(&["doctor"]).env("PATH", "/nowhere").output().unwrap();
    assert!(out(&doctor).contains("Run: purser tools install grok") && out(&doctor).contains("plain processes"), "{}", out(&doctor));
}

#[test]
fn looking_around_changes_nothing() {
    let purser = Purser::new();
    let before = purser.run(&["doctor"]);
    assert!(before.status.success() && out(&before).contains(" changes are missing"), "{}", out(&before));
    let up = purser.run(&["migrate", "up"]);
    assert!(out(&up).contains("people"), "{}", out(&up));
    assert!(!purser.data().join("master.key").exists(), "no key was made");
    let doctor = purser.run(&["doctor"]);
    assert!(doctor.status.success(), "{}", out(&doctor));
    for line in [
        "ok       settings",
        "ok       catalogue: 21 providers",
        "ok       database: SQLite, up to date",
        "ok       clock",
        "ok       mail: not configured (PURSER_SMTP_URL)",
        "ok       webhook: not configured (PURSER_WEBHOOK_URL)",
        "ok       keys: 0 current / 0 old / 0 undecryptable",
    ] {
        assert!(out(&doctor).contains(line), "{line}: {}", out(&doctor));
    }
    let status = purser.run(&["status", "--check"]);
    assert_eq!(status.status.code(), Some(0));
    assert!(purser.run(&["migrate", "down", "--steps", "1"]).status.success());
    let old = purser.run(&["user", "list"]);
    assert!(!old.status.success() && err(&old).contains("1 changes are missing. Run: purser migrate up"), "{}", err(&old));
    assert!(out(&purser.run(&["migrate", "status"])).contains("missing"));
}

#[test]
fn a_bad_setting_stops_the_start_by_name() {
    let purser = Purser::new();
    for (name, value) in [
        ("PURSER_ADDR", "nowhere"),
        ("PURSER_PUBLIC_URL", "https://u:hunter2@x"),
        ("PURSER_MASTER_KEYS", "k1:hunter2"),
        ("PURSER_PROVIDERS_FILE", "/nowhere/overlay.toml"),
        ("PURSER_CA_FILE", "/nowhere/ca.pem"),
        ("PURSER_SMTP_URL", "mail.example.com:hunter2"),
        ("PURSER_WEBHOOK_URL", "http://hooks.example.com/hunter2"),
        ("PURSER_DATABASE_URL", "mysql://u:hunter2@h/d"),
        ("PURSER_DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d"),
    ] {
        let started = purser.command(&["serve"]).env(name, value).output().unwrap();
        let words = err(&started);
        assert_eq!(started.status.code(), Some(1), "{name}");
        assert!(words.contains(&format!("purser: {name}")) && !words.contains("hunter2"), "{name}: {words}");
        assert!(out(&started).is_empty());
    }
    std::fs::write(purser.folder.path().join("purser.toml"), "purser_sandbx = \"process\"\n").unwrap();
    let started = purser.run(&["serve"]);
    assert!(
        err(&started).contains("purser_sandbx (in ./purser.toml): is not a setting of Purser; did you mean purser_sandbox?"),
        "{}",
        err(&started)
    );
}

#[test]
fn it_serves_prints_the_link_and_ends_with_zero_when_asked() {
    let purser = Purser::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = purser.command(&[]);
    command.env("PURSER_ADDR", format!("127.0.0.1:{port}")).env("PURSER_LOG_FORMAT", "json").env("PURSER_PUBLIC_URI", "x");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let link = lines.next().unwrap().unwrap();
    assert!(link.starts_with(&format!("Set up Purser: http://localhost:{port}/setup?link=")), "{link}");
    assert_eq!(lines.next().unwrap().unwrap(), format!("Purser is ready at http://localhost:{port}"));
    let beside = purser.run(&["status"]);
    assert!(beside.status.success(), "the command line works while the server runs: {}", err(&beside));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let log = String::from_utf8(output.stderr).unwrap();
    let secret = link.rsplit('=').next().unwrap();
    assert!(!log.contains(secret), "the link is not in the log");
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
    assert!(log.contains("did you mean PURSER_PUBLIC_URL?"), "{log}");
    private(&purser.data(), 0o700);
    private(&purser.data().join("master.key"), 0o600);
    private(&purser.data().join("purser.db"), 0o600);
}

fn private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
}

#[test]
fn rotation_ends_with_the_count_of_old_keys() {
    let purser = Purser::new();
    assert!(purser.run(&["migrate", "up"]).status.success());
    let rotated =
        purser.command(&["rotate-keys"]).env("PURSER_MASTER_KEYS", "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").output().unwrap();
    assert_eq!(rotated.status.code(), Some(0), "{}", err(&rotated));
    assert_eq!(out(&rotated), "0 values on the current key, 0 still on an old key, 0 do not open\n");
}

#[test]
fn the_document_needs_no_installation() {
    let purser = Purser::new();
    let printed = purser.run(&["openapi"]);
    let document: serde_json::Value = serde_json::from_str(&out(&printed)).unwrap();
    assert!(document["paths"]["/api/v1/providers"].is_object());
    assert!(!purser.data().exists());
}
