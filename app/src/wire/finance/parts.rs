//! What Finance's screens are made of: values, tables, forms, drawings.

use serde::{Deserialize, Serialize};
use vocab::Tone;

/// A value as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The value in words.
    pub text: String,
    /// Where it leads; empty: nowhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub href: String,
    /// Smaller words below; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Shown as a state in this hue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
    /// How much of something is used, above the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Used>,
}

/// A bar that fills up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Percent used, 0 to 100.
    pub percent: u32,
    /// Where it would be at an even pace, 0 to 100; nothing for what has no pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<u32>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Headings, and whether the column holds figures.
    pub columns: Vec<(String, bool)>,
    /// Rows; the first cell names the row.
    pub rows: Vec<Vec<Cell>>,
}

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The figure; several currencies are several figures.
    pub figures: Vec<String>,
    /// What else to know; may be empty.
    pub note: String,
}

/// A named fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its name.
    pub label: String,
    /// What it is.
    pub value: Cell,
}

/// What kind of control a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// A decimal number.
    Decimal,
    /// A calendar date.
    Date,
    /// An address.
    Url,
    /// One of [`FormField::options`].
    Select,
    /// Yes or no.
    Check,
    /// Several lines.
    Area,
    /// Not shown.
    Hidden,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Its name; problems are told under it.
    pub name: String,
    /// Words of the label.
    pub label: String,
    /// Which control.
    pub kind: FieldKind,
    /// What is stored; `true` for a tick.
    pub value: String,
    /// A sentence below; may be empty.
    pub help: String,
    /// `(value, words)` of a choice.
    pub options: Vec<(String, String)>,
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormGroup {
    /// Their heading.
    pub title: String,
    /// A sentence below the heading; may be empty.
    pub about: String,
    /// Folded away until wanted?
    pub folded: bool,
    /// The fields.
    pub fields: Vec<FormField>,
}

/// A form as it is stored, at a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormView {
    /// A save on another version is refused.
    pub version: i64,
    /// Who changed it last, as far as is known; may be empty.
    pub changed_by: String,
    /// The fields.
    pub groups: Vec<FormGroup>,
}

/// A drawing: shapes made on the server, and the same as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// Names the drawing and its table.
    pub title: String,
    /// `0 0 width height`.
    pub view_box: String,
    /// Class and path of each shape.
    pub shapes: Vec<(String, String)>,
    /// Words at the axis, from the top.
    pub axis: Vec<String>,
    /// Words below, from the left.
    pub ends: Vec<String>,
    /// Class and words of each series.
    pub legend: Vec<(String, String)>,
    /// The sentence that says what one should see.
    pub summary: String,
    /// The same as a table.
    pub table: Grid,
}
