//! `PURSER_SMTP_URL` and `PURSER_MAIL_FROM`, judged at the start.

use domain::provider::endpoint;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use url::Url;

/// How the way to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all: the server is this machine.
    None,
    /// STARTTLS (RFC 3207) if the server offers it: it is in a private network.
    IfOffered,
    /// STARTTLS, or nothing is sent.
    Required,
    /// TLS from the first byte (RFC 8314 §3.3).
    Implicit,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// As it was set: name and password are in it.
    pub(super) url: SecretString,
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is secured.
    pub tls: SmtpTls,
}

impl SmtpSettings {
    /// Reads `smtp://user:password@host:587` or `smtps://…`; name and password may be missing, and are percent-encoded where
    /// they hold special characters. Without a port: 587 (RFC 6409 §3.1), 465 with `smtps`, 25 on this machine.
    ///
    /// # Errors
    /// What is wrong with it, without repeating any of it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "write smtp://user:password@host:587, or smtps:// for TLS from the first byte";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SHAPE),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SHAPE)?.to_owned();
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("must end after the port");
        }
        match (url.username().is_empty(), url.password()) {
            (true, None) | (false, Some(_)) => {}
            _ => return Err("has a name without a password, or a password without a name"),
        }
        let tls = match (implicit, place_of(&host)) {
            (true, _) => SmtpTls::Implicit,
            (false, Place::Here) => SmtpTls::None,
            (false, Place::Nearby) => SmtpTls::IfOffered,
            (false, Place::Elsewhere) => SmtpTls::Required,
        };
        let port = url.port().unwrap_or(match tls {
            SmtpTls::Implicit => 465,
            SmtpTls::None => 25,
            SmtpTls::IfOffered | SmtpTls::Required => 587,
        });
        Ok(Self { url: SecretString::from(text), host, port, tls })
    }

    /// The address without what lettre would read its own meaning into.
    pub(super) fn plain_url(&self) -> SecretString {
        let text = self.url.expose_secret();
        SecretString::from(text.replacen("smtps://", "smtp://", 1))
    }
}

enum Place {
    Here,
    Nearby,
    Elsewhere,
}

/// Where a host is, as far as its name tells: the rule for plain http decides what is near.
fn place_of(host: &str) -> Place {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    if name == "localhost" || name.ends_with(".localhost") || address.is_some_and(|address| address.to_canonical().is_loopback()) {
        return Place::Here;
    }
    let near = Url::parse(&format!("http://{host}/")).is_ok_and(|url| endpoint::check(&url).is_ok());
    if near { Place::Nearby } else { Place::Elsewhere }
}

/// Who mail comes from: `purser@example.com` or `Purser <purser@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFrom(pub(super) Mailbox);

impl MailFrom {
    /// Reads it.
    ///
    /// # Errors
    /// What would be right, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        text.parse().map(Self).map_err(|_| "write an address like purser@example.com or Purser <purser@example.com>")
    }
}

impl std::fmt::Display for MailFrom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_there_is_as_safe_as_the_place_is_far() {
        for (text, tls, port) in [
            ("smtp://u:p@mail.example.com", SmtpTls::Required, 587),
            ("smtp://mail.example.com:25", SmtpTls::Required, 25),
            ("smtp://8.8.8.8", SmtpTls::Required, 587),
            ("smtps://u:p%40ss@mail.example.com", SmtpTls::Implicit, 465),
            ("smtp://localhost", SmtpTls::None, 25),
            ("smtp://127.0.0.1:2525", SmtpTls::None, 2525),
            ("smtp://[::1]:2525", SmtpTls::None, 2525),
            ("smtp://10.1.2.3", SmtpTls::IfOffered, 587),
            ("smtp://mail.internal/", SmtpTls::IfOffered, 587),
        ] {
            let settings = SmtpSettings::parse(text).unwrap();
            assert_eq!((settings.tls, settings.port), (tls, port), "{text}");
            assert!(!format!("{settings:?}").contains("p%40ss"));
        }
    }

    #[test]
    fn what_is_malformed_is_refused_without_being_repeated() {
        for bad in [
            "",
            "mail.example.com",
            "mail.example.com:587",
            "http://mail.example.com",
            "smtp://",
            "smtp://user@host",
            "smtp://:hunter2@host",
            "smtp://h/hunter2",
            "smtp://h?tls=none",
            "smtp://h:99999",
        ] {
            let words = SmtpSettings::parse(bad).err().unwrap_or_default();
            assert!(!words.is_empty() && !words.contains("hunter2"), "{bad}: {words}");
        }
        assert!(MailFrom::parse("Purser <purser@example.com>").is_ok() && MailFrom::parse("purser@example.com").is_ok());
        for bad in ["", "purser", "a@b\r\nBcc: c@d", "<>"] {
            assert!(MailFrom::parse(bad).is_err(), "{bad:?}");
        }
    }
}
