//! provider/overlay
