//! Judges what a host name resolves to, at the moment of connecting: a name that passed every check of its text may
//! still lead to a metadata service.

use domain::provider::endpoint::forbidden_address;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// The system's resolver, with forbidden addresses taken out of its answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver;

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    /// The name does not resolve.
    #[error("could not find host {host}")]
    NotFound {
        /// The name.
        host: String,
        /// The resolver's own words.
        #[source]
        source: std::io::Error,
    },
    /// It resolves to forbidden addresses only.
    #[error("{host} leads to an address that only this machine's own network services use; Purser does not call it")]
    Forbidden {
        /// The name.
        host: String,
    },
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found = match tokio::net::lookup_host((host.clone(), 0)).await {
                Ok(found) => found.collect::<Vec<_>>(),
                Err(source) => return Err(ResolveError::NotFound { host, source }.into()),
            };
            Ok(Box::new(allowed(host, found)?.into_iter()) as Addrs)
        })
    }
}

fn allowed(host: String, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, ResolveError> {
    let none = std::io::Error::new(std::io::ErrorKind::NotFound, "no address");
    if found.is_empty() {
        return Err(ResolveError::NotFound { host, source: none });
    }
    let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| !forbidden_address(address.ip())).collect();
    if allowed.is_empty() { Err(ResolveError::Forbidden { host }) } else { Ok(allowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_addresses_are_taken_out() {
        let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let mixed = addresses(&["169.254.169.254:0", "93.184.216.34:0"]);
        assert_eq!(allowed("x".into(), mixed).unwrap(), addresses(&["93.184.216.34:0"]));
        let bad = addresses(&["169.254.169.254:0", "[fe80::1]:0", "[::ffff:169.254.169.254]:0"]);
        assert!(matches!(allowed("x".into(), bad), Err(ResolveError::Forbidden { .. })));
        assert!(matches!(allowed("x".into(), Vec::new()), Err(ResolveError::NotFound { .. })));
    }
}
