//! `purser keys` and `purser rotate-keys`: from one key to the next, as an operator does it.

use crate::support::TestApp;
use crate::support::program::{Purser, err, out, private};
use domain::people::Caller;
use secrecy::ExposeSecret;
use services::connections::KeyForm;
use std::path::PathBuf;
use std::process::{Command, Output};
use testkit::database::TestDatabase;

const FIRST: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// An installation with one sealed value, and the program beside it.
struct Place {
    app: TestApp,
    purser: Purser,
}

impl Place {
    async fn each(pairs: &[(&str, &str)]) -> Vec<Self> {
        let mut all = Vec::new();
        for database in TestDatabase::each().await {
            let app = TestApp::on(database, pairs).await;
            let form = KeyForm::new("sk-practice-good-0001".to_owned(), None, 0);
            app.state.services.connections.connect_with_key(&Caller::command_line(), &"openai".parse().unwrap(), form).await.unwrap();
            all.push(Self { app, purser: Purser::new() });
        }
        all
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.purser.command(words);
        command.env("PURSER_DATA_DIR", self.app.folder.path().join("data"));
        command.env("PURSER_DATABASE_URL", self.app.database().settings().url.expose_secret());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn file(&self) -> PathBuf {
        self.app.folder.path().join("data/master.key")
    }

    /// Names in the file, in its order.
    fn ids(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.file()).unwrap();
        text.lines().filter_map(|line| line.split_once(':').filter(|_| !line.starts_with('#'))).map(|(id, _)| id.to_owned()).collect()
    }
}

fn rows(listed: &Output) -> Vec<Vec<String>> {
    assert!(listed.status.success(), "{}", err(listed));
    out(listed).lines().skip(1).map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

fn row(words: [&str; 4]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

#[tokio::test]
async fn a_new_key_comes_first_and_rotation_moves_everything_to_it() {
    for place in Place::each(&[]).await {
        let old = place.ids().remove(0);
        let nothing = place.run(&["rotate-keys"]);
        assert!(nothing.status.success(), "{}", err(&nothing));
        assert!(err(&nothing).contains("Nothing to move") && err(&nothing).contains("purser keys new"), "{}", err(&nothing));
        assert_eq!(out(&nothing), "1 values on the current key, 0 still on an old key, 0 do not open\n");

        let before = std::fs::read_to_string(place.file()).unwrap();
        let made = place.run(&["keys", "new"]);
        assert!(made.status.success(), "{}", err(&made));
        let ids = place.ids();
        assert_eq!((ids.len(), &ids[1]), (2, &old), "the old key stays");
        let after = std::fs::read_to_string(place.file()).unwrap();
        assert!(before.lines().all(|line| after.lines().any(|kept| kept == line)), "so do its comments");
        assert!(err(&made).contains(&ids[0]) && err(&made).contains("purser rotate-keys"), "{}", err(&made));
        let key = after.lines().find(|line| line.starts_with(&ids[0])).unwrap().split_once(':').unwrap().1;
        assert!(!err(&made).contains(key) && out(&made).is_empty(), "the key is in the file and nowhere else");
        private(&place.file(), 0o600);

        assert_eq!(rows(&place.run(&["keys", "list"])), [row([&ids[0], "seals", "0", "0"]), row([&old, "opens", "1", "0"])]);
        let rotated = place.run(&["rotate-keys"]);
        assert!(rotated.status.success(), "{}", err(&rotated));
        assert_eq!(out(&rotated), "1 values on the current key, 0 still on an old key, 0 do not open\n");
        let listed = place.run(&["keys", "list"]);
        assert_eq!(rows(&listed), [row([&ids[0], "seals", "1", "0"]), row([&old, "opens", "0", "0"])]);
        assert!(!out(&listed).contains(key) && !err(&listed).contains(key));
        let again = place.run(&["rotate-keys"]);
        assert!(again.status.success() && err(&again).contains("Nothing to move: everything lies under"), "{}", err(&again));

        // Without the key the list still says what is missing.
        std::fs::remove_file(place.file()).unwrap();
        let lost = place.run(&["keys", "list"]);
        assert_eq!(rows(&lost), [row([&ids[0], "missing", "0", "1"])]);
        assert!(!place.run(&["keys", "new"]).status.success() && !place.file().exists(), "a new key would only hide the loss");
    }
}

#[tokio::test]
async fn replicas_learn_a_key_before_it_seals() {
    for place in Place::each(&[]).await {
        let old = place.ids().remove(0);
        assert!(place.run(&["keys", "new", "--last"]).status.success());
        let ids = place.ids();
        assert_eq!((ids.len(), &ids[0]), (2, &old), "it does not seal yet");
        let nothing = place.run(&["rotate-keys"]);
        assert!(err(&nothing).contains("Nothing to move"), "{}", err(&nothing));
        let wrong = place.run(&["keys", "use", "k9"]);
        assert!(!wrong.status.success() && err(&wrong).contains("has no key k9, only"), "{}", err(&wrong));
        let used = place.run(&["keys", "use", &ids[1]]);
        assert!(used.status.success(), "{}", err(&used));
        assert_eq!(place.ids(), [ids[1].clone(), old.clone()]);
        assert!(place.run(&["rotate-keys"]).status.success());
        assert_eq!(rows(&place.run(&["keys", "list"]))[0], row([&ids[1], "seals", "1", "0"]));
    }
}

#[tokio::test]
async fn keys_of_a_setting_are_printed_alone_for_it_and_nothing_else_is_touched() {
    for place in Place::each(&[("PURSER_MASTER_KEYS", FIRST)]).await {
        let given = |words: &[&str], keys: &str| place.command(words).env("PURSER_MASTER_KEYS", keys).output().unwrap();
        let made = given(&["keys", "new"], FIRST);
        let both = out(&made).trim_end().to_owned();
        assert!(both.ends_with(&format!(",{FIRST}")) && out(&made).lines().count() == 1, "first, and the old one stays");
        assert!(
            err(&made).contains("secret") && err(&made).contains("PURSER_MASTER_KEYS") && !err(&made).contains(FIRST),
            "{}",
            err(&made)
        );
        assert!(!place.file().exists());
        let rotated = given(&["rotate-keys"], &both);
        assert_eq!(out(&rotated), "1 values on the current key, 0 still on an old key, 0 do not open\n", "{}", err(&rotated));
        let back = given(&["keys", "use", "k1"], &both);
        assert_eq!(out(&back).trim_end(), format!("{FIRST},{}", both.split(',').next().unwrap()));
        let last = given(&["keys", "new", "--last"], FIRST);
        assert!(out(&last).starts_with(&format!("{FIRST},")), "{}", err(&last));
    }
}

#[test]
fn a_first_key_for_the_setting_needs_no_installation() {
    let purser = Purser::new();
    let printed = purser.run(&["keys", "new", "--print"]);
    let key = out(&printed);
    assert!(key.lines().count() == 1 && vault::MasterKey::parse(key.trim()).is_ok() && err(&printed).contains("secret"));
    assert!(!purser.data().exists());
    assert!(purser.command(&["user", "list"]).status().unwrap().code() == Some(1));
    let up = purser.command(&["migrate", "up"]).env("PURSER_MASTER_KEYS", key.trim()).output().unwrap();
    assert!(up.status.success());
    let listed = purser.command(&["keys", "list"]).env("PURSER_MASTER_KEYS", key.trim()).output().unwrap();
    assert_eq!(rows(&listed).len(), 1);
    let none_yet = purser.run(&["keys", "list"]);
    assert!(rows(&none_yet).is_empty() && err(&none_yet).contains("no key yet"), "{}", err(&none_yet));
    assert!(err(&purser.run(&["rotate-keys"])).contains("no key yet"));
}
