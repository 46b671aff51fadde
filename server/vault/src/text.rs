//! Keys as they are written down: a line in a setting, or a file with comments.

use crate::{KeyId, MasterKey, RingError};
use zeroize::Zeroizing;

/// The text of a key ring, to be changed and written again: order, comments and blank lines stay. Cannot be printed.
pub struct KeyText {
    lines: Vec<Line>,
}

enum Line {
    /// A comment or nothing.
    Words(String),
    Key(MasterKey),
}

impl KeyText {
    /// Reads what [`crate::KeyRing::parse`] reads.
    ///
    /// # Errors
    /// [`RingError`]; the text is never repeated.
    pub fn parse(text: &str) -> Result<Self, RingError> {
        let mut lines = Vec::new();
        let mut position = 0;
        for line in text.lines() {
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                lines.push(Line::Words(line.to_owned()));
                continue;
            }
            for key in line.split(',').map(str::trim).filter(|key| !key.is_empty()) {
                position += 1;
                lines.push(Line::Key(MasterKey::parse(key).map_err(|reason| RingError::Key { position, reason })?));
            }
        }
        Ok(Self { lines })
    }

    /// The keys' names, in their order.
    pub fn ids(&self) -> Vec<KeyId> {
        self.keys().map(MasterKey::id).collect()
    }

    /// Adds a key that seals from now on.
    pub fn put_first(&mut self, key: MasterKey) {
        let first = self.lines.iter().position(|line| matches!(line, Line::Key(_))).unwrap_or(self.lines.len());
        self.lines.insert(first, Line::Key(key));
    }

    /// Adds a key that opens, and does not seal yet.
    pub fn put_last(&mut self, key: MasterKey) {
        let behind = self.lines.iter().rposition(|line| matches!(line, Line::Key(_))).map_or(self.lines.len(), |last| last + 1);
        self.lines.insert(behind, Line::Key(key));
    }

    /// Lets a key seal that is there; `false` when there is none of this name.
    pub fn move_first(&mut self, id: KeyId) -> bool {
        let Some(at) = self.lines.iter().position(|line| matches!(line, Line::Key(key) if key.id() == id)) else { return false };
        if let Line::Key(key) = self.lines.remove(at) {
            self.put_first(key);
        }
        true
    }

    /// For a file: a line each.
    pub fn for_file(&self) -> Zeroizing<String> {
        let mut text = with_room(&self.lines);
        for line in &self.lines {
            match line {
                Line::Words(words) => text.push_str(words),
                Line::Key(key) => text.push_str(&key.to_text()),
            }
            text.push('\n');
        }
        text
    }

    /// For a setting: all in one line.
    pub fn for_setting(&self) -> Zeroizing<String> {
        let mut text = with_room(&self.lines);
        for key in self.keys() {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&key.to_text());
        }
        text
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        self.lines.iter().filter_map(|line| match line {
            Line::Key(key) => Some(key),
            Line::Words(_) => None,
        })
    }
}

/// A text that grows would leave copies of the keys behind.
fn with_room(lines: &[Line]) -> Zeroizing<String> {
    const KEY: usize = 64;
    let room = |line: &Line| match line {
        Line::Words(words) => words.len() + 1,
        Line::Key(_) => KEY,
    };
    Zeroizing::new(String::with_capacity(lines.iter().map(room).sum()))
}

impl std::fmt::Debug for KeyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<String> = self.ids().iter().map(KeyId::to_string).collect();
        write!(f, "KeyText({})", ids.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyRing;

    fn id(name: &str) -> KeyId {
        KeyId::parse(name).unwrap()
    }

    fn key(name: &str, byte: u8) -> MasterKey {
        MasterKey::new(id(name), [byte; 32])
    }

    fn written(name: &str, byte: u8) -> String {
        key(name, byte).to_text().to_string()
    }

    #[test]
    fn comments_and_order_stay_where_a_key_comes_and_moves() {
        let [one, two, three] = [written("k1", 1), written("k2", 2), written("k3", 3)];
        let mut text = KeyText::parse(&format!("# ours\n\n {two} ,{one}\n# the end\n")).unwrap();
        assert_eq!(text.ids(), [id("k2"), id("k1")]);
        text.put_last(key("k3", 3));
        assert_eq!(*text.for_file(), format!("# ours\n\n{two}\n{one}\n{three}\n# the end\n"));
        assert!(text.move_first(id("k3")) && !text.move_first(id("k9")));
        assert_eq!(*text.for_setting(), format!("{three},{two},{one}"));
        text.put_first(key("k4", 4));
        assert_eq!(*text.for_file(), format!("# ours\n\n{}\n{three}\n{two}\n{one}\n# the end\n", written("k4", 4)));
        let ring = KeyRing::parse(&text.for_file()).unwrap();
        assert_eq!(ring.ids().collect::<Vec<_>>(), text.ids(), "the ring reads what is written");
        assert_eq!(format!("{text:?}"), "KeyText(k4, k3, k2, k1)");
    }

    #[test]
    fn nothing_grows_while_it_is_written() {
        let mut text = KeyText::parse("# a comment\n").unwrap();
        (0..9).for_each(|n| text.put_first(key(&format!("eight{n:03}"), n)));
        for written in [text.for_file(), text.for_setting()] {
            assert!(written.len() <= written.capacity() && written.capacity() <= with_room(&text.lines).capacity());
        }
        assert!(KeyText::parse("k1:secretsecret").unwrap_err().to_string().starts_with("key 1"));
    }
}
