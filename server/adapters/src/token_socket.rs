//! The socket where a run asks for access tokens: one of its own, in a folder of its own that only we can enter.

use crate::claimed::{self, Claimed};
use async_trait::async_trait;
use domain::cli::broker::{BrokerAnswer, BrokerRequest, LONGEST_LINE, RefusalWord};
use secrecy::ExposeSecret;
use services::ports::{OpenSocket, TokenDesk, TokenSockets};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// Longest wait for a question, and for its answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// How the names of the folders begin.
const PREFIX: &str = "purser-run-";
/// The socket's name in its folder.
const SOCKET: &str = "token";

/// Opens sockets in folders of their own below one that is there.
#[derive(Debug, Clone)]
pub struct UnixTokenSockets {
    below: PathBuf,
    helper: Option<(PathBuf, Vec<String>)>,
}

impl UnixTokenSockets {
    /// With a folder whose name is short (a socket's path may have a hundred characters only), and the program that runs
    /// call to ask, with its arguments. What a killed server left in that folder is taken away.
    pub fn new(below: PathBuf, helper: Option<(PathBuf, Vec<String>)>) -> Self {
        claimed::sweep(&below, PREFIX, |_| {});
        Self { below, helper }
    }
}

#[async_trait]
impl TokenSockets for UnixTokenSockets {
    async fn open(&self, desk: Arc<dyn TokenDesk>) -> io::Result<Box<dyn OpenSocket>> {
        let folder = Claimed::make(&self.below, PREFIX)?;
        let listener = UnixListener::bind(folder.path().join(SOCKET))?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let desk = desk.clone();
                tokio::spawn(async move { drop(tokio::time::timeout(PATIENCE, serve(stream, &*desk)).await) });
            }
        });
        Ok(Box::new(Served { folder, task }))
    }

    fn helper(&self) -> Option<(PathBuf, Vec<String>)> {
        self.helper.clone()
    }
}

/// One question, one answer.
async fn serve(mut stream: UnixStream, desk: &dyn TokenDesk) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut line = Vec::new();
    let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
    BufReader::new(reader).take(limit).read_until(b'\n', &mut line).await?;
    let answer = match BrokerRequest::read(&line) {
        Some(request) => desk.answer(request).await,
        None => BrokerAnswer::Refused(RefusalWord::Unknown),
    };
    writer.write_all(answer.line().expose_secret().as_bytes()).await
}

struct Served {
    folder: Claimed,
    task: JoinHandle<()>,
}

impl OpenSocket for Served {
    fn path(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
