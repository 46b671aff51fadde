//! Is somebody sitting at this very machine? Only then may the first account be made without the one-time link.
//!
//! A reverse proxy makes every peer look local, so a trace of one is enough to say no; and a page of another site whose
//! name was pointed at 127.0.0.1 (DNS rebinding) shows itself by its `Host`.

use crate::config::{PublicUrl, listen::is_loopback_name};
use axum::http::{HeaderMap, header};
use std::net::IpAddr;

const PROXY_HEADERS: [&str; 8] =
    ["forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "x-original-host", "x-cluster-client-ip"];

/// Peer, public URL and `Host` are all this machine, and nothing stands between.
pub fn from_this_machine(public_url: &PublicUrl, peer: IpAddr, headers: &HeaderMap) -> bool {
    peer.to_canonical().is_loopback() && public_url.is_loopback() && !through_proxy(headers) && host_is_loopback(headers)
}

fn through_proxy(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("x-forwarded") || PROXY_HEADERS.contains(&name.as_str()))
}

fn host_is_loopback(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Ok(authority) = host.to_str().unwrap_or_default().parse::<axum::http::uri::Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.parse::<IpAddr>().map_or_else(|_| is_loopback_name(name), |address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn asked(public: &str, peer: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        from_this_machine(&PublicUrl::parse(public).unwrap(), peer.parse().unwrap(), &headers)
    }

    #[test]
    fn only_a_plain_local_request_counts() {
        let here = "http://localhost:3000";
        let local = ("host", "localhost:3000");
        assert!(asked(here, "127.0.0.1", &[local]));
        assert!(asked(here, "::ffff:127.0.0.1", &[("host", "[::1]:3000")]));
        assert!(!asked(here, "10.0.0.2", &[local]), "another machine");
        assert!(!asked("https://purser.example.com", "127.0.0.1", &[local]), "a public installation");
        assert!(!asked(here, "127.0.0.1", &[]), "no host");
        assert!(!asked(here, "127.0.0.1", &[("host", "evil.example")]), "a rebound name");
        for proxy in ["x-forwarded-for", "x-forwarded-proto", "forwarded", "via", "x-real-ip"] {
            assert!(!asked(here, "127.0.0.1", &[local, (proxy, "x")]), "{proxy}");
        }
    }
}
