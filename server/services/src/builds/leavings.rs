//! What a run leaves in its folder: looked through for copies of what it was lent, and for no longer than anybody waits.

use super::Builds;
use super::follow::Follower;
use super::run::{LOOK_AFTER, Stop};
use crate::ports::{Looked, Names, Patience};
use domain::build::{Build, BuildState};
use secrecy::SecretString;
use std::path::Path;
use std::time::Duration;
use tokio::sync::Notify;

/// Longest look through a build's folder.
const LOOK: Duration = Duration::from_mins(3);
/// The same when the build is to end now.
const SHORT_LOOK: Duration = Duration::from_secs(3);
/// Clocks of other machines, whose disks these may be, differ by less than this.
const SKEW: time::Duration = time::Duration::HOUR;

/// What is done with the folder.
pub(super) struct Leavings<'a> {
    pub(super) build: &'a Build,
    pub(super) folder: &'a Path,
    pub(super) secrets: Vec<SecretString>,
}

impl Builds {
    /// Takes what holds a secret out of a build's own folder; of a folder that is somebody's it only says where that is. Whoever
    /// cancels meanwhile, or stops the server, ends the look: what nobody has looked at is not kept.
    pub(super) async fn look_through(&self, left: Leavings<'_>, stop: &mut Option<Stop>, poke: &Notify, log: &mut Follower<'_>) {
        let Leavings { build, folder, secrets } = left;
        let workspaces = &self.0.ports.builds.workspaces;
        let patience = Patience::new(if stop.is_some() { SHORT_LOOK } else { LOOK });
        if build.workspace.is_own() {
            let looked = self.held(build, stop, poke, &patience, workspaces.scrub(build.id, secrets, patience.clone())).await;
            match looked {
                Ok(looked) => cleaned(&looked, log),
                Err(error) => {
                    tracing::warn!(build = %build.id, ?error, "a build's folder could not be looked through");
                    let gone = self.held(build, stop, poke, &patience, workspaces.remove(build.id)).await;
                    not_looked_through(gone.is_ok(), log);
                    if let Err(error) = gone {
                        tracing::error!(build = %build.id, ?error, "a build's folder may hold what it was lent, and could not be removed");
                    }
                }
            }
        } else {
            let since = match &build.state {
                BuildState::Running { since } => *since,
                _ => build.created_at,
            };
            let looking = workspaces.look(folder, since - SKEW, secrets, patience.clone());
            match self.held(build, stop, poke, &patience, looking).await {
                Ok(looked) => reported(&looked, log),
                Err(error) => {
                    tracing::warn!(build = %build.id, ?error, "the folder of a build could not be looked through");
                    log.say("this folder could not be looked through for copies of the credential");
                }
            }
        }
    }

    /// Keeps the hold while something else is done, and ends its patience when the build is to stop.
    async fn held<T>(
        &self,
        build: &Build,
        stop: &mut Option<Stop>,
        poke: &Notify,
        patience: &Patience,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                asked = self.look_after(build.id, poke), if *stop != Some(Stop::Lost) => {
                    if asked.is_some() && asked != *stop {
                        *stop = asked;
                        patience.end();
                    }
                }
                () = tokio::time::sleep(LOOK_AFTER), if *stop == Some(Stop::Lost) => drop(self.repo().hold_build(build.id, &self.0.owner, super::run::LEASE).await),
            }
        }
    }
}

/// A build's own folder.
fn cleaned(looked: &Looked, log: &mut Follower<'_>) {
    each(&looked.held, log, |name| format!("removed {name}: it held the credential"));
    each(&looked.named, log, |place| format!("removed something in {place}: its name held the credential"));
    each(&looked.unseen, log, |name| format!("removed {name}: it was too much to look through for copies of the credential"));
}

fn not_looked_through(gone: bool, log: &mut Follower<'_>) {
    log.say(if gone {
        "what it had made was removed: it could not be looked through for copies of the credential"
    } else {
        "what it had made could neither be looked through for copies of the credential nor removed"
    });
}

/// A folder that is somebody's.
fn reported(looked: &Looked, log: &mut Follower<'_>) {
    each(&looked.held, log, |name| format!("{name} holds the credential that this build was lent; it was left as it is, please remove it"));
    each(&looked.named, log, |place| {
        format!("a name in {place} holds the credential that this build was lent; it was left as it is, please remove it")
    });
    each(&looked.unseen, log, |name| format!("{name} was not looked through for copies of the credential"));
}

fn each(names: &Names, log: &mut Follower<'_>, words: impl Fn(&str) -> String) {
    names.first.iter().for_each(|name| log.say(&words(name)));
    if names.more > 0 {
        log.say(&words(&format!("{} more", names.more)));
    }
}
