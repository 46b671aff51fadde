//! Watches over a run: hands out what it prints, stops it at its limits, knows how it ended.

use super::home::Home;
use super::tree::Tree;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use services::ports::{HomeFile, HomePath, Output, ReadFileError, ReadRule, SandboxControl, SandboxEnd, SandboxLimits, SandboxRun};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Child;
use tokio::sync::{Notify, mpsc, watch};

/// Pieces of output that wait for a reader.
const WAITING_PIECES: usize = 64;
const PIECE_BYTES: usize = 16 * 1024;
/// Longest wait for killed processes to be gone.
const GONE: Duration = Duration::from_secs(10);
/// A process that left its group may hold the pipes open for ever: they are read this long.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What was started.
pub(super) struct Started {
    /// The process we wait for.
    pub(super) child: Child,
    /// All of them.
    pub(super) tree: Tree,
    /// Their home.
    pub(super) home: Arc<Home>,
    /// What they read.
    pub(super) stdin: Option<SecretString>,
    /// When they are stopped.
    pub(super) limits: SandboxLimits,
    /// Kept until all of them have ended, then asked how it was and let go.
    pub(super) keep: Box<dyn Keep>,
}

/// What a runner keeps for the time of a run: a control group, a folder.
#[async_trait]
pub(super) trait Keep: Send + Sync {
    /// Did the run end for want of memory?
    fn ran_out_of_memory(&self) -> bool;

    /// All processes have ended.
    async fn let_go(self: Box<Self>);
}

struct Control {
    home: Arc<Home>,
    stop: mpsc::UnboundedSender<()>,
    end: watch::Receiver<Option<SandboxEnd>>,
}

/// Watches over it from now on.
pub(super) fn watch_over(mut started: Started) -> SandboxRun {
    let (stop, stopped) = mpsc::unbounded_channel();
    let (ended, end) = watch::channel(None);
    let (pieces, output) = mpsc::channel(WAITING_PIECES);
    let meter = Arc::new(Meter { left: AtomicU64::new(started.limits.output_bytes), flooded: Notify::new() });
    let mut pumps = Vec::new();
    if let Some(stdout) = started.child.stdout.take() {
        pumps.push(tokio::spawn(pump(stdout, pieces.clone(), Arc::clone(&meter), Output::Stdout)));
    }
    if let Some(stderr) = started.child.stderr.take() {
        pumps.push(tokio::spawn(pump(stderr, pieces, Arc::clone(&meter), Output::Stderr)));
    }
    if let (Some(mut pipe), Some(text)) = (started.child.stdin.take(), started.stdin.take()) {
        // A program that does not read it is no matter.
        tokio::spawn(async move { drop(pipe.write_all(text.expose_secret().as_bytes()).await) });
    }
    let control = Control { home: Arc::clone(&started.home), stop, end };
    tokio::spawn(async move {
        let end = until_the_end(&mut started, stopped, &meter).await;
        let end = if started.keep.ran_out_of_memory() && matches!(end, SandboxEnd::Exited(_) | SandboxEnd::Crashed) {
            SandboxEnd::OutOfMemory
        } else {
            end
        };
        let Started { keep, tree, home, child, .. } = started;
        keep.let_go().await;
        // Whoever hears of the end may be the last to hold the home directory.
        drop((home, child));
        ended.send_replace(Some(end));
        if tree.may_be_left() {
            tokio::time::sleep(LAST_WORDS).await;
            pumps.iter().for_each(tokio::task::JoinHandle::abort);
        }
    });
    let output = futures::stream::unfold(output, |mut output| async move { Some((output.recv().await?, output)) });
    SandboxRun { output: output.boxed(), control: Arc::new(control) }
}

/// Waits, stops it where it has to be stopped, and makes sure that nothing of it is left.
async fn until_the_end(started: &mut Started, mut stopped: mpsc::UnboundedReceiver<()>, meter: &Meter) -> SandboxEnd {
    let end = tokio::select! {
        status = started.child.wait() => status.map_or(SandboxEnd::Crashed, how),
        () = tokio::time::sleep(started.limits.time) => SandboxEnd::TimedOut,
        () = meter.flooded.notified() => SandboxEnd::TooMuchOutput,
        // `None`: the last holder let go.
        _ = stopped.recv() => SandboxEnd::Killed,
    };
    started.tree.kill();
    // It may have ended already.
    drop(started.child.start_kill());
    drop(started.child.wait().await);
    // Where nobody reaps orphans, a process group never quite goes.
    drop(tokio::time::timeout(GONE, started.tree.gone()).await);
    end
}

/// bubblewrap reports a signal as 128 and its number, as shells do.
fn how(status: ExitStatus) -> SandboxEnd {
    match status.code() {
        Some(code) if code <= 128 => SandboxEnd::Exited(code),
        _ => SandboxEnd::Crashed,
    }
}

/// Counts what both streams bring together.
struct Meter {
    left: AtomicU64,
    flooded: Notify,
}

async fn pump(mut stream: impl AsyncRead + Unpin, pieces: mpsc::Sender<Output>, meter: Arc<Meter>, kind: fn(Bytes) -> Output) {
    let mut buffer = BytesMut::with_capacity(PIECE_BYTES);
    loop {
        buffer.reserve(PIECE_BYTES);
        let Ok(read @ 1..) = stream.read_buf(&mut buffer).await else { return };
        let piece = buffer.split_to(read).freeze();
        let taken = meter.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(piece.len() as u64));
        if taken.is_err() {
            // From here on nothing of either stream is handed out. The pipe stays open until the program is stopped: a broken
            // one would be an occasion for it to go on with something else.
            meter.left.store(0, Ordering::Relaxed);
            meter.flooded.notify_one();
            continue;
        }
        // Nobody reads any more: what comes is thrown away, so that the program can come to its end.
        drop(pieces.send(kind(piece)).await);
    }
}

#[async_trait]
impl SandboxControl for Control {
    async fn wait(&self) -> SandboxEnd {
        let mut end = self.end.clone();
        // Without a sender the watching task is gone, and with it everything it watched.
        let found = end.wait_for(Option::is_some).await;
        found.ok().and_then(|end| *end).unwrap_or(SandboxEnd::Killed)
    }

    async fn kill(&self) {
        // Refused when it is over already.
        let _ = self.stop.send(());
        self.wait().await;
    }

    async fn read_file(&self, path: &HomePath, rule: ReadRule) -> Result<SecretSlice<u8>, ReadFileError> {
        self.home.read(path, rule)
    }

    async fn write_file(&self, file: &HomeFile) -> Result<(), ReadFileError> {
        self.home.write(file)
    }
}
