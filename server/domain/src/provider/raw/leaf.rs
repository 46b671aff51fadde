//! Values that are checked where they stand in the file.

use crate::provider::endpoint;
use crate::provider::sign_in::RedirectUri;
use serde::{Deserialize, Deserializer, de::Error};
use time::{Date, Month};
use url::Url;

/// Declares a newtype over the checked form of a text.
macro_rules! checked_text {
    ($($(#[$meta:meta])* $name:ident($inner:ty) = $check:path;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(try_from = "String")]
        pub(in crate::provider) struct $name(pub(in crate::provider) $inner);

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $check(&text).map(Self)
            }
        }
    )+};
}

checked_text! {
    /// A base URL under the rules of [`endpoint`].
    Endpoint(Url) = base_url;
    /// An address that is called as it stands, under the same rules.
    ExactUrl(Url) = exact_url;
    /// A page for people: https.
    Page(Url) = page;
    /// One line of words.
    Text(String) = text;
    /// One visible ASCII word or header value.
    Word(String) = word;
    /// A path for [`endpoint::join`].
    CallPath(String) = call_path;
    /// An HTTP header's name (RFC 9110 §5.1), in lower case.
    HeaderName(String) = header_name;
    /// Name of a parameter or an environment variable.
    SettingName(String) = setting_name;
    /// A file below a home directory.
    HomePath(String) = home_path;
    /// A domain.
    HostName(String) = host_name;
    /// A base URL with `{}` in its host.
    Template(String) = template;
    /// Where a browser comes back to.
    Redirect(RedirectUri) = redirect;
}

fn base_url(text: &str) -> Result<Url, String> {
    endpoint::parse(text).map_err(|error| format!("`{}`: {error}", shown(text)))
}

fn exact_url(text: &str) -> Result<Url, String> {
    endpoint::parse_exact(text).map_err(|error| format!("`{}`: {error}", shown(text)))
}

/// An address as quoted in an error, without what may be a password in it.
fn shown(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, after)) => format!("…@{after}"),
        None => text.to_owned(),
    }
}

fn page(text: &str) -> Result<Url, String> {
    let url = exact_url(text)?;
    if url.scheme() == "https" { Ok(url) } else { Err(format!("`{text}`: pages must begin with https://")) }
}

fn text(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().count() > 600 || text.chars().any(char::is_control) {
        return Err("1 to 600 characters on one line are needed here".to_owned());
    }
    Ok(text.trim().to_owned())
}

fn word(text: &str) -> Result<String, String> {
    let visible = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if text.trim().is_empty() || text.len() > 600 || !visible {
        return Err("1 to 600 visible ASCII characters are needed here".to_owned());
    }
    Ok(text.trim().to_owned())
}

fn call_path(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#'));
    let climbs = text.split(['/', '?']).any(|segment| segment == "..");
    if text.is_empty() || !plain || climbs || text.contains("//") {
        return Err(format!("`{text}` is not a path such as `models` (after the base URL) or `/v1/models` (after its host)"));
    }
    Ok(text.to_owned())
}

fn header_name(text: &str) -> Result<String, String> {
    let name = text.to_ascii_lowercase();
    let shape = !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if shape { Ok(name) } else { Err(format!("`{text}` is not a header name (letters, digits and hyphens)")) }
}

fn setting_name(text: &str) -> Result<String, String> {
    let shape = !text.is_empty()
        && text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if shape { Ok(text.to_owned()) } else { Err(format!("`{text}` is not a name (letters, digits and _)")) }
}

fn home_path(text: &str) -> Result<String, String> {
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
    if text.len() <= 200 && text.split('/').all(plain) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a file below the home directory, such as .grok/auth.json"))
    }
}

fn host_name(text: &str) -> Result<String, String> {
    match url::Host::parse(text) {
        Ok(url::Host::Domain(name)) if name.contains('.') => Ok(name),
        _ => Err(format!("`{text}` is not a domain, such as example.com")),
    }
}

fn template(text: &str) -> Result<String, String> {
    const PROBE: &str = "purser-probe";
    let filled = base_url(&text.replace("{}", PROBE))?;
    let in_host = filled.host_str().is_some_and(|host| host.contains(PROBE));
    if in_host && text.matches("{}").count() == 1 {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` needs one {{}} in its host name, where the typed word goes"))
    }
}

fn redirect(text: &str) -> Result<RedirectUri, String> {
    if text.starts_with('/') {
        return call_path(text).map(RedirectUri::OwnPath);
    }
    let url = exact_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{text}`: a redirect address must end before any ? or #"));
    }
    Ok(RedirectUri::Fixed(url))
}

/// A TOML date, `2026-11-23` without quotes.
#[derive(Debug, Clone, Copy)]
pub(in crate::provider) struct Day(pub(in crate::provider) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || D::Error::custom("a date such as 2026-11-23 (without quotes) is needed here");
        let value = toml::value::Datetime::deserialize(deserializer).map_err(|_| wrong())?;
        let date = value.date.ok_or_else(wrong)?;
        let month = Month::try_from(date.month).map_err(|_| wrong())?;
        Date::from_calendar_date(i32::from(date.year), month, date.day).map(Self).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_checked_where_they_stand() {
        assert!(page("http://localhost/x").is_err());
        assert!(header_name("X-Api-Key").is_ok_and(|name| name == "x-api-key"));
        assert!(header_name("x key").is_err());
        assert!(call_path("models?pageSize=1").is_ok());
        for bad in ["", "https://evil/x", "../x", "a b", "a#b", "a\\b"] {
            assert!(call_path(bad).is_err(), "{bad}");
        }
        assert!(template("https://{}.openai.azure.com/openai/v1").is_ok());
        for bad in ["https://host/{}", "https://{}.{}.com", "https://host", "http://{}.example.com"] {
            assert!(template(bad).is_err(), "{bad}");
        }
        assert_eq!(redirect("/callback"), Ok(RedirectUri::OwnPath("/callback".into())));
        assert!(matches!(redirect("http://localhost:1455/auth/callback"), Ok(RedirectUri::Fixed(_))));
        assert!(redirect("http://example.com/cb").is_err());
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        let error = base_url("https://me:s3cret@host").expect_err("refused");
        assert!(!error.contains("s3cret"), "{error}");
    }
}
