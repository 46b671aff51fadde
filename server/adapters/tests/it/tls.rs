//! Certificates: strangers' are refused, the operator's own issuer (`PURSER_CA_FILE`) is trusted. The issuer's key was
//! thrown away; the server's is in `fixtures/tls` and opens nothing.

use crate::support::{Noon, target_at};
use adapters::{HttpSettings, ProviderHttp};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use services::ports::ProviderClient as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use vocab::Verdict;

const ISSUER: &[u8] = include_bytes!("../fixtures/tls/issuer.pem");

/// A TLS server for `localhost` that answers every request with an empty list; gives its port.
fn server() -> u16 {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("../fixtures/tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../fixtures/tls/server.key.pem")).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(ring).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::Stream::new(&mut tls, &mut socket);
            if stream.read(&mut [0; 8192]).is_ok() {
                let answer =
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 11\r\n\r\n{\"data\":[]}";
                let _ = stream.write_all(answer.as_bytes());
            }
        }
    });
    port
}

async fn check(ca_pem: Option<&[u8]>, host: &str, port: u16) -> (Verdict, String) {
    let settings = HttpSettings { ca_pem: ca_pem.map(<[u8]>::to_vec), ..HttpSettings::default() };
    let client = ProviderHttp::new(&settings, Arc::new(Noon)).unwrap();
    let check = client.verify(&target_at("openai", &format!("https://{host}:{port}"))).await;
    (check.verdict, check.message)
}

#[tokio::test]
async fn only_trusted_certificates_are_accepted() {
    let port = server();
    let (verdict, message) = check(None, "localhost", port).await;
    assert_eq!(verdict, Verdict::Unreachable);
    assert!(message.starts_with("TLS: ") && message.contains("issued by nobody this machine trusts"), "{message}");
    assert_eq!(check(Some(ISSUER), "localhost", port).await, (Verdict::Ok, String::new()));
    let (verdict, message) = check(Some(ISSUER), "127.0.0.1", port).await;
    assert_eq!(verdict, Verdict::Unreachable);
    assert!(message.starts_with("TLS: ") && message.contains("is not 127.0.0.1:"), "{message}");
}
