//! Takes the usage chunk we asked for out of a stream again, when the caller had not asked for it.

use super::sse::{MAX_EVENT_BYTES, SseReader};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Passes a chat-completion stream on byte for byte, except for the one extra chunk (`choices: []` with `usage`) that
/// `stream_options.include_usage` adds. Holds back at most one event.
#[derive(Debug, Default)]
pub struct UsageChunkFilter {
    /// The event that has not ended yet, as it came.
    event: Vec<u8>,
    /// Bytes of the line that has not ended yet.
    line_len: usize,
    after_cr: bool,
    /// Was the last complete event held back? Then so is the LF of its last CRLF.
    held_back: bool,
    /// The event is too long to be the usage chunk: pass it on as it comes.
    passing: bool,
}

impl UsageChunkFilter {
    /// Takes one chunk, cut anywhere, and appends to `out` what may be passed on.
    pub fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let mut rest = chunk;
        while let Some(&first) = rest.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                self.lone_line_feed(out);
                rest = &rest[1..];
                continue;
            }
            let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let taken = end.map_or(rest.len(), |end| end + 1);
            self.event.extend_from_slice(&rest[..taken]);
            self.line_len += end.unwrap_or(taken);
            if let Some(end) = end {
                self.after_cr = rest[end] == b'\r';
                if std::mem::take(&mut self.line_len) == 0 {
                    self.end_of_event(out);
                }
            }
            rest = &rest[taken..];
        }
        if self.passing || self.event.len() > MAX_EVENT_BYTES {
            self.passing = true;
            self.held_back = false;
            out.append(&mut self.event);
        }
    }

    /// The stream is over: appends what is left.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.end_of_event(out);
    }

    /// The second half of a CRLF goes where its line went.
    fn lone_line_feed(&mut self, out: &mut Vec<u8>) {
        if !self.event.is_empty() {
            self.event.push(b'\n');
        } else if !self.held_back {
            out.push(b'\n');
        }
    }

    fn end_of_event(&mut self, out: &mut Vec<u8>) {
        self.held_back = !self.passing && is_usage_chunk(&self.event);
        self.passing = false;
        if self.held_back {
            self.event.clear();
        } else {
            out.append(&mut self.event);
        }
    }
}

#[derive(Deserialize)]
struct Chunk {
    choices: Vec<IgnoredAny>,
    usage: Value,
}

fn is_usage_chunk(event: &[u8]) -> bool {
    let name = b"\"usage\"";
    if !event.windows(name.len()).any(|window| window == name) {
        return false;
    }
    let mut found = false;
    let mut reader = SseReader::default();
    let mut sink = |event: Result<super::sse::SseEvent<'_>, _>| {
        found |= event.is_ok_and(|event| {
            serde_json::from_str::<Chunk>(event.data).is_ok_and(|chunk| chunk.choices.is_empty() && chunk.usage.is_object())
        });
    };
    reader.feed(event, &mut sink);
    reader.finish(&mut sink);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hé\"}}],\"usage\":null}\n\n";
    const FILTER: &str = "data: {\"choices\":[],\"prompt_filter_results\":[],\"usage\":null}\n\n";
    const USAGE: &str = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
    const DONE: &str = "data: [DONE]\n\n";

    fn filter(chunks: &[&[u8]]) -> String {
        let (mut filter, mut out) = (UsageChunkFilter::default(), Vec::new());
        for chunk in chunks {
            filter.feed(chunk, &mut out);
        }
        filter.finish(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn only_the_extra_chunk_is_taken_out_at_every_boundary() {
        let stream = [": hi\n\n", FILTER, TEXT, USAGE, DONE].concat();
        let want = [": hi\n\n", FILTER, TEXT, DONE].concat();
        for (stream, want) in [(stream.clone(), want.clone()), (stream.replace('\n', "\r\n"), want.replace('\n', "\r\n"))] {
            for cut in 0..=stream.len() {
                let (a, b) = stream.as_bytes().split_at(cut);
                assert_eq!(filter(&[a, b]), want, "cut at {cut}");
            }
            let bytes: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
            assert_eq!(filter(&bytes), want);
        }
    }

    #[test]
    fn text_is_passed_on_at_once_and_long_events_too() {
        let (mut filter, mut out) = (UsageChunkFilter::default(), Vec::new());
        filter.feed(TEXT.as_bytes(), &mut out);
        assert_eq!(out, TEXT.as_bytes());
        out.clear();
        let long = vec![b'x'; MAX_EVENT_BYTES + 1];
        filter.feed(&long, &mut out);
        assert_eq!(out.len(), long.len());
        filter.feed(b"yz\n\n", &mut out);
        filter.feed(USAGE.as_bytes(), &mut out);
        filter.feed(DONE.as_bytes(), &mut out);
        assert!(out.ends_with(b"yz\n\ndata: [DONE]\n\n"));
    }

    proptest! {
        #[test]
        fn anything_else_passes_unchanged(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..300), cut in 0_usize..300) {
            let cut = cut.min(bytes.len());
            let (mut filter, mut out) = (UsageChunkFilter::default(), Vec::new());
            filter.feed(&bytes[..cut], &mut out);
            filter.feed(&bytes[cut..], &mut out);
            filter.finish(&mut out);
            prop_assert_eq!(out, bytes);
        }
    }
}
