//! Where sealed values lie: both who seals and who rotates build the associated data from these.

/// A table and a field of it that holds sealed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedPlace {
    /// Table, as in the associated data.
    pub table: &'static str,
    /// Field, as in the associated data.
    pub field: &'static str,
}

/// A provider credential; the row is the grant's id.
pub const GRANT_CREDENTIAL: SealedPlace = SealedPlace { table: "grant_credential", field: "credential" };
/// The secrets of a pending sign-in; the row is the flow's id.
pub const FLOW_SECRETS: SealedPlace = SealedPlace { table: "oauth_flow", field: "secrets" };
/// The device code of a pending sign-in; the row is the flow's id.
pub const DEVICE_CODE: SealedPlace = SealedPlace { table: "device_flow", field: "device_code" };
