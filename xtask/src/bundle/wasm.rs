//! Browser code: wasm-bindgen, then `wasm-opt`, then the minifier.

use super::output::{Kind, Made, Site, digest, files_under};
use super::{OUTPUT_NAME, PKG, Profile, tool};
use anyhow::{Context as _, Result};
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// What rustc's wasm32-unknown-unknown and wasm-bindgen use; every browser since 2023 has them.
const WASM_OPT: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Makes the glue, the program and the snippets from rustc's wasm file.
pub fn make(site: &Site, input: &Path) -> Result<Vec<Made>> {
    let scratch = tempfile::tempdir().context("cannot make a scratch folder")?;
    let work = scratch.path();
    bind(input, work, site.profile())?;
    let (js, wasm) = (work.join(format!("{OUTPUT_NAME}.js")), work.join(format!("{OUTPUT_NAME}_bg.wasm")));
    if site.profile() == Profile::Release {
        let mut arguments = WASM_OPT.to_vec();
        let path = text(&wasm)?;
        arguments.extend([path, "-o", path]);
        tool::run("wasm-opt", &arguments)?;
        let path = text(&js)?;
        tool::run(
            "esbuild",
            &[
                path,
                "--minify",
                "--format=esm",
                "--target=es2022",
                "--log-level=warning",
                "--allow-overwrite",
                &format!("--outfile={path}"),
            ],
        )?;
    }
    let mut made = Vec::new();
    let glue = std::fs::read_to_string(&js).with_context(|| format!("wasm-bindgen did not write {}", js.display()))?;
    let glue = snippets(site, &work.join("snippets"), glue, &mut made)?;
    made.push(site.write_hashed(Kind::Js, "js", glue.as_bytes())?);
    made.push(site.write_hashed(Kind::Wasm, "wasm", &std::fs::read(&wasm)?)?);
    Ok(made)
}

/// As cargo-leptos does it: the page names the wasm file when it calls the glue, so the glue names none itself.
fn bind(input: &Path, out: &Path, profile: Profile) -> Result<()> {
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .out_name(OUTPUT_NAME)
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(profile == Profile::Release)
        .remove_producers_section(profile == Profile::Release)
        .generate_output()
        .with_context(|| format!("wasm-bindgen cannot read {}", input.display()))?
        .emit(out)
        .context("wasm-bindgen cannot write its output")
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
