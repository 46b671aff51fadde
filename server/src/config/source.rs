//! Where settings come from: the environment, and below it an optional `purser.toml`.

use super::error::SettingsError;
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

/// Every setting there is. In the file the same names stand in lower case.
pub const NAMES: &[&str] = &[
    "PURSER_ADDR",
    "PURSER_PUBLIC_URL",
    "PURSER_TRUSTED_PROXIES",
    "PURSER_DATA_DIR",
    "PURSER_DATABASE_URL",
    "PURSER_MASTER_KEYS",
    "PURSER_MASTER_KEY_FILE",
    "PURSER_PROVIDERS_FILE",
    "PURSER_CA_FILE",
    "PURSER_SMTP_URL",
    "PURSER_MAIL_FROM",
    "PURSER_MAIL_TO",
    "PURSER_WEBHOOK_URL",
    "PURSER_WEBHOOK_SECRET",
    "PURSER_SANDBOX",
    "PURSER_BUILD_ROOTS",
    "PURSER_BUILDS_AT_ONCE",
    "PURSER_EXCHANGE_RATES",
    "PURSER_NPM_REGISTRY",
    "PURSER_LOG",
    "PURSER_LOG_FORMAT",
    "PURSER_PRACTICE",
];

/// Names with our prefix that belong to our scripts and tests, not to the program.
const SCRIPTS_NAMES: &[&str] =
    &["PURSER_CACHE_DIR", "PURSER_BIN", "PURSER_PRACTICE_HISTORY", "PURSER_WASM_TOOLCHAIN", "PURSER_FOCUS_SAMPLE"];
const TESTS_PREFIX: &str = "PURSER_TEST_";
/// The settings file's name.
pub const FILE: &str = "purser.toml";

/// The settings as given, unread. Values may be secret, so it cannot be printed.
#[derive(Default)]
pub struct Source {
    environment: BTreeMap<String, String>,
    file: Option<(String, BTreeMap<String, String>)>,
}

/// One setting as given.
pub struct Given<'a> {
    name: &'a str,
    text: &'a str,
    file: Option<&'a str>,
}

impl Source {
    /// The process's own environment.
    ///
    /// # Errors
    /// When one of ours is not UTF-8.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let mut environment = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            let Some(name) = name.to_str().filter(|name| name.starts_with("PURSER_") || name.starts_with("LEPTOS_")) else { continue };
            let text = value.into_string().map_err(|_| SettingsError::new(name, "is not UTF-8 text"))?;
            environment.insert(name.to_owned(), text);
        }
        Ok(Self { environment, file: None })
    }

    /// Given pairs instead of the environment; for tests.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let environment = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { environment, file: None }
    }

    /// Adds the settings file of a folder, if it has one and none was read yet.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or names a setting that does not exist.
    pub fn with_file_of(mut self, folder: &Path) -> Result<Self, SettingsError> {
        let path = folder.join(FILE);
        if self.file.is_some() || !path.is_file() {
            return Ok(self);
        }
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| SettingsError::new(&shown, format!("cannot be read: {error}")))?;
        self.file = Some((shown.clone(), read_file(&shown, &text)?));
        Ok(self)
    }

    /// A setting, if it is given. An empty variable counts as not given: that is how compose files unset one.
    pub fn get<'a>(&'a self, name: &'a str) -> Option<Given<'a>> {
        if let Some(text) = self.environment.get(name).filter(|text| !text.trim().is_empty()) {
            return Some(Given { name, text, file: None });
        }
        let (file, values) = self.file.as_ref()?;
        let text = values.get(&name.to_lowercase()).filter(|text| !text.trim().is_empty())?;
        Some(Given { name, text, file: Some(file) })
    }

    /// A warning for every variable with our prefix that we do not know.
    pub fn unknown(&self) -> Vec<String> {
        let ours = |name: &&String| {
            name.starts_with("PURSER_")
                && !NAMES.contains(&name.as_str())
                && !SCRIPTS_NAMES.contains(&name.as_str())
                && !name.starts_with(TESTS_PREFIX)
        };
        self.environment
            .keys()
            .filter(ours)
            .map(|name| format!("{name} is not a setting of Purser{}", suggestion(name, str::to_owned)))
            .collect()
    }
}

impl<'a> Given<'a> {
    /// The text, without white space around it.
    pub fn text(&self) -> &'a str {
        self.text.trim()
    }

    /// Reads it as something else; `expected` says what would be right.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn parse<T: FromStr>(&self, expected: &str) -> Result<T, SettingsError> {
        self.text().parse().map_err(|_| self.wrong(expected))
    }

    /// Reads a switch.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn switch(&self) -> Result<bool, SettingsError> {
        match self.text().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(true),
            "0" | "false" | "no" | "off" => Ok(false),
            _ => Err(self.wrong("write 1 or 0")),
        }
    }

    /// A mistake in this setting.
    pub fn wrong(&self, reason: impl Into<String>) -> SettingsError {
        let name = if self.file.is_some() { self.name.to_lowercase() } else { self.name.to_owned() };
        SettingsError { name, place: self.file.map(str::to_owned), reason: reason.into() }
    }
}

fn read_file(shown: &str, text: &str) -> Result<BTreeMap<String, String>, SettingsError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        // The parser's own rendering quotes the line, and a line may hold a key.
        let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        SettingsError::new(shown, format!("line {line}: {}", error.message()))
    })?;
    table.into_iter().map(|(name, value)| Ok((name.clone(), scalar(shown, &name, value)?))).collect()
}

fn scalar(shown: &str, name: &str, value: toml::Value) -> Result<String, SettingsError> {
    let wrong = |reason: String| SettingsError { name: name.to_owned(), place: Some(shown.to_owned()), reason };
    if !NAMES.iter().any(|known| known.to_lowercase() == name) {
        return Err(wrong(format!("is not a setting of Purser{}", suggestion(&name.to_uppercase(), str::to_lowercase))));
    }
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Boolean(on) => Ok(on.to_string()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        _ => Err(wrong("must be a text in quotes".to_owned())),
    }
}

fn suggestion(name: &str, write: impl Fn(&str) -> String) -> String {
    let full = if name.starts_with("PURSER_") { name.to_owned() } else { format!("PURSER_{name}") };
    let closest = NAMES.iter().map(|known| (distance(&full, known), *known)).min();
    match closest {
        Some((distance, known)) if distance <= 5 => format!("; did you mean {}?", write(known)),
        _ => String::new(),
    }
}

/// Letters to change, add or drop to get from one word to the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let cost = (before + usize::from(x != *y)).min(above + 1).min(left + 1);
            before = *above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_over_the_file_and_empty_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "purser_addr = \"127.0.0.1:1\"\npurser_practice = true\n").unwrap();
        let text = |source: &Source, name| source.get(name).map(|given| given.text().to_owned());
        let file_only = Source::from_pairs([("PURSER_ADDR", " ")]).with_file_of(folder.path()).unwrap();
        assert_eq!(text(&file_only, "PURSER_ADDR").as_deref(), Some("127.0.0.1:1"));
        assert_eq!(text(&file_only, "PURSER_PRACTICE").as_deref(), Some("true"));
        let both = Source::from_pairs([("PURSER_ADDR", "127.0.0.1:2")]).with_file_of(folder.path()).unwrap();
        assert_eq!(text(&both, "PURSER_ADDR").as_deref(), Some("127.0.0.1:2"));
        assert_eq!(text(&both, "PURSER_LOG"), None);
    }

    #[test]
    fn unknown_names_are_told_with_the_closest_known_one() {
        let source = Source::from_pairs([("PURSER_PUBLIC_URI", "x"), ("PURSER_TEST_POSTGRES_URL", "x"), ("PURSER_ZZZZZZZZZZZZZZ", "x")]);
        assert_eq!(
            source.unknown(),
            [
                "PURSER_PUBLIC_URI is not a setting of Purser; did you mean PURSER_PUBLIC_URL?",
                "PURSER_ZZZZZZZZZZZZZZ is not a setting of Purser"
            ]
        );
    }

    #[test]
    fn names_that_our_own_scripts_use_are_known() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut names = std::collections::BTreeSet::new();
        let files = ["scripts", "bench", "end2end/support", "end2end/specs"]
            .iter()
            .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
            .map(|file| file.unwrap().path())
            .chain([root.join("Makefile")]);
        for file in files.filter(|file| file.is_file()) {
            let text = std::fs::read_to_string(&file).unwrap();
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            names.extend(words.filter(|word| word.starts_with("PURSER_") && word.len() > 7).map(str::to_owned));
        }
        assert!(names.contains("PURSER_PRACTICE_HISTORY"), "the scripts were read: {names:?}");
        assert_eq!(Source::from_pairs(names.iter().map(|name| (name.as_str(), "x"))).unknown(), Vec::<String>::new());
    }

    #[test]
    fn a_wrong_file_is_refused_without_quoting_it() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |text: &str| {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            Source::default().with_file_of(folder.path()).err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert!(refused("adr = \"x\"").contains("did you mean purser_addr?"));
        assert!(refused("purser_log = [1]").contains("must be a text in quotes"));
        let broken = refused("\npurser_master_keys = k1:hunter2\n");
        assert!(broken.contains("line 2") && !broken.contains("hunter2"), "{broken}");
    }
}
