//! Names by locale.

use serde_json::{Value, json};

/// A code with its names in our words.
pub(super) struct Name {
    pub(super) code: &'static str,
    pub(super) en: &'static str,
    /// Left out where the usual Spanish term is not certain.
    pub(super) es: Option<&'static str>,
}

impl Name {
    pub(super) const fn new(code: &'static str, en: &'static str, es: &'static str) -> Self {
        Self { code, en, es: Some(es) }
    }

    pub(super) const fn english(code: &'static str, en: &'static str) -> Self {
        Self { code, en, es: None }
    }

    pub(super) fn by_locale(&self) -> Value {
        match self.es {
            Some(es) => json!({"en_GB": self.en, "es_ES": es}),
            None => json!({"en_GB": self.en}),
        }
    }
}
