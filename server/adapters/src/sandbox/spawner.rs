//! One thread that starts processes.
//!
//! `--die-with-parent` is about the *thread* that started a process (prctl(2), `PR_SET_PDEATHSIG`), and a runtime's threads
//! come and go. This one lives as long as its sandbox adapter, and no longer: then every run ends, too.

use std::io;
use std::sync::mpsc;
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

struct Order {
    command: Command,
    runtime: Handle,
    answer: oneshot::Sender<io::Result<Child>>,
}

/// Hands commands to the thread.
#[derive(Debug)]
pub(super) struct Spawner {
    orders: mpsc::Sender<Order>,
}

impl Spawner {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Self> {
        let (orders, taken) = mpsc::channel::<Order>();
        std::thread::Builder::new().name("purser-sandbox".to_owned()).spawn(move || {
            for Order { mut command, runtime, answer } in taken {
                let _entered = runtime.enter();
                // Nobody may be waiting any more: then the child is dropped, and killed by that.
                drop(answer.send(command.spawn()));
            }
        })?;
        Ok(Self { orders })
    }

    /// Starts a process.
    pub(super) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (answer, told) = oneshot::channel();
        let gone = || io::Error::other("the thread that starts processes is gone");
        self.orders.send(Order { command, runtime: Handle::current(), answer }).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}
