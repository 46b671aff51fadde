//! Which addresses Purser will call with a credential, and how paths are put on a base URL.
//!
//! The rule of the house: https, unless the host is this machine, a private network (RFC 1918, RFC 4193), `*.internal` or a name
//! without dots, as container networks give them (`http://litellm:4000`; no such name is registered in public); never a cloud
//! metadata address. Names are judged here; what they resolve to is judged by [`forbidden_address`] at connect time.

use super::entry::OperatorField;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Nothing was typed and there is no default.
    #[error("an address is needed here")]
    Empty,
    /// It does not parse, or has no host.
    #[error("this is not a web address; it should look like https://host/path")]
    NotAUrl,
    /// Neither http nor https.
    #[error("{0} addresses cannot be used; use https")]
    Scheme(String),
    /// Plain http to a host that may be anywhere.
    #[error(
        "plain http would send the key readable to everybody on the way to {0}; use https, or http only for this machine, a private network, a name without dots or one ending in .internal"
    )]
    PlainHttp(String),
    /// `user:password@`.
    #[error("the address has a name or password in it; put the key into its own field")]
    Credentials,
    /// `?…` or `#…`.
    #[error("the address must end before any ? or #")]
    QueryOrFragment,
    /// A cloud metadata service, a link-local or an otherwise uncallable address.
    #[error("{0} is not a provider: it is an address that only this machine's own network services use")]
    Forbidden(String),
    /// Not a word that can stand in a host name.
    #[error("only letters, digits, dots and hyphens can be used here, or a whole address that begins with https://")]
    Word,
}

/// Host names of cloud metadata services. Their addresses are in [`forbidden_address`].
const METADATA_NAMES: [&str; 6] =
    ["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal", "metadata.azure.internal"];

/// Reads a base URL and judges it: no query, no fragment, no trailing slash.
pub fn parse(text: &str) -> Result<Url, EndpointError> {
    let mut url = parse_exact(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(EndpointError::QueryOrFragment);
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Reads an address that is called exactly as it stands, such as a token endpoint, and judges its host.
pub fn parse_exact(text: &str) -> Result<Url, EndpointError> {
    if !text.contains("://") {
        return Err(EndpointError::NotAUrl); // `localhost:1234` would parse, with `localhost` as its scheme
    }
    let url = Url::parse(text.trim()).map_err(|_| EndpointError::NotAUrl)?;
    check(&url)?;
    Ok(url)
}

/// May Purser call this URL?
pub fn check(url: &Url) -> Result<(), EndpointError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(EndpointError::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::Credentials);
    }
    let host = url.host().ok_or(EndpointError::NotAUrl)?;
    if url.port() == Some(0) {
        return Err(EndpointError::NotAUrl);
    }
    if is_forbidden(&host) {
        return Err(EndpointError::Forbidden(host.to_string()));
    }
    if url.scheme() == "http" && !may_be_plain(&host) {
        return Err(EndpointError::PlainHttp(host.to_string()));
    }
    Ok(())
}

fn is_forbidden(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => forbidden_address(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => forbidden_address(IpAddr::V6(*ip)),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            METADATA_NAMES.iter().any(|bad| name == *bad || name.ends_with(&format!(".{bad}")) && bad.contains('.'))
        }
    }
}

/// This machine, a private network, `*.internal` or a single label: where http is accepted. `name.` with its dot is looked up at
/// the root of the public tree, so it is not a single label.
fn may_be_plain(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback() || ip.is_private(),
        Host::Ipv6(ip) => match embedded_v4(*ip) {
            Some(v4) => v4.is_loopback() || v4.is_private(),
            None => ip.is_loopback() || ip.is_unique_local(),
        },
        Host::Domain(name) => {
            if !name.contains('.') {
                return true;
            }
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost") || name.ends_with(".internal")
        }
    }
}

/// Addresses no provider lives at, whatever name led there: link-local, cloud metadata, unspecified, multicast, broadcast,
/// and the IPv6 forms that carry such an IPv4 address. To be asked again for every resolved address before connecting.
pub fn forbidden_address(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => forbidden_v4(ip),
        IpAddr::V6(ip) => forbidden_v6(ip),
    }
}

fn forbidden_v4(ip: Ipv4Addr) -> bool {
    let metadata = [
        Ipv4Addr::new(100, 100, 100, 200), // Alibaba Cloud
        Ipv4Addr::new(168, 63, 129, 16),   // Azure's host agent
        Ipv4Addr::new(192, 0, 0, 192),     // Oracle Cloud
    ];
    ip.octets()[0] == 0 || ip.is_link_local() || ip.is_multicast() || ip.is_broadcast() || metadata.contains(&ip)
}

fn forbidden_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = embedded_v4(ip) {
        return forbidden_v4(v4);
    }
    let metadata = [
        Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), // AWS
        Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),  // Google Cloud
        Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),   // Scaleway
    ];
    ip.is_unspecified() || ip.is_multicast() || ip.is_unicast_link_local() || metadata.contains(&ip)
}

/// The IPv4 address inside a mapped (`::ffff:`), compatible (`::`), NAT64 (`64:ff9b::`, RFC 6052) or 6to4 (`2002:`) address.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| {
        let ([first, second], [third, fourth]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(first, second, third, fourth))
    };
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => v4(high, low),
        // `::` and `::1` are addresses in their own right.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => v4(high, low),
        _ => None,
    }
}

/// Puts a path of the catalogue on a base URL: relative to the base (`models`), or to its origin when it starts with `/`
/// (`/v1/api-key`). A `?query` is kept. Scheme, host and port are always the base's, whatever the path says.
pub fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let above = if path.starts_with('/') { "" } else { base.path().trim_end_matches('/') };
    let mut whole = above.to_owned();
    for segment in path.split('/').filter(|segment| !segment.is_empty() && !is_dots(segment)) {
        whole.push('/');
        whole.push_str(&segment.replace('\\', "%5C"));
    }
    url.set_path(&whole);
    url.set_query(query);
    url.set_fragment(None);
    url
}

/// `.` and `..`, which would climb out of the base, in every spelling that a URL parser understands.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").trim_matches(|c: char| c.is_ascii_control()), "." | "..")
}

/// The base URL an operator means: the default for nothing, the template for a word, or a whole address. A whole address
/// without a path gets the one the provider's API usually has.
pub fn resolve(field: &OperatorField, typed: &str) -> Result<Url, EndpointError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return field.default.clone().ok_or(EndpointError::Empty);
    }
    match &field.template {
        Some(template) if !typed.contains("://") => {
            if is_host_word(typed) {
                parse(&template.replace("{}", &typed.to_ascii_lowercase()))
            } else {
                Err(EndpointError::Word)
            }
        }
        _ => parse(typed).map(|url| with_root_path(url, field.root_path.as_deref())),
    }
}

/// Adds the usual path to a base URL that has none.
pub(super) fn with_root_path(url: Url, root_path: Option<&str>) -> Url {
    match root_path {
        Some(path) if url.path() == "/" => join(&url, path),
        _ => url,
    }
}

fn is_host_word(word: &str) -> bool {
    word.len() <= 100
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && word.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(text: &str) -> EndpointError {
        parse(text).expect_err(text)
    }

    #[test]
    fn https_anywhere_and_http_only_at_home() {
        for good in [
            "https://api.openai.com/v1",
            "http://localhost:11434",
            "http://127.0.0.1:9001/v1",
            "http://[::1]:8080",
            "http://10.0.0.5",
            "http://172.17.0.1:12434/engines/v1",
            "http://192.168.1.2",
            "http://[fd12:3456::1]",
            "http://model-runner.docker.internal/v1",
            "http://LOCALHOST.:1",
            "http://litellm:4000",
            "http://[::ffff:10.0.0.1]",
        ] {
            assert!(parse(good).is_ok(), "{good}: {:?}", parse(good));
        }
        for bad in [
            "http://api.openai.com/v1",
            "http://8.8.8.8",
            "http://172.32.0.1",
            "http://ai./v1",
            "http://x.internal.example.com",
            "http://[2001:db8::1]",
        ] {
            assert!(matches!(refused(bad), EndpointError::PlainHttp(_)), "{bad}");
        }
    }

    #[test]
    fn metadata_addresses_are_refused_in_every_spelling() {
        for bad in [
            "http://169.254.169.254/latest",
            "https://169.254.1.1",
            "http://2852039166",
            "http://0xA9FEA9FE",
            "http://0251.0376.0251.0376",
            "http://169.254.43518",
            "http://[::ffff:169.254.169.254]",
            "http://[::169.254.169.254]",
            "http://[64:ff9b::a9fe:a9fe]",
            "http://[2002:a9fe:a9fe::1]",
            "http://[fd00:ec2::254]",
            "http://[fe80::1]",
            "http://100.100.100.200",
            "http://metadata/latest",
            "http://metadata.google.internal",
            "http://Metadata.Google.Internal.",
            "https://a.metadata.google.internal",
            "http://０x7f.metadata.google.internal",
            "http://0.0.0.0:11434",
            "http://[::]",
            "http://255.255.255.255",
            "https://224.0.0.1",
            "https://168.63.129.16",
        ] {
            assert!(matches!(refused(bad), EndpointError::Forbidden(_)), "{bad}: {:?}", parse(bad));
        }
    }

    #[test]
    fn credentials_queries_and_other_schemes_are_refused() {
        assert_eq!(refused("https://user:pw@host/v1"), EndpointError::Credentials);
        assert_eq!(refused("https://user@host/v1"), EndpointError::Credentials);
        assert_eq!(refused("https://host/v1?key=x"), EndpointError::QueryOrFragment);
        assert_eq!(refused("https://host/v1#x"), EndpointError::QueryOrFragment);
        assert_eq!(refused("file:///etc/passwd"), EndpointError::Scheme("file".into()));
        assert_eq!(refused("localhost:11434"), EndpointError::NotAUrl);
        assert_eq!(refused("host"), EndpointError::NotAUrl);
        assert_eq!(refused("https://host:0/"), EndpointError::NotAUrl);
        assert!(!refused("https://user:s3cret@host").to_string().contains("s3cret"));
    }

    #[test]
    fn trailing_slashes_go() {
        assert_eq!(parse("https://host/v1//").expect("good").as_str(), "https://host/v1");
        assert_eq!(parse(" https://host ").expect("good").as_str(), "https://host/");
    }

    #[test]
    fn paths_are_relative_or_from_the_origin() {
        let base = parse("https://api.cohere.com/v2").expect("good");
        assert_eq!(join(&base, "chat").as_str(), "https://api.cohere.com/v2/chat");
        assert_eq!(join(&base, "/v1/check-api-key").as_str(), "https://api.cohere.com/v1/check-api-key");
        assert_eq!(join(&base, "models?pageSize=1").as_str(), "https://api.cohere.com/v2/models?pageSize=1");
        assert_eq!(join(&base, "//evil.example/x").as_str(), "https://api.cohere.com/evil.example/x");
        assert_eq!(join(&base, "../../admin").as_str(), "https://api.cohere.com/v2/admin");
        assert_eq!(join(&base, "%2e%2e/admin").as_str(), "https://api.cohere.com/v2/admin");
        assert_eq!(join(&parse("https://api.deepseek.com").expect("good"), "models").as_str(), "https://api.deepseek.com/models");
    }

    fn field(template: Option<&str>, default: Option<&str>, root_path: Option<&str>) -> OperatorField {
        OperatorField {
            label: "Address".into(),
            placeholder: String::new(),
            help: String::new(),
            template: template.map(Into::into),
            default: default.map(|text| parse(text).expect("good")),
            root_path: root_path.map(Into::into),
        }
    }

    #[test]
    fn an_operator_types_a_word_or_an_address() {
        let azure = field(Some("https://{}.openai.azure.com/openai/v1"), None, Some("/openai/v1"));
        assert_eq!(resolve(&azure, " My-Resource ").expect("good").as_str(), "https://my-resource.openai.azure.com/openai/v1");
        assert_eq!(resolve(&azure, "https://x.openai.azure.com/").expect("good").as_str(), "https://x.openai.azure.com/openai/v1");
        assert_eq!(resolve(&azure, ""), Err(EndpointError::Empty));
        for bad in ["evil.com/", "evil.com#", "a@b", "a b", "-a", "a..b", ".", "a:80", "ä", "{}"] {
            assert_eq!(resolve(&azure, bad), Err(EndpointError::Word), "{bad}");
        }
        let local = field(None, Some("http://localhost:11434/v1"), Some("/v1"));
        assert_eq!(resolve(&local, "").expect("good").as_str(), "http://localhost:11434/v1");
        assert_eq!(resolve(&local, "http://10.1.1.1:11434").expect("good").as_str(), "http://10.1.1.1:11434/v1");
        assert_eq!(resolve(&local, "http://10.1.1.1/api/v1/").expect("good").as_str(), "http://10.1.1.1/api/v1");
        assert!(matches!(resolve(&local, "http://169.254.169.254"), Err(EndpointError::Forbidden(_))));
    }

    proptest! {
        #[test]
        fn a_path_never_changes_the_origin(path in "\\PC{0,40}", base in prop_oneof![Just("https://host.example/v1"), Just("http://127.0.0.1:9/")]) {
            let base = parse(base).expect("good");
            let joined = join(&base, &path);
            prop_assert_eq!(joined.origin(), base.origin());
            prop_assert!(joined.username().is_empty());
            if !path.starts_with('/') {
                prop_assert!(joined.path().starts_with(base.path()));
            }
        }

        #[test]
        fn a_templated_word_stays_below_the_vendors_domain(word in "\\PC{0,40}") {
            let azure = field(Some("https://{}.openai.azure.com/openai/v1"), None, None);
            if !word.contains("://") && let Ok(url) = resolve(&azure, &word) {
                prop_assert!(url.host_str().is_some_and(|host| host.ends_with(".openai.azure.com")));
                prop_assert_eq!(url.path(), "/openai/v1");
            }
        }

        #[test]
        fn no_text_panics_and_accepted_bases_are_stable(text in "\\PC{0,60}") {
            if let Ok(url) = parse(&text) {
                prop_assert_eq!(parse(url.as_str()), Ok(url));
            }
        }

        #[test]
        fn mapped_addresses_are_judged_as_what_they_carry(a: u8, b: u8, c: u8, d: u8) {
            let v4 = Ipv4Addr::new(a, b, c, d);
            prop_assert_eq!(forbidden_address(IpAddr::V6(v4.to_ipv6_mapped())), forbidden_address(IpAddr::V4(v4)));
        }
    }
}
