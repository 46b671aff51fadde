//! The text files of the workspace, as git sees them.

use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// Formats the rules read.
const EXTENSIONS: [&str; 9] = ["rs", "css", "js", "mjs", "ts", "sh", "toml", "sql", "html"];

/// One file, with `/` in its path, relative to the root of the workspace.
#[derive(Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn is_rust(&self) -> bool {
        self.extension() == Some("rs")
    }

    fn extension(&self) -> Option<&str> {
        std::path::Path::new(&self.path).extension()?.to_str()
    }

    /// Test code may do what product code may not.
    pub fn is_test(&self) -> bool {
        ["/tests/", "/benches/", "server/testkit/"].iter().any(|part| self.path.contains(part))
            || ["/tests.rs", "_tests.rs"].iter().any(|end| self.path.ends_with(end))
    }

    /// The lines up to the first `#[cfg(test)]` at the margin, numbered from 1.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Those of them that are not comments.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.product_lines().filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Every file that git tracks or would track, so nothing generated and nothing installed.
pub fn read_all() -> Result<Vec<Source>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .output()
        .context("cannot start git, which lists the files to check")?;
    if !output.status.success() {
        bail!("git cannot list the files: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let listed = String::from_utf8(output.stdout)?;
    let wanted = listed.split('\0').filter(|path| path.rsplit_once('.').is_some_and(|(_, end)| EXTENSIONS.contains(&end)));
    // A file that is deleted but still in the index has nothing to check.
    Ok(wanted.filter_map(|path| Some(Source { path: path.to_owned(), text: std::fs::read_to_string(path).ok()? })).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_lines_end_where_the_tests_begin() {
        let source = Source { path: "a.rs".to_owned(), text: "one\n// two\n#[cfg(test)]\nmod tests {}\n".to_owned() };
        assert_eq!(source.product_lines().collect::<Vec<_>>(), [(1, "one"), (2, "// two")]);
        assert_eq!(source.code_lines().collect::<Vec<_>>(), [(1, "one")]);
    }

    #[test]
    fn knows_test_code_by_its_place() {
        let is_test = |path: &str| Source { path: path.to_owned(), text: String::new() }.is_test();
        assert!(is_test("server/tests/story.rs") && is_test("server/testkit/src/lib.rs") && is_test("server/src/api/tests.rs"));
        assert!(!is_test("server/src/main.rs"));
    }
}
