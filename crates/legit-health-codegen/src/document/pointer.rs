//! JSON pointers (RFC 6901).

use std::fmt;

/// The way to one place in a document, displayed as a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The top of the document.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// One step further down.
    #[must_use]
    pub fn then(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }

    /// Whether this is the other place, or beneath it.
    pub(crate) fn starts_with(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Where a named schema stands.
    pub(crate) fn to_schema(name: &str) -> Self {
        Self::root().then("components").then("schemas").then(name)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_tildes_in_keys_are_escaped() {
        let at = Pointer::root().then("paths").then("/body-sites").then("a~b").then(0);
        assert_eq!(at.to_string(), "/paths/~1body-sites/a~0b/0");
        assert_eq!(Pointer::root().to_string(), "/");
    }
}
