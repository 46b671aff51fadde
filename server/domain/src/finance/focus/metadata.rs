//! The description that goes with a file.

use super::cell;
use super::column::{Column, ColumnType, Profile};
use super::datasets::columns_of;
use super::sheet::Sheet;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use vocab::finance::FocusDataset;

/// Digits in all and after the point that a reader needs for every number: prices and quantities have up to twelve
/// decimals, their products up to twice as many.
const PRECISION: u32 = 38;
const SCALE: u32 = 24;

/// The metadata of a file: dataset, version, schema, when and by what it was made, and its columns.
pub fn metadata(profile: Profile, dataset: FocusDataset, sheet: &Sheet, generator_version: &str, now: OffsetDateTime) -> Value {
    let columns: Vec<Value> = sheet.header.iter().map(|name| definition(name, kind_of(dataset, name))).collect();
    json!({
        "SchemaId": schema_id(profile, sheet),
        "FocusVersion": profile.version(),
        "DatasetType": dataset.as_str(),
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

fn kind_of(dataset: FocusDataset, name: &str) -> ColumnType {
    let known = match dataset {
        FocusDataset::CostAndUsage => Column::ALL.iter().find(|column| column.name() == name).map(|column| column.kind()),
        _ => columns_of(dataset).iter().find(|column| column.name == name).map(|column| column.kind),
    };
    known.unwrap_or(ColumnType::Text)
}

fn definition(name: &str, kind: ColumnType) -> Value {
    match kind {
        ColumnType::Decimal => json!({ "ColumnName": name, "DataType": "DECIMAL", "NumericPrecision": PRECISION, "NumberScale": SCALE }),
        ColumnType::Instant => json!({ "ColumnName": name, "DataType": "DATETIME" }),
        ColumnType::Json => json!({ "ColumnName": name, "DataType": "JSON", "StringEncoding": "UTF-8" }),
        ColumnType::Text => json!({ "ColumnName": name, "DataType": "STRING", "StringEncoding": "UTF-8" }),
    }
}
