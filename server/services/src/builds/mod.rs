//! Builds: a provider's program runs on a prompt in the build sandbox, with a borrowed credential.
//!
//! A build is a row in a queue. Whichever process takes it holds it by a lease and runs it (`run`); what is lent is decided
//! by the mode (`borrow`), goes in as files, and is audited each time. What the program prints is cleaned, freed of the
//! secrets it was lent, and stored as it comes (`follow`). A process that is gone leaves a build that is shown as lost.

mod borrow;
mod desk;
mod follow;
mod look;
mod run;
mod start;

pub use borrow::SOCKET;
pub use look::{BuildDetail, LogPart};
pub use start::{ReadyProgram, StartForm, WorkspaceForm};

use crate::Ports;
use crate::environment::Environment;
use crate::error::ServiceResult;
use crate::grants::Grants;
use crate::ports::{BuildRepo, LeaseOwner, TokenSockets, Workspaces};
use domain::provider::Catalogue;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
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
    stopping: watch::Sender<bool>,
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
            stopping: watch::Sender::new(false),
        }))
    }

    /// Takes what is due from the queue, and ends what a process that is gone has left. A job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_turns(&self) -> ServiceResult<()> {
        for id in self.repo().lose_builds().await? {
            tracing::warn!(build = %id, "the process that ran a build is gone; the build is lost");
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
