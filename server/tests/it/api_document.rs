//! The document of the machine API: committed, served, and true.

use crate::support::TestApp;
use serde_json::Value;
use std::collections::BTreeSet;
use vocab::Role;

/// The copy in the repository.
const COMMITTED: &str = include_str!("../../openapi.json");

fn made() -> String {
    server::api::to_text(&server::api::document()).unwrap()
}

#[test]
fn the_committed_document_is_the_one_that_is_made() {
    assert!(COMMITTED == made(), "the API changed; look at the change after: purser openapi > server/openapi.json");
}

#[tokio::test]
async fn the_served_document_is_the_one_that_is_made() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Viewer).await;
    assert_eq!(app.browser().get("/api/openapi.json").await.status, 401, "what there is, is nobody's business");
    let answer = app.browser_of(&ann).await.get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.text().await, made());
}

#[test]
fn every_operation_is_named_tagged_and_says_how_it_refuses() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    let tags: BTreeSet<_> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
            assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{name}");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.contains_key("401") && answers.contains_key("403"), "{method} {path}");
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path}");
            assert_eq!(path.contains('{'), operation["parameters"].to_string().contains("\"in\":\"path\""), "{method} {path}");
        }
    }
    assert!(names.len() >= 26);
}

#[test]
fn every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    let mut to_see = vec![&document];
    while let Some(value) = to_see.pop() {
        match value {
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                to_see.extend(map.values());
            }
            Value::Array(items) => to_see.extend(items),
            _ => {}
        }
    }
}
