//! What the program prints: answers on stdout, everything else on stderr.
//!
//! Somebody who closes the pipe (`purser status | head`) has read enough: that is no error, and there is nowhere left
//! to report another one.

use std::fmt::Display;
use std::io::Write;

/// A line of the answer.
pub fn line(text: impl Display) {
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}

/// A line for the person in front of it: progress, warnings, errors.
pub fn note(text: impl Display) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// An error with its causes, outermost first.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}

/// Rows with every column as wide as its widest cell.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let print = |cells: Vec<&str>| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        line(padded.join("  ").trim_end());
    };
    print(head.to_vec());
    for row in rows {
        print(row.iter().map(String::as_str).collect());
    }
}
