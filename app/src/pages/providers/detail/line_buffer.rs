//! Lines out of chunks.

/// Collects pieces of a stream and gives whole lines back.
#[derive(Debug, Default)]
pub struct LineBuffer(String);

impl LineBuffer {
    /// Adds a piece; returns the lines it completed, without their ends and without empty ones.
    pub fn push(&mut self, piece: &str) -> Vec<String> {
        self.0.push_str(piece);
        let Some(end) = self.0.rfind('\n') else { return Vec::new() };
        let rest = self.0.split_off(end + 1);
        let whole = std::mem::replace(&mut self.0, rest);
        whole.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// What is left when the stream has ended.
    pub fn finish(self) -> Option<String> {
        let line = self.0.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::LineBuffer;

    #[test]
    fn gives_whole_lines_only() {
        let mut buffer = LineBuffer::default();
        assert!(buffer.push("{\"a\"").is_empty());
        assert_eq!(buffer.push(":1}\n{\"b\":2}\r\n\n{"), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(buffer.finish().as_deref(), Some("{"));
        assert_eq!(LineBuffer::default().finish(), None);
    }
}
