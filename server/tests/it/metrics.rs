//! What `/metrics` says, and that it says what it is.

use crate::support::TestApp;
use domain::people::Caller;
use server::serve::meters::{ALL, Kind};
use services::connections::KeyForm;
use std::collections::BTreeSet;
use std::path::Path;
use testkit::database::TestDatabase;

#[tokio::test]
async fn every_metric_says_what_it_is_and_every_connection_how_it_is() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, &[]).await;
        let (services, caller, id) = (&app.state.services, Caller::command_line(), "groq".parse().unwrap());
        services.connections.connect_with_key(&caller, &id, KeyForm::new("sk-practice-good-0001".to_owned(), None, 0)).await.unwrap();
        services.models.sync(&caller, &id).await.unwrap();
        services.notifications.reconcile().await.unwrap();
        app.browser().get("/healthz").await;
        let text = app.browser().get("/metrics").await.text().await;
        let said = |words: &str| text.lines().filter_map(|line| line.strip_prefix(words)?.split(' ').next()).collect::<BTreeSet<_>>();
        let (typed, helped) = (said("# TYPE "), said("# HELP "));
        assert!(typed.len() >= 4, "{text}");
        assert_eq!(typed, helped, "{text}");
        assert!(text.contains("purser_connections{provider=\"groq\",health=\"connected\"} 1\n"), "{text}");

        services.connections.disconnect(&caller, &id).await.unwrap();
        services.notifications.reconcile().await.unwrap();
        let text = app.browser().get("/metrics").await.text().await;
        assert!(text.contains("purser_connections{provider=\"groq\",health=\"connected\"} 0\n"), "{text}");
    }
}

#[test]
fn the_table_is_what_the_code_counts() {
    let mut counted = BTreeSet::new();
    for folder in ["src", "services/src", "adapters/src", "storage/src"] {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut counted);
    }
    let listed = ALL.iter().map(|(name, kind, ..)| {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        (kind.to_owned(), (*name).to_owned())
    });
    assert_eq!(counted, listed.collect());
    assert!(ALL.iter().all(|(name, _, _, words)| name.starts_with("purser_") && words.ends_with('.')));
}

/// Every `metrics::kind!("name"` below a folder.
fn read(folder: &Path, counted: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, counted);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            for used in text.split("metrics::").skip(1) {
                let Some((kind, rest)) = used.split_once("!(\"") else { continue };
                if matches!(kind, "counter" | "gauge" | "histogram") {
                    counted.insert((kind.to_owned(), rest.split('"').next().unwrap().to_owned()));
                }
            }
        }
    }
}
