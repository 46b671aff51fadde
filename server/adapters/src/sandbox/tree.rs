//! All processes of a run.

use rustix::process::{Pid, Signal};
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::time::Duration;

/// Ending takes the kernel a moment.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

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
            // Some of it may have been started after the last signal.
            Self::Group(group) => rustix::process::kill_process_group(*group, Signal::KILL).is_ok() && has_living(*group),
        }
    }
}

/// Is one of a group more than an entry that nobody has cleared away? Orphans wait for the machine's first process to do it,
/// and in containers that can be long (proc(5), `/proc/pid/stat`).
#[cfg(target_os = "linux")]
fn has_living(group: Pid) -> bool {
    let Ok(entries) = std::fs::read_dir("/proc") else { return true };
    let group = group.as_raw_nonzero().to_string();
    entries.flatten().any(|entry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name in brackets may hold anything; state, parent and group follow it.
        let mut after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ');
        let (state, its_group) = (after_name.next(), after_name.nth(1));
        its_group == Some(group.as_str()) && !matches!(state, Some("Z" | "X"))
    })
}

#[cfg(not(target_os = "linux"))]
fn has_living(_: Pid) -> bool {
    true
}
