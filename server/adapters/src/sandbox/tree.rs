//! All processes of a run.

use rustix::process::{Pid, Signal};
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;

/// What has to be ended, and how.
#[derive(Debug)]
pub(super) enum Tree {
    /// The first process of a pid namespace: with it, the kernel ends all others. Held by descriptor, so it cannot be mistaken.
    #[cfg(target_os = "linux")]
    Namespace(tokio::io::unix::AsyncFd<OwnedFd>),
    /// A process group; who leaves it is not ended.
    Group(Pid),
}

impl Tree {
    /// Ends all of it.
    pub(super) fn kill(&self) {
        // It may have ended by itself.
        let _ = match self {
            #[cfg(target_os = "linux")]
            Self::Namespace(first) => rustix::process::pidfd_send_signal(first.get_ref(), Signal::KILL),
            Self::Group(group) => rustix::process::kill_process_group(*group, Signal::KILL),
        };
    }

    /// Can a process leave it, and live on?
    pub(super) const fn may_be_left(&self) -> bool {
        matches!(self, Self::Group(_))
    }

    /// Waits until all of it has ended.
    pub(super) async fn gone(&self) {
        match self {
            // Readable when the process has ended (pidfd_open(2)), which for the first of a namespace is after all others.
            #[cfg(target_os = "linux")]
            Self::Namespace(first) => drop(first.readable().await),
            Self::Group(group) => {
                while rustix::process::test_kill_process_group(*group).is_ok() {
                    rustix::process::kill_process_group(*group, Signal::KILL).ok();
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
            }
        }
    }
}
