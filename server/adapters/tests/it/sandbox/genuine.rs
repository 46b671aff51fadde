//! The vendors' own programs in the sandbox, where they are installed: `PURSER_TEST_TOOLS_DIR` names the tools folder that
//! `purser tools install` filled.

use super::{bubblewrap, path, run_out, shell};
use adapters::sandbox::lookup::{Found, find};
use domain::cli::{CliCredential, Tools};
use domain::provider::Catalogue;
use services::ports::{BuildSandbox, HomeFile, Program, SandboxEnd, SandboxLimits, SandboxSpec};
use std::path::PathBuf;
use time::macros::datetime;

/// A program with the limits of a sign-in and the environment of the catalogue.
fn genuine(provider: &str, arguments: &[&str]) -> Option<SandboxSpec> {
    let folder = PathBuf::from(std::env::var_os("PURSER_TEST_TOOLS_DIR")?);
    let catalogue = Catalogue::built_in().unwrap();
    let cli = catalogue.get(&provider.parse().unwrap())?.cli.clone()?;
    let Some(Found::Tool(program)) = find(&cli.program, &folder, &Tools::pinned().unwrap()) else { return None };
    assert!(matches!(&program, Program { folder: Some(_), .. }));
    let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
    Some(SandboxSpec { program, arguments, env: cli.env, limits: SandboxLimits::SIGN_IN, ..shell("") })
}

#[tokio::test]
async fn both_programs_tell_their_version() {
    let Some(sandbox) = bubblewrap().await else { return };
    for provider in ["xai", "codex"] {
        let Some(spec) = genuine(provider, &["--version"]) else { continue };
        let (text, end) = run_out(sandbox.start(spec).await.unwrap()).await;
        let tools = Tools::pinned().unwrap();
        assert_eq!(end, SandboxEnd::Exited(0), "{text}");
        assert!(tools.iter().any(|(_, tool)| text.contains(&tool.version)), "{text}");
    }
}

/// Codex reads what is lent; it has no other way to say so without the network.
#[tokio::test]
async fn codex_takes_what_is_lent_for_a_sign_in() {
    let Some(sandbox) = bubblewrap().await else { return };
    let Some(mut spec) = genuine("codex", &["login", "status"]) else { return };
    let credential = CliCredential {
        access_token: "e30.e30.e30".into(),
        refresh_token: Some("rt-secret".into()),
        id_token: None,
        expires_at: None,
        account_id: Some("acc-1".into()),
        user_id: None,
        email: Some("a@b.example".into()),
        issuer: None,
        client_id: None,
    };
    let lent = credential.lent(domain::provider::CredentialFormat::Codex, datetime!(2026-11-23 12:00 UTC));
    spec.files.push(HomeFile { path: path(".codex/auth.json"), contents: lent });
    let (text, end) = run_out(sandbox.start(spec).await.unwrap()).await;
    assert!(text.contains("Logged in using ChatGPT") && end == SandboxEnd::Exited(0), "{text}");
}

/// A sign-in that cannot reach its issuer ends with the program's own words, and not in our time limit.
#[tokio::test]
async fn grok_s_sign_in_without_a_way_to_its_issuer_says_so() {
    let Some(sandbox) = bubblewrap().await else { return };
    let Some(mut spec) = genuine("xai", &["login", "--device-auth"]) else { return };
    spec.env.insert("HTTPS_PROXY".into(), "http://127.0.0.1:1".into());
    let (text, end) = run_out(sandbox.start(spec).await.unwrap()).await;
    let mut output = domain::cli::LoginOutput::default();
    output.push(text.as_bytes());
    output.end_line();
    assert_eq!(end, SandboxEnd::Exited(1), "{text}");
    assert!(output.last_words().starts_with("Error"), "{text}");
}
