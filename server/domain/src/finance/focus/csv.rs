//! Comma-separated values, RFC 4180, with `\n` between records and UTF-8 throughout.

/// A text that is no such file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// A quote is missing.
    #[error("a quote is never closed")]
    OpenQuote,
    /// Something follows a closed quote.
    #[error("record {0}: text after a closed quote")]
    AfterQuote(usize),
    /// A record has more or fewer fields than the first.
    #[error("record {0}: the number of fields differs from the first record")]
    Ragged(usize),
}

/// Writes records. A field is quoted when it has to be; one without a value is empty.
pub fn write<'a>(records: impl IntoIterator<Item = &'a [String]>) -> String {
    let mut out = String::new();
    for record in records {
        for (index, field) in record.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_field(&mut out, field);
        }
        out.push('\n');
    }
    out
}

fn write_field(out: &mut String, field: &str) {
    if field.contains([',', '"', '\n', '\r']) || field.starts_with(' ') || field.ends_with(' ') {
        out.push('"');
        out.push_str(&field.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(field);
    }
}

/// Reads records; every one has as many fields as the first.
///
/// # Errors
/// [`CsvError`].
pub fn read(text: &str) -> Result<Vec<Vec<String>>, CsvError> {
    let mut records: Vec<Vec<String>> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut record = Vec::new();
        loop {
            let (field, after) = field(rest, records.len() + 1)?;
            record.push(field);
            let Some(next) = after.strip_prefix(',') else {
                rest = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after);
                break;
            };
            rest = next;
        }
        if records.first().is_some_and(|first| first.len() != record.len()) {
            return Err(CsvError::Ragged(records.len() + 1));
        }
        records.push(record);
    }
    Ok(records)
}

fn field(text: &str, record: usize) -> Result<(String, &str), CsvError> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        return Ok((text[..end].strip_suffix('\r').unwrap_or(&text[..end]).to_owned(), &text[end..]));
    };
    let mut value = String::new();
    loop {
        let end = rest.find('"').ok_or(CsvError::OpenQuote)?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                value.push('"');
                rest = next;
            }
            None if rest.is_empty() || rest.starts_with([',', '\n']) || rest.starts_with("\r\n") => return Ok((value, rest)),
            None => return Err(CsvError::AfterQuote(record)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_quoted_when_they_have_to_be() {
        let record: Vec<String> = ["a", "", "b,c", "say \"x\"", "two\nlines", " edge"].map(str::to_owned).into();
        assert_eq!(write([record.as_slice()]), "a,,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\",\" edge\"\n");
    }

    #[test]
    fn broken_files_are_refused() {
        assert_eq!(read("a,\"b"), Err(CsvError::OpenQuote));
        assert_eq!(read("a\n\"b\"c\n"), Err(CsvError::AfterQuote(2)));
        assert_eq!(read("a,b\nc\n"), Err(CsvError::Ragged(2)));
        assert_eq!(read("a,b\r\nc,d\r\n").map(|records| records.len()), Ok(2));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_is_written_is_read_back(records in prop::collection::vec(prop::collection::vec("[a,\"\n\r =é]{0,6}", 3), 1..4)) {
            let text = write(records.iter().map(Vec::as_slice));
            // A bare carriage return at the end of an unquoted field cannot occur: it is quoted.
            prop_assert_eq!(read(&text), Ok(records));
        }
    }
}
