//! The stranger test and the role matrix: every route, from every source that knows routes, against one table.

mod table;

use crate::support::{Answer, Browser, TestApp};
use axum::http::Method;
use domain::people::User;
use std::collections::BTreeSet;
use table::{Access, Body, ROUTES, Row, example};
use vocab::{Role, Scope};

/// What came of a request, as far as access goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Past the door, whatever came of it then.
    In,
    /// Nobody knows you.
    Unknown,
    /// You are known, and may not.
    Forbidden,
}

fn outcome(answer: &Answer) -> Outcome {
    match answer.status.as_u16() {
        401 => Outcome::Unknown,
        303 if answer.location().starts_with("/login") || answer.location() == "/setup" => Outcome::Unknown,
        403 => Outcome::Forbidden,
        _ => Outcome::In,
    }
}

async fn ask(browser: &mut Browser<'_>, (method, path, body, access): &Row) -> Answer {
    let method = if *method == "ANY" { Method::GET } else { method.parse().unwrap() };
    let accept = if *access == Access::Screen { "text/html" } else { "application/json" };
    let body = match body {
        Body::Nothing => None,
        Body::Form(text) => Some(("application/x-www-form-urlencoded", (*text).to_owned())),
        Body::Json(text) => Some(("application/json", (*text).to_owned())),
    };
    browser.send(method, &example(path), accept, body).await
}

#[tokio::test]
async fn a_stranger_reaches_open_routes_and_nothing_else() {
    let app = TestApp::new().await;
    app.person("ann", Role::Owner).await;
    for row in ROUTES {
        let (method, path, _, access) = row;
        let expected = if *access == Access::Open { Outcome::In } else { Outcome::Unknown };
        for mut browser in [app.browser().from("10.0.0.1:1"), app.browser().from("10.0.0.1:1").with("authorization", "Bearer pur_nonsense")]
        {
            let answer = ask(&mut browser, row).await;
            assert_eq!(outcome(&answer), expected, "{method} {path}: {}", answer.status);
        }
        let listed = server::router::open::of_route(&method.parse().unwrap_or(Method::GET), path).is_some();
        assert_eq!(listed, matches!(access, Access::Open | Access::Metrics), "{method} {path} and OPEN_ROUTES disagree");
    }
}

#[tokio::test]
async fn each_role_may_what_it_may() {
    let app = TestApp::new().await;
    app.person("root", Role::Owner).await;
    for role in Role::ALL {
        let user = app.person(role.as_str(), *role).await;
        for row in ROUTES {
            let (method, path, _, access) = row;
            let may = |permission| if role.may(permission) { Outcome::In } else { Outcome::Forbidden };
            let expected = match access {
                Access::Open | Access::Screen | Access::Person | Access::Caller => Outcome::In,
                Access::May(permission) | Access::MayOrConnect(permission) | Access::PersonWho(permission) => may(*permission),
                Access::Metrics => may(vocab::Permission::ReadMetrics),
                Access::TokenThat(_) => Outcome::Unknown,
            };
            let answer = ask(&mut app.browser_of(&user).await, row).await;
            if *access == Access::Screen {
                assert_ne!(outcome(&answer), Outcome::Unknown, "{role}: {method} {path}");
            } else {
                assert_eq!(outcome(&answer), expected, "{role}: {method} {path}: {}", answer.status);
            }
        }
    }
}

#[tokio::test]
async fn each_scope_opens_what_it_opens() {
    let app = TestApp::new().await;
    for role in [Role::Owner, Role::Viewer] {
        let user = app.person(role.as_str(), role).await;
        for scope in Scope::ALL {
            check_scope(&app, &user, *scope).await;
        }
    }
}

async fn check_scope(app: &TestApp, user: &User, scope: Scope) {
    if scope == Scope::Inference && !user.role.may(vocab::Permission::UseInference) {
        return;
    }
    let token = app.token_of(user, &[scope]).await;
    let caller = app.state.services.access_tokens.caller_of(&token.clone().into(), domain::audit::Origin::default()).await.unwrap();
    let may = |permission| if caller.may(permission) { Outcome::In } else { Outcome::Forbidden };
    for row in ROUTES {
        let (method, path, _, access) = row;
        let expected = match access {
            Access::Open | Access::Caller => Outcome::In,
            Access::MayOrConnect(_) if scope == Scope::Connect && user.role.may(vocab::Permission::ManageProviderConnections) => {
                Outcome::In
            }
            Access::May(permission) | Access::MayOrConnect(permission) | Access::TokenThat(permission) => may(*permission),
            Access::Metrics => may(vocab::Permission::ReadMetrics),
            Access::Screen | Access::Person | Access::PersonWho(_) => Outcome::Unknown,
        };
        let answer = ask(&mut app.browser().from("10.0.0.1:1").with("authorization", &format!("Bearer {token}")), row).await;
        // Where nothing lives, a known caller is told so whatever the scope.
        let expected = if *method == "ANY" { Outcome::In } else { expected };
        assert_eq!(outcome(&answer), expected, "{} with {scope}: {method} {path}: {}", user.role, answer.status);
    }
}

#[tokio::test]
async fn every_route_is_in_the_table() {
    let app = TestApp::new().await;
    let table: BTreeSet<(String, String)> = ROUTES.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    let mut known = BTreeSet::new();
    for (path, item) in serde_json::to_value(server::api::document()).unwrap()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| ["get", "post", "put", "patch", "delete"].contains(&key.as_str())) {
            known.insert((method.to_uppercase(), path.clone()));
        }
    }
    known.extend(server::router::pages::listing().iter().map(|listing| ("GET".to_owned(), listing.path().to_owned())));
    known.extend(server_fn::axum::server_fn_paths().map(|(path, method)| (method.to_string(), path.to_owned())));
    known.extend(
        server::router::own_routes()
            .iter()
            .flat_map(|(methods, path, _)| methods.iter().map(|method| (method.to_string(), (*path).to_owned()))),
    );
    known.extend(server::router::assets::FILES.iter().map(|path| ("GET".to_owned(), (*path).to_owned())));
    let missing: Vec<_> = known.difference(&table).collect();
    assert!(missing.is_empty(), "say in access/table.rs who may: {missing:?}");

    let table: BTreeSet<&str> = ROUTES.iter().map(|(_, path, ..)| *path).collect();
    let routed = paths_of_router(&format!("{:?}", app.router));
    let routed: BTreeSet<&str> = routed.iter().map(String::as_str).collect();
    assert!(routed.len() > 60, "the router tells its paths: {}", routed.len());
    assert_eq!(routed.difference(&table).collect::<Vec<_>>(), Vec::<&&str>::new(), "routes that are not in the table");
    assert_eq!(table.difference(&routed).collect::<Vec<_>>(), Vec::<&&str>::new(), "lines of the table without a route");
}

/// Every path the router was given, as its debug output has them: the only place that knows them all.
fn paths_of_router(debug: &str) -> BTreeSet<String> {
    // axum keeps its fallback under names of its own.
    debug.split('"').filter(|text| text.starts_with('/') && !text.contains("__private__axum")).map(str::to_owned).collect()
}

#[tokio::test]
async fn server_functions_change_nothing_by_get() {
    let gets: Vec<_> = server_fn::axum::server_fn_paths().filter(|(_, method)| *method != Method::POST).map(|(path, _)| path).collect();
    assert!(gets.is_empty(), "{gets:?}");
    let strange: Vec<_> = server_fn::axum::server_fn_paths().filter(|(path, _)| !path.starts_with("/fn/")).map(|(path, _)| path).collect();
    assert!(strange.is_empty(), "{strange:?}");
}
