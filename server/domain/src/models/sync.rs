//! What a fresh model list changes.
