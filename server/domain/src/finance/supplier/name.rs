//! When two ways of writing a name mean the same firm.

use unicode_normalization::UnicodeNormalization as _;

/// Legal forms dropped from the end of a name.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "nv",
    "oy",
    "oyj",
    "pbc",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "se",
    "spa",
    "srl",
    "ug",
];

/// The name as it is compared: compatibility forms unified (Unicode NFKC), lower case, without legal form, punctuation and
/// spaces. `OpenAI, L.L.C.` and `ＯｐｅｎＡＩ` are both `openai`.
pub fn normalised(name: &str) -> String {
    let spaced: String = name
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|letter| !matches!(letter, '.' | '\'' | '\u{2019}'))
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|last| LEGAL_FORMS.contains(last)) {
        words.pop();
    }
    words.concat()
}
