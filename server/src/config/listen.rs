//! Where Purser listens, and where the outside finds it.

use super::error::SettingsError;
use super::source::Source;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use url::{Host, Url};

const ADDR: &str = "PURSER_ADDR";
const PUBLIC_URL: &str = "PURSER_PUBLIC_URL";
const TRUSTED_PROXIES: &str = "PURSER_TRUSTED_PROXIES";

/// The listen address and the public origin.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Where the server listens.
    pub addr: SocketAddr,
    /// The origin browsers use; redirects and cookies follow it, never a request's headers.
    pub public_url: PublicUrl,
    /// Reverse proxies whose word on where a request comes from is believed.
    pub trusted_proxies: TrustedProxies,
}

/// Addresses and networks of reverse proxies; nobody by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads `127.0.0.1, 10.0.0.0/8`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let network = |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        let all = text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(network);
        all.collect::<Option<_>>().map(Self).ok_or("write addresses or networks, for example 127.0.0.1, 10.0.0.0/8")
    }

    /// Is this one of them?
    pub fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An origin: scheme, host, port and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
    origin: String,
}

impl Listen {
    /// Reads them. Without a public URL it is this machine, at the listen port.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let default = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
        let addr = match source.get(ADDR) {
            Some(given) => {
                let text = given.text();
                let numeric = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
                numeric.parse().map_err(|_| given.wrong("write an address and a port, for example 127.0.0.1:3000 or 0.0.0.0:3000"))?
            }
            None => default,
        };
        let public_url = match source.get(PUBLIC_URL) {
            Some(given) => PublicUrl::parse(given.text()).map_err(|reason| given.wrong(reason))?,
            None => {
                PublicUrl::parse(&format!("http://localhost:{}", addr.port())).map_err(|reason| SettingsError::new(PUBLIC_URL, reason))?
            }
        };
        let trusted_proxies = match source.get(TRUSTED_PROXIES) {
            Some(given) => TrustedProxies::parse(given.text()).map_err(|reason| given.wrong(reason))?,
            None => TrustedProxies::default(),
        };
        Ok(Self { addr, public_url, trusted_proxies })
    }
}

impl PublicUrl {
    /// Reads an origin.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "write an address like https://purser.example.com")?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err("must begin with https:// (or http:// on this machine)");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user name or password");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("must be an origin only: no path, query or fragment");
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self { url, origin })
    }

    /// As browsers write it in `Origin`: no trailing slash, no default port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// As an address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Does it speak TLS? Then cookies are `Secure`.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Does it name this machine?
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => is_loopback_name(name),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
            None => false,
        }
    }
}

/// `localhost` and everything below it (RFC 6761 §6.3).
pub fn is_loopback_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Listen, SettingsError> {
        Listen::read(&Source::from_pairs(pairs))
    }

    #[test]
    fn the_public_url_follows_the_port() {
        let origin =
            |pairs: &[(&'static str, &'static str)]| read(pairs.iter().copied()).map(|listen| listen.public_url.origin().to_owned()).ok();
        assert_eq!(origin(&[]).as_deref(), Some("http://localhost:3000"));
        assert_eq!(origin(&[(ADDR, "localhost:4000")]).as_deref(), Some("http://localhost:4000"));
        assert_eq!(origin(&[(PUBLIC_URL, "https://Purser.Example.com:443/")]).as_deref(), Some("https://purser.example.com"));
    }

    #[test]
    fn mistakes_name_their_setting() {
        for (name, value) in [
            (ADDR, "3000"),
            (ADDR, "example.com:80"),
            (PUBLIC_URL, "purser.example.com"),
            (PUBLIC_URL, "ftp://a"),
            (PUBLIC_URL, "https://a/b"),
            (PUBLIC_URL, "https://u:hunter2@a"),
        ] {
            let error = read([(name, value)]).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.starts_with(name) && !error.contains("hunter2"), "{value}: {error}");
        }
    }

    #[test]
    fn knows_this_machine() {
        for (url, here) in
            [("http://localhost:3000", true), ("http://127.0.0.9", true), ("http://[::1]:1", true), ("https://a.localhost", true)]
                .into_iter()
                .chain([("https://example.com", false), ("http://10.0.0.1", false), ("http://localhost.example.com", false)])
        {
            assert_eq!(PublicUrl::parse(url).map(|url| url.is_loopback()), Ok(here), "{url}");
        }
    }
}
