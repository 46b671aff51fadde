//! Browser code: cut into areas, wasm-bindgen, then `wasm-opt`, then the minifier.

use super::names::Names;
use super::output::{Kind, Made, Site, digest, files_under};
use super::{OUTPUT_NAME, PKG, Profile, areas, snip, tool};
use anyhow::{Context as _, Result, anyhow};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use walrus::{Module, ModuleConfig};
use wasm_bindgen_cli_support::Bindgen;

/// What rustc's wasm32-unknown-unknown and wasm-bindgen use; every browser since 2023 has them.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    "--converge",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Makes the glue, the programs, their loader and the snippets from rustc's wasm file.
pub fn make(site: &Site, input: &Path, names: &Names) -> Result<Vec<Made>> {
    let scratch = tempfile::tempdir().context("cannot make a scratch folder")?;
    let work = scratch.path();
    let program = std::fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let cut = areas::cut(&program, work, names)?;
    bind(read(&cut.main, site.profile())?, work, site.profile())?;
    for other in &cut.others {
        read(other, site.profile())?.emit_wasm_file(other).with_context(|| format!("cannot write {}", other.display()))?;
    }
    let (js, main) = (work.join(format!("{OUTPUT_NAME}.js")), work.join(format!("{OUTPUT_NAME}_bg.wasm")));
    if site.profile() == Profile::Release {
        // The largest first, so that nothing waits for it at the end.
        optimise([&main].into_iter().chain(&cut.others))?;
        minify(&js)?;
        minify(&cut.loader)?;
    }
    let mut made = Vec::new();
    let glue = std::fs::read_to_string(&js).with_context(|| format!("wasm-bindgen did not write {}", js.display()))?;
    let glue = snippets(site, &work.join("snippets"), glue, &mut made)?;
    made.push(site.write_as(Kind::Js, &names.glue(), names.hash(), glue.as_bytes())?);
    made.push(site.write_as(Kind::Loader, &names.loader(), names.hash(), &std::fs::read(&cut.loader)?)?);
    made.push(site.write_as(Kind::Wasm, &names.main(), names.hash(), &std::fs::read(&main)?)?);
    for other in &cut.others {
        let stem = areas::stem(other)?;
        let file = site.write_as(Kind::Area, &names.other(stem), names.hash(), &std::fs::read(other)?)?;
        made.push(Made { areas: cut.areas_of(&names.other_stem(stem)), ..file });
    }
    made.push(site.write_as(Kind::Manifest, &names.manifest(), names.hash(), &serde_json::to_vec(&cut.files_of_area)?)?);
    Ok(made)
}

/// Reads a program. What can never be called is taken out of a release.
fn read(path: &Path, profile: Profile) -> Result<Module> {
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_name_section(profile == Profile::Dev)
        .generate_producers_section(false)
        .parse_file(path)
        .with_context(|| format!("{} is not a wasm file", path.display()))?;
    if profile == Profile::Release {
        snip::snip(&mut module);
    }
    Ok(module)
}

/// As cargo-leptos does it: the page names the wasm file when it calls the glue, so the glue names none itself. What the
/// programs of the areas need of the main one stays exported under its own name.
fn bind(module: Module, out: &Path, profile: Profile) -> Result<()> {
    Bindgen::new()
        .input_module(OUTPUT_NAME, module)
        .web(true)?
        .out_name(OUTPUT_NAME)
        .typescript(false)
        .omit_default_module_path(true)
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(profile == Profile::Release)
        .generate_output()
        .context("wasm-bindgen cannot read the program")?
        .emit(out)
        .context("wasm-bindgen cannot write its output")
}

/// One a core: what takes long in each runs on one.
fn optimise<'a>(programs: impl Iterator<Item = &'a PathBuf>) -> Result<()> {
    let paths = programs.map(|program| text(program.as_path())).collect::<Result<Vec<_>>>()?;
    let left = Mutex::new(paths.into_iter());
    let work = || {
        while let Some(path) = next_of(&left) {
            optimise_one(path)?;
        }
        Ok(())
    };
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow!("the thread of wasm-opt panicked"))?)
    })
}

fn next_of<'a>(left: &Mutex<impl Iterator<Item = &'a str>>) -> Option<&'a str> {
    left.lock().unwrap_or_else(PoisonError::into_inner).next()
}

fn optimise_one(path: &str) -> Result<()> {
    let mut arguments = WASM_OPT.to_vec();
    arguments.extend([path, "-o", path]);
    tool::run("wasm-opt", &arguments)
}

fn minify(js: &Path) -> Result<()> {
    let path = text(js)?;
    let to = format!("--outfile={path}");
    tool::run("esbuild", &[path, "--minify", "--format=esm", "--target=es2022", "--log-level=warning", "--allow-overwrite", &to])
}

/// Puts the snippets into a folder named by their content, since everything in `pkg` may be cached for ever, and lets
/// the glue import them from there.
fn snippets(site: &Site, folder: &Path, glue: String, made: &mut Vec<Made>) -> Result<String> {
    let files = files_under(folder)?;
    if files.is_empty() {
        return Ok(glue);
    }
    let contents = files.iter().map(std::fs::read).collect::<std::io::Result<Vec<_>>>()?;
    let hash = &digest(&contents.iter().map(Vec::as_slice).collect::<Vec<_>>())[..16];
    for (file, bytes) in files.iter().zip(&contents) {
        let inside = text(file.strip_prefix(folder)?)?;
        made.push(site.write_named(Kind::Snippet, format!("{PKG}/snippets.{hash}/{inside}"), bytes)?);
    }
    Ok(glue.replace("./snippets/", &format!("./snippets.{hash}/")))
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_move_to_a_folder_named_by_their_content() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("snippets");
        std::fs::create_dir_all(from.join("dep-1")).unwrap();
        std::fs::write(from.join("dep-1/inline0.js"), "export const a = 1").unwrap();
        let site = Site::new(&folder.path().join("site"), Profile::Dev);
        let mut made = Vec::new();
        let glue = snippets(&site, &from, "import {a} from './snippets/dep-1/inline0.js'".to_owned(), &mut made).unwrap();
        let path = &made[0].path;
        assert!(path.starts_with("pkg/snippets.") && path.ends_with("/dep-1/inline0.js"), "{path}");
        assert_eq!(glue, format!("import {{a}} from '.{}'", path.trim_start_matches(PKG)));
        assert!(folder.path().join("site").join(path).is_file());
    }

    #[test]
    fn without_snippets_the_glue_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::new(folder.path(), Profile::Dev);
        let mut made = Vec::new();
        assert_eq!(snippets(&site, &folder.path().join("none"), "glue".to_owned(), &mut made).unwrap(), "glue");
        assert!(made.is_empty());
    }
}
