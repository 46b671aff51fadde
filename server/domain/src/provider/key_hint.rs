//! provider/key_hint
