//! Builds: a provider's program runs on a prompt in the build sandbox, with a borrowed credential.
//!
//! A build is a row in a queue. Whichever process takes it holds it by a lease and runs it (`run`); what is lent is decided
//! by the mode (`borrow`), goes in as files, and is audited each time. What the program prints is cleaned, freed of the
//! secrets it was lent, and stored as it comes (`follow`), for everybody who watches (`watch`). A process that
//! is gone leaves a build that is shown as lost (`lost`).
//!
//! Which test shows what (`services/tests/it/` unless said otherwise; rules alone are tested beside them in `domain::build`):
//!
//! 1. the queue, on both databases, with several processes at it: `builds` in `storage/tests/it`
//! 2. program missing, crashing, flooding, without end: `builds_refused`
//! 3. archives with `../`, devices, links, folders that are not open: `builds::what_is_not_in_order_is_refused_by_name`
//! 4. a log with escape sequences and script tags: `builds::a_run_gets_its_prompt_and_a_lent_token_and_leaves_neither`,
//!    `domain::build::log`
//! 5. the broker asked by another run: `builds::the_broker_serves_its_own_run_and_nobody_else`; after the run:
//!    `builds_refused::a_question_that_comes_after_the_run_is_refused`
//! 6. ways to borrow that a machine or the catalogue does not have: `builds_refused`
//! 7. a run that looks for Purser's data, key, environment and processes, or forks without end: `sandbox::{seeing, ending}` in
//!    `adapters/tests/it`; for the run beside it: `builds_refused::a_run_sees_nothing_of_the_one_beside_it`
//! 8. cancelled at every phase: `builds_refused`; killed at every phase: `builds_killed` in `server/tests/it`
//! 9. no refresh token spent twice in fifty builds, handed-over sign-ins that come back: `builds`
//! 10. no secret in arguments, environments, homes, logs, artefacts, database: `secrets`
//! 11. a log as it grows, and the end of listening: `api_builds` in `server/tests/it`

mod borrow;
mod desk;
mod follow;
mod leavings;
mod look;
mod lost;
mod run;
mod start;
mod watch;

pub use borrow::SOCKET;
pub use look::{BuildDetail, LogPart};
pub use start::{ReadyProgram, StartForm, WorkspaceForm};
pub use watch::LogNews;

use crate::Ports;
use crate::environment::Environment;
use crate::error::ServiceResult;
use crate::grants::Grants;
use crate::ports::{BuildRepo, LeaseOwner, TokenSockets, Workspaces};
use domain::provider::Catalogue;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch as watched};
use vocab::BuildId;

/// What builds need of this machine, beside the sandbox.
#[derive(Clone)]
pub struct BuildPorts {
    /// Their rows.
    pub repo: Arc<dyn BuildRepo>,
    /// Their folders.
    pub workspaces: Arc<dyn Workspaces>,
    /// Where runs ask for tokens.
    pub sockets: Arc<dyn TokenSockets>,
    /// How many run at once in the whole installation.
    pub at_once: u32,
}

/// Use cases of builds.
#[derive(Clone)]
pub struct Builds(Arc<Inner>);

struct Inner {
    ports: Ports,
    catalogue: Arc<Catalogue>,
    grants: Grants,
    environment: Environment,
    /// This process among others.
    owner: LeaseOwner,
    /// Those that run here; poked when something should be looked at.
    here: Mutex<HashMap<BuildId, Arc<Notify>>>,
    stopping: watched::Sender<bool>,
    /// Builds of which the event log told that something changed; for those who watch.
    news: broadcast::Sender<BuildId>,
}

/// Longest wait for runs to end when the server stops.
const STOPPING: Duration = Duration::from_secs(8);

impl Builds {
    /// Wires the use cases.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>, grants: Grants, environment: Environment) -> Self {
        let owner = LeaseOwner(environment.uuid().to_string());
        Self(Arc::new(Inner {
            ports: ports.clone(),
            catalogue,
            grants,
            environment,
            owner,
            here: Mutex::default(),
            stopping: watched::Sender::new(false),
            news: broadcast::Sender::new(watch::LAG),
        }))
    }

    /// Takes what is due from the queue, and ends what a process that is gone has left. A job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_turns(&self) -> ServiceResult<()> {
        for id in self.repo().lose_builds().await? {
            tracing::warn!(build = %id, "the process that ran a build is gone; the build is lost");
            self.tidy(id).await;
        }
        while !*self.0.stopping.borrow() {
            let Some(build) = self.repo().claim_build(&self.0.owner, run::LEASE, self.0.ports.builds.at_once).await? else { break };
            let poke = Arc::new(Notify::new());
            self.here().insert(build.id, poke.clone());
            tokio::spawn(self.clone().run(build, poke));
        }
        Ok(())
    }

    /// Ends what runs here; they are lost, and said to be.
    pub async fn stop(&self) {
        self.0.stopping.send_replace(true);
        let all = async {
            while !self.here().is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        drop(tokio::time::timeout(STOPPING, all).await);
    }

    fn repo(&self) -> &dyn BuildRepo {
        &*self.0.ports.builds.repo
    }

    fn here(&self) -> std::sync::MutexGuard<'_, HashMap<BuildId, Arc<Notify>>> {
        self.0.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
