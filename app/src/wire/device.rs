//! Signing in with a code, on the wire.

use serde::{Deserialize, Serialize};
use vocab::{DeviceMode, DevicePhase};

/// How a provider's sign-in with a code stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// What can be begun, best first.
    pub modes: Vec<DeviceMode>,
    /// The provider's program, where it would be used and is not installed.
    pub missing_program: Option<String>,
    /// What a person should know of the sandbox that the program would run in.
    pub warnings: Vec<String>,
    /// The provider's own hurdles.
    pub hints: Vec<String>,
    /// The sign-in that is open, or how the last one ended lately.
    pub flow: Option<DeviceFlowView>,
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceFlowView {
    /// Who began it, when it was not the viewer.
    pub by: Option<String>,
    /// Where it stands.
    pub phase: DevicePhase,
    /// Does the provider's program do it?
    pub by_program: bool,
    /// What to approve, while it waits.
    pub code: Option<CodeView>,
    /// What happened and what to do, when it ended without a connection.
    pub words: String,
}

/// A code to be approved.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodeView {
    /// The code.
    pub code: String,
    /// Where it is typed in, without `https://`.
    pub place: String,
    /// The address with the code in it, where there is one; else the plain one.
    pub link: String,
    /// Is the code in the address, so that it is only compared?
    pub compare: bool,
    /// Width and height of the QR code in modules, and its path.
    pub qr: Option<(usize, String)>,
    /// How long the code was good when this was sent.
    pub seconds_left: i64,
}

/// The same code is the same whenever it was sent: a page that asked again does not draw it anew.
impl PartialEq for CodeView {
    fn eq(&self, other: &Self) -> bool {
        (&self.code, &self.link) == (&other.code, &other.link)
    }
}

impl Eq for CodeView {}
