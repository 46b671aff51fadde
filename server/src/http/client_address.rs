//! Where a request comes from: the TCP peer, or whom it speaks for when it is a reverse proxy that the operator named.

use crate::config::TrustedProxies;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The TCP peer.
pub fn peer(request: &Request) -> IpAddr {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical())
}

/// Whom throttling counts and the audit log names.
pub fn client(request: &Request, trusted: &TrustedProxies) -> IpAddr {
    behind(peer(request), request.headers(), trusted)
}

/// Each proxy adds the address it was asked from at the end of the list, so only what a trusted one added is believed: the list is
/// read from its end, as far as trust goes.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let lines = headers.get_all(FORWARDED_FOR).into_iter().map(|line| line.to_str().unwrap_or_default());
    let mut client = peer;
    for said in lines.collect::<Vec<_>>().join(",").rsplit(',') {
        match address(said.trim()) {
            Some(next) if trusted.holds(client) => client = next,
            _ => break,
        }
    }
    client
}

/// `203.0.113.7`, `2001:db8::7`, or either with a port.
fn address(text: &str) -> Option<IpAddr> {
    let parsed = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_what_a_trusted_proxy_added_is_believed() {
        let trusted = TrustedProxies::parse("127.0.0.1, 10.0.0.0/8").unwrap();
        let of = |peer: &str, lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
            }
            behind(peer.parse().unwrap(), &headers, &trusted).to_string()
        };
        for (peer, lines, client) in [
            ("127.0.0.1", &["203.0.113.7"][..], "203.0.113.7"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("203.0.113.7", &["198.51.100.1"], "203.0.113.7"),
            ("127.0.0.1", &["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", &["198.51.100.1", "203.0.113.7, 10.2.3.4"], "203.0.113.7"),
            ("127.0.0.1", &["203.0.113.7:4711"], "203.0.113.7"),
            ("127.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("127.0.0.1", &["unknown"], "127.0.0.1"),
            ("127.0.0.1", &["10.1.1.1"], "10.1.1.1"),
        ] {
            assert_eq!(of(peer, lines), client, "{peer} {lines:?}");
        }
        assert_eq!(behind([127, 0, 0, 1].into(), &HeaderMap::new(), &TrustedProxies::default()).to_string(), "127.0.0.1");
    }
}
