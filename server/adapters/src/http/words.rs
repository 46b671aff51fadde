//! What went wrong on the way, in words an operator can act on. Never a URL: it may be long, and it is on the page.

use super::guard::ResolveError;
use services::ports::CallFailure;
use std::error::Error;
use std::time::Duration;
use vocab::Verdict;

/// A failure of the network, or of something in between that is not the provider.
pub(crate) fn unreachable(message: impl Into<String>) -> CallFailure {
    CallFailure { verdict: Verdict::Unreachable, status: None, message: message.into(), retry_after: None }
}

/// An answer that stopped in the middle.
pub(crate) fn broken_off(error: &reqwest::Error, limit: Duration) -> CallFailure {
    if error.is_timeout() {
        return stopped(limit);
    }
    unreachable("the connection broke in the middle of the answer")
}

/// An answer that did not go on.
pub(crate) fn stopped(limit: Duration) -> CallFailure {
    unreachable(format!("the answer stopped for {}", seconds(limit)))
}

/// A call without an answer; `host` as in the URL, `limit` the time it had.
pub(crate) fn describe(error: &reqwest::Error, host: &str, limit: Duration) -> CallFailure {
    unreachable(sentence(error, host, limit))
}

fn sentence(error: &reqwest::Error, host: &str, limit: Duration) -> String {
    if let Some(resolve) = find::<ResolveError>(error) {
        return resolve.to_string();
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return format!("TLS: {}", tls_words(tls, host));
    }
    if let Some(io) = find::<std::io::Error>(error) {
        use std::io::ErrorKind;
        match io.kind() {
            ErrorKind::ConnectionRefused => return format!("connection refused by {host}"),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => return format!("no way to {host} from this machine"),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                return format!("{host} closed the connection before it answered");
            }
            _ => {}
        }
    }
    if in_a_tunnel(error) {
        return format!("the proxy (HTTPS_PROXY) did not let the call to {host} through");
    }
    if error.is_timeout() {
        let within = || format!("no answer from {host} within {}", seconds(limit));
        return if error.is_connect() { format!("no connection to {host} in time") } else { within() };
    }
    if error.is_connect() { format!("no connection to {host}") } else { format!("{host} closed the connection before it answered") }
}

fn tls_words(error: &rustls::Error, host: &str) -> String {
    use rustls::{CertificateError as Certificate, Error as Tls};
    match error {
        Tls::InvalidCertificate(Certificate::UnknownIssuer) => {
            format!("the certificate of {host} was issued by nobody this machine trusts (PURSER_CA_FILE can name another issuer)")
        }
        Tls::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            format!("the certificate of {host} has expired")
        }
        Tls::InvalidCertificate(Certificate::NotValidYet | Certificate::NotValidYetContext { .. }) => {
            format!("the certificate of {host} is not valid yet; is this machine's clock right?")
        }
        Tls::InvalidCertificate(Certificate::NotValidForName | Certificate::NotValidForNameContext { .. }) => {
            format!("the certificate that answered is not {host}'s")
        }
        Tls::InvalidCertificate(_) => format!("the certificate of {host} is not acceptable"),
        Tls::InvalidMessage(_) => format!("{host} does not speak TLS at this port"),
        _ => format!("no secure connection to {host}"),
    }
}

/// An answer that did not begin in time.
pub(crate) fn no_answer(host: &str, limit: Duration) -> CallFailure {
    unreachable(format!("no answer from {host} within {}", seconds(limit)))
}

fn seconds(limit: Duration) -> String {
    let seconds = limit.as_secs_f64();
    if limit.subsec_millis() == 0 { format!("{seconds:.0} s") } else { format!("{seconds:.1} s") }
}

/// The proxy's refusals have no public type of their own.
fn in_a_tunnel(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error.to_string().starts_with("tunnel error") {
            return true;
        }
        next = error.source();
    }
    false
}

/// The first error of this kind in the chain, also inside I/O errors, which hide theirs from `source`.
fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = match error.downcast_ref::<std::io::Error>() {
            Some(io) if io.get_ref().is_some() => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            _ => error.source(),
        };
    }
    None
}
