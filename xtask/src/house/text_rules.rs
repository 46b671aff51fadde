//! Rules that look at one line at a time.

use super::Finding;
use super::source::Source;

/// Lines of a Rust file before its tests.
const MAX_LINES: usize = 300;
/// Uses of the `ssr` gate in `app/src`.
const MAX_GATES: usize = 10;
/// Written in two parts so that this file does not break its own rule.
const LEFT_OPEN: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimplemen", "ted!(")];
/// Statements, as they stand in a text that is sent to a database.
const SQL: [(&str, &str); 7] = [
    ("SELECT ", " FROM "),
    ("INSERT INTO ", ""),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("CREATE TABLE ", ""),
    ("ALTER TABLE ", ""),
    ("PRAGMA ", ""),
];

/// All findings of the per-line rules in one file.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = left_open(source);
    if source.is_rust() {
        findings.extend(too_long(source));
        findings.extend(silenced(source));
        findings.extend(sql(source));
        findings.extend(inline_style(source));
    }
    findings
}

/// The limit on `cfg(feature = "ssr")`, which holds for `app/src` as a whole.
pub fn check_gates(sources: &[Source]) -> Option<Finding> {
    let of_app = sources.iter().filter(|source| source.is_rust() && source.path.starts_with("app/src/"));
    let gates: Vec<_> = of_app.flat_map(|source| lines_with(source, "feature = \"ssr\"")).collect();
    let over = gates.get(MAX_GATES)?;
    let what = format!("feature = \"ssr\" stands {} times in app/src, {MAX_GATES} is the limit: gate a module, not its items", gates.len());
    Some(Finding::new(&over.0, over.1, what))
}

fn lines_with<'a>(source: &'a Source, text: &'a str) -> impl Iterator<Item = (String, usize)> + 'a {
    source.text.lines().enumerate().filter(move |(_, line)| line.contains(text)).map(|(index, _)| (source.path.clone(), index + 1))
}

fn too_long(source: &Source) -> Option<Finding> {
    if source.path.contains("/tests/") {
        return None;
    }
    let lines = source.product_lines().count();
    let what = format!("{lines} lines before its tests, {MAX_LINES} is the limit: split it by concept");
    (lines > MAX_LINES).then(|| Finding::new(&source.path, 0, what))
}

fn left_open(source: &Source) -> Vec<Finding> {
    let open = |line: &str| LEFT_OPEN.iter().find(|word| contains_word(line, word)).copied();
    let lines = source.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| open(line).map(|word| (index + 1, word)))
        .map(|(line, word)| Finding::new(&source.path, line, format!("{word} left in: finish it, or take it out")))
        .collect()
}

/// `word` in `line`, not as a part of a longer one (`mktemp …XXXX`, `to_do!` and the like).
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        !part(before) && (word.ends_with('(') || !part(after))
    })
}

fn silenced(source: &Source) -> Vec<Finding> {
    let attributes = [concat!("#[al", "low("), concat!("#![al", "low(")];
    source
        .code_lines()
        .filter(|(_, line)| attributes.iter().any(|attribute| line.contains(attribute)))
        .map(|(line, _)| Finding::new(&source.path, line, "allow attribute: use #[expect(…, reason = \"…\")], which goes stale loudly"))
        .collect()
}

/// SQL lives in `storage` and `migrations`; tests and tools may look into a database.
fn sql(source: &Source) -> Vec<Finding> {
    let home = ["server/storage/", "migrations/", "xtask/"].iter().any(|folder| source.path.starts_with(folder));
    if home || source.is_test() {
        return Vec::new();
    }
    let is_sql = |line: &str| {
        SQL.iter().any(|(first, then)| {
            let start = line.match_indices(first).find(|(at, _)| line[..*at].ends_with(['"', ' ', '(']) || *at == 0);
            line.contains('"') && start.is_some_and(|(at, _)| line[at + first.len() - 1..].contains(then))
        })
    };
    source
        .code_lines()
        .filter(|(_, line)| is_sql(line))
        .map(|(line, _)| {
            Finding::new(&source.path, line, "SQL outside storage and migrations: add a method to a port, write it in storage")
        })
        .collect()
}

/// The content security policy forbids style attributes; Leptos's `style:` renders one on the server.
fn inline_style(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("app/src/") {
        return Vec::new();
    }
    let is_style =
        |line: &str| [" style=", " style:"].iter().any(|attribute| line.contains(attribute)) || line.trim_start().starts_with("style=");
    source
        .code_lines()
        .filter(|(_, line)| is_style(line))
        .map(|(line, _)| Finding::new(&source.path, line, "style attribute, which the content security policy blocks: use a class"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn counts_lines_before_the_tests_only() {
        let long = "x\n".repeat(300);
        assert!(check(&source("a.rs", &format!("{long}#[cfg(test)]\n{long}"))).is_empty());
        assert_eq!(check(&source("a.rs", &format!("{long}x\n"))).len(), 1);
        assert!(check(&source("a.css", &format!("{long}x\n"))).is_empty());
    }

    #[test]
    fn finds_what_was_left_open() {
        let text = format!("let x = {}); \n// {} later\nlet todos = 1;\n", LEFT_OPEN[2], LEFT_OPEN[0]);
        assert_eq!(lines(&check(&source("a.rs", &text))), [1, 2]);
    }

    #[test]
    fn finds_silenced_lints() {
        let text = format!("{}dead_code)]\n// {}x)] in words\n", concat!("#[al", "low("), concat!("#[al", "low("));
        assert_eq!(lines(&check(&source("a.rs", &text))), [1]);
    }

    #[test]
    fn sql_has_its_rooms() {
        let text = "let q = \"SELECT id FROM users\";\nlet t = \"Select a row FROM the list\";\nlet h = \"UPDATE the page\";\nlet p = \"DELETE FROM t\";\n";
        assert_eq!(lines(&check(&source("server/src/a.rs", text))), [1, 4]);
        assert!(check(&source("server/storage/src/a.rs", text)).is_empty());
        assert!(check(&source("server/tests/a.rs", text)).is_empty());
    }

    #[test]
    fn styles_are_classes() {
        let text = "<div style=\"x\"/>\n<div style:width=\"1px\"/>\n<div class=\"style\"/>\nlet style = 1;\n";
        assert_eq!(lines(&check(&source("app/src/a.rs", text))), [1, 2]);
        assert!(check(&source("server/src/a.rs", text)).is_empty());
    }

    #[test]
    fn gates_are_counted_over_all_of_app() {
        let gate = "#[cfg(feature = \"ssr\")]\n";
        let sources = |first: usize| [source("app/src/a.rs", &gate.repeat(first)), source("app/src/b.rs", &gate.repeat(4))];
        assert_eq!(check_gates(&sources(6)), None);
        let finding = check_gates(&sources(7)).unwrap();
        assert_eq!((finding.path.as_str(), finding.line), ("app/src/b.rs", 4));
    }
}
