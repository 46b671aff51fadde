//! What may be shown to a person: the code, and the address it is typed in at.

use crate::provider::endpoint;
use url::{Host, Url};

/// A code that a person compares or types: letters, digits and hyphens only, so that it cannot pretend to be anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// Longest code that still fits on a phone; RFC 8628 §6.1 recommends about eight characters.
    const LONGEST: usize = 32;

    /// Reads it; `None` when it has other characters, none at all, or too many.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let some = text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        (plain && some && text.len() <= Self::LONGEST).then(|| Self(text.to_owned()))
    }

    /// As shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same code, typed with or without hyphens and in either case?
    pub fn is_same_as(&self, other: &str) -> bool {
        let bare = |text: &str| text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect::<Vec<_>>();
        bare(&self.0) == bare(other)
    }
}

/// Which addresses a person may be sent to: https on the issuer's own host, below it, or on a domain that the catalogue names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerificationRule {
    hosts: Vec<String>,
}

impl VerificationRule {
    /// Longest address that is shown.
    const LONGEST: usize = 1000;

    /// The issuer's endpoints and the domains of the catalogue or its overlay (`device.verification_hosts`).
    pub fn new<'a>(issuer: impl IntoIterator<Item = &'a Url>, named: impl IntoIterator<Item = &'a str>) -> Self {
        let of_issuer = issuer.into_iter().filter_map(Url::host_str).map(str::to_ascii_lowercase);
        Self { hosts: of_issuer.chain(named.into_iter().map(str::to_ascii_lowercase)).collect() }
    }

    /// May a person be sent there? Plain http only to this machine and its private networks, as for every other address.
    pub fn allows(&self, url: &Url) -> bool {
        url.as_str().len() <= Self::LONGEST && endpoint::check(url).is_ok() && url.host().is_some_and(|host| self.knows(&host))
    }

    /// Reads an address; `None` when it may not be shown.
    pub fn read(&self, text: &str) -> Option<Url> {
        Url::parse(text.trim()).ok().filter(|url| self.allows(url))
    }

    fn knows(&self, host: &Host<&str>) -> bool {
        match host {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                self.hosts.iter().any(|known| name == *known || name.strip_suffix(known.as_str()).is_some_and(|rest| rest.ends_with('.')))
            }
            // Nothing is "below" an address.
            Host::Ipv4(_) | Host::Ipv6(_) => self.hosts.contains(&host.to_string()),
        }
    }
}

/// What a person needs: where to go and what to type or compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The code.
    pub user_code: UserCode,
    /// Where it is typed in.
    pub verification_uri: Url,
    /// The same with the code already in it, if the issuer gave one that may be shown.
    pub verification_uri_complete: Option<Url>,
}

impl Shown {
    /// Puts it together under the rule. An address that may not be shown is refused; a *complete* one is left out (RFC 8628
    /// §3.3.1 makes it an extra, and the plain one always works).
    pub fn new(rule: &VerificationRule, user_code: UserCode, uri: Url, complete: Option<Url>) -> Option<Self> {
        let same_place = |complete: &Url| rule.allows(complete) && complete.host() == uri.host() && carries(complete, &user_code);
        let verification_uri_complete = complete.filter(same_place);
        rule.allows(&uri).then_some(Self { user_code, verification_uri: uri, verification_uri_complete })
    }

    /// What a link opens and a QR code holds. The code is shown beside it all the same, for comparison (RFC 8628 §3.3.1).
    pub fn link(&self) -> &Url {
        self.verification_uri_complete.as_ref().unwrap_or(&self.verification_uri)
    }
}

/// Does an address name exactly this code? One that names another would have the person approve something else.
fn carries(url: &Url, code: &UserCode) -> bool {
    url.query_pairs().any(|(_, value)| code.is_same_as(&value))
        || url.path_segments().is_some_and(|mut parts| parts.any(|part| code.is_same_as(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> VerificationRule {
        let issuer: Url = "https://auth.x.ai/oauth2/token".parse().expect("an address");
        VerificationRule::new([&issuer], ["x.ai"])
    }

    #[test]
    fn codes_are_letters_digits_and_hyphens() {
        for good in ["WDJB-MJHT", " abc123 ", "A", "0D1-2E3"] {
            assert!(UserCode::read(good).is_some(), "{good}");
        }
        for bad in ["", "-", "AB CD", "A<b>", "ÄBCD", "A\u{202e}B", "A_B", &"A".repeat(33)] {
            assert!(UserCode::read(bad).is_none(), "{bad}");
        }
        let code = UserCode::read("WDJB-MJHT").expect("a code");
        assert!(code.is_same_as("wdjbmjht") && !code.is_same_as("WDJB-MJHX"));
    }

    #[test]
    fn addresses_stay_with_the_issuer() {
        let rule = rule();
        for good in ["https://auth.x.ai/device", "https://accounts.x.ai/oauth2/device?user_code=A-B", "https://x.ai", "https://X.AI./"] {
            assert!(rule.read(good).is_some(), "{good}");
        }
        for bad in [
            "http://auth.x.ai/device",
            "https://evilx.ai",
            "https://x.ai.evil.example",
            "https://auth.x.ai@evil.example",
            "https://user@auth.x.ai/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://169.254.169.254",
            "",
        ] {
            assert!(rule.read(bad).is_none(), "{bad}");
        }
        let long = format!("https://x.ai/{}", "a".repeat(1000));
        assert!(rule.read(&long).is_none());
    }

    #[test]
    fn a_stand_in_on_this_machine_may_speak_http() {
        let issuer: Url = "http://127.0.0.1:9003/token".parse().expect("an address");
        let rule = VerificationRule::new([&issuer], []);
        assert!(rule.read("http://127.0.0.1:9004/device").is_some());
        assert!(rule.read("http://127.0.0.2/device").is_none());
        assert!(VerificationRule::default().read("https://x.ai").is_none());
    }

    #[test]
    fn a_complete_address_must_be_the_same_place_and_the_same_code() {
        let shown = |complete: &str| {
            let code = UserCode::read("ABCD-EFGH").expect("a code");
            let uri = "https://auth.x.ai/device".parse().expect("an address");
            Shown::new(&rule(), code, uri, complete.parse().ok()).expect("shown")
        };
        let good = shown("https://auth.x.ai/device?user_code=ABCD-EFGH");
        assert_eq!(good.link().as_str(), "https://auth.x.ai/device?user_code=ABCD-EFGH");
        for other in [
            "https://accounts.x.ai/device?user_code=ABCD-EFGH",
            "https://auth.x.ai/device?user_code=ZZZZ-ZZZZ",
            "https://auth.x.ai/device",
            "nonsense",
        ] {
            assert_eq!(shown(other).link().as_str(), "https://auth.x.ai/device", "{other}");
        }
        let code = UserCode::read("A").expect("a code");
        assert_eq!(Shown::new(&rule(), code, "https://evil.example".parse().expect("an address"), None), None);
    }
}
