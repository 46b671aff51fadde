//! A browser: keeps cookies, sends what browsers send.

use super::{Answer, PASSWORD, PEER, TestApp};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use vocab::SessionId;

/// A browser with its cookies.
pub struct Browser<'a> {
    app: &'a TestApp,
    cookies: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    peer: SocketAddr,
    /// The session it was given, when it was given one directly.
    pub session_id: Option<SessionId>,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        let headers = [("host", "localhost:3000"), ("user-agent", "Mozilla/5.0 tests"), ("sec-fetch-site", "same-origin")];
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { app, cookies: BTreeMap::new(), headers, peer: PEER.parse().unwrap(), session_id: None }
    }

    /// Comes from another address.
    pub fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    /// Sends a header with every request; an empty one is no longer sent.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if value.is_empty() {
            self.headers.remove(name)
        } else {
            self.headers.insert(name.to_owned(), value.to_owned())
        };
        self
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The session cookie's value.
    pub fn session(&self) -> Option<&str> {
        self.cookies.iter().find(|(name, _)| name.ends_with("purser_session")).map(|(_, value)| value.as_str())
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "text/html", None).await
    }

    /// Calls a server function as the page's program does.
    pub async fn call(&mut self, name: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, &format!("/fn/{name}"), "application/json", Some(("application/x-www-form-urlencoded", form(fields)))).await
    }

    /// Sends a form without JavaScript.
    pub async fn submit(&mut self, name: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(
            Method::POST,
            &format!("/fn/{name}"),
            "text/html,application/xhtml+xml",
            Some(("application/x-www-form-urlencoded", form(fields))),
        )
        .await
    }

    /// Calls the machine API.
    pub async fn api(&mut self, method: Method, path: &str, body: Option<&serde_json::Value>) -> Answer {
        self.send(method, path, "application/json", body.map(|body| ("application/json", body.to_string()))).await
    }

    /// Signs in as somebody [`TestApp::person`] added.
    pub async fn sign_in(&mut self, name: &str) -> Answer {
        self.call("sign_in", &[("email", &format!("{name}@example.com")), ("password", PASSWORD)]).await
    }

    /// Sends anything.
    pub async fn send(&mut self, method: Method, path: &str, accept: &str, body: Option<(&str, String)>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let body = match body {
            Some((kind, text)) => {
                request = request.header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, text.len());
                Body::from(text)
            }
            None => Body::empty(),
        };
        let answer = self.app.send(request.extension(ConnectInfo(self.peer)).body(body).unwrap()).await;
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
