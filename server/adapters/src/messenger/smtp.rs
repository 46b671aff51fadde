//! Mail: one plain text message a recipient, so that one bad address keeps nobody else's message back.

use super::smtp_settings::{MailFrom, SmtpSettings, SmtpTls};
use async_trait::async_trait;
use domain::notification::one_line;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;
use services::ports::{Messenger, OutboundMessage, SendFailure};
use std::fmt::Write;
use std::time::{Duration, SystemTime};
use time::format_description::well_known::Rfc2822;
use vocab::Channel;

/// For one step of the conversation.
const STEP: Duration = Duration::from_secs(10);
/// For all of it.
const WHOLE: Duration = Duration::from_secs(30);
/// Most characters of a server's words.
const WORDS: usize = 200;

/// Sends mail.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

/// Why no mail can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSetupError {
    /// The extra root certificates do not read, or this machine has none.
    #[error("TLS for mail cannot be set up")]
    Tls(#[source] SmtpError),
    /// The address of the server, although it was judged before.
    #[error("the address of the mail server cannot be used")]
    Address,
}

impl Smtp {
    /// Sets it up; connects to nobody yet. `ca_pem` are extra root certificates.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: &SmtpSettings, from: &MailFrom, ca_pem: Option<&[u8]>) -> Result<Self, SmtpSetupError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.plain_url().expose_secret());
        // The error may repeat the address, and with it a password.
        let builder = builder.map_err(|_| SmtpSetupError::Address)?;
        let tls = match settings.tls {
            SmtpTls::None => Tls::None,
            SmtpTls::IfOffered => Tls::Opportunistic(parameters(&settings.host, ca_pem)?),
            SmtpTls::Required => Tls::Required(parameters(&settings.host, ca_pem)?),
            SmtpTls::Implicit => Tls::Wrapper(parameters(&settings.host, ca_pem)?),
        };
        let transport = builder.port(settings.port).tls(tls).timeout(Some(STEP)).build();
        Ok(Self { transport, from: from.0.clone(), host: settings.host.clone() })
    }

    fn mail(&self, recipient: &str, message: &OutboundMessage) -> Result<Message, SendFailure> {
        let to: Address = recipient.parse().map_err(|_| SendFailure("this is no address that mail can be sent to".to_owned()))?;
        // RFC 3834 §5: nobody's absence notice should answer this.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(format!("Purser: {}", one_line(&message.title, WORDS)))
            .date(SystemTime::from(message.at))
            // The same at every try, so that a mail server can tell a repetition.
            .message_id(Some(format!("<{}@{}>", message.delivery_id, self.from.email.domain())))
            .raw_header(automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(text(message))
            .map_err(|error| SendFailure(format!("the message could not be written: {error}")))
    }
}

fn parameters(host: &str, ca_pem: Option<&[u8]>) -> Result<TlsParameters, SmtpSetupError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = ca_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(SmtpSetupError::Tls)?);
    }
    builder.build_rustls().map_err(SmtpSetupError::Tls)
}

/// What stands in the mail.
fn text(message: &OutboundMessage) -> String {
    let mut text = format!("{}\n", message.title);
    if !message.cause.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\nWhat is known: {}\n", message.cause);
    }
    let at = message.at.format(&Rfc2822).unwrap_or_default();
    let _ = write!(text, "\n{}\n\n{}\n\n-- \nPurser noticed this on {at}.\n", message.remedy, message.link);
    text
}

#[async_trait]
impl Messenger for Smtp {
    fn channel(&self) -> Channel {
        Channel::Mail
    }

    fn host(&self) -> String {
        self.host.clone()
    }

    async fn send(&self, recipient: &str, message: &OutboundMessage) -> Result<String, SendFailure> {
        let mail = self.mail(recipient, message)?;
        let answer = tokio::time::timeout(WHOLE, self.transport.send(mail)).await;
        match answer {
            Ok(Ok(response)) => {
                let words: Vec<&str> = response.message().collect();
                Ok(format!("{} answered {} {}", self.host, response.code(), one_line(&words.join(" "), WORDS)))
            }
            Ok(Err(error)) => Err(SendFailure(describe(&error, &self.host))),
            Err(_) => Err(SendFailure(format!("{} did not take the message within {} s", self.host, WHOLE.as_secs()))),
        }
    }
}

/// What went wrong, in the server's own words where it has any.
fn describe(error: &SmtpError, host: &str) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let words = one_line(&cause.to_string(), WORDS);
    match error.status() {
        Some(code) => format!("{host} answered {code}: {words}"),
        None if error.is_timeout() => format!("no answer from {host} within {} s", STEP.as_secs()),
        None if error.is_tls() => format!("no secure connection to {host}: {words}"),
        None => format!("no mail through {host}: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use uuid::Uuid;

    fn message(title: &str, cause: &str) -> OutboundMessage {
        OutboundMessage {
            delivery_id: vocab::DeliveryId::new(Uuid::from_u128(7)),
            event: "connection.no_funds",
            at: datetime!(2026-11-23 10:00 UTC),
            title: title.into(),
            cause: cause.into(),
            remedy: "Add funds.".into(),
            link: "https://purser.example.com/platform/ai/providers/openai".into(),
            subject: None,
        }
    }

    #[test]
    fn hostile_words_add_no_header_and_no_markup() {
        let settings = SmtpSettings::parse("smtp://localhost").unwrap();
        let smtp = Smtp::new(&settings, &MailFrom::parse("Purser <purser@example.com>").unwrap(), None).unwrap();
        let hostile = message("Evil\r\nBcc: all@example.com\r\n\r\n<script>", "boom\r\n.\r\nQUIT <b>é</b>");
        let mail = String::from_utf8(smtp.mail("ann@example.com", &hostile).unwrap().formatted()).unwrap();
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("\r\nBcc:") && head.contains("Subject: Purser: Evil Bcc: all@example.com <script>"), "{head}");
        assert!(head.contains("Content-Type: text/plain; charset=utf-8") && head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert!(head.contains("<00000000-0000-0000-0000-000000000007@example.com>"), "{head}");
        assert!(smtp.mail("ann@example.com>\r\nRCPT TO:<eve@example.com", &hostile).is_err());
    }
}
