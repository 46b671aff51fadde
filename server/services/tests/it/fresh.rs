//! Credentials that do not last: renewed before they expire, and once more after a 401.

use crate::support::{House, id};
use async_trait::async_trait;
use bytes::Bytes;
use domain::connection::Connection;
use domain::people::Caller;
use futures::StreamExt;
use secrecy::ExposeSecret;
use services::inference::{FreshCredential, GatewayAnswer, Inference};
use services::ports::Target;
use services::{ServiceError, ServiceResult};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use time::{Duration, OffsetDateTime};
use vocab::{UsageOutcome, Verdict};

const BODY: &str = r#"{"model":"openai/gpt-5.2","messages":[]}"#;
const ANSWER: &str = r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#;

/// A fresh token and when it expires; an error; or nothing to be had.
type Fresh = ServiceResult<Option<(&'static str, Option<OffsetDateTime>)>>;

/// What it is asked for, and what it says.
#[derive(Default)]
struct Renewing {
    asked: Mutex<Vec<(&'static str, String)>>,
    answers: Mutex<VecDeque<Fresh>>,
}

impl Renewing {
    fn will(&self, answer: Fresh) {
        self.answers.lock().unwrap().push_back(answer);
    }

    fn answer(&self, why: &'static str, held: &Target) -> ServiceResult<Option<Target>> {
        let key = held.credential.as_ref().map(|key| key.expose_secret().to_owned());
        self.asked.lock().unwrap().push((why, key.unwrap_or_default()));
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Ok(None))?;
        Ok(answer.map(|(token, expires_at)| Target { credential: Some(token.into()), expires_at, ..held.clone() }))
    }
}

#[async_trait]
impl FreshCredential for Renewing {
    async fn before_expiry(&self, connection: &Connection, held: &Target) -> ServiceResult<Option<Target>> {
        assert_eq!(connection.provider_id, id("openai"));
        self.answer("expiry", held)
    }

    async fn after_refusal(&self, connection: &Connection, refused: &Target) -> ServiceResult<Option<Target>> {
        assert_eq!(connection.provider_id, id("openai"));
        self.answer("refusal", refused)
    }
}

struct World {
    house: House,
    inference: Inference,
    renewing: Arc<Renewing>,
}

impl World {
    async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for house in House::each().await {
            house.connect_openai().await;
            let renewing = Arc::new(Renewing::default());
            let inference = house.services.inference.clone().with_fresh_credentials(renewing.clone());
            worlds.push(Self { house, inference, renewing });
        }
        worlds
    }

    fn answers(&self, answers: &[(u16, &'static str)]) {
        let mut queue = self.house.providers.answers.lock().unwrap();
        queue.extend(answers.iter().map(|(status, body)| Ok((*status, "application/json", vec![*body]))));
    }

    async fn ask(&self) -> ServiceResult<GatewayAnswer> {
        self.inference.chat_completions(&Caller::system(), &self.house.environment.uuid().to_string(), BODY.into()).await
    }

    /// Status and body.
    async fn answer(&self) -> (u16, String) {
        let answer = self.ask().await.unwrap();
        let status = answer.status;
        let chunks: Vec<Bytes> = answer.body.map(Result::unwrap).collect().await;
        (status, String::from_utf8(chunks.concat()).unwrap())
    }

    /// Asks, and hears of a refused credential.
    async fn is_refused(&self, why: Verdict) {
        let error = self.ask().await.err().unwrap();
        assert!(matches!(&error, ServiceError::Provider { failure, .. } if failure.verdict == why), "{error:?}");
    }

    /// The credentials that inference calls went out with.
    fn sent(&self) -> Vec<String> {
        let seen = self.house.providers.keys_seen.lock().unwrap();
        // The first one verified the key.
        seen.iter().skip(1).cloned().collect()
    }

    fn asked(&self) -> Vec<&'static str> {
        self.renewing.asked.lock().unwrap().iter().map(|(why, _)| *why).collect()
    }

    async fn outcomes(self) -> Vec<UsageOutcome> {
        let Self { house, inference, .. } = self;
        drop(inference);
        let (ports, _database) = house.close().await;
        crate::inference::rows(&ports).await.into_iter().map(|row| row.outcome).collect()
    }
}

const KEY: &str = "sk-good-key-000011112222";

#[tokio::test]
async fn a_refused_credential_is_renewed_once_and_the_request_sent_once_more() {
    for world in World::each().await {
        world.answers(&[(401, "{}"), (200, ANSWER), (200, ANSWER)]);
        world.renewing.will(Ok(Some(("fresh-1", None))));
        assert_eq!(world.answer().await, (200, ANSWER.to_owned()));
        assert_eq!(world.renewing.asked.lock().unwrap().as_slice(), [("refusal", KEY.to_owned())]);
        assert_eq!(world.answer().await.0, 200);
        assert_eq!(world.sent(), [KEY, "fresh-1", "fresh-1"], "the next request goes out with it, too");
        assert_eq!(world.outcomes().await, [UsageOutcome::Completed, UsageOutcome::Completed], "a request has one row");
    }
}

#[tokio::test]
async fn a_second_refusal_stands() {
    for world in World::each().await {
        world.answers(&[(401, "{\"n\":1}"), (401, "{\"n\":2}")]);
        world.renewing.will(Ok(Some(("fresh-1", None))));
        world.is_refused(Verdict::BadCredential).await;
        assert_eq!((world.sent().len(), world.asked()), (2, vec!["refusal"]));
        assert_eq!(world.outcomes().await, [UsageOutcome::ProviderError]);
    }
}

#[tokio::test]
async fn where_nothing_fresh_is_to_be_had_the_refusal_stands() {
    for world in World::each().await {
        world.answers(&[(401, "{\"n\":1}")]);
        world.is_refused(Verdict::BadCredential).await;
        assert_eq!(world.sent().len(), 1);
        world.answers(&[(401, "{}")]);
        world.renewing.will(Err(ServiceError::TokenExpired { provider: "OpenAI".into() }));
        assert!(matches!(world.ask().await.err().unwrap(), ServiceError::TokenExpired { .. }));
        assert_eq!(world.outcomes().await, [UsageOutcome::ProviderError; 2]);
    }
}

#[tokio::test]
async fn only_a_401_says_something_about_the_credential() {
    for world in World::each().await {
        world.answers(&[(403, "{}")]);
        world.is_refused(Verdict::NotPermitted).await;
        for status in [400, 429, 500] {
            world.answers(&[(status, "{}")]);
            assert_eq!(world.answer().await.0, status);
        }
        assert!(world.asked().is_empty());
        world.house.providers.answers.lock().unwrap().push_back(Err(vocab::Verdict::Unreachable));
        assert!(world.ask().await.is_err());
        assert!(world.asked().is_empty());
    }
}

#[tokio::test]
async fn an_expiring_credential_is_renewed_before_it_is_sent() {
    for world in World::each().await {
        let now = world.house.environment.now();
        let (soon, later) = (now + Duration::minutes(2), now + Duration::hours(2));
        world.answers(&[(401, "{}"), (200, ANSWER), (200, ANSWER), (200, ANSWER)]);
        world.renewing.will(Ok(Some(("fresh-1", Some(soon)))));
        assert_eq!(world.answer().await.0, 200);
        assert_eq!(world.answer().await.0, 200, "still good");
        assert_eq!(world.asked(), ["refusal"]);
        // The route table is believed for two seconds without news, so the log is read meanwhile.
        world.house.clock.advance(Duration::seconds(121));
        world.house.services.caches.confirm();
        world.renewing.will(Ok(Some(("fresh-2", Some(later)))));
        assert_eq!(world.answer().await.0, 200);
        assert_eq!(world.asked(), ["refusal", "expiry"]);
        assert_eq!(world.sent(), [KEY, "fresh-1", "fresh-1", "fresh-2"]);
    }
}

#[tokio::test]
async fn a_credential_that_is_still_good_is_used_while_no_other_is_to_be_had() {
    for world in World::each().await {
        let expires_at = world.house.environment.now() + Duration::seconds(40);
        world.answers(&[(401, "{}"), (200, ANSWER), (200, ANSWER)]);
        world.renewing.will(Ok(Some(("fresh-1", Some(expires_at)))));
        assert_eq!(world.answer().await.0, 200);
        let failed = || Err(ServiceError::TokenExpired { provider: "OpenAI".into() });
        world.house.clock.advance(Duration::seconds(20));
        world.house.services.caches.confirm();
        world.renewing.will(failed());
        assert_eq!(world.answer().await.0, 200);
        world.house.clock.advance(Duration::seconds(20));
        world.house.services.caches.confirm();
        world.renewing.will(failed());
        assert!(matches!(world.ask().await.err().unwrap(), ServiceError::TokenExpired { .. }));
        assert_eq!(world.sent(), [KEY, "fresh-1", "fresh-1"], "an expired one is not sent");
    }
}
