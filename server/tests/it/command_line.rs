//! The program itself, from outside: arguments, exit codes, what stands on stdout.

use crate::support::program::{Purser, err, out, private, tree};
use secrecy::ExposeSecret;
use std::process::{Command, Stdio};
use testkit::database::TestDatabase;

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

/// Everything that only looks at an installation, or works on one.
const LOOKING: &[&[&str]] = &[
    &["status", "--check"],
    &["doctor"],
    &["user", "list"],
    &["user", "reset-password", "--email", "ann@example.com", "--password-stdin"],
    &["token", "list"],
    &["token", "create", "--user", "ann@example.com", "--name", "ci", "--scopes", "read"],
    &["keys", "list"],
    &["keys", "new"],
    &["keys", "use", "k1"],
    &["rotate-keys"],
    &["backup", "copy.db"],
    &["migrate", "status"],
    &["migrate", "down", "--yes"],
    &["practice"],
];

fn looking(purser: &Purser, words: &[&str]) -> Command {
    let mut command = purser.command(words);
    // Without it `practice` refuses before it has looked.
    command.env("PURSER_PRACTICE", "1");
    command
}

#[test]
fn where_there_is_no_installation_nothing_is_made() {
    let purser = Purser::new();
    let place = purser.data().join("purser.db").display().to_string();
    let run = |words: &[&str], database: &str| looking(&purser, words).env("PURSER_DATABASE_URL", database).output().unwrap();
    for words in LOOKING {
        let refused = run(words, "");
        let said = format!("{}{}", out(&refused), err(&refused));
        assert_eq!(refused.status.code(), Some(1), "{words:?}: {said}");
        let file = purser.data().join("master.key").display().to_string();
        assert!(said.contains("PURSER_DATA_DIR") && (said.contains(&place) || said.contains(&file)), "{words:?}: {said}");
        assert!(tree(purser.folder.path()).is_empty(), "{words:?} made something");
    }
    // Nor where a folder is, a file that is empty, or another folder is named by address.
    std::fs::create_dir(purser.data()).unwrap();
    std::fs::write(purser.data().join("purser.db"), "").unwrap();
    let before = tree(purser.folder.path());
    for words in LOOKING {
        let elsewhere = format!("sqlite://{}", purser.folder.path().join("other/p.db").display());
        assert_eq!((run(words, "").status.code(), run(words, &elsewhere).status.code()), (Some(1), Some(1)), "{words:?}");
        assert_eq!(tree(purser.folder.path()), before, "{words:?} made something");
    }
    // Without any setting the working folder is meant, and the answer says which one that is.
    let bare = purser.command(&["status"]).env_remove("PURSER_DATA_DIR").current_dir("/").output().unwrap();
    assert!(err(&bare).contains("there is no Purser at /data/purser.db"), "{}", err(&bare));
}

#[tokio::test]
async fn an_empty_database_on_a_server_is_left_empty() {
    let Some(database) = TestDatabase::bare_postgres().await else { return };
    let purser = Purser::new();
    let on_server =
        |words: &[&str]| looking(&purser, words).env("PURSER_DATABASE_URL", database.settings().url.expose_secret()).output().unwrap();
    for words in LOOKING.iter().filter(|words| !matches!(words, ["migrate", ..] | ["keys", "new" | "use", ..])) {
        let refused = on_server(words);
        let said = format!("{}{}", out(&refused), err(&refused));
        assert_eq!(refused.status.code(), Some(1), "{words:?}: {said}");
        assert!(said.contains("PURSER_DATABASE_URL") || said.contains("pg_dump"), "{words:?}: {said}");
    }
    assert!(out(&on_server(&["migrate", "status"])).contains("missing"));
    assert!(err(&on_server(&["migrate", "down", "--yes"])).contains("0 changes taken back"));
    assert!(tree(purser.folder.path()).is_empty());
    assert!(database.storage().migration_status().await.unwrap().iter().all(|state| !state.applied));
    assert!(on_server(&["migrate", "up"]).status.success());
    assert!(on_server(&["status", "--check"]).status.success());
}

#[test]
fn looking_around_changes_nothing() {
    let purser = Purser::new();
    let up = purser.run(&["migrate", "up"]);
    assert!(out(&up).contains("people"), "{}", out(&up));
    assert!(!purser.data().join("master.key").exists(), "no key was made");
    let before = tree(purser.folder.path());
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
    for words in [&["status", "--check"][..], &["user", "list"], &["token", "list"], &["migrate", "status"], &["keys", "list"]] {
        let looked = purser.run(words);
        assert_eq!(looked.status.code(), Some(0), "{words:?}: {}", err(&looked));
    }
    assert_eq!(tree(purser.folder.path()), before);
}

#[test]
fn changes_are_taken_back_only_when_told_to_and_only_those_there_are() {
    let purser = Purser::new();
    let made = out(&purser.run(&["migrate", "up"]));
    let newest = made.lines().last().unwrap();
    let before = tree(purser.folder.path());
    let asked = purser.run(&["migrate", "down", "--steps", "2"]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(err(&asked).contains(newest) && err(&asked).contains("--yes") && out(&asked).is_empty(), "{}", err(&asked));
    assert_eq!(tree(purser.folder.path()), before);

    let one = purser.run(&["migrate", "down", "--yes"]);
    assert!(one.status.success() && err(&one).contains("1 changes taken back"), "{}", err(&one));
    assert_eq!(out(&one).trim_end(), newest);
    let old = purser.run(&["user", "list"]);
    assert!(!old.status.success() && err(&old).contains("1 changes are missing. Run: purser migrate up"), "{}", err(&old));
    let doctor = purser.run(&["doctor"]);
    assert!(doctor.status.success() && out(&doctor).contains("1 of ") && out(&doctor).contains(" changes are missing"), "{}", out(&doctor));
    assert!(out(&purser.run(&["migrate", "status"])).contains("missing"));

    let all = purser.run(&["migrate", "down", "--steps", "4000000000", "--yes"]);
    let rest: Vec<&str> = made.lines().rev().skip(1).collect();
    assert_eq!(out(&all).lines().collect::<Vec<_>>(), rest);
    assert!(err(&all).contains(&format!("{} changes taken back", rest.len())), "{}", err(&all));
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

#[test]
fn the_document_needs_no_installation() {
    let purser = Purser::new();
    let printed = purser.run(&["openapi"]);
    let document: serde_json::Value = serde_json::from_str(&out(&printed)).unwrap();
    assert!(document["paths"]["/api/v1/providers"].is_object());
    assert!(!purser.data().exists());
}
