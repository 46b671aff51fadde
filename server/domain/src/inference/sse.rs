//! Event streams (WHATWG HTML §9.2.6), read as they arrive: any chunk boundary, any line ending, no event kept.

/// The most bytes one event may have, unless a reader is given another limit; a longer one is dropped and reported, and
/// the stream goes on after it.
pub const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// One event, borrowed from the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SseEvent<'a> {
    /// The `event:` field; empty when the stream named none.
    pub name: &'a str,
    /// The `data:` lines, joined by line feeds.
    pub data: &'a str,
}

/// An event longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stream has an event that is too long")]
pub struct EventTooLong;

/// Reads an event stream piece by piece. Buffers are reused, so a running stream allocates nothing.
#[derive(Debug)]
pub struct SseReader {
    /// The most bytes an event may have.
    limit: usize,
    /// The line that has not ended yet.
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    /// `data:` lines of this event so far.
    data_lines: usize,
    /// The last byte was a CR: a LF right after it belongs to the same line end.
    after_cr: bool,
    /// Inside an event that is too long: wait for its blank line.
    skipping: bool,
    /// Anything read yet? A byte order mark counts only in front.
    started: bool,
}

impl Default for SseReader {
    fn default() -> Self {
        Self::with_limit(MAX_EVENT_BYTES)
    }
}

impl SseReader {
    /// With this limit on the bytes of an event.
    pub const fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            name: Vec::new(),
            data: Vec::new(),
            data_lines: 0,
            after_cr: false,
            skipping: false,
            started: false,
        }
    }

    /// Hands every event that `bytes` completes to `sink`.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut impl FnMut(Result<SseEvent<'_>, EventTooLong>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_cr) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) else {
                self.keep(rest, sink);
                return;
            };
            self.after_cr = rest[end] == b'\r';
            if self.line.is_empty() {
                self.take_line(&rest[..end], sink);
            } else {
                self.keep(&rest[..end], sink);
                let line = std::mem::take(&mut self.line);
                self.take_line(&line, sink);
                self.line = line;
                self.line.clear();
            }
            rest = &rest[end + 1..];
        }
    }

    /// The stream is over: an event without its blank line is handed out too, because some servers leave it off.
    pub fn finish(&mut self, sink: &mut impl FnMut(Result<SseEvent<'_>, EventTooLong>)) {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.take_line(&line, sink);
        }
        self.take_line(b"", sink);
    }

    /// Stores a piece of a line, within bounds.
    fn keep(&mut self, piece: &[u8], sink: &mut impl FnMut(Result<SseEvent<'_>, EventTooLong>)) {
        if !self.skipping && self.line.len() + self.data.len() + piece.len() > self.limit {
            self.drop_event(sink);
        }
        if !self.skipping {
            self.line.extend_from_slice(piece);
        } else if self.line.is_empty() {
            // Only whether the line is empty matters while skipping.
            self.line.extend_from_slice(&piece[..piece.len().min(1)]);
        }
    }

    fn drop_event(&mut self, sink: &mut impl FnMut(Result<SseEvent<'_>, EventTooLong>)) {
        self.skipping = true;
        self.data = Vec::new();
        self.line = Vec::new();
        self.data_lines = 0;
        sink(Err(EventTooLong));
    }

    fn take_line(&mut self, line: &[u8], sink: &mut impl FnMut(Result<SseEvent<'_>, EventTooLong>)) {
        let line = if std::mem::replace(&mut self.started, true) { line } else { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) };
        if line.is_empty() {
            self.dispatch(sink);
        } else if !self.skipping {
            self.take_field(line, sink);
        }
    }

    fn take_field(&mut self, line: &[u8], sink: &mut impl FnMut(Result<SseEvent<'_>, EventTooLong>)) {
        let (field, value) = match line.iter().position(|&b| b == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &line[line.len()..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" if self.data.len() + value.len() > self.limit => self.drop_event(sink),
            b"data" => {
                if self.data_lines > 0 {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
                self.data_lines += 1;
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            // A comment, `id`, `retry` or something unknown.
            _ => {}
        }
    }

    fn dispatch(&mut self, sink: &mut impl FnMut(Result<SseEvent<'_>, EventTooLong>)) {
        if self.data_lines > 0 && !self.skipping {
            sink(Ok(SseEvent { name: &String::from_utf8_lossy(&self.name), data: &String::from_utf8_lossy(&self.data) }));
        }
        self.skipping = false;
        self.data_lines = 0;
        self.name.clear();
        self.data.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Read = Vec<Result<(String, String), EventTooLong>>;

    fn read_in(chunks: &[&[u8]]) -> Read {
        let mut events = Read::new();
        let mut reader = SseReader::default();
        let mut sink = |event: Result<SseEvent<'_>, EventTooLong>| events.push(event.map(|e| (e.name.to_owned(), e.data.to_owned())));
        for chunk in chunks {
            reader.feed(chunk, &mut sink);
        }
        reader.finish(&mut sink);
        events
    }

    #[expect(clippy::unnecessary_wraps, reason = "compared with results")]
    fn event(name: &str, data: &str) -> Result<(String, String), EventTooLong> {
        Ok((name.to_owned(), data.to_owned()))
    }

    const STREAM: &str = "\u{feff}: hello\r\nevent: greeting\r\ndata: één\r\ndata:  two\r\n\r\nid: 7\rretry: 10\rdata\r\rdata: {\"a\":\"☃\"}\n\n\n\ndata: last";

    #[test]
    fn line_ends_comments_and_many_lines_are_read() {
        let want = [event("greeting", "één\n two"), event("", ""), event("", "{\"a\":\"☃\"}"), event("", "last")];
        assert_eq!(read_in(&[STREAM.as_bytes()]), want);
    }

    #[test]
    fn every_chunk_boundary_reads_the_same() {
        let whole = read_in(&[STREAM.as_bytes()]);
        for cut in 0..=STREAM.len() {
            let (a, b) = STREAM.as_bytes().split_at(cut);
            assert_eq!(read_in(&[a, b]), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = STREAM.as_bytes().chunks(1).collect();
        assert_eq!(read_in(&bytes), whole);
    }

    #[test]
    fn an_endless_event_is_dropped_and_the_next_is_read() {
        let long = vec![b'x'; MAX_EVENT_BYTES];
        let in_one_line: [&[u8]; 4] = [b"data: ", &long, &long, b"\n\ndata: after\n\n"];
        assert_eq!(read_in(&in_one_line), [Err(EventTooLong), event("", "after")]);
        let half = &long[..MAX_EVENT_BYTES / 2];
        let in_many: [&[u8]; 7] = [b"data: ", half, b"\ndata: ", half, b"\ndata: ", half, b"\n\ndata: after\n\n"];
        assert_eq!(read_in(&in_many), [Err(EventTooLong), event("", "after")]);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_read_the_same(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), Just(b'd'), any::<u8>()], 0..200), cut in 0_usize..200) {
            let cut = cut.min(bytes.len());
            prop_assert_eq!(read_in(&[&bytes[..cut], &bytes[cut..]]), read_in(&[&bytes]));
        }
    }
}
