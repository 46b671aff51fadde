//! Cuts the program into the main one and one for each area of screens (`app/src/areas.rs`).

use super::names::Names;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The pieces, in the scratch folder.
pub struct Cut {
    /// The main program, which wasm-bindgen still has to see.
    pub main: PathBuf,
    /// The others, finished but for optimising.
    pub others: Vec<PathBuf>,
    /// JavaScript that fetches and links them.
    pub loader: PathBuf,
    /// Area → names of the files it needs beside the main program, without their extension.
    pub files_of_area: BTreeMap<String, Vec<String>>,
}

impl Cut {
    /// The areas that need a file.
    pub fn areas_of(&self, stem: &str) -> Vec<String> {
        let needs = |files: &Vec<String>| files.iter().any(|file| file == stem);
        self.files_of_area.iter().filter(|(_, files)| needs(files)).map(|(area, _)| area.clone()).collect()
    }
}

/// Cuts. Names in the pieces and in the loader are already those they are served under.
pub fn cut(program: &[u8], work: &Path, names: &Names) -> Result<Cut> {
    let main = work.join("main.wasm");
    let loader = work.join(names.loader());
    let mut options = wasm_split_cli_support::Options::new(program);
    let (glue, link) = (format!("./{}", names.glue()), format!("./{}", names.loader()));
    options.output_dir = work;
    options.main_out_path = &main;
    options.main_module = &glue;
    options.link_name = &link;
    let split =
        wasm_split_cli_support::transform(options).map_err(|error| anyhow::anyhow!("cannot cut the program into areas: {error:?}"))?;
    let mut text = std::fs::read_to_string(&loader).with_context(|| format!("cannot read {}", loader.display()))?;
    for file in &split.split_modules {
        let stem = stem(file)?;
        text = text.replace(&format!("\"./{stem}.wasm\""), &format!("\"./{}\"", names.other(stem)));
    }
    std::fs::write(&loader, text)?;
    let hashed = |stems: Vec<String>| stems.iter().map(|stem| names.other_stem(stem)).collect();
    let files_of_area = split.prefetch_map.into_iter().map(|(area, stems)| (area, hashed(stems))).collect();
    Ok(Cut { main, others: split.split_modules, loader, files_of_area })
}

/// A file's name without its extension.
pub fn stem(path: &Path) -> Result<&str> {
    path.file_stem().and_then(|stem| stem.to_str()).with_context(|| format!("{} has no plain name", path.display()))
}
