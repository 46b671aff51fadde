//! An address as a QR code: the path of an SVG, drawn on the server so that the browser's bundle needs no encoder.

use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;

/// The modules around a code that must stay empty (ISO/IEC 18004 §6.3.8).
const QUIET_ZONE: usize = 4;

/// A drawn code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Width and height in modules, quiet zone included: the `viewBox` is `0 0 size size`.
    pub size: usize,
    /// `d` of one `<path>`; dark modules are filled.
    pub path: String,
}

/// Draws a text; `None` when it is too long for any code.
pub fn qr(text: &str) -> Option<Qr> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let width = code.size;
    let mut path = String::new();
    for row in 0..width {
        let modules = &code[row];
        let mut column = 0;
        while column < width {
            let run = modules[column..width].iter().take_while(|module| module.value()).count();
            if run > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", column + QUIET_ZONE, row + QUIET_ZONE);
            }
            column += run.max(1);
        }
    }
    Some(Qr { size: width + 2 * QUIET_ZONE, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills the path's rectangles into a grid again.
    fn grid(qr: &Qr) -> Vec<Vec<bool>> {
        let mut grid = vec![vec![false; qr.size]; qr.size];
        for rectangle in qr.path.split('M').skip(1) {
            let numbers: Vec<usize> = rectangle
                .split(|c: char| !c.is_ascii_digit())
                .filter(|text| !text.is_empty())
                .map(|text| text.parse().expect("a number"))
                .collect();
            let (x, y, run) = (numbers[0], numbers[1], numbers[2]);
            assert!(rectangle.ends_with('z') && numbers[3] == 1 && numbers[4] == run, "{rectangle}");
            grid[y][x..x + run].fill(true);
        }
        grid
    }

    #[test]
    fn the_path_is_the_code_with_its_finders_and_quiet_zone() {
        let text = "https://auth.x.ai/oauth2/device?user_code=ABCD-EFGH";
        let qr = qr(text).expect("fits");
        let grid = grid(&qr);
        let last = qr.size - QUIET_ZONE - 7;
        for (top, left) in [(QUIET_ZONE, QUIET_ZONE), (QUIET_ZONE, last), (last, QUIET_ZONE)] {
            for y in 0..7 {
                for x in 0..7 {
                    let dark = y == 0 || y == 6 || x == 0 || x == 6 || ((2..=4).contains(&y) && (2..=4).contains(&x));
                    assert_eq!(grid[top + y][left + x], dark, "finder at {top},{left}: {x},{y}");
                }
            }
        }
        assert!(grid.iter().take(QUIET_ZONE).flatten().all(|dark| !dark) && grid.iter().all(|row| !row[..QUIET_ZONE].contains(&true)));
        let code = QRBuilder::new(text).ecl(ECL::M).build().expect("fits");
        let dark = |row: usize, column: usize| grid[row + QUIET_ZONE][column + QUIET_ZONE];
        assert!((0..code.size).all(|row| (0..code.size).all(|column| code[row][column].value() == dark(row, column))));
        assert!(qr.path.bytes().all(|byte| byte.is_ascii_digit() || b"Mhvz- ".contains(&byte)), "nothing but a path");
    }

    #[test]
    fn a_text_too_long_for_any_code_has_none() {
        assert_eq!(qr(&"x".repeat(5000)), None);
    }
}
