//! The way from xAI's genuine program to the stand-in issuer. The program knows no other server than `https://auth.x.ai`: it is given
//! a proxy that leads from there to a TLS endpoint of ours, and the root certificate that signed it. Nothing else gets through.

use crate::issuer::{self, Issuer, Vendor};
use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

/// The server that the program has built in.
pub const HOST: &str = "auth.x.ai";

/// Serves the endpoint and its proxy on free ports of this machine, for as long as the process lives; what `HTTPS_PROXY` has to be.
/// `folder` has `leaf.pem` and `leaf.key`, a certificate for [`HOST`].
///
/// # Errors
/// When no port can be had, or the certificate cannot be read.
pub async fn start(issuer: Issuer, folder: &Path) -> io::Result<String> {
    let acceptor = acceptor(folder).map_err(io::Error::other)?;
    let tls = Tls { tcp: TcpListener::bind("127.0.0.1:0").await?, acceptor };
    let (endpoint, proxy) = (tls.tcp.local_addr()?, TcpListener::bind("127.0.0.1:0").await?);
    let address = format!("http://{}", proxy.local_addr()?);
    tokio::spawn(async move {
        let _ = axum::serve(tls, routes(issuer)).await;
    });
    tokio::spawn(async move {
        while let Ok((client, _)) = proxy.accept().await {
            tokio::spawn(lead(client, endpoint));
        }
    });
    Ok(address)
}

fn acceptor(folder: &Path) -> Result<TlsAcceptor, Box<dyn std::error::Error + Send + Sync>> {
    let chain = CertificateDer::pem_file_iter(folder.join("leaf.pem"))?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(folder.join("leaf.key"))?;
    let settings = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let settings = settings.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    Ok(TlsAcceptor::from(Arc::new(settings)))
}

/// The vendor's paths, answered by the stand-in's.
fn routes(issuer: Issuer) -> Router {
    let inner = issuer::router(issuer);
    Router::new().fallback(move |mut request: Request| {
        let inner = inner.clone();
        async move {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let ours = path.replacen("/oauth2", &format!("/issuer/{}", Vendor::Xai), 1);
            *request.uri_mut() = ours.parse().unwrap_or(Uri::from_static("/"));
            inner.oneshot(request).await
        }
    })
}

/// One connection to the proxy (RFC 9110 §9.3.6).
async fn lead(client: TcpStream, endpoint: SocketAddr) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let (mut asked, mut line) = (String::new(), String::new());
    client.read_line(&mut asked).await?;
    while client.read_line(&mut line).await? > 2 {
        line.clear();
    }
    if !asked.starts_with(&format!("CONNECT {HOST}:443 ")) {
        return client.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
    }
    let mut server = TcpStream::connect(endpoint).await?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// Connections that speak TLS; one whose handshake fails is no matter.
struct Tls {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Ok((stream, peer)) = self.tcp.accept().await
                && let Ok(stream) = self.acceptor.accept(stream).await
            {
                return (stream, peer);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
