//! A document of somebody else: JSON or YAML, with comments if they like.

use super::{Document, Node, yaml};
use crate::error::{Findings, Result};

impl Document {
    /// Reads a document that we have not written: JSON or YAML, of at most 2 MiB. Comments are left behind.
    ///
    /// # Errors
    /// Names the line, or the pointer, of the first thing that is no well-formed document.
    pub fn of_vendor(file: &str, bytes: &[u8]) -> Result<Self> {
        let findings = || Findings::of(file);
        yaml::small_enough(file, bytes.len())?;
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let what = format!("no UTF-8 after {} bytes", error.valid_up_to());
            findings().fatal("", what, "save it as UTF-8, or download it again")
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !text.trim_start().starts_with('{') {
            return Ok(Self { file: file.to_owned(), root: yaml::parse(file, text)? });
        }
        match serde_json::from_str::<Node>(text) {
            Ok(root) => Ok(Self { file: file.to_owned(), root }),
            // What begins with a brace may still be YAML.
            Err(error) => match yaml::parse(file, text) {
                Ok(root) => Ok(Self { file: file.to_owned(), root }),
                Err(_) => {
                    let place = format!("line {}", error.line());
                    let what = error.to_string();
                    let what = what.split(" at line ").next().unwrap_or(&what);
                    Err(findings().fatal(
                        place,
                        format!("neither JSON nor YAML: {what}"),
                        "download it again",
                    ))
                }
            },
        }
    }
}
