//! One macro for enums that have a single text form everywhere.

/// A word that is not one of an enum's variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// Which enum was asked, for example `AuthMethod`.
    pub kind: &'static str,
    /// The word that was given.
    pub word: String,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a known {}", self.word, self.kind)
    }
}

impl std::error::Error for UnknownWord {}

/// Declares a fieldless enum with `ALL`, `as_str`, `Display`, `FromStr` and `serde` over the same words.
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every variant, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The one text form: database, wire and URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord { kind: stringify!($name), word: word.to_owned() }),
                }
            }
        }
    };
}

pub(crate) use text_enum;
