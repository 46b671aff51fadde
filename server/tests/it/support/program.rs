//! The program, run as people run it.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program, with a folder of its own.
pub struct Purser {
    /// Where it runs; its data folder is `data` in here.
    pub folder: tempfile::TempDir,
}

impl Purser {
    /// No data folder yet.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A command with nothing set but the data folder.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_purser"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(|name| name.starts_with("PURSER_"))) {
            command.env_remove(name);
        }
        command.args(words).current_dir(self.folder.path()).env("PURSER_DATA_DIR", self.data());
        command
    }

    /// The data folder, there or not.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Runs it.
    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs it with something on stdin.
    pub fn run_with(&self, words: &[&str], stdin: &str) -> Output {
        let mut child = self.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// An installation with an owner.
    pub fn with_ann(self) -> Self {
        let added = self.run_with(
            &["user", "add", "--email", "ann@example.com", "--name", "Ann", "--role", "owner", "--password-stdin"],
            "correct horse battery\n",
        );
        assert!(added.status.success(), "{}", err(&added));
        self
    }
}

/// What stands on stdout.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What stands on stderr.
pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Has a file or folder this mode?
pub fn private(path: &Path, mode: u32) {
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
}

/// Everything below a folder: names, modes, when files were written and what is in them.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, (u32, i64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let about = path.symlink_metadata().unwrap();
        if about.is_dir() {
            found.insert(path.clone(), (about.mode(), 0, Vec::new()));
            found.extend(tree(&path));
        } else {
            found.insert(path.clone(), (about.mode(), about.mtime_nsec(), std::fs::read(&path).unwrap()));
        }
    }
    found
}
