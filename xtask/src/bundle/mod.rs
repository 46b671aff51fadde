//! The files a browser loads, made from the wasm file of `frontend`, `style/main.css` and `style/public/`.
//!
//! Names and the hash file are those of cargo-leptos with `hash-files = true` and `--split`: `pkg/purser.<hash>.js|wasm|css`,
//! the loader and the manifest of the areas, and a text file with a line `js: <hash>`, `wasm: <hash>` … that Leptos's
//! `HydrationScripts` and `HashedStylesheet` read. Every compressible file has a `.br` and a `.gz` beside it, so the server compresses nothing.

mod areas;
mod assets;
mod names;
mod output;
mod report;
mod snip;
mod stage;
mod style;
mod tool;
mod wasm;

use crate::arguments::Arguments;
use anyhow::{Context as _, Result, bail};
use output::{Kind, Made};
use stage::Stages;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Name of the three files, as in `output-name` of `[[workspace.metadata.leptos]]`.
const OUTPUT_NAME: &str = "purser";
/// Folder of the three files inside the site, as in `site-pkg-dir`.
const PKG: &str = "pkg";
/// The page budget of the first load, in bytes, brotli.
const DEFAULT_CEILING: u64 = 450_000;

/// How much care is taken over size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Small: optimised, minified, best compression. Minutes the first time.
    Release,
    /// Quick: as the compilers left it.
    Dev,
}

/// What `xtask bundle` was asked for.
#[derive(Debug)]
pub struct Options {
    profile: Profile,
    wasm: PathBuf,
    out: PathBuf,
    hash_file: PathBuf,
    /// Ceiling for what a page of any area needs of js, wasm and css together, in bytes, brotli.
    ceiling: u64,
}

impl Options {
    /// Reads the command line.
    pub fn parse(words: &[String]) -> Result<Self> {
        let arguments = Arguments::parse(words, &["profile", "wasm", "out", "hash-file", "max-total-br"])?;
        let profile = match arguments.need("profile")? {
            "release" => Profile::Release,
            "dev" => Profile::Dev,
            other => bail!("--profile is release or dev, not {other}"),
        };
        let ceiling = match arguments.get("max-total-br") {
            Some(bytes) => bytes.parse().with_context(|| format!("--max-total-br is a number of bytes, not {bytes}"))?,
            None => DEFAULT_CEILING,
        };
        Ok(Self {
            profile,
            wasm: arguments.need("wasm")?.into(),
            out: arguments.need("out")?.into(),
            hash_file: arguments.need("hash-file")?.into(),
            ceiling,
        })
    }
}

/// Makes what is not up to date, prints the sizes, and fails above the ceiling.
pub fn run(options: &Options) -> Result<ExitCode> {
    let (made, changed) = make(options)?;
    if options.profile == Profile::Dev {
        return Ok(ExitCode::SUCCESS);
    }
    if changed {
        for line in report::table(&made) {
            crate::say(&line);
        }
    }
    let heavy: Vec<_> = report::first_loads(&made).into_iter().filter(|(_, bytes)| *bytes > options.ceiling).collect();
    for (area, bytes) in &heavy {
        crate::say(&format!(
            "bundle: the first load in {area} is {bytes} bytes compressed, above the ceiling of {} bytes",
            options.ceiling
        ));
    }
    Ok(if heavy.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files of the site, and whether any was made anew.
fn make(options: &Options) -> Result<(Vec<Made>, bool)> {
    let wasm = std::fs::read(&options.wasm).with_context(|| format!("cannot read {}: was `frontend` built?", options.wasm.display()))?;
    let tools = tool::fingerprint(options.profile)?;
    let mut stages = Stages::open(&options.out, &beside(&options.hash_file, "stamp"), &tools);
    let site = output::Site::new(&options.out, options.profile);

    let names = names::Names::new(&output::digest(&[&wasm, tools.as_bytes()]));
    let mut made = stages.run("browser code", names.hash(), || wasm::make(&site, &options.wasm, &names))?;
    made.extend(stages.run("style", &style::inputs()?, || style::make(&site))?);
    made.extend(stages.run("assets", &assets::inputs()?, || assets::make(&site))?);

    // The pages point at the new names first; only then do the old files go.
    output::write_if_changed(&options.hash_file, hash_lines(&made).as_bytes())?;
    site.remove_all_but(&made)?;
    stages.save()?;
    Ok((made, stages.worked()))
}

/// The text Leptos reads the hashes from.
fn hash_lines(made: &[Made]) -> String {
    let words = [(Kind::Js, "js"), (Kind::Wasm, "wasm"), (Kind::Css, "css"), (Kind::Loader, "split"), (Kind::Manifest, "manifest")];
    let line = |(kind, word)| made.iter().find(|file| file.kind == kind).map(|file| format!("{word}: {}\n", file.hash));
    words.into_iter().filter_map(line).collect()
}

/// `path` with a second extension: a file of its own next to it.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_lines_are_those_leptos_splits_at_the_colon() {
        let file = |kind, hash: &str| Made { kind, path: String::new(), hash: hash.to_owned(), raw: 1, gzip: 1, br: 1, areas: Vec::new() };
        let made = [file(Kind::Css, "c3"), file(Kind::Js, "a1"), file(Kind::Asset, "x"), file(Kind::Wasm, "b2")];
        assert_eq!(hash_lines(&made), "js: a1\nwasm: b2\ncss: c3\n");
    }

    #[test]
    fn options_have_a_ceiling_of_their_own() {
        let words = |extra: &[&str]| {
            let mut words: Vec<String> =
                ["--profile", "release", "--wasm", "w", "--out", "o", "--hash-file", "h"].iter().map(ToString::to_string).collect();
            words.extend(extra.iter().map(ToString::to_string));
            words
        };
        assert_eq!(Options::parse(&words(&[])).unwrap().ceiling, 450_000);
        assert_eq!(Options::parse(&words(&["--max-total-br", "1"])).unwrap().ceiling, 1);
        assert!(Options::parse(&words(&["--max-total-br", "450kB"])).is_err());
    }
}
