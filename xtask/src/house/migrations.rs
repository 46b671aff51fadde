//! A migration that is not listed never runs; one without a way back cannot be tried.

use super::Finding;
use super::source::Source;

const FOLDER: &str = "migrations/src/";

/// Finds migrations that are not listed in `lib.rs`, are listed out of order, or have no `down`.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(list) = sources.iter().find(|source| source.path == "migrations/src/lib.rs") else { return Vec::new() };
    let mut findings = Vec::new();
    for source in sources {
        let Some(name) = name(source) else { continue };
        if !list.text.contains(&format!("{name}::Migration")) {
            findings.push(Finding::new(&source.path, 0, "not listed in Migrator::migrations: it would never run"));
        }
        if !source.text.contains("fn down") {
            findings.push(Finding::new(&source.path, 0, "has no down: write the way back"));
        }
    }
    findings.extend(out_of_order(list));
    findings
}

fn name(source: &Source) -> Option<&str> {
    source.path.strip_prefix(FOLDER)?.strip_suffix(".rs").filter(|name| name.starts_with("m2") && !name.contains('/'))
}

fn out_of_order(list: &Source) -> Option<Finding> {
    let listed: Vec<_> = list.product_lines().filter(|(_, line)| line.contains("::Migration)")).collect();
    let wrong = listed.windows(2).find(|pair| pair[0].1.trim() >= pair[1].1.trim())?;
    Some(Finding::new(&list.path, wrong[1].0, "migrations run in the order of this list: keep it by date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_unlisted_one_way_and_disordered_migrations() {
        let source = |path: &str, text: &str| Source { path: format!("{FOLDER}{path}"), text: text.to_owned() };
        let list = "Box::new(m20260102_000001_b::Migration),\nBox::new(m20260101_000001_a::Migration),\n";
        let sources = [
            source("lib.rs", list),
            source("m20260101_000001_a.rs", "async fn up() {} async fn down() {}"),
            source("m20260102_000001_b.rs", "async fn up() {}"),
            source("m20260103_000001_c.rs", "async fn up() {} async fn down() {}"),
        ];
        let found: Vec<_> = check(&sources).iter().map(Finding::line).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("_b.rs: has no down") && found[1].contains("_c.rs: not listed") && found[2].contains("lib.rs:2:"));
    }
}
