//! Taking connections, and letting them end in order.
//!
//! The loop is our own because two things matter here that the ready-made one lacks: a limit on how long a client may
//! take to send its head, and an end to connections that do not end by themselves. Ending one drops the answer it was
//! sending, and with it the request's usage row is written.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long a client may take to send a request's head.
const HEAD: Duration = Duration::from_secs(15);
/// Largest head.
const HEAD_BYTES: usize = 64 * 1024;
/// Pause after the system refused a connection, for want of file descriptors for example.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `stopping`, then takes nothing new and gives what is under way `drain` to end.
pub async fn run(listener: TcpListener, router: Router, stopping: CancellationToken, drain: Duration) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => drop(connections.spawn(serve(stream, peer, router.clone(), stopping.clone()))),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(BREATH).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop((listener, router));
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(drain, all_ended).await.is_err() {
        tracing::warn!(connections = connections.len(), "ending connections that did not end by themselves");
        connections.shutdown().await;
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, stopping: CancellationToken) {
    drop(stream.set_nodelay(true));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Clients come and go; only of interest when looking closely.
        tracing::trace!(%error, "a connection ended early");
    }
}
