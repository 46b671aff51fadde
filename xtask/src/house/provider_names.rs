//! Providers are data: only the catalogue knows their names and addresses. Code that decides by name is what a new
//! table in the catalogue could not do.

use super::Finding;
use super::source::Source;
use std::collections::BTreeSet;

const CATALOGUE: &str = "server/domain/src/provider/catalogue.toml";
/// Rooms that must treat all providers alike.
const ROOMS: [&str; 3] = ["server/services/src/", "server/adapters/src/", "server/src/"];

/// Finds provider ids that code is compared with, and provider hosts in code.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(catalogue) = sources.iter().find(|source| source.path == CATALOGUE) else {
        return vec![Finding::new(CATALOGUE, 0, "the catalogue is missing: provider names cannot be checked")];
    };
    let (ids, hosts) = (ids(&catalogue.text), hosts(&catalogue.text));
    let of_rooms =
        sources.iter().filter(|source| source.is_rust() && !source.is_test() && ROOMS.iter().any(|room| source.path.starts_with(room)));
    of_rooms.flat_map(|source| check_one(source, &ids, &hosts)).collect()
}

fn check_one(source: &Source, ids: &BTreeSet<String>, hosts: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in source.code_lines() {
        if let Some(id) = ids.iter().find(|id| decides_by(text, id)) {
            findings.push(Finding::new(
                &source.path,
                line,
                format!("decides by the provider name {id:?}: add a field to the catalogue instead"),
            ));
        }
        if let Some(host) = hosts.iter().find(|host| text.contains(host.as_str())) {
            findings.push(Finding::new(&source.path, line, format!("provider address {host}: addresses belong to {CATALOGUE}")));
        }
    }
    findings
}

/// A comparison with the quoted id, or a match arm of it.
fn decides_by(line: &str, id: &str) -> bool {
    let quoted = format!("\"{id}\"");
    line.contains(&quoted) && ["==", "!=", "matches!(", "=>", "if "].iter().any(|sign| line.contains(sign))
}

/// The tables directly below `[providers]`.
fn ids(catalogue: &str) -> BTreeSet<String> {
    let tables = catalogue.lines().filter_map(|line| line.trim().strip_prefix("[providers.")?.strip_suffix(']'));
    tables.filter_map(|rest| rest.split('.').next()).map(|id| id.trim_matches('"').to_owned()).collect()
}

/// Hosts of every https address in the catalogue.
fn hosts(catalogue: &str) -> BTreeSet<String> {
    let after = catalogue.split("https://").skip(1);
    let host =
        |rest: &str| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).next().unwrap_or_default().to_owned();
    after.map(host).filter(|host| host.contains('.')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(code: &str) -> [Source; 2] {
        let catalogue =
            "[providers.openai]\nbase_url = \"https://api.openai.com/v1\"\n[providers.openai.api_key]\n[providers.azure-openai]\n";
        [
            Source { path: CATALOGUE.to_owned(), text: catalogue.to_owned() },
            Source { path: "server/adapters/src/a.rs".to_owned(), text: code.to_owned() },
        ]
    }

    #[test]
    fn reads_names_and_hosts_from_the_catalogue() {
        let text = &sources("")[0].text;
        assert_eq!(ids(text).into_iter().collect::<Vec<_>>(), ["azure-openai", "openai"]);
        assert_eq!(hosts(text).into_iter().collect::<Vec<_>>(), ["api.openai.com"]);
    }

    #[test]
    fn finds_decisions_by_name_but_not_mentions() {
        let code = "if id == \"openai\" {\n\"azure-openai\" => 1,\nlet owner = \"openai\";\n// if \"openai\"\n\"https://api.openai.com/v1\"\n#[cfg(test)]\nif id == \"openai\" {\n";
        assert_eq!(check(&sources(code)).iter().map(|finding| finding.line).collect::<Vec<_>>(), [1, 2, 5]);
    }

    #[test]
    fn a_missing_catalogue_is_a_finding() {
        assert_eq!(check(&[]).len(), 1);
    }
}
