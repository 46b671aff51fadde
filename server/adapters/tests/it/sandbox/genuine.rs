//! The vendors' own programs in the sandbox. `PURSER_TEST_TOOLS_DIR` names a tools folder as `purser tools install` fills it;
//! what is missing there is fetched from the npm registry, once. Without the variable, or the way there, nothing is tried.

use super::{bubblewrap, path, run_out, shell, skipped};
use adapters::HttpSettings;
use adapters::http::{Purpose, client};
use adapters::sandbox::Bubblewrap;
use adapters::tools::{Installed, NPM_REGISTRY, ToolInstaller};
use domain::cli::{CliCredential, LoginOutput, Tools};
use domain::provider::{Catalogue, CliSettings, CredentialFormat};
use services::ports::{BuildSandbox, HomeFile, Program, SandboxEnd, SandboxLimits, SandboxSpec};
use std::path::PathBuf;
use time::macros::datetime;

/// The program of a provider, and the catalogue's words about it.
async fn genuine(provider: &str) -> Option<(CliSettings, Program)> {
    let folder = PathBuf::from(std::env::var_os("PURSER_TEST_TOOLS_DIR")?);
    let cli = Catalogue::built_in().unwrap().get(&provider.parse().unwrap())?.cli.clone()?;
    let tools = Tools::pinned().unwrap();
    let tool = tools.get(&cli.program)?;
    let registry = std::env::var("npm_config_registry").unwrap_or_else(|_| NPM_REGISTRY.to_owned()).parse().unwrap();
    let installer = ToolInstaller::new(client(&HttpSettings::default(), Purpose::Inference).unwrap(), registry, folder.clone());
    match installer.install(&cli.program, tool, |_| {}).await {
        Ok(Installed::Now(file) | Installed::Before(file)) => {
            let folder = adapters::sandbox::lookup::tool_folder(&folder, &cli.program, &tool.version);
            Some((cli, Program { file, folder: Some(folder) }))
        }
        Err(error) => {
            skipped(&error.to_string());
            None
        }
    }
}

fn run(cli: &CliSettings, program: &Program, arguments: &[&str]) -> SandboxSpec {
    let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
    SandboxSpec { program: program.clone(), arguments, env: cli.env.clone(), limits: SandboxLimits::SIGN_IN, ..shell("") }
}

async fn tells_its_version(sandbox: &Bubblewrap, cli: &CliSettings, program: &Program) {
    let (text, end) = run_out(sandbox.start(run(cli, program, &["--version"])).await.unwrap()).await;
    let tools = Tools::pinned().unwrap();
    assert_eq!(end, SandboxEnd::Exited(0), "{text}");
    assert!(text.contains(&tools.get(&cli.program).unwrap().version), "{text}");
}

/// A sign-in that cannot reach its issuer ends with the program's own words, and not in our time limit.
#[tokio::test]
async fn grok_tells_its_version_and_why_it_cannot_sign_in() {
    let (Some(sandbox), Some((cli, program))) = (bubblewrap().await, genuine("xai").await) else { return };
    tells_its_version(&sandbox, &cli, &program).await;
    let login: Vec<&str> = cli.login.iter().map(String::as_str).collect();
    let mut spec = run(&cli, &program, &login);
    spec.env.insert("HTTPS_PROXY".into(), "http://127.0.0.1:1".into());
    let (text, end) = run_out(sandbox.start(spec).await.unwrap()).await;
    let mut output = LoginOutput::default();
    output.push(text.as_bytes());
    output.end_line();
    assert_eq!(end, SandboxEnd::Exited(1), "{text}");
    assert!(output.last_words().starts_with("Error"), "{text}");
}

/// What is lent is a sign-in to codex, although nothing in it could be refreshed or proved.
#[tokio::test]
async fn codex_tells_its_version_and_takes_what_is_lent_for_a_sign_in() {
    let (Some(sandbox), Some((cli, program))) = (bubblewrap().await, genuine("codex").await) else { return };
    tells_its_version(&sandbox, &cli, &program).await;
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
    let mut spec = run(&cli, &program, &["login", "status"]);
    let lent = credential.lent(CredentialFormat::Codex, datetime!(2026-11-23 12:00 UTC));
    spec.files.push(HomeFile { path: path(cli.credential_file.as_deref().unwrap()), contents: lent });
    let (text, end) = run_out(sandbox.start(spec).await.unwrap()).await;
    assert!(text.contains("Logged in using ChatGPT") && end == SandboxEnd::Exited(0), "{text}");
}
