//! Nothing of a credential in any process's arguments or environment while programs run, and nothing of it on a disk afterwards.

use crate::build_world::{self, SCRIPT, Yard};
use crate::codex;
use services::builds::WorkspaceForm;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::issuer::Vendor;
use vocab::{BuildPhase, DevicePhase, Lending};

/// Reads the arguments and the environment of every process of this machine, again and again.
struct Sampler {
    over: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<HashSet<Vec<u8>>>,
}

impl Sampler {
    fn start() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let asked = over.clone();
        let thread = std::thread::spawn(move || {
            let mut seen = HashSet::new();
            while !asked.load(Ordering::Relaxed) {
                for process in std::fs::read_dir("/proc").unwrap().flatten() {
                    for file in ["cmdline", "environ"] {
                        // Ours, ended, or somebody else's.
                        let Ok(bytes) = std::fs::read(process.path().join(file)) else { continue };
                        if !seen.contains(&bytes) {
                            seen.insert(bytes);
                        }
                    }
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            seen
        });
        Self { over, thread }
    }

    /// What there was to be seen.
    fn seen(self) -> HashSet<Vec<u8>> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Every file below a folder that holds one of the secrets.
fn found(folder: &Path, secrets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(self::found(&entry.path(), secrets));
        } else if kind.is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            found.extend(
                secrets.iter().filter(|secret| holds(&bytes, secret)).map(|secret| format!("{secret} in {}", entry.path().display())),
            );
        }
    }
    found
}

/// Proves that the sampler saw the processes it is about, and no secret.
fn nothing_seen(seen: &HashSet<Vec<u8>>, marks: &[&str], secrets: &[String]) {
    for mark in marks {
        assert!(seen.iter().any(|bytes| holds(bytes, mark)), "the sampler never saw {mark}: it proves nothing");
    }
    assert!(secrets.len() >= 2);
    for secret in secrets {
        let place = seen.iter().find(|bytes| holds(bytes, secret));
        assert!(place.is_none(), "{secret}: {}", String::from_utf8_lossy(place.unwrap()));
    }
}

/// Sandbox homes, workspaces and artefacts, sockets, and the database with its log.
fn nothing_kept(yard: &Yard, secrets: &[String]) {
    let database = yard.world.house.database.file().unwrap();
    let beside = std::fs::read_dir(database.parent().unwrap()).unwrap().count();
    assert!(beside >= 2, "the database and its write-ahead log");
    for folder in [yard.folder.path(), database.parent().unwrap()] {
        assert_eq!(found(folder, secrets), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_every_kind_is_lent_to_in_files_and_they_are_gone_afterwards() {
    // It reads its credential through other programs, prints it, copies it, and renews what it may renew.
    let script = r#"#!/bin/sh
test "$1" = login && { $ASK > /dev/null; exit; }
export MARK=seen-in-the-environment
if test -e ~/.purser/capability; then rev ~/.purser/capability > capability.reversed; $ASK; cp ~/.purser/capability stolen; $ASK > stolen-token; fi
if test -e ~/.grok/auth.json; then cat ~/.grok/auth.json; cp ~/.grok/auth.json stolen; mkdir deep; tar cf deep/er.tar -C "$HOME" .grok; fi
if grep -qs refresh_token ~/.grok/auth.json; then
  # Put together here, so that neither stands in an argument or in this file.
  printf 's/"key":"[^"]*"/"key":"at-renewed-%s"/;s/"refresh_token":"[^"]*"/"refresh_token":"rt-renewed-%s"/' by-the-run by-the-run > /tmp/renew
  sed -f /tmp/renew ~/.grok/auth.json > ~/.grok/new
  chmod 600 ~/.grok/new; mv ~/.grok/new ~/.grok/auth.json; cp ~/.grok/auth.json renewed
fi
echo made > made.txt; sleep 1.3"#;
    let Some(yard) = Yard::make(SCRIPT, script).await else { return };
    let sampler = Sampler::start();
    let mut builds = Vec::new();
    for lending in [Lending::Lend, Lending::Broker, Lending::HandOver] {
        let build = yard.start(lending, WorkspaceForm::Empty).await.unwrap().id;
        let (phase, log) = yard.over(build).await;
        assert!(phase == BuildPhase::Succeeded && log.contains("[secret]"), "{lending}: {phase} {log}");
        builds.push(build);
    }
    let seen = sampler.seen();
    let reversed = std::fs::read_to_string(yard.own(builds[1]).join("capability.reversed")).unwrap();
    let capability: String = reversed.trim().chars().rev().collect();
    assert!(capability.len() > 40, "{capability}");
    let mut secrets = yard.world.issuer.issued(Vendor::Codex);
    secrets.extend([capability, "at-renewed-by-the-run".into(), "rt-renewed-by-the-run".into()]);
    nothing_seen(&seen, &["/bin/tool", "MARK=seen-in-the-environment", "bwrap"], &secrets);
    nothing_kept(&yard, &secrets);
    for build in builds {
        assert!(yard.own(build).join("made.txt").is_file(), "what it made is kept");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vendors_own_programs_are_no_different() {
    for (name, world) in [("grok", build_world::grok().await), ("codex", build_world::codex().await)] {
        let Some((yard, _chat)) = world else { continue };
        let sampler = Sampler::start();
        for lending in [Lending::Lend, Lending::Broker, Lending::HandOver] {
            if name == "codex" && lending == Lending::Broker {
                continue;
            }
            let (phase, log) = yard.run(lending).await;
            assert_eq!(phase, BuildPhase::Succeeded, "{name} {lending}: {log}");
        }
        let secrets = yard.world.issuer.issued(Vendor::Codex);
        nothing_seen(&sampler.seen(), &[&format!("bin/{name}"), "HOME=/home/build"], &secrets);
        nothing_kept(&yard, &secrets);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_by_a_program_shows_nothing_either() {
    let Some(world) = codex::world().await else { return };
    let sampler = Sampler::start();
    let shown = codex::begun(&world).await.shown.unwrap();
    assert!(world.issuer.decide_device(Vendor::Codex, shown.user_code.as_str(), true));
    let ended = codex::over(&world).await;
    assert_eq!(ended.phase, DevicePhase::Connected, "{}", ended.words);
    let secrets = world.issuer.issued(Vendor::Codex);
    nothing_seen(&sampler.seen(), &["--device-auth", "HOME=/home/build"], &secrets);
    let database = world.house.database.file().unwrap();
    assert_eq!(found(database.parent().unwrap(), &secrets), Vec::<String>::new());
}
