//! All processes of a run.

use rustix::process::{Pid, Signal};
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::time::Duration;

/// Ending takes the kernel a moment.
const LOOK_AGAIN: Duration = Duration::from_millis(3);

/// What has to be ended, and how.
#[derive(Debug)]
pub(super) enum Tree {
    /// The first process of a pid namespace: with it, the kernel ends all others. Held by descriptor, so it cannot be mistaken.
    #[cfg(target_os = "linux")]
    Namespace(OwnedFd),
    /// A process group; who leaves it is not ended.
    Group(Pid),
}

impl Tree {
    /// Ends all of it.
    pub(super) fn kill(&self) {
        // It may have ended by itself.
        let _ = match self {
            #[cfg(target_os = "linux")]
            Self::Namespace(first) => rustix::process::pidfd_send_signal(first, Signal::KILL),
            Self::Group(group) => rustix::process::kill_process_group(*group, Signal::KILL),
        };
    }

    /// Can a process leave it, and live on?
    pub(super) const fn may_be_left(&self) -> bool {
        matches!(self, Self::Group(_))
    }

    /// Waits until all of it has ended.
    pub(super) async fn gone(&self) {
        while self.lives() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn lives(&self) -> bool {
        match self {
            #[cfg(target_os = "linux")]
            Self::Namespace(first) => {
                use rustix::event::{PollFd, PollFlags, Timespec, poll};
                // Readable when the process has ended (pidfd_open(2)), which for the first of a namespace is after all others.
                let mut watched = [PollFd::new(first, PollFlags::IN)];
                !matches!(poll(&mut watched, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })), Ok(1..))
            }
            Self::Group(group) => {
                // Some of it may have been started after the last signal.
                rustix::process::kill_process_group(*group, Signal::KILL).is_ok()
            }
        }
    }
}
