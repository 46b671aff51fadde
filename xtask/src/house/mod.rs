//! The house rules that no compiler checks. Each finding is one line: `path:line: what, and what to do`.

mod dependencies;
mod migrations;
mod provider_names;
mod source;
mod text_rules;

use anyhow::Result;
use source::Source;
use std::process::ExitCode;

/// A rule broken at a place. Line 0 means the whole file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }

    fn line(&self) -> String {
        if self.line == 0 { format!("{}: {}", self.path, self.what) } else { format!("{}:{}: {}", self.path, self.line, self.what) }
    }
}

/// Checks the workspace in the current folder and prints what it finds.
pub fn run() -> Result<ExitCode> {
    let sources = source::read_all()?;
    let mut findings = findings_in(&sources);
    findings.extend(dependencies::check()?);
    findings.sort();
    for finding in &findings {
        crate::say(&finding.line());
    }
    if findings.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    crate::say(&format!("house: {} findings", findings.len()));
    Ok(ExitCode::FAILURE)
}

fn findings_in(sources: &[Source]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sources.iter().flat_map(text_rules::check).collect();
    findings.extend(text_rules::check_gates(sources));
    findings.extend(provider_names::check(sources));
    findings.extend(migrations::check(sources));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line() {
        assert_eq!(Finding::new("a/b.rs", 3, "no").line(), "a/b.rs:3: no");
        assert_eq!(Finding::new("a/b.rs", 0, "no").line(), "a/b.rs: no");
    }
}
