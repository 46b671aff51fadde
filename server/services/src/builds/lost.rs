//! What is left of a build whose process is gone.

use super::Builds;
use super::follow::own_words;
use crate::ports::Trail;
use domain::events::Event;
use vocab::BuildId;

impl Builds {
    /// Nobody has looked through its folder for copies of what it was lent, and nobody knows any more what that was: it goes, and
    /// the log says so. Where another machine ran it, there is no folder of it here.
    pub(super) async fn tidy(&self, id: BuildId) {
        // Ours, and only late: it ends itself in a moment, and looks through its folder.
        if self.here().contains_key(&id) {
            return;
        }
        match self.0.ports.builds.workspaces.remove(id).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return tracing::warn!(build = %id, %error, "the folder of a lost build could not be removed"),
        }
        let words = own_words("what it had made was removed: Purser was killed before it could look for copies of the credential in it");
        let trail = Trail { audit: Vec::new(), events: vec![Event::BuildChanged { build_id: id }] };
        if let Err(error) = self.repo().log_build(id, &words, trail).await {
            tracing::warn!(build = %id, %error, "the last words of a lost build could not be stored");
        }
    }
}
