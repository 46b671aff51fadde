//! The size table.

use super::output::{Kind, Made};

/// What the first page load transfers in files, in bytes: glue, snippets, program and style sheet, brotli.
pub fn first_load_br(made: &[Made]) -> u64 {
    made.iter().filter(|file| file.kind != Kind::Asset).map(|file| file.br).sum()
}

/// One line a file that counts, and their sum, in kB.
pub fn table(made: &[Made]) -> Vec<String> {
    let counted: Vec<_> = made.iter().filter(|file| file.kind != Kind::Asset).collect();
    let mut lines = vec![format!("  {:<42} {:>9} {:>9} {:>9}", "kB", "raw", "gzip", "br")];
    lines.extend(counted.iter().map(|file| line(&file.path, file.raw, file.gzip, file.br)));
    let sum = |size: fn(&Made) -> u64| counted.iter().map(|file| size(file)).sum();
    lines.push(line("in all", sum(|file| file.raw), sum(|file| file.gzip), sum(|file| file.br)));
    lines
}

fn line(name: &str, raw: u64, gzip: u64, br: u64) -> String {
    format!("  {name:<42} {:>9} {:>9} {:>9}", kilo(raw), kilo(gzip), kilo(br))
}

/// Bytes as kB with one decimal, rounded up: never under the truth.
fn kilo(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_the_first_load_transfers() {
        let file = |kind, br| Made { kind, path: "f".to_owned(), hash: String::new(), raw: 4 * br, gzip: 2 * br, br };
        let made = [file(Kind::Js, 1_000), file(Kind::Wasm, 20_001), file(Kind::Css, 300), file(Kind::Asset, 9_999)];
        assert_eq!(first_load_br(&made), 21_301);
        let table = table(&made);
        assert_eq!(table.len(), 5);
        assert!(table[4].ends_with("42.7      21.4"), "{}", table[4]);
    }
}
