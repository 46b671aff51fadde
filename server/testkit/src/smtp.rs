//! A mail server on loopback that takes what it is given and remembers it: enough of RFC 5321 and of AUTH PLAIN
//! (RFC 4954) for a client that behaves.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it was handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceivedMail {
    /// What followed `AUTH PLAIN`, if anything did: base64 of NUL, name, NUL, password.
    pub auth: Option<String>,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Head and body as they were sent, without the dot at the end.
    pub data: String,
}

/// How it behaves.
#[derive(Debug, Clone, Default)]
pub struct Manners {
    /// Recipients that are refused for good.
    pub unknown: Vec<String>,
    /// Takes the connection and never says a word.
    pub silent: bool,
}

/// A running mail server; it ends with the test.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Where it listens.
    pub addr: SocketAddr,
    received: Arc<Mutex<Vec<ReceivedMail>>>,
}

impl MailServer {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(manners: Manners) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let server = Self { addr: listener.local_addr()?, received: Arc::default() };
        let received = server.received.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (received, manners) = (received.clone(), manners.clone());
                // A client that goes away in the middle is no business of ours.
                tokio::spawn(async move { drop(talk(stream, &manners, &received).await) });
            }
        });
        Ok(server)
    }

    /// Everything taken so far.
    pub fn received(&self) -> Vec<ReceivedMail> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn talk(stream: TcpStream, manners: &Manners, received: &Mutex<Vec<ReceivedMail>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    if manners.silent {
        return std::future::pending().await;
    }
    stream.write_all(b"220 mail.test ESMTP\r\n").await?;
    let mut mail = ReceivedMail::default();
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let answer = match verb(command).as_str() {
            "DATA" => {
                stream.write_all(b"354 Go ahead\r\n").await?;
                mail.data = data(&mut stream).await?;
                received.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
                "250 2.0.0 Ok: queued as 4F1\r\n".to_owned()
            }
            "QUIT" => return stream.write_all(b"221 Bye\r\n").await,
            _ => said(command, manners, &mut mail),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn verb(command: &str) -> String {
    command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase()
}

/// The answer to everything that is one line.
fn said(command: &str, manners: &Manners, mail: &mut ReceivedMail) -> String {
    let answer = match verb(command).as_str() {
        "EHLO" => "250-mail.test\r\n250 AUTH PLAIN\r\n",
        "HELO" | "RSET" | "NOOP" => "250 OK\r\n",
        "AUTH" => {
            mail.auth = command.strip_prefix("AUTH PLAIN ").map(str::to_owned);
            "235 2.7.0 Authentication successful\r\n"
        }
        "MAIL" => {
            mail.from = address(command);
            "250 OK\r\n"
        }
        "RCPT" => return recipient(command, manners, mail),
        _ => "502 5.5.2 What?\r\n",
    };
    answer.to_owned()
}

fn recipient(command: &str, manners: &Manners, mail: &mut ReceivedMail) -> String {
    let to = address(command);
    if manners.unknown.contains(&to) {
        return "550 5.1.1 No such user here\r\n".to_owned();
    }
    mail.to.push(to);
    "250 OK\r\n".to_owned()
}

/// What stands between the angle brackets.
fn address(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// Up to the line with a single dot; a dot that was doubled on the way is one again (RFC 5321 §4.5.2).
async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line.trim_end() == "." {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
