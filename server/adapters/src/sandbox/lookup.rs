//! Where a provider's program is: the catalogue's path, the tools folder of the data directory, `PATH`.

use domain::cli::Tools;
use services::ports::{Program, Programs};
use std::path::{Path, PathBuf};

/// Where a program was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Where the catalogue or its overlay says.
    Named(Program),
    /// Fetched by `purser tools install`.
    Tool(Program),
    /// On `PATH`.
    Path(Program),
}

impl Found {
    /// The program, wherever it was found.
    pub fn program(self) -> Program {
        match self {
            Self::Named(program) | Self::Tool(program) | Self::Path(program) => program,
        }
    }
}

/// The programs of this machine.
#[derive(Debug, Clone)]
pub struct InstalledPrograms {
    tools_folder: PathBuf,
    tools: Tools,
}

impl InstalledPrograms {
    /// With the fetched ones in this folder.
    pub const fn new(tools_folder: PathBuf, tools: Tools) -> Self {
        Self { tools_folder, tools }
    }
}

impl Programs for InstalledPrograms {
    fn find(&self, program: &str) -> Option<Program> {
        find(program, &self.tools_folder, &self.tools).map(Found::program)
    }
}

/// Looks for a program. One that is named by a path is looked for nowhere else.
pub fn find(program: &str, tools_folder: &Path, tools: &Tools) -> Option<Found> {
    if program.contains('/') {
        return executable(PathBuf::from(program)).map(|file| Found::Named(Program { file, folder: None }));
    }
    let fetched = tools.get(program).and_then(|tool| {
        let folder = tool_folder(tools_folder, program, &tool.version);
        let file = executable(folder.join(&tool.entry))?;
        Some(Program { file, folder: Some(folder) })
    });
    fetched.map(Found::Tool).or_else(|| on_path(program).map(|file| Found::Path(Program { file, folder: None })))
}

/// The folder of one version of a tool.
pub fn tool_folder(tools_folder: &Path, name: &str, version: &str) -> PathBuf {
    tools_folder.join(name).join(version)
}

/// A program on `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find_map(|folder| executable(folder.join(name)))
}

fn executable(file: PathBuf) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(&file).ok()?;
    (found.is_file() && found.permissions().mode() & 0o111 != 0).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn put(file: &Path, mode: u32) {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, "").expect("written");
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).expect("set");
    }

    #[test]
    fn the_named_one_then_the_fetched_one_then_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let tools = Tools::pinned().expect("reads");
        let (name, tool) = tools.iter().next().expect("one");
        let tools_folder = folder.path().join("tools");
        assert_eq!(find(name, &tools_folder, &tools), on_path(name).map(|file| Found::Path(Program { file, folder: None })));
        assert!(matches!(find("sh", &tools_folder, &tools), Some(Found::Path(_))));

        let own = tool_folder(&tools_folder, name, &tool.version);
        put(&own.join(&tool.entry), 0o644);
        assert!(!matches!(find(name, &tools_folder, &tools), Some(Found::Tool(_))), "it cannot be started");
        put(&own.join(&tool.entry), 0o755);
        assert!(matches!(find(name, &tools_folder, &tools), Some(Found::Tool(Program { folder: Some(found), .. })) if found == own));

        let named = folder.path().join("own");
        put(&named, 0o755);
        let found = find(named.to_str().expect("text"), &tools_folder, &tools);
        assert_eq!(found.map(Found::program), Some(Program { file: named, folder: None }));
        assert_eq!(find("/nowhere/sh", &tools_folder, &tools), None, "a path is looked for nowhere else");
    }
}
