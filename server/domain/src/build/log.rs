//! What a program prints, made safe: text, line breaks, and colours (SGR, ECMA-48 §8.3.117). Everything else a terminal would
//! obey is taken out, so that a log can be stored, sent and shown without anybody obeying it.

/// Longest control sequence that is looked at; a longer one is dropped.
const LONGEST_SEQUENCE: usize = 32;
/// Longest line that is kept whole; it is broken there.
const LONGEST_LINE: usize = 8 * 1024;

/// Cleans a stream that may be cut anywhere, and hands out whole lines.
#[derive(Debug, Clone, Default)]
pub struct LogCleaner {
    place: Place,
    sequence: Vec<u8>,
    line: Vec<u8>,
    /// Was the last character a carriage return? Then a line feed belongs to it.
    returned: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    Escape,
    Control,
    /// In a string that BEL or `ESC \` ends: a title, a link.
    Words,
    WordsEscape,
    Intermediate,
}

impl LogCleaner {
    /// Takes a piece in; the lines that are whole now, each with its line break.
    pub fn push(&mut self, piece: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for &byte in piece {
            self.place = self.step(byte);
            if self.line.last() == Some(&b'\n') || (self.line.len() >= LONGEST_LINE && byte < 0x80) {
                lines.extend(self.take());
            }
        }
        lines
    }

    /// What is left at the end, if anything.
    pub fn rest(&mut self) -> Option<String> {
        self.take()
    }

    fn take(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        (!line.is_empty()).then(|| readable(&line))
    }

    fn step(&mut self, byte: u8) -> Place {
        match self.place {
            Place::Text => self.text(byte),
            Place::Escape => match byte {
                b'[' => {
                    self.sequence.clear();
                    Place::Control
                }
                b']' | b'P' | b'X' | b'^' | b'_' => Place::Words,
                0x20..=0x2f => Place::Intermediate,
                0x1b => Place::Escape,
                b'\n' | b'\r' => self.text(byte),
                _ => Place::Text,
            },
            Place::Control => self.control(byte),
            Place::Words => match byte {
                0x07 => Place::Text,
                0x1b => Place::WordsEscape,
                b'\n' => self.text(byte),
                _ => Place::Words,
            },
            Place::WordsEscape => match byte {
                b'\\' => Place::Text,
                b'\n' => self.text(byte),
                _ => Place::Words,
            },
            Place::Intermediate => match byte {
                0x20..=0x2f => Place::Intermediate,
                _ => Place::Text,
            },
        }
    }

    fn control(&mut self, byte: u8) -> Place {
        match byte {
            b'm' if self.sequence.len() <= LONGEST_SEQUENCE && self.sequence.iter().all(|b| b.is_ascii_digit() || *b == b';') => {
                self.line.extend_from_slice(b"\x1b[");
                self.line.append(&mut self.sequence);
                self.line.push(b'm');
                Place::Text
            }
            0x40..=0x7e => Place::Text,
            b'\n' | b'\r' => self.text(byte),
            0x1b => Place::Escape,
            other => {
                if self.sequence.len() <= LONGEST_SEQUENCE {
                    self.sequence.push(other);
                }
                Place::Control
            }
        }
    }

    fn text(&mut self, byte: u8) -> Place {
        let returned = std::mem::replace(&mut self.returned, byte == b'\r' && !self.line.is_empty());
        match byte {
            0x1b => return Place::Escape,
            // What comes after it replaces the line on a terminal: a line of its own here, and no empty one for CR LF.
            b'\r' if !self.line.is_empty() => self.line.push(b'\n'),
            b'\n' if returned => {}
            b'\n' | b'\t' | 0x20..=0x7e | 0x80..=0xff => self.line.push(byte),
            _ => {}
        }
        Place::Text
    }
}

/// Text without what hides in Unicode: control characters, and what turns the direction of reading.
fn readable(line: &[u8]) -> String {
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t' | '\u{1b}'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    String::from_utf8_lossy(line).chars().filter(|c| !hidden(*c)).collect()
}

/// Text of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: SpanStyle,
    /// The text; line breaks are in it.
    pub text: String,
}

/// How text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpanStyle {
    /// Heavier.
    pub bold: bool,
    /// Paler.
    pub dim: bool,
    /// One of the eight colours of ECMA-48, 0 to 7: black, red, green, yellow, blue, magenta, cyan, white.
    pub colour: Option<u8>,
}

/// A cleaned log as spans. Colours beyond the eight, and backgrounds, are left out: they would not be legible on every ground.
pub fn spans(text: &str) -> Vec<Span> {
    spans_after(SpanStyle::default(), text).0
}

/// A later part of a log as spans, after what came before ended in `style`; and what this part ends in.
pub fn spans_after(mut style: SpanStyle, text: &str) -> (Vec<Span>, SpanStyle) {
    let mut spans: Vec<Span> = Vec::new();
    let mut add = |style: SpanStyle, text: &str| match spans.last_mut() {
        Some(last) if last.style == style => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => spans.push(Span { style, text: text.to_owned() }),
    };
    let mut pieces = text.split("\u{1b}[");
    add(style, pieces.next().unwrap_or_default());
    for piece in pieces {
        let Some((codes, rest)) = piece.split_once('m') else { continue };
        style = dressed(style, codes);
        add(style, rest);
    }
    (spans, style)
}

fn dressed(mut style: SpanStyle, codes: &str) -> SpanStyle {
    let mut codes = codes.split(';').map(|code| code.parse::<u8>().unwrap_or(0));
    while let Some(code) = codes.next() {
        match code {
            0 => style = SpanStyle::default(),
            1 => style.bold = true,
            2 => style.dim = true,
            22 => (style.bold, style.dim) = (false, false),
            30..=37 => style.colour = Some(code - 30),
            90..=97 => style.colour = Some(code - 90),
            39 => style.colour = None,
            // A colour of many, foreground or background: its parts are no codes of their own.
            38 | 48 => match codes.next() {
                Some(5) => drop(codes.next()),
                Some(2) => drop(codes.by_ref().take(3).count()),
                _ => {}
            },
            _ => {}
        }
    }
    style
}
