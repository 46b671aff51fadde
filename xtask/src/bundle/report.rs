//! The size table.

use super::output::{Kind, Made};
use std::collections::{BTreeMap, BTreeSet};

/// Area → what the first load of its pages transfers in files, in bytes: glue, loader, snippets, programs and style sheet, brotli.
pub fn first_loads(made: &[Made]) -> BTreeMap<String, u64> {
    let areas: BTreeSet<&String> = made.iter().flat_map(|file| &file.areas).collect();
    let of = |area: &String| made.iter().filter(|file| is_loaded(file, Some(area))).map(|file| file.br).sum();
    let mut loads: BTreeMap<String, u64> = areas.into_iter().map(|area| (area.clone(), of(area))).collect();
    loads.insert("every area".to_owned(), made.iter().filter(|file| is_loaded(file, None)).map(|file| file.br).sum());
    loads
}

/// One line a file that counts, and one an area, in kB.
pub fn table(made: &[Made]) -> Vec<String> {
    let mut lines = vec![format!("  {:<52} {:>9} {:>9} {:>9}", "kB", "raw", "gzip", "br")];
    let counted = made.iter().filter(|file| !matches!(file.kind, Kind::Asset | Kind::Manifest));
    lines.extend(counted.map(|file| line(&file.path, &[file.raw, file.gzip, file.br])));
    lines.extend(first_loads(made).into_iter().map(|(area, br)| format!("  {:<52} {:>29}", format!("first load in {area}"), kilo(br))));
    lines
}

fn is_loaded(file: &Made, area: Option<&String>) -> bool {
    let here = file.areas.is_empty() || area.is_some_and(|area| file.areas.contains(area));
    here && !matches!(file.kind, Kind::Asset | Kind::Manifest)
}

fn line(name: &str, sizes: &[u64]) -> String {
    let sizes: Vec<_> = sizes.iter().map(|size| format!("{:>9}", kilo(*size))).collect();
    format!("  {name:<52} {}", sizes.join(" "))
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
    fn counts_what_the_first_load_of_an_area_transfers() {
        let file = |kind, br, areas: &[&str]| Made {
            kind,
            path: "f".to_owned(),
            hash: String::new(),
            raw: 4 * br,
            gzip: 2 * br,
            br,
            areas: areas.iter().map(ToString::to_string).collect(),
        };
        let made = [
            file(Kind::Js, 1_000, &[]),
            file(Kind::Wasm, 20_001, &[]),
            file(Kind::Area, 5_000, &["a", "b"]),
            file(Kind::Area, 700, &["b"]),
            file(Kind::Manifest, 9_999, &[]),
            file(Kind::Asset, 9_999, &[]),
        ];
        let loads = first_loads(&made);
        assert_eq!((loads["a"], loads["b"], loads["every area"]), (26_001, 26_701, 21_001));
        let table = table(&made);
        assert_eq!(table.len(), 8);
        assert!(table[6].ends_with("26.8"), "{}", table[6]);
    }
}
