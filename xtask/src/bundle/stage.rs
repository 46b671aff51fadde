//! Skipping work whose inputs have not changed since the last run and whose files are still there.

use super::output::{Made, files_of, write_if_changed};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize)]
struct Record {
    inputs: String,
    made: Vec<Made>,
}

/// What each stage made last time, kept in a stamp file.
pub struct Stages {
    site: PathBuf,
    stamp: PathBuf,
    tools: String,
    records: BTreeMap<String, Record>,
    worked: bool,
}

impl Stages {
    /// Reads the stamp file; a missing or unreadable one means that everything is made anew. `tools` stands for the
    /// programs that do the work: another one makes everything anew too.
    pub fn open(site: &Path, stamp: &Path, tools: &str) -> Self {
        let records = std::fs::read(stamp).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { site: site.to_owned(), stamp: stamp.to_owned(), tools: tools.to_owned(), records, worked: false }
    }

    /// The files of stage `name`: those of last time if nothing changed, else those that `work` makes.
    pub fn run(&mut self, name: &str, inputs: &str, work: impl FnOnce() -> Result<Vec<Made>>) -> Result<Vec<Made>> {
        let inputs = format!("{inputs} {}", self.tools);
        if let Some(record) = self.records.get(name)
            && record.inputs == inputs
            && record.made.iter().flat_map(|file| files_of(&self.site, file)).all(|file| file.is_file())
        {
            return Ok(record.made.clone());
        }
        crate::say(&format!("  bundle: {name}"));
        self.worked = true;
        let made = work()?;
        self.records.insert(name.to_owned(), Record { inputs, made: made.clone() });
        Ok(made)
    }

    /// Whether any stage had something to do.
    pub fn worked(&self) -> bool {
        self.worked
    }

    /// Writes the stamp file.
    pub fn save(&self) -> Result<()> {
        write_if_changed(&self.stamp, &serde_json::to_vec_pretty(&self.records)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::Profile;
    use crate::bundle::output::{Kind, Site};

    #[test]
    fn works_again_only_when_something_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (root, stamp) = (folder.path().join("site"), folder.path().join("stamp"));
        let site = Site::new(&root, Profile::Dev);
        let mut runs = 0;
        let mut run = |inputs: &str, tools: &str| {
            let before = runs;
            let mut stages = Stages::open(&root, &stamp, tools);
            let made = stages.run("style", inputs, || {
                runs += 1;
                Ok(vec![site.write_hashed(Kind::Css, "css", inputs.as_bytes())?])
            });
            stages.save().unwrap();
            (made.unwrap().remove(0), runs > before)
        };
        let (first, worked) = run("a", "t1");
        assert!(worked);
        assert_eq!(run("a", "t1"), (first.clone(), false));
        assert!(run("b", "t1").1, "other inputs");
        assert!(run("b", "t2").1, "other tools");
        let (last, _) = run("b", "t2");
        std::fs::remove_file(root.join(&last.path)).unwrap();
        assert!(run("b", "t2").1, "a file is gone");
    }
}
