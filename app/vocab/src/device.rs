//! How a device-code sign-in goes.

use crate::text_enum::text_enum;

text_enum! {
    /// Where a device-code sign-in stands.
    pub enum DevicePhase {
        /// A code is being asked for, or the provider's program is being started.
        Starting = "starting",
        /// A person has to approve.
        Waiting = "waiting",
        /// Approved; the credential is being fetched, checked and sealed.
        Finishing = "finishing",
        /// It ended with a connection.
        Connected = "connected",
        /// Nobody approved in time.
        Expired = "expired",
        /// The person said no.
        Denied = "denied",
        /// It did not work.
        Failed = "failed",
        /// An operator called it off.
        Cancelled = "cancelled",
    }
}

impl DevicePhase {
    /// Is something still going on?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Starting | Self::Waiting | Self::Finishing)
    }
}

text_enum! {
    /// Who speaks the device-code protocol.
    #[derive(Default)]
    pub enum DeviceMode {
        /// The provider's own program, in the build sandbox.
        #[default]
        Cli = "cli",
        /// Purser itself (RFC 8628).
        Native = "native",
    }
}
