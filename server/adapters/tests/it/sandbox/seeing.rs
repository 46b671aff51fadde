//! What a build sees: itself.

use super::{bubblewrap, done, run_out, shell};
use adapters::sandbox::{Bubblewrap, lookup};
use services::ports::{BuildSandbox, Program, SandboxEnd, SandboxError};
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn nothing_of_purser_s_data_key_environment_or_processes() {
    let Some(_) = bubblewrap().await else { return };
    let data = tempfile::tempdir_in("/var/tmp").unwrap();
    let key = data.path().join("master.key");
    std::fs::write(&key, "k1:key-secret").unwrap();
    let sandbox = Bubblewrap::new(lookup::on_path("bwrap").unwrap(), vec![data.path().to_owned()], Vec::new()).unwrap();
    let mine = std::process::id();
    let script = format!(
        "cat {key} {data}/* 2>&1; ls -la / /home /root /var /tmp /etc 2>&1; env; cat /proc/[0-9]*/environ | tr '\\0' '\\n'; \
         cat /proc/[0-9]*/cmdline | tr '\\0' ' '; ls -d /proc/[0-9]*; ls /proc/{mine}/root/ 2>&1; kill -9 {mine} 2>&1; cat /etc/passwd",
        key = key.display(),
        data = data.path().display(),
    );
    let (text, end) = done(&sandbox, &script).await;
    assert!(matches!(end, SandboxEnd::Exited(_)), "{end:?}");
    assert!(!text.contains("key-secret"), "{text}");
    for (name, value) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO") || name.starts_with("NEXTEST")) {
        assert!(!text.contains(&format!("{name}={value}")), "{name} is seen");
    }
    assert!(!text.lines().any(|line| line == format!("/proc/{mine}")), "our own process is seen");
    assert!(text.contains("/proc/1") && text.lines().filter(|line| line.starts_with("/proc/")).count() < 10, "{text}");
    assert!(!text.contains("root:x:0"), "only its own user");
    assert!(text.contains("build:x:1000"));
}

#[tokio::test]
async fn the_environment_is_the_list_and_home_is_its_own() {
    let Some(sandbox) = bubblewrap().await else { return };
    let mut spec = shell(
        "env | cut -d= -f1 | sort | tr '\\n' ' '; echo; pwd; stat -c '%a %u' $HOME; ls -A $HOME; \
         id -u; touch / 2>&1; touch /usr/x 2>&1; cat",
    );
    spec.env.insert("PROXY_OF_THE_CATALOGUE".into(), "http://user:password@proxy".into());
    spec.stdin = Some("prompt on stdin".into());
    let (text, end) = run_out(sandbox.start(spec).await.unwrap()).await;
    let mut lines = text.lines();
    assert_eq!(lines.next().map(str::trim), Some("HOME LANG LOGNAME PATH PROXY_OF_THE_CATALOGUE PWD TERM TMPDIR USER"), "{text}");
    assert_eq!(lines.next(), Some("/home/build"));
    assert_eq!(lines.next(), Some("700 1000"));
    assert_eq!(lines.next(), Some("1000"), "an empty home");
    assert_eq!(text.matches("Read-only file system").count(), 2, "{text}");
    assert!(text.ends_with("prompt on stdin"));
    assert_eq!(end, SandboxEnd::Exited(0));
}

#[tokio::test]
async fn the_network_and_certificates_are_there() {
    let Some(sandbox) = bubblewrap().await else { return };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = tokio::spawn(async move { listener.accept().await.is_ok() });
    let bash = shell("");
    let spec = services::ports::SandboxSpec {
        program: Program { file: "/bin/bash".into(), folder: None },
        arguments: vec![
            "-c".into(),
            format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached; ls /etc/ssl/certs >/dev/null && echo certs"),
        ],
        ..bash
    };
    let (text, _) = run_out(sandbox.start(spec).await.unwrap()).await;
    assert!(text.contains("reached") && text.contains("certs"), "{text}");
    assert!(accepted.await.unwrap());
}

#[tokio::test]
async fn neither_secrets_nor_environment_stand_in_any_process_s_arguments() {
    let Some(sandbox) = bubblewrap().await else { return };
    let mut spec = shell("cat $HOME/.grok/auth.json; read line");
    spec.env.insert("HTTPS_PROXY".into(), "http://user:env-secret@proxy".into());
    spec.stdin = Some("stdin-secret".into());
    spec.files.push(services::ports::HomeFile { path: super::path(".grok/auth.json"), contents: "file-secret-1".into() });
    spec.arguments[1].push_str("; sleep 2");
    let run = sandbox.start(spec).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let arguments = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let arguments = String::from_utf8_lossy(&arguments);
        assert!(!["env-secret", "stdin-secret", "file-secret-1"].iter().any(|secret| arguments.contains(secret)), "{arguments}");
    }
    let (text, _) = run_out(run).await;
    assert!(text.contains("file-secret-1"), "the program itself reads it");
}

#[tokio::test]
async fn a_program_of_its_own_folder_and_one_alone() {
    let Some(sandbox) = bubblewrap().await else { return };
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let file = folder.path().join("version/bin/tool");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "#!/bin/sh\necho from $0; ls $(dirname $0)/..; command -v tool\n").unwrap();
    std::fs::write(folder.path().join("version/beside"), "x").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let spec =
        |folder| services::ports::SandboxSpec { program: Program { file: file.clone(), folder }, arguments: Vec::new(), ..shell("") };
    let (whole, _) = run_out(sandbox.start(spec(Some(folder.path().join("version")))).await.unwrap()).await;
    assert!(whole.contains("from /opt/tool/bin/tool") && whole.contains("beside") && whole.ends_with("/opt/tool/bin/tool\n"), "{whole}");
    let (alone, _) = run_out(sandbox.start(spec(None)).await.unwrap()).await;
    assert!(alone.contains("from /opt/tool/tool") && !alone.contains("beside"), "{alone}");
}

#[tokio::test]
async fn a_workspace_is_shared_and_purser_s_own_folders_are_refused() {
    let Some(_) = bubblewrap().await else { return };
    let data = tempfile::tempdir_in("/var/tmp").unwrap();
    let workspace = tempfile::tempdir_in("/var/tmp").unwrap();
    std::fs::write(workspace.path().join("in"), "given").unwrap();
    let (builds, other) = (data.path().join("builds"), data.path().join("other"));
    for folder in [builds.join("one"), other.clone()] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let hidden = vec![data.path().to_owned()];
    let sandbox = Bubblewrap::new(lookup::on_path("bwrap").unwrap(), hidden, vec![builds.clone()]).unwrap();
    let mut spec = shell("pwd; cat in; echo made > out");
    spec.workspace = Some(workspace.path().to_owned());
    let (text, end) = run_out(sandbox.start(spec).await.unwrap()).await;
    assert_eq!((text.as_str(), end), ("/workspace\ngiven", SandboxEnd::Exited(0)));
    assert_eq!(std::fs::read_to_string(workspace.path().join("out")).unwrap(), "made\n");
    let mut spec = shell("echo made > out");
    spec.workspace = Some(builds.join("one"));
    assert_eq!(run_out(sandbox.start(spec).await.unwrap()).await.1, SandboxEnd::Exited(0), "a build's own part of it");
    // All of Purser's, what holds it, and what is in it; and a link that was not there when the workspace was checked.
    let link = workspace.path().join("link");
    std::os::unix::fs::symlink("/srv", &link).unwrap();
    let mut spec = shell("true");
    spec.workspace = Some(link);
    assert!(matches!(sandbox.start(spec).await.err(), Some(SandboxError::Place(words)) if words.contains("somewhere else")));
    for refused in [data.path(), &builds, &other, std::path::Path::new("/var/tmp"), std::path::Path::new("/")] {
        let mut spec = shell("true");
        spec.workspace = Some(refused.to_owned());
        assert!(matches!(sandbox.start(spec).await.err(), Some(SandboxError::Place(_))), "{}", refused.display());
        let mut spec = shell("true");
        spec.readable.push(refused.to_owned());
        assert!(matches!(sandbox.start(spec).await.err(), Some(SandboxError::Place(_))), "{}", refused.display());
    }
}

#[tokio::test]
async fn below_usr_too_the_data_folder_is_hidden_and_the_tools_in_it_run() {
    let Some(_) = bubblewrap().await else { return };
    let Ok(data) = tempfile::tempdir_in("/usr/local") else { return super::skipped("/usr/local cannot be written to") };
    let tools = data.path().join("tools");
    let tool = tools.join("grok/tool");
    std::fs::create_dir_all(tool.parent().unwrap()).unwrap();
    std::fs::write(&tool, "#!/bin/sh\necho it runs; touch $(dirname $0)/x $(dirname $0)/../../x 2>&1\n").unwrap();
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(data.path().join("purser.db"), "row-secret").unwrap();
    std::fs::create_dir(tools.join("codex")).unwrap();
    let sandbox = Bubblewrap::new(lookup::on_path("bwrap").unwrap(), vec![data.path().to_owned()], vec![tools.clone()]).unwrap();
    let mut spec =
        shell(&format!("{tool}; cat {data}/purser.db 2>&1; ls {data}/tools", tool = tool.display(), data = data.path().display()));
    spec.readable.push(tool.parent().unwrap().to_owned());
    spec.readable.push("/usr/bin/env".into());
    let (text, _) = run_out(sandbox.start(spec).await.unwrap()).await;
    assert!(text.starts_with("it runs\n") && text.ends_with("\ngrok\n"), "{text}");
    assert!(!text.contains("row-secret") && text.matches("Read-only file system").count() == 2, "{text}");
}

#[tokio::test]
async fn what_cannot_start_says_so() {
    let Some(sandbox) = bubblewrap().await else { return };
    let mut spec = shell("");
    spec.program.file = "/nowhere/grok".into();
    assert!(matches!(sandbox.start(spec).await.err(), Some(SandboxError::Program(name)) if name == "/nowhere/grok"));
    let mut spec = shell("");
    spec.sockets.push(("/nowhere/socket".into(), "/run/broker".into()));
    assert!(matches!(sandbox.start(spec).await.err(), Some(SandboxError::Broken(words)) if words.contains("/nowhere/socket")));
}
