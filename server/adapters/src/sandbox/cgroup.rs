//! Limits on all processes of a run together, where this machine lets us make control groups.

use services::ports::SandboxLimits;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

const MOUNT: &str = "/sys/fs/cgroup";
const PREFIX: &str = "purser-";
static COUNT: AtomicU64 = AtomicU64::new(0);

/// A control group of its own. Dropped, it goes, if its processes have.
#[derive(Debug)]
pub(super) struct Cgroup {
    folders: Vec<PathBuf>,
    /// Is memory limited as a whole?
    pub(super) memory: bool,
    /// Is the number of processes?
    pub(super) processes: bool,
}

impl Cgroup {
    /// Makes one with as many of the limits as this machine allows.
    pub(super) fn make(limits: &SandboxLimits) -> Self {
        let name = format!("{PREFIX}{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut group = Self { folders: Vec::new(), memory: false, processes: false };
        for place in places(&std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default()) {
            sweep(&place.folder);
            group.join(&place, &name, limits);
        }
        group
    }

    fn join(&mut self, place: &Place, name: &str, limits: &SandboxLimits) {
        let folder = place.folder.join(name);
        if place.unified {
            // Refused where our own group has processes in it, which is no loss: then the limits have to be there already.
            drop(std::fs::write(place.folder.join("cgroup.subtree_control"), "+memory +pids"));
        }
        if std::fs::create_dir(&folder).is_err() {
            return;
        }
        let set = |file: &str, value: String| folder.join(file).exists() && std::fs::write(folder.join(file), value).is_ok();
        let memory = set("memory.max", limits.memory_bytes.to_string()) || set("memory.limit_in_bytes", limits.memory_bytes.to_string());
        if memory {
            // Without this the limit is only where swapping begins.
            let _ = set("memory.swap.max", "0".to_owned()) || set("memory.memsw.limit_in_bytes", limits.memory_bytes.to_string());
        }
        let processes = set("pids.max", limits.processes.to_string());
        if memory || processes {
            self.memory |= memory;
            self.processes |= processes;
            self.folders.push(folder);
        } else {
            drop(std::fs::remove_dir(&folder));
        }
    }

    /// Puts a process in, and with it all that it starts. Where that is refused, the group limits nothing.
    pub(super) fn add(&mut self, pid: u32) {
        let refused = self.folders.iter().any(|folder| std::fs::write(folder.join("cgroup.procs"), pid.to_string()).is_err());
        if refused {
            self.memory = false;
            self.processes = false;
        }
    }

    /// Has the kernel ended one of its processes for want of memory?
    pub(super) fn ran_out_of_memory(&self) -> bool {
        let counts = |file: &Path| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            text.lines().any(|line| line.strip_prefix("oom_kill ").is_some_and(|count| count.trim() != "0"))
        };
        self.folders.iter().any(|folder| counts(&folder.join("memory.events")) || counts(&folder.join("memory.oom_control")))
    }

    /// Takes it away; `false` while processes are still in it.
    pub(super) fn remove(&mut self) -> bool {
        self.folders.retain(|folder| match std::fs::remove_dir(folder) {
            Ok(()) => false,
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        });
        self.folders.is_empty()
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Where a group can be made.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    folder: PathBuf,
    /// Version 2: one tree for all limits.
    unified: bool,
}

/// The places that `/proc/self/cgroup` names (cgroups(7)).
fn places(text: &str) -> Vec<Place> {
    let below = |mount: &str, path: &str| Path::new(mount).join(path.trim_start_matches('/'));
    let places = text.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        match controllers {
            "" => Some(Place { folder: below(MOUNT, path), unified: true }),
            "memory" | "pids" => Some(Place { folder: below(&format!("{MOUNT}/{controllers}"), path), unified: false }),
            _ => None,
        }
    });
    // Where both versions are mounted, the unified one is elsewhere and without controllers.
    places.filter(|place| !place.unified || place.folder.join("cgroup.controllers").is_file()).collect()
}

/// Takes away what a killed server left; a group in use cannot be removed.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let ours = entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX)));
    // Those of this process may be about to be filled.
    let own = format!("{PREFIX}{}-", std::process::id());
    for entry in ours.filter(|entry| !entry.file_name().to_string_lossy().starts_with(&own)) {
        drop(std::fs::remove_dir(entry.path()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_found() {
        let old = "8:pids:/a\n4:memory:/b/c\n3:cpuset:/\n1:name=systemd:/x\n";
        let folders: Vec<_> = places(old).into_iter().map(|place| place.folder.display().to_string()).collect();
        assert_eq!(folders, ["/sys/fs/cgroup/pids/a", "/sys/fs/cgroup/memory/b/c"]);
        assert!(places("0::/nowhere-at-all\n").is_empty() && places("garbage").is_empty());
    }
}
