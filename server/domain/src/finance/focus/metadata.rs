//! The description that goes with a file.

use super::column::{ColumnType, Profile};
use super::sheet::Sheet;
use super::{cell, column::Column};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

/// Digits in all and after the point that a reader needs for every number: prices and quantities have up to twelve
/// decimals, their products up to twice as many.
const PRECISION: u32 = 38;
const SCALE: u32 = 24;

/// The metadata of a file: version, schema, when and by what it was made, and its columns.
pub fn metadata(profile: Profile, sheet: &Sheet, generator_version: &str, now: OffsetDateTime) -> Value {
    let columns: Vec<Value> = sheet.header.iter().map(|name| definition(name)).collect();
    json!({
        "SchemaId": schema_id(profile, sheet),
        "FocusVersion": profile.version(),
        "CreationDate": cell::instant(now),
        "DataGenerator": "Purser",
        "DataGeneratorVersion": generator_version,
        "ColumnDefinition": columns,
    })
}

/// The same for files with the same columns.
pub fn schema_id(profile: Profile, sheet: &Sheet) -> String {
    let digest = hex::encode(Sha256::digest(sheet.header.join(",")));
    format!("purser-focus-{}-{}", profile.version(), &digest[..12])
}

fn definition(name: &str) -> Value {
    let kind = Column::ALL.iter().find(|column| column.name() == name).map_or(ColumnType::Text, |column| column.kind());
    match kind {
        ColumnType::Decimal => json!({ "ColumnName": name, "DataType": "DECIMAL", "NumericPrecision": PRECISION, "NumberScale": SCALE }),
        ColumnType::Instant => json!({ "ColumnName": name, "DataType": "DATETIME" }),
        ColumnType::Json => json!({ "ColumnName": name, "DataType": "JSON", "StringEncoding": "UTF-8" }),
        ColumnType::Text => json!({ "ColumnName": name, "DataType": "STRING", "StringEncoding": "UTF-8" }),
    }
}
