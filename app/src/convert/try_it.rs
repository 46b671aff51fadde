//! The answer of Try it as lines of JSON.

use super::dollars;
use crate::wire::{AppError, TryEvent};
use futures::StreamExt;
use server_fn::codec::TextStream;
use services::inference::{TryPiece, TryStream};
use std::fmt::Write as _;

/// One JSON object a line, ASCII only: no chunk border can then split a character.
pub fn try_stream(answer: TryStream) -> TextStream<AppError> {
    TextStream::new(answer.map(|piece| Ok(line(&event(piece)))))
}

fn event(piece: TryPiece) -> TryEvent {
    match piece {
        TryPiece::Text(text) => TryEvent::Text { text },
        TryPiece::Done { model, tokens, first_ms, total_ms, cost } => TryEvent::Done {
            input_tokens: tokens.map(|t| t.input + t.cache_read + t.cache_write),
            output_tokens: tokens.map(|t| t.output),
            first_ms,
            total_ms,
            cost: cost.map(dollars),
            model,
        },
        TryPiece::Failed(message) => TryEvent::Failed { message },
    }
}

fn line(event: &TryEvent) -> String {
    let json = serde_json::to_string(event).unwrap_or_default();
    let mut ascii = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii.push('\n');
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_ascii_and_read_back() {
        let event = TryEvent::Text { text: "grüße 🙂\n".into() };
        let line = line(&event);
        assert!(line.is_ascii() && line.ends_with('\n') && line.matches('\n').count() == 1);
        assert_eq!(serde_json::from_str::<TryEvent>(&line).ok(), Some(event));
    }
}
