//! Where a sealed value belongs.

/// Table, row and field: the associated data of a sealed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Primary key as text.
    pub row: &'a str,
    /// Column, or the name of what is inside.
    pub field: &'a str,
}

impl Place<'_> {
    /// Unambiguous bytes: each part with its length in front.
    pub(crate) fn associated_data(&self) -> Vec<u8> {
        let mut bytes = b"purser".to_vec();
        for part in [self.table, self.row, self.field] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}
