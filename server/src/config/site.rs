//! The browser's files: where they lie and how they are named. Set by the build scripts, with the names Leptos gives them.

use super::source::Source;
use leptos::prelude::LeptosOptions;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the browser's files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The folder that holds `pkg/` and the icons.
    pub root: PathBuf,
    /// The file with the hashes in the names, if there is one.
    pub hash_file: Option<PathBuf>,
}

impl Site {
    /// As the scripts say; else next to the program (`site/` and `site.hash`), else where a development build leaves them.
    pub fn read(source: &Source) -> Self {
        let given = |name| source.get(name).map(|given| PathBuf::from(given.text()));
        let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf)).unwrap_or_default();
        let root = given("LEPTOS_SITE_ROOT").unwrap_or_else(|| {
            let shipped = beside.join("site");
            if shipped.is_dir() { shipped } else { PathBuf::from("target/site") }
        });
        // Leptos stops the program when it is told of hashes and the file is not there; so it is told only when it is.
        let named = given("LEPTOS_HASH_FILE_NAME").map(|name| beside.join(name));
        let hash_file = named.into_iter().chain([beside.join("site.hash")]).find(|file| file.is_file());
        Self { root, hash_file }
    }

    /// In Leptos's own words.
    pub fn leptos_options(&self, addr: SocketAddr) -> LeptosOptions {
        let hash_file = self.hash_file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        LeptosOptions::builder()
            .output_name("purser")
            .site_root(self.root.display().to_string())
            .site_pkg_dir("pkg")
            .site_addr(addr)
            .hash_files(self.hash_file.is_some())
            .hash_file(Arc::from(hash_file))
            .build()
    }

    /// What of it is missing, in words.
    pub fn missing(&self) -> Option<String> {
        let pkg = self.root.join("pkg");
        (!pkg.is_dir()).then(|| {
            format!("the browser's files are not in {}: pages work without JavaScript only (make build makes them)", pkg.display())
        })
    }
}
