//! `purser backup`: a copy that opens again, made while the server runs.

use crate::support::program::{Purser, err, out, private, tree};
use secrecy::ExposeSecret;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use testkit::database::TestDatabase;

#[test]
fn a_copy_made_while_the_server_runs_opens_as_an_installation() {
    let purser = Purser::new().with_ann();
    let mut command = purser.command(&["serve"]);
    let mut server = command.env("PURSER_ADDR", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let ready = BufReader::new(server.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    assert!(ready.starts_with("Purser is ready"), "{ready}");
    let copied = purser.run(&["backup", "copy.db"]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(copied.status.success(), "{}", err(&copied));
    assert_eq!(out(&copied), "copy.db\n");
    let copy = purser.folder.path().join("copy.db");
    let size = copy.metadata().unwrap().len();
    assert!(err(&copied).contains(&format!("{size} bytes")) && err(&copied).contains("master.key"), "{}", err(&copied));
    private(&copy, 0o600);

    let again = purser.run(&["backup", "copy.db"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(err(&again).contains("copy.db is there already"), "{}", err(&again));
    assert_eq!(copy.metadata().unwrap().len(), size);

    // Restored: the copy in the place of the database, the key file beside it.
    let other = Purser::new();
    std::fs::create_dir(other.data()).unwrap();
    std::fs::copy(&copy, other.data().join("purser.db")).unwrap();
    std::fs::copy(purser.data().join("master.key"), other.data().join("master.key")).unwrap();
    let before = tree(other.folder.path());
    assert!(out(&other.run(&["user", "list"])).contains("ann@example.com"));
    assert!(other.run(&["doctor"]).status.success());
    assert_eq!(tree(other.folder.path()), before, "looking at a copy leaves it as it is");
}

#[tokio::test]
async fn on_a_server_its_own_tool_is_named() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let purser = Purser::new();
    let refused =
        purser.command(&["backup", "copy.db"]).env("PURSER_DATABASE_URL", database.settings().url.expose_secret()).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("pg_dump") && out(&refused).is_empty(), "{}", err(&refused));
    assert!(tree(purser.folder.path()).is_empty());
}
