//! Names of the program's files. They mention one another, so all of them carry one hash: that of what they are made from.

use super::OUTPUT_NAME;

/// The names of one build.
pub struct Names {
    hash: String,
}

impl Names {
    /// Of a build from inputs with this digest, in hexadecimal.
    pub fn new(digest: &str) -> Self {
        Self { hash: digest.chars().take(16).collect() }
    }

    /// The hash in every name.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The glue of wasm-bindgen.
    pub fn glue(&self) -> String {
        format!("{OUTPUT_NAME}.{}.js", self.hash)
    }

    /// The main program.
    pub fn main(&self) -> String {
        format!("{OUTPUT_NAME}.{}.wasm", self.hash)
    }

    /// What fetches the other programs. Leptos on the server knows it by this name.
    pub fn loader(&self) -> String {
        format!("__wasm_split.{}.js", self.hash)
    }

    /// Which area needs which files. Leptos on the server reads it, browsers do not.
    pub fn manifest(&self) -> String {
        format!("__wasm_split_manifest.{}.json", self.hash)
    }

    /// Another program, by the name the cutter gave it.
    pub fn other(&self, stem: &str) -> String {
        format!("{}.wasm", self.other_stem(stem))
    }

    /// The same without its extension, as the manifest has it.
    pub fn other_stem(&self, stem: &str) -> String {
        format!("{stem}.{}", self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn one_hash_stands_in_every_name() {
        let names = Names::new("0123456789abcdef0123456789abcdef");
        assert_eq!(names.glue(), "purser.0123456789abcdef.js");
        assert_eq!(names.loader(), "__wasm_split.0123456789abcdef.js");
        assert_eq!(names.other("chunk_3"), "chunk_3.0123456789abcdef.wasm");
    }
}
