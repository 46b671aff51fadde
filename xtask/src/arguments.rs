//! `--name value` pairs, without a parser crate.

use anyhow::{Context as _, Result, bail};
use std::collections::BTreeMap;

/// The named values of one command line.
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// Reads `words`; a name that is not in `known`, given twice or without a value is an error.
    pub fn parse(words: &[String], known: &[&str]) -> Result<Self> {
        let mut values = BTreeMap::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--").filter(|name| known.contains(name)) else { bail!("unknown argument {word}") };
            let value = words.next().with_context(|| format!("--{name} needs a value"))?;
            if values.insert(name.to_owned(), value.clone()).is_some() {
                bail!("--{name} is given twice");
            }
        }
        Ok(Self(values))
    }

    /// The value of `name`, if given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of `name`, or an error that names it.
    pub fn need(&self, name: &str) -> Result<&str> {
        self.get(name).with_context(|| format!("--{name} is missing"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments> {
        Arguments::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), &["out", "wasm"])
    }

    #[test]
    fn reads_pairs_in_any_order() {
        let arguments = parse(&["--wasm", "a.wasm", "--out", "site"]).unwrap();
        assert_eq!(arguments.need("out").unwrap(), "site");
        assert_eq!(arguments.get("wasm"), Some("a.wasm"));
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |words| parse(words).err().unwrap().to_string();
        assert_eq!(message(&["--oops", "1"]), "unknown argument --oops");
        assert_eq!(message(&["--out"]), "--out needs a value");
        assert_eq!(message(&["--out", "a", "--out", "b"]), "--out is given twice");
        assert_eq!(parse(&[]).unwrap().need("out").err().unwrap().to_string(), "--out is missing");
    }
}
