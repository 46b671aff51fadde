//! A house without a roof: every service over a real database, a clock that stands still, obedient providers.

use adapters::{HttpSettings, SystemClock, TokenEndpointHttp};
use async_trait::async_trait;
use bytes::Bytes;
use domain::connection::{Check, Detection};
use domain::inference::{Conversation, Delta};
use domain::models::{ListedModel, ModelPrice, TokenPrice};
use domain::people::Caller;
use domain::provider::{Catalogue, Provider};
use futures::StreamExt;
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use services::environment::Environment;
use services::ports::{
    Answer, CallFailure, DeltaStream, ForwardCall, Outlets, PriceFacts, Program, Programs, ProviderClient, Target, Upstream,
};
use services::usage::usage_queue;
use services::{Outside, Ports, Services};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use testkit::database::TestDatabase;
use testkit::environment::{MockClock, SeededEntropy};
use time::OffsetDateTime;
use time::macros::{date, datetime};
use tokio::task::JoinHandle;
use url::Url;
use vault::{KeyId, KeyRing, MasterKey};
use vocab::{ProviderId, Verdict};

/// Where Purser is.
pub const PUBLIC: &str = "http://localhost:3000";

/// Status, content type and chunks of an answer.
pub type Recorded = (u16, &'static str, Vec<&'static str>);

/// Providers that answer what the test put there, and remember what they were asked.
#[derive(Default)]
pub struct Obedient {
    pub checks: Mutex<VecDeque<Check>>,
    pub models: Mutex<Vec<ListedModel>>,
    pub running: Mutex<Option<u32>>,
    pub answers: Mutex<VecDeque<Result<Recorded, Verdict>>>,
    pub deltas: Mutex<Vec<Result<Delta, CallFailure>>>,
    pub keys_seen: Mutex<Vec<String>>,
    pub bodies_seen: Mutex<Vec<Bytes>>,
}

impl Obedient {
    fn note_key(&self, target: &Target) {
        let key = target.credential.as_ref().map(|key| key.expose_secret().to_owned()).unwrap_or_default();
        self.keys_seen.lock().unwrap().push(key);
    }
}

#[async_trait]
impl ProviderClient for Obedient {
    async fn verify(&self, target: &Target) -> Check {
        self.note_key(target);
        self.checks.lock().unwrap().pop_front().unwrap_or_else(Check::ok)
    }

    async fn list_models(&self, _: &Target) -> Result<Vec<ListedModel>, CallFailure> {
        Ok(self.models.lock().unwrap().clone())
    }

    async fn detect(&self, _: &Arc<Provider>, addresses: &[Url]) -> Detection {
        let at = OffsetDateTime::UNIX_EPOCH;
        match *self.running.lock().unwrap() {
            Some(models) => Detection::Running { base_url: addresses[0].clone(), models, at },
            None => Detection::NotRunning { looked_at: addresses.to_vec(), at },
        }
    }
}

#[async_trait]
impl Upstream for Obedient {
    async fn forward(&self, target: &Target, call: ForwardCall) -> Result<Answer, CallFailure> {
        self.note_key(target);
        self.bodies_seen.lock().unwrap().push(call.body);
        match self.answers.lock().unwrap().pop_front().unwrap() {
            // As the real one: what it says of our credential is no answer.
            Ok((status @ 401..=403, ..)) => {
                let verdict = [Verdict::BadCredential, Verdict::NoFunds, Verdict::NotPermitted][usize::from(status - 401)];
                Err(CallFailure { verdict, status: Some(status), message: "refused".into(), retry_after: None })
            }
            Ok((status, content_type, chunks)) => Ok(Answer {
                status,
                content_type: content_type.to_owned(),
                retry_after: None,
                body: futures::stream::iter(chunks).map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).boxed(),
            }),
            Err(verdict) => Err(CallFailure { verdict, status: None, message: "no answer".into(), retry_after: None }),
        }
    }

    async fn converse(&self, target: &Target, _: &Conversation) -> Result<DeltaStream, CallFailure> {
        self.note_key(target);
        Ok(futures::stream::iter(std::mem::take(&mut *self.deltas.lock().unwrap())).boxed())
    }
}

struct NoPrograms;

impl Programs for NoPrograms {
    fn find(&self, _: &str) -> Option<Program> {
        None
    }
}

struct TwoAndTen;

/// When a newer list says three instead of two.
pub const NEWER_LIST: OffsetDateTime = datetime!(2028-06-01 00:00 UTC);

impl PriceFacts for TwoAndTen {
    fn price(&self, _: &str, _: &str, at: OffsetDateTime) -> Option<ModelPrice> {
        let (input, source) = if at < NEWER_LIST { (Decimal::TWO, "test") } else { (Decimal::from(3), "test 2") };
        let per_million = TokenPrice { input: Some(input), output: Some(Decimal::TEN), ..TokenPrice::default() };
        Some(ModelPrice { per_million, source: source.into(), as_of: date!(2026 - 11 - 23) })
    }

    fn context_tokens(&self, _: &str, _: &str) -> Option<u32> {
        Some(128_000)
    }
}

/// Every service over one database.
pub struct House {
    pub services: Services,
    pub ports: Ports,
    pub clock: MockClock,
    pub providers: Arc<Obedient>,
    pub database: TestDatabase,
    pub environment: Environment,
    pub writer: JoinHandle<()>,
}

/// A key ring with these keys, newest first.
pub fn ring(names: &[&str]) -> Arc<KeyRing> {
    let key = |name: &&str| MasterKey::new(KeyId::parse(name).unwrap(), [u8::try_from(name.len()).unwrap(); 32]);
    Arc::new(KeyRing::new(&names.iter().map(key).collect::<Vec<_>>()).unwrap())
}

impl House {
    /// One on each database there is.
    pub async fn each() -> Vec<Self> {
        TestDatabase::each().await.into_iter().map(|database| Self::over(database, ring(&["k1"]))).collect()
    }

    pub fn over(database: TestDatabase, ring: Arc<KeyRing>) -> Self {
        Self::with_outlets(database, ring, Outlets::default())
    }

    /// With ways out.
    pub fn with_outlets(database: TestDatabase, ring: Arc<KeyRing>, outlets: Outlets) -> Self {
        Self::made(database, ring, Catalogue::built_in().unwrap(), PUBLIC, |ports| ports.outlets = outlets)
    }

    /// With some of the outside put in another one's place.
    pub fn made(database: TestDatabase, ring: Arc<KeyRing>, catalogue: Catalogue, public: &str, change: impl FnOnce(&mut Ports)) -> Self {
        let providers = Arc::new(Obedient::default());
        let outside = Outside {
            provider_client: providers.clone(),
            token_endpoint: Arc::new(TokenEndpointHttp::new(&HttpSettings::default(), Arc::new(SystemClock)).unwrap()),
            upstream: providers.clone(),
            prices: Arc::new(TwoAndTen),
            outlets: Outlets::default(),
            sandbox: Arc::new(adapters::sandbox::NoSandbox::new("no test asked for one".to_owned())),
            programs: Arc::new(NoPrograms),
            // Folders nobody else uses.
            workspaces: Arc::new(adapters::BuildFolders::new(std::env::temp_dir().join("purser-no-builds"), Vec::new(), Vec::new())),
            sockets: Arc::new(adapters::UnixTokenSockets::new(std::env::temp_dir(), None)),
            builds_at_once: 2,
            rates: None,
        };
        let mut ports = Ports::over(&Arc::new(database.storage().clone()), outside);
        change(&mut ports);
        let clock = MockClock::default();
        let environment = Environment::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(7)));
        let (sink, writer) = usage_queue(ports.usage.clone());
        let writer = tokio::spawn(writer.run());
        let services = Services::new(&ports, Arc::new(catalogue), ring, &environment, sink, Url::parse(public).unwrap());
        services.caches.confirm();
        Self { services, ports, clock, providers, database, environment, writer }
    }

    /// The same house run by another process.
    pub fn beside(house: &Self, catalogue: Catalogue) -> Services {
        Self::beside_with(house, ring(&["k1"]), catalogue)
    }

    /// The same with other keys.
    pub fn beside_with(house: &Self, ring: Arc<KeyRing>, catalogue: Catalogue) -> Services {
        Self::of_ports(house, &house.ports, ring, catalogue)
    }

    /// The same with other settings.
    pub fn over_ports(house: &Self, ports: &Ports) -> Services {
        Self::of_ports(house, ports, ring(&["k1"]), Catalogue::built_in().unwrap())
    }

    fn of_ports(house: &Self, ports: &Ports, ring: Arc<KeyRing>, catalogue: Catalogue) -> Services {
        let environment = Environment::new(Arc::new(house.clock.clone()), Arc::new(SeededEntropy::new(11)));
        let (sink, _) = usage_queue(ports.usage.clone());
        Services::new(ports, Arc::new(catalogue), ring, &environment, sink, Url::parse(PUBLIC).unwrap())
    }

    /// The next checks say this.
    pub fn will_say(&self, checks: impl IntoIterator<Item = Check>) {
        self.providers.checks.lock().unwrap().extend(checks);
    }

    /// Connects `openai` with a good key and two models.
    pub async fn connect_openai(&self) {
        *self.providers.models.lock().unwrap() = ["gpt-5.2", "gpt-5.2-mini"].map(listed).to_vec();
        let caller = Caller::system();
        let form = services::connections::KeyForm::new("sk-good-key-000011112222", None, 0);
        self.services.connections.connect_with_key(&caller, &id("openai"), form).await.unwrap();
        self.services.models.sync(&caller, &id("openai")).await.unwrap();
        self.services.caches.forget_routes();
    }

    /// Stops taking requests and waits until every usage row is written.
    pub async fn close(self) -> (Ports, TestDatabase) {
        let Self { services, writer, ports, database, .. } = self;
        drop(services);
        writer.await.unwrap();
        (ports, database)
    }
}

pub fn listed(model: &str) -> ListedModel {
    ListedModel { id: model.to_owned(), display_name: None, context_tokens: None, price: None }
}

pub fn id(text: &str) -> ProviderId {
    text.parse().unwrap()
}
