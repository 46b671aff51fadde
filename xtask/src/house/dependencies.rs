//! The dependency table of ARCHITECTURE.md, as data, and its check with `cargo tree`.

use super::Finding;
use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// What one crate may stand on.
struct Room {
    package: &'static str,
    /// Where its manifest is, for the finding.
    folder: &'static str,
    /// More arguments for `cargo tree`.
    with: &'static [&'static str],
    /// Crates of ours it may name.
    rooms: &'static [&'static str],
    /// Crates of others it may name; `None` means any that `never` does not forbid.
    outside: Option<&'static [&'static str]>,
    /// Crates that may not be anywhere below it. A star at the end stands for any ending.
    never: &'static [&'static str],
}

impl Room {
    /// How it is built, where that matters.
    fn how(&self) -> String {
        if self.with.is_empty() { String::new() } else { format!(" with {}", self.with.join(" ")) }
    }
}

const OURS: [&str; 12] =
    ["adapters", "app", "domain", "frontend", "migrations", "server", "services", "storage", "testkit", "vault", "vocab", "xtask"];

const TABLE: [Room; 12] = [
    Room { package: "vocab", folder: "app/vocab", with: &[], rooms: &[], outside: Some(&["serde", "uuid"]), never: &[] },
    Room {
        package: "domain",
        folder: "server/domain",
        with: &[],
        rooms: &["vocab"],
        outside: Some(&[
            "base64",
            "fast_qr",
            "hex",
            "ipnet",
            "jiff",
            "rand_core",
            "rust_decimal",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "time",
            "toml",
            "unicode-normalization",
            "url",
            "uuid",
        ]),
        never: &["tokio", "reqwest", "hyper", "axum*", "leptos*", "sea-orm*", "sqlx*"],
    },
    Room {
        package: "vault",
        folder: "server/vault",
        with: &[],
        rooms: &["vocab"],
        outside: Some(&["aes-gcm", "base64", "secrecy", "thiserror", "zeroize"]),
        never: &["tokio", "futures*", "reqwest", "hyper", "axum*", "leptos*", "sea-orm*", "sqlx*"],
    },
    Room {
        package: "services",
        folder: "server/services",
        with: &[],
        rooms: &["domain", "vault", "vocab"],
        outside: Some(&[
            "argon2",
            "async-trait",
            "base64",
            "bytes",
            "futures",
            "hex",
            "metrics",
            "moka",
            "rust_decimal",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "time",
            "tokio",
            "tokio-util",
            "tracing",
            "url",
            "uuid",
        ]),
        never: &["axum*", "leptos*", "sea-orm*", "sqlx*", "reqwest", "hyper"],
    },
    Room {
        package: "adapters",
        folder: "server/adapters",
        with: &[],
        rooms: &["domain", "services", "vocab"],
        outside: None,
        never: &["axum*", "leptos*", "sea-orm*", "sqlx*"],
    },
    Room {
        package: "storage",
        folder: "server/storage",
        with: &[],
        rooms: &["domain", "migrations", "services", "vocab"],
        outside: None,
        never: &["axum*", "leptos*", "reqwest"],
    },
    Room {
        package: "migrations",
        folder: "migrations",
        with: &[],
        rooms: &[],
        outside: Some(&["async-trait", "sea-orm-migration"]),
        never: &["axum*", "leptos*", "reqwest"],
    },
    Room {
        package: "app",
        folder: "app",
        with: &["--features", "hydrate"],
        rooms: &["vocab"],
        outside: None,
        never: &["tokio", "axum*", "reqwest", "sea-orm*", "sqlx*"],
    },
    Room {
        package: "app",
        folder: "app",
        with: &["--features", "ssr"],
        rooms: &["domain", "services", "vocab"],
        outside: None,
        never: &["storage", "adapters", "sea-orm*", "sqlx*", "reqwest"],
    },
    Room {
        package: "frontend",
        folder: "frontend",
        with: &["--target", "wasm32-unknown-unknown"],
        rooms: &["app", "vocab"],
        // The entry point waits for the program of the page's own area, and an exported `async fn` is made of wasm-bindgen-futures.
        outside: Some(&["console_error_panic_hook", "leptos", "wasm-bindgen", "wasm-bindgen-futures"]),
        never: &["domain", "services", "vault", "tokio", "axum*", "hyper", "reqwest", "sea-orm*", "sqlx*"],
    },
    Room {
        package: "server",
        folder: "server",
        with: &[],
        rooms: &["adapters", "app", "domain", "migrations", "services", "storage", "vault", "vocab"],
        outside: None,
        never: &["testkit", "frontend", "openssl", "native-tls", "aws-lc-sys"],
    },
    Room {
        package: "testkit",
        folder: "server/testkit",
        with: &[],
        rooms: &["adapters", "app", "domain", "migrations", "server", "services", "storage", "vault", "vocab"],
        outside: None,
        never: &["frontend"],
    },
];

/// Checks every room of the table.
pub fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for room in &TABLE {
        findings.extend(judge(room, &cargo_tree(room)?));
    }
    Ok(findings)
}

fn cargo_tree(room: &Room) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut arguments = vec!["tree", "--locked", "--edges", "normal", "--prefix", "depth", "--format", " {p}", "--package", room.package];
    arguments.extend(room.with);
    let output = Command::new(cargo).args(&arguments).output().context("cannot start cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree of {}: {}", room.package, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Holds the lines of `cargo tree`, each `<depth> <name> v<version> …`, against the room's row.
fn judge(room: &Room, tree: &str) -> Vec<Finding> {
    let manifest = format!("{}/Cargo.toml", room.folder);
    let mut findings = Vec::new();
    for (depth, name) in tree.lines().filter_map(depth_and_name) {
        let direct = depth == "1";
        let what = if room.never.iter().any(|pattern| matches_pattern(pattern, name)) {
            format!("{} must not reach {name}{}: see the dependency table in ARCHITECTURE.md", room.package, room.how())
        } else if direct && OURS.contains(&name) && !room.rooms.contains(&name) {
            format!("{} must not use our crate {name}: arrows run downwards only", room.package)
        } else if direct && !OURS.contains(&name) && room.outside.is_some_and(|allowed| !allowed.contains(&name)) {
            format!("{} must not use {name}: not in its row of xtask/src/house/dependencies.rs", room.package)
        } else {
            continue;
        };
        let finding = Finding::new(&manifest, 0, what);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

fn depth_and_name(line: &str) -> Option<(&str, &str)> {
    let (depth, rest) = line.split_once(' ')?;
    Some((depth, rest.split(' ').next()?)).filter(|(depth, _)| *depth != "0")
}

fn matches_pattern(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        // `sea-orm*` is sea-orm and sea-orm-migration, `axum*` is not `axumish`.
        Some(stem) => name.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_'])),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> Room {
        Room {
            package: "vault",
            folder: "server/vault",
            with: &[],
            rooms: &["vocab"],
            outside: Some(&["aes-gcm"]),
            never: &["axum*", "tokio"],
        }
    }

    #[test]
    fn a_tree_within_the_row_is_fine() {
        let tree = "0 vault v0.1.0 (/x)\n1 aes-gcm v0.11.0\n2 cipher v0.5.2\n1 vocab v0.1.0 (/y)\n2 serde v1.0.0\n";
        assert!(judge(&room(), tree).is_empty());
    }

    #[test]
    fn says_which_arrow_is_wrong() {
        let tree = "0 vault v0.1.0\n1 domain v0.1.0 (/d)\n2 axum-core v0.5.0\n1 hex v0.4.0\n1 hex v0.4.0 (*)\n";
        let found: Vec<_> = judge(&room(), tree).iter().map(Finding::line).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("server/vault/Cargo.toml: vault must not use our crate domain"));
        assert!(found[1].contains("must not reach axum-core") && found[2].contains("must not use hex"));
    }

    #[test]
    fn a_star_ends_at_a_word() {
        assert!(matches_pattern("leptos*", "leptos") && matches_pattern("leptos*", "leptos_axum") && matches_pattern("sqlx*", "sqlx-core"));
        assert!(!matches_pattern("axum*", "axumish") && !matches_pattern("tokio", "tokio-util"));
    }
}
