//! Listeners for browsers that come back to one fixed address of this machine.

use crate::support::TestApp;
use axum::http::Method;
use server::http::provider_sign_in::listener;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use vocab::Role;

fn redirect(port: u16) -> Url {
    format!("http://localhost:{port}/auth/callback").parse().unwrap()
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

async fn answers(host: &str, port: u16) -> bool {
    TcpStream::connect((host, port)).await.is_ok()
}

/// The first line of what a path gets.
async fn first_line(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_port_that_another_program_has_on_either_address_is_taken() {
    let app = TestApp::new().await;
    for host in ["127.0.0.1", "::1"] {
        let Ok(other) = TcpListener::bind((host, 0)).await else {
            assert_eq!(host, "::1", "only a machine without IPv6 has no such address");
            continue;
        };
        let port = other.local_addr().unwrap().port();
        let taken = listener::open(&app.state, &redirect(port)).await.unwrap_err();
        assert_eq!((taken.port, taken.source.kind()), (port, std::io::ErrorKind::AddrInUse), "{host}");
        assert!(host == "127.0.0.1" || !answers("127.0.0.1", port).await, "nothing is left of the try");
        drop(other);
        listener::open(&app.state, &redirect(port)).await.unwrap();
        assert!(answers(host, port).await, "{host}: once the other program is gone");
    }
}

#[tokio::test]
async fn it_lives_while_a_sign_in_waits_on_loopback_and_knows_one_path() {
    let port = free_port().await;
    let folder = tempfile::tempdir().unwrap();
    let overlay = folder.path().join("providers.toml");
    std::fs::write(&overlay, format!("[providers.codex.oauth]\nunavailable = \"\"\nredirect_uri = \"{}\"\n", redirect(port))).unwrap();
    let app = TestApp::with(&[("PURSER_PROVIDERS_FILE", overlay.to_str().unwrap())]).await;
    let ann = app.person("ann", Role::Owner).await;
    let form = Some(("application/x-www-form-urlencoded", String::new()));
    let begun = app.browser_of(&ann).await.send(Method::POST, "/platform/ai/providers/codex/sign-in", "text/html", form).await;
    assert_eq!(begun.status, 303);

    listener::keep(&app.state).await.unwrap();
    assert!(answers("127.0.0.1", port).await, "a sign-in waits");
    assert!(!answers("127.0.0.2", port).await, "no other address of this machine, not even on loopback");
    if let Some(address) = in_the_network() {
        assert!(!answers(&address.ip().to_string(), port).await, "{address}");
    }
    assert_eq!(first_line(port, "/").await, "HTTP/1.1 404 Not Found");
    assert_eq!(first_line(port, "/auth/callback?code=a&state=b").await, "HTTP/1.1 422 Unprocessable Entity", "nobody asked for it");

    app.database().execute("UPDATE oauth_flow SET expires_at = 1").await;
    listener::keep(&app.state).await.unwrap();
    let closed = async {
        while answers("127.0.0.1", port).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), closed).await.expect("closed when none waits any more");
}

/// The address this machine has in its network, if it is in one. Nothing is sent.
fn in_the_network() -> Option<SocketAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok()
}
