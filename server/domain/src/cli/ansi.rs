//! Terminal control sequences (ECMA-48) taken out of a stream that may be cut anywhere.

/// Takes control sequences out of what a program prints. Bytes in, text bytes out; state is kept between pieces.
#[derive(Debug, Clone, Default)]
pub struct AnsiStripper {
    place: Place,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    /// After ESC.
    Escape,
    /// In a control sequence, `ESC [ … final`.
    Control,
    /// In a string that BEL or `ESC \` ends: a title, a link.
    Text2,
    /// After ESC in such a string.
    Text2Escape,
    /// In a two-byte sequence with an intermediate, `ESC ( B`.
    Intermediate,
}

impl AnsiStripper {
    /// Appends the text of a piece to `out`. A carriage return becomes a line break: what comes after it replaces a line on a
    /// terminal, and is a line of its own here. Other control characters go, tabs become spaces.
    pub fn strip(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        for &byte in piece {
            self.place = match self.place {
                Place::Text => text(byte, out),
                Place::Escape => match byte {
                    b'[' => Place::Control,
                    b']' | b'P' | b'X' | b'^' | b'_' => Place::Text2,
                    0x20..=0x2f => Place::Intermediate,
                    0x1b => Place::Escape,
                    // A two-byte sequence, or none at all: a line break is kept, so that one stray ESC eats no more.
                    b'\n' | b'\r' => text(byte, out),
                    _ => Place::Text,
                },
                Place::Control => match byte {
                    0x40..=0x7e => Place::Text,
                    b'\n' | b'\r' => text(byte, out),
                    0x1b => Place::Escape,
                    _ => Place::Control,
                },
                Place::Text2 => match byte {
                    0x07 => Place::Text,
                    0x1b => Place::Text2Escape,
                    // Never ended: a line break ends it for us.
                    b'\n' => text(byte, out),
                    _ => Place::Text2,
                },
                Place::Text2Escape => match byte {
                    b'\\' => Place::Text,
                    b'\n' => text(byte, out),
                    _ => Place::Text2,
                },
                Place::Intermediate => match byte {
                    0x20..=0x2f => Place::Intermediate,
                    _ => Place::Text,
                },
            };
        }
    }
}

fn text(byte: u8, out: &mut Vec<u8>) -> Place {
    match byte {
        0x1b => return Place::Escape,
        b'\r' => out.push(b'\n'),
        b'\t' => out.push(b' '),
        b'\n' | 0x20..=0x7e | 0x80..=0xff => out.push(byte),
        _ => {}
    }
    Place::Text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stripped(text: &str) -> String {
        let mut out = Vec::new();
        AnsiStripper::default().strip(text.as_bytes(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn colours_titles_links_and_cursor_moves_go() {
        for (given, expected) in [
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\r\u{1b}[K ✓ Signed in\n", "\n ✓ Signed in\n"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;https://evil.example\u{1b}\\https://x.ai\u{1b}]8;;\u{1b}\\", "https://x.ai"),
            ("\u{1b}(Bok\u{1b}7\u{1b}=", "ok"),
            ("a\u{8}\u{0}b\tc", "ab c"),
            ("\u{1b}[31\nnext", "\nnext"),
            ("\u{1b}]never ended\nnext", "\nnext"),
        ] {
            assert_eq!(stripped(given), expected, "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn pieces_may_be_cut_anywhere(text in "(\u{1b}\\[[0-9;]{0,4}m|\u{1b}\\][a-z]{0,4}\u{7}|[a-z\r\n✓]){0,30}", cut in 0_usize..200) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            let mut stripper = AnsiStripper::default();
            let mut out = Vec::new();
            stripper.strip(&bytes[..cut], &mut out);
            stripper.strip(&bytes[cut..], &mut out);
            prop_assert_eq!(String::from_utf8_lossy(&out).into_owned(), stripped(&text));
        }
    }
}
