//! How operators are told outside the house: mail and webhook, each only if it is set.

use super::error::SettingsError;
use super::source::Source;
use adapters::{MailFrom, SmtpSettings, WebhookSettings};
use domain::people::Email;

const SMTP_URL: &str = "PURSER_SMTP_URL";
const MAIL_FROM: &str = "PURSER_MAIL_FROM";
const MAIL_TO: &str = "PURSER_MAIL_TO";
const WEBHOOK_URL: &str = "PURSER_WEBHOOK_URL";
const WEBHOOK_SECRET: &str = "PURSER_WEBHOOK_SECRET";

/// Both ways out.
#[derive(Debug, Clone, Default)]
pub struct Notify {
    /// Mail.
    pub mail: Option<Mail>,
    /// The webhook.
    pub webhook: Option<WebhookSettings>,
}

/// Mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Through which server.
    pub server: SmtpSettings,
    /// From whom.
    pub from: MailFrom,
    /// To whom; empty: every active owner and operator.
    pub to: Vec<Email>,
}

impl Notify {
    /// Reads both.
    ///
    /// # Errors
    /// Naming the setting; addresses and secrets are never repeated.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        Ok(Self { mail: mail(source)?, webhook: webhook(source)? })
    }

    /// What is set and does nothing by itself.
    pub fn warnings(&self, source: &Source) -> Vec<String> {
        let idle = |name: &'static str, without: &'static str, is_set: bool| {
            (!is_set && source.get(name).is_some()).then(|| format!("{name} does nothing without {without}"))
        };
        let (mail, webhook) = (self.mail.is_some(), self.webhook.is_some());
        [idle(MAIL_FROM, SMTP_URL, mail), idle(MAIL_TO, SMTP_URL, mail), idle(WEBHOOK_SECRET, WEBHOOK_URL, webhook)]
            .into_iter()
            .flatten()
            .collect()
    }
}

fn mail(source: &Source) -> Result<Option<Mail>, SettingsError> {
    let Some(url) = source.get(SMTP_URL) else { return Ok(None) };
    let server = SmtpSettings::parse(url.text()).map_err(|reason| url.wrong(reason))?;
    let Some(from) = source.get(MAIL_FROM) else {
        return Err(SettingsError::new(MAIL_FROM, format!("is needed with {SMTP_URL}: write the address that mail comes from")));
    };
    let from = MailFrom::parse(from.text()).map_err(|reason| from.wrong(reason))?;
    let to = match source.get(MAIL_TO) {
        Some(given) => {
            let one = |text: &str| Email::parse(text).map_err(|_| given.wrong("write e-mail addresses with commas between them"));
            given.text().split(',').map(one).collect::<Result<_, _>>()?
        }
        None => Vec::new(),
    };
    Ok(Some(Mail { server, from, to }))
}

fn webhook(source: &Source) -> Result<Option<WebhookSettings>, SettingsError> {
    let Some(given) = source.get(WEBHOOK_URL) else { return Ok(None) };
    let url = WebhookSettings::parse_url(given.text()).map_err(|reason| given.wrong(reason))?;
    let Some(secret) = source.get(WEBHOOK_SECRET) else {
        return Err(SettingsError::new(WEBHOOK_SECRET, format!("is needed with {WEBHOOK_URL}: the receiver checks the signature with it")));
    };
    let secret = WebhookSettings::parse_secret(secret.text()).map_err(|reason| secret.wrong(reason))?;
    Ok(Some(WebhookSettings::new(url, secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> Result<Notify, SettingsError> {
        Notify::read(&Source::from_pairs(pairs.iter().copied()))
    }

    const SMTP: (&str, &str) = (SMTP_URL, "smtp://ann:hunter2@mail.example.com:587");
    const FROM: (&str, &str) = (MAIL_FROM, "Purser <purser@example.com>");
    const HOOK: (&str, &str) = (WEBHOOK_URL, "https://hooks.example.com/hunter2");

    #[test]
    fn both_or_none_may_be_set() {
        let none = read(&[]).unwrap();
        assert!(none.mail.is_none() && none.webhook.is_none());
        let all = read(&[SMTP, FROM, (MAIL_TO, "a@example.com, B@example.com"), HOOK, (WEBHOOK_SECRET, "sixteen letters!")]).unwrap();
        assert_eq!(all.mail.as_ref().unwrap().to.iter().map(Email::as_str).collect::<Vec<_>>(), ["a@example.com", "b@example.com"]);
        assert!(!format!("{all:?}").contains("hunter2"), "{all:?}");
    }

    #[test]
    fn mistakes_name_their_setting_and_repeat_no_secret() {
        for (pairs, name) in [
            (vec![(SMTP_URL, "mail.example.com:hunter2"), FROM], SMTP_URL),
            (vec![SMTP], MAIL_FROM),
            (vec![SMTP, (MAIL_FROM, "hunter2")], MAIL_FROM),
            (vec![SMTP, FROM, (MAIL_TO, "a@example.com,,hunter2")], MAIL_TO),
            (vec![(WEBHOOK_URL, "http://hooks.example.com/hunter2")], WEBHOOK_URL),
            (vec![HOOK], WEBHOOK_SECRET),
            (vec![HOOK, (WEBHOOK_SECRET, "hunter2")], WEBHOOK_SECRET),
        ] {
            let error = read(&pairs).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.starts_with(&format!("{name}: ")) && !error.contains("hunter2"), "{name}: {error}");
        }
    }

    #[test]
    fn what_does_nothing_is_said() {
        let source = Source::from_pairs([FROM, (WEBHOOK_SECRET, "x")]);
        let warnings = Notify::read(&source).unwrap().warnings(&source);
        assert_eq!(
            warnings,
            ["PURSER_MAIL_FROM does nothing without PURSER_SMTP_URL", "PURSER_WEBHOOK_SECRET does nothing without PURSER_WEBHOOK_URL"]
        );
    }
}
