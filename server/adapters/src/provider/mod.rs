//! A provider's management surface over HTTP: verification, model lists, local engines.

mod account;
pub(crate) mod classify;
pub(crate) mod message;
pub(crate) mod retry_after;
mod shapes;

use crate::call::{host_of, request};
use crate::http::{HttpSettings, HttpSetupError, Purpose, Received, Timeouts, client, receive};
use crate::redact::Redactor;
use async_trait::async_trait;
use classify::{Meaning, Seen};
use domain::Clock;
use domain::connection::{Check, Detection};
use domain::models::ListedModel;
use domain::provider::{ListSource, ModelListShape, Provider, VerifyMethod, endpoint};
use futures::StreamExt as _;
use http::Method;
use services::ports::{CallFailure, ProviderClient, Target};
use shapes::Page;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use vocab::{AuthMethod, Verdict};

/// More pages than any vendor has models for; a list that goes on is not believed.
const MAX_PAGES: usize = 20;
/// Local addresses looked at side by side.
const LOOKS_AT_ONCE: usize = 4;

/// [`ProviderClient`] over HTTP.
pub struct ProviderHttp {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    timeouts: Timeouts,
}

impl ProviderHttp {
    /// Makes its client; share the value, it shares its connections.
    ///
    /// # Errors
    /// As [`client`].
    pub fn new(settings: &HttpSettings, clock: Arc<dyn Clock>) -> Result<Self, HttpSetupError> {
        Ok(Self { client: client(settings, Purpose::Management)?, clock, timeouts: settings.timeouts })
    }

    /// One call with an answer taken in.
    async fn call(&self, target: &Target, method: Method, url: Url, limit: Duration) -> Result<(Seen, Received), CallFailure> {
        let host = host_of(&url);
        let posts = method == Method::POST;
        let mut call = request(&self.client, target, method, url)?.timeout(limit).header(http::header::ACCEPT, "application/json");
        if posts {
            call = call.body("");
        }
        let received = receive(call, &host, limit).await?;
        Ok((Seen::new(received.status, received.content_type(), &received.body), received))
    }

    fn failure(&self, meaning: &Meaning, received: &Received, redactor: &Redactor) -> CallFailure {
        CallFailure {
            verdict: meaning.verdict,
            status: Some(received.status),
            message: redactor.clean(&meaning.message),
            retry_after: retry_after::retry_after(&received.headers, self.clock.now()),
        }
    }

    /// One page of a model list.
    async fn page(&self, target: &Target, url: Url, shape: ModelListShape, limit: Duration) -> Result<Page, CallFailure> {
        let redactor = Redactor::new(target.credential.as_ref());
        let (seen, received) = self.call(target, Method::GET, url, limit).await?;
        let fail = |meaning: Meaning| Err(self.failure(&meaning, &received, &redactor));
        if !(200..300).contains(&seen.status) {
            return fail(classify::refusal(target.status_rules(), &seen).unwrap_or_else(|| classify::unexpected(&seen)));
        }
        if let Err(meaning) = classify::expected(&seen, Some(shapes::list_member(shape))) {
            return fail(meaning);
        }
        let page = seen.json.as_ref().and_then(|json| shapes::read_page(shape, json, self.clock.now().date()));
        page.map_or_else(|| fail(classify::strange("its model list is of another shape")), Ok)
    }

    async fn fetch_all(&self, target: &Target, path: &str, shape: ModelListShape) -> Result<Vec<ListedModel>, CallFailure> {
        let first = endpoint::join(&target.base_url, path);
        let (mut url, mut models, mut known, mut asked) = (first.clone(), Vec::new(), HashSet::new(), HashSet::new());
        for _ in 0..MAX_PAGES {
            let page = self.page(target, url, shape, self.timeouts.management).await?;
            models.extend(page.models.into_iter().filter(|model| known.insert(model.id.clone())));
            let Some((name, token)) = page.next else { break };
            url = first.clone();
            url.query_pairs_mut().append_pair(name, &token);
            if !asked.insert(token) {
                break; // the same page again
            }
        }
        Ok(models)
    }
}

#[async_trait]
impl ProviderClient for ProviderHttp {
    async fn verify(&self, target: &Target) -> Check {
        let verify = target.verify();
        let method = match verify.method {
            VerifyMethod::Get => Method::GET,
            VerifyMethod::Post => Method::POST,
        };
        let url = endpoint::join(&target.base_url, &verify.path);
        let (seen, received) = match self.call(target, method, url, self.timeouts.management).await {
            Ok(answer) => answer,
            Err(failure) => return Check::failed(failure.verdict, failure.message),
        };
        let redactor = Redactor::new(target.credential.as_ref());
        let meaning = classify::verification(target.status_rules(), verify, &seen);
        if meaning.verdict != Verdict::Ok {
            let CallFailure { verdict, message, retry_after, .. } = self.failure(&meaning, &received, &redactor);
            return Check { retry_after, ..Check::failed(verdict, message) };
        }
        let account = seen.json.as_ref().and_then(account::account).map(|account| redactor.clean(&account));
        Check { account, ..Check::ok() }
    }

    async fn list_models(&self, target: &Target) -> Result<Vec<ListedModel>, CallFailure> {
        let list = target.models();
        match &list.source {
            ListSource::Fetched { path, shape } => self.fetch_all(target, path, *shape).await,
            ListSource::Curated => Ok(list.curated.iter().map(|id| curated(id)).collect()),
        }
    }

    async fn detect(&self, provider: &Arc<Provider>, addresses: &[Url]) -> Detection {
        let at = self.clock.now();
        let not_running = || Detection::NotRunning { looked_at: addresses.to_vec(), at };
        let ListSource::Fetched { path, shape } = &provider.models_of(AuthMethod::None).source else { return not_running() };
        let look = |base_url: Url| {
            let target = Target::new(Arc::clone(provider), AuthMethod::None, base_url, None);
            async move {
                let url = endpoint::join(&target.base_url, path);
                let page = self.page(&target, url, *shape, self.timeouts.detect).await;
                page.ok().map(|page| (target.base_url, page.models.len()))
            }
        };
        // Side by side, and still the first in order wins.
        let looks: Vec<_> = addresses.iter().cloned().map(look).collect();
        let mut answers = futures::stream::iter(looks).buffered(LOOKS_AT_ONCE);
        while let Some(answer) = answers.next().await {
            if let Some((base_url, models)) = answer {
                return Detection::Running { base_url, models: u32::try_from(models).unwrap_or(u32::MAX), at };
            }
        }
        not_running()
    }
}

fn curated(id: &str) -> ListedModel {
    ListedModel { id: id.to_owned(), display_name: None, context_tokens: None, price: None }
}
