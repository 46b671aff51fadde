//! In place of a sandbox that was asked for and does not work: refuses every run, and says why.

use async_trait::async_trait;
use services::ports::{BuildSandbox, SandboxError, SandboxNature, SandboxRun, SandboxSpec};

/// Runs nothing.
#[derive(Debug, Clone)]
pub struct NoSandbox {
    words: String,
}

impl NoSandbox {
    /// With the reason.
    pub const fn new(words: String) -> Self {
        Self { words }
    }
}

#[async_trait]
impl BuildSandbox for NoSandbox {
    fn nature(&self) -> SandboxNature {
        SandboxNature { name: "none", warnings: vec![format!("Programs of providers cannot run here: {}.", self.words)], sockets: false }
    }

    async fn start(&self, _: SandboxSpec) -> Result<SandboxRun, SandboxError> {
        Err(SandboxError::Broken(self.words.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_why() {
        let nature = NoSandbox::new("bubblewrap (bwrap) is not installed".to_owned()).nature();
        assert!(nature.name == "none" && nature.warnings[0].contains("bwrap"));
    }
}
