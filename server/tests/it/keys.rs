//! Keys: made once, insisted on, replaced while serving.

use crate::support::{TestApp, settings};
use domain::people::Caller;
use server::start::{Base, KeyPolicy, SchemaPolicy, StartError, World};
use services::connections::KeyForm;
use std::sync::Arc;
use vocab::ProviderId;

const FIRST: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const SECOND: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const OTHER_FIRST: &str = "k1:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=";

async fn with_a_key_saved(pairs: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with(pairs).await;
    let id: ProviderId = "openai".parse().unwrap();
    let form = KeyForm::new("sk-practice-good-0001".to_owned(), None, 0);
    app.state.services.connections.connect_with_key(&Caller::command_line(), &id, form).await.unwrap();
    app
}

async fn open(app: &TestApp, pairs: &[(&str, &str)], policy: KeyPolicy) -> Result<Base, StartError> {
    let settings = settings(&app.folder, app.database().settings(), &[], pairs);
    Base::open(Arc::new(settings), &World::real(), SchemaPolicy::Migrate, policy).await
}

async fn refused(app: &TestApp, pairs: &[(&str, &str)]) -> String {
    match open(app, pairs, KeyPolicy::Insist).await {
        Err(StartError::Keys(words)) => words,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it started"),
    }
}

#[tokio::test]
async fn a_missing_key_file_stops_the_start_and_is_not_made_anew() {
    let app = with_a_key_saved(&[]).await;
    let file = app.folder.path().join("data/master.key");
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let words = refused(&app, &[]).await;
    assert!(words.starts_with("1 value is sealed in the database, but the key file") && words.contains("backup"), "{words}");
    assert!(!file.exists(), "a new key would only hide the loss");
    std::fs::write(&file, kept).unwrap();
    assert!(open(&app, &[], KeyPolicy::Insist).await.is_ok());
}

#[tokio::test]
async fn another_key_stops_the_start_by_name() {
    let app = with_a_key_saved(&[("PURSER_MASTER_KEYS", FIRST)]).await;
    let words = refused(&app, &[("PURSER_MASTER_KEYS", SECOND)]).await;
    assert!(words.contains("sealed with a key that is not in PURSER_MASTER_KEYS: k1") && !words.contains("AgICAg"), "{words}");
    let words = refused(&app, &[("PURSER_MASTER_KEYS", OTHER_FIRST)]).await;
    assert!(words.contains("replaced by another one of the same name"), "{words}");
    let looked = open(&app, &[("PURSER_MASTER_KEYS", SECOND)], KeyPolicy::Look).await.unwrap();
    assert!(looked.sealing.refusal.is_some(), "the doctor may look");
    assert!(open(&app, &[("PURSER_MASTER_KEYS", &format!("{SECOND},{FIRST}"))], KeyPolicy::Insist).await.is_ok());
}

#[tokio::test]
async fn rotation_leaves_nothing_on_the_old_key() {
    let app = with_a_key_saved(&[("PURSER_MASTER_KEYS", FIRST)]).await;
    let both = format!("{SECOND},{FIRST}");
    let base = open(&app, &[("PURSER_MASTER_KEYS", &both)], KeyPolicy::Insist).await.unwrap();
    let (services, _) = base.services();
    let before = services.keys.report(&Caller::command_line()).await.unwrap();
    assert_eq!((before.current, before.old, before.undecryptable), (0, 1, 0));
    let after = services.keys.rotate(&Caller::command_line(), |_, _| {}).await.unwrap();
    assert_eq!((after.current, after.old, after.undecryptable), (1, 0, 0));
    assert!(open(&app, &[("PURSER_MASTER_KEYS", SECOND)], KeyPolicy::Insist).await.is_ok(), "the old key can go");
}

#[tokio::test]
async fn readiness_knows_about_the_key() {
    let app = with_a_key_saved(&[("PURSER_MASTER_KEYS", FIRST)]).await;
    assert_eq!(app.browser().get("/readyz").await.status, 200);
    let base = open(&app, &[("PURSER_MASTER_KEYS", SECOND)], KeyPolicy::Look).await.unwrap();
    let (state, _writer) = server::serve::assemble(&base).unwrap();
    let router = server::router::router(state).unwrap();
    let request = axum::http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(answer.status(), 503);
}

#[tokio::test]
async fn two_starts_at_once_make_one_key() {
    let database = testkit::database::TestDatabase::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (settings(&folder, database.settings(), &[], &[]), settings(&folder, database.settings(), &[], &[]));
    let start = |settings| async move {
        let base = Base::open(Arc::new(settings), &World::real(), SchemaPolicy::Migrate, KeyPolicy::Insist).await.unwrap();
        base.ring().current().to_string()
    };
    let (one, two) = tokio::join!(start(one), start(two));
    assert_eq!(one, two);
}
