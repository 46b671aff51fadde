//! The tool installer against a registry of our own.

use adapters::http::{Purpose, client};
use adapters::tools::{InstallError, Installed, Progress, ToolInstaller};
use adapters::{HttpSettings, sandbox::lookup};
use base64::Engine;
use domain::cli::{Tool, ToolFile, ToolPackage};
use sha2::{Digest, Sha512};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// An npm archive: a program, a program packed with brotli, a text, a climbing name, a link and a device.
fn archive() -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut put = |name: &str, mode: u32, kind: tar::EntryType, contents: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(contents.len() as u64);
        if kind == tar::EntryType::Symlink {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        tar.append(&header, contents).unwrap();
    };
    put("package/bin/tool", 0o755, tar::EntryType::Regular, b"#!/bin/sh\necho hello\n");
    // "hello\n" as a brotli stream (RFC 7932), made with Node's zlib.
    put("package/bin/packed.br", 0o644, tar::EntryType::Regular, &[0x8b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', b'\n', 0x03]);
    put("package/README.md", 0o644, tar::EntryType::Regular, b"read me");
    put("../../climbed", 0o755, tar::EntryType::Regular, b"x");
    put("package/link", 0o777, tar::EntryType::Symlink, b"");
    put("package/device", 0o644, tar::EntryType::Block, b"");
    tar.into_inner().unwrap().finish().unwrap()
}

fn tool(archive: &[u8], files: &[(&str, &str, bool)]) -> Tool {
    let integrity = format!("sha512-{}", base64::engine::general_purpose::STANDARD.encode(Sha512::digest(archive)));
    let files = files.iter().map(|(from, to, brotli)| ToolFile { from: (*from).into(), to: (*to).into(), brotli: *brotli }).collect();
    let package = ToolPackage { archive: "@own/tool/-/tool-1.2.3.tgz".into(), integrity, files };
    let machine = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    Tool { version: "1.2.3".into(), entry: "bin/tool".into(), packages: BTreeMap::from([(machine, package)]) }
}

const FILES: [(&str, &str, bool); 3] =
    [("package/bin/tool", "bin/tool", false), ("package/bin/packed.br", "bin/packed", true), ("package/README.md", "README.md", false)];

async fn registry(answer: ResponseTemplate, times: u64) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path("/@own/tool/-/tool-1.2.3.tgz")).respond_with(answer).expect(times).mount(&server).await;
    server
}

fn installer(server: &MockServer, folder: &Path) -> ToolInstaller {
    let client = client(&HttpSettings::default(), Purpose::Inference).unwrap();
    ToolInstaller::new(client, server.uri().parse().unwrap(), folder.to_owned())
}

fn left(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.join("tool")) else { return Vec::new() };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn installs_once_whole_and_executable() {
    let archive = archive();
    let tool = tool(&archive, &FILES);
    let server = registry(ResponseTemplate::new(200).set_body_bytes(archive), 1).await;
    let folder = tempfile::tempdir().unwrap();
    let fetcher = installer(&server, folder.path());
    let seen = std::sync::Mutex::new(Vec::new());
    let installed = fetcher.install("tool", &tool, |progress| seen.lock().unwrap().push(progress)).await.unwrap();
    let own = lookup::tool_folder(folder.path(), "tool", "1.2.3");
    assert_eq!(installed, Installed::Now(own.join("bin/tool")));
    assert_eq!(seen.lock().unwrap().last(), Some(&Progress::Unpacking));
    assert_eq!(std::fs::read_to_string(own.join("bin/packed")).unwrap(), "hello\n");
    let mode = |name: &str| std::fs::metadata(own.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("bin/tool"), mode("bin/packed"), mode("README.md")), (0o755, 0o755, 0o644));
    assert_eq!(left(folder.path()), ["1.2.3"], "nothing is left beside it");
    let again = fetcher.install("tool", &tool, |_| {}).await.unwrap();
    assert_eq!(again, Installed::Before(own.join("bin/tool")));
}

#[tokio::test]
async fn another_archive_a_refusal_and_a_missing_file_install_nothing() {
    let archive = archive();
    let mut other = archive.clone();
    *other.last_mut().unwrap() ^= 1;
    for (answer, files, expected) in [
        (ResponseTemplate::new(200).set_body_bytes(other), FILES.to_vec(), "not the genuine one"),
        (ResponseTemplate::new(200).set_body_bytes(b"<html>"), FILES.to_vec(), "not the genuine one"),
        (ResponseTemplate::new(404), FILES.to_vec(), "answered with status 404"),
        (ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example/x.tgz"), FILES.to_vec(), "status 302"),
        (
            ResponseTemplate::new(200).set_body_bytes(archive.clone()),
            vec![("package/nothing", "bin/tool", false)],
            "has no package/nothing",
        ),
        (ResponseTemplate::new(200).set_body_bytes(archive.clone()), vec![("package/link", "bin/tool", false)], "has no package/link"),
    ] {
        let server = registry(answer, 1).await;
        let folder = tempfile::tempdir().unwrap();
        let error = installer(&server, folder.path()).install("tool", &tool(&archive, &files), |_| {}).await.expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(left(folder.path()), Vec::<String>::new(), "{expected}");
    }
}

#[tokio::test]
async fn a_machine_without_a_package_is_told_so() {
    let server = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let tool = Tool { packages: BTreeMap::new(), ..tool(b"", &[]) };
    let error = installer(&server, folder.path()).install("tool", &tool, |_| {}).await.expect_err("none");
    assert!(matches!(error, InstallError::NoPackage) && error.to_string().contains("cli.program"), "{error}");
}

#[tokio::test]
async fn a_broken_installation_is_replaced() {
    let archive = archive();
    let server = registry(ResponseTemplate::new(200).set_body_bytes(archive.clone()), 1).await;
    let folder = tempfile::tempdir().unwrap();
    let own = lookup::tool_folder(folder.path(), "tool", "1.2.3");
    std::fs::create_dir_all(own.join("bin")).unwrap();
    let installed = installer(&server, folder.path()).install("tool", &tool(&archive, &FILES), |_| {}).await.unwrap();
    assert_eq!(installed, Installed::Now(own.join("bin/tool")));
}
