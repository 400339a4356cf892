//! Identifiers for whatever a document calls its parts.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Names in scope in every Rust module, and those that a generated client brings along.
const TAKEN_TYPES: &str = "\
    AsMut AsRef Box ByteStream Client ClientHooks ClientInfo Clone Copy Debug Default Drop Eq Err Error \
    Extend Fn FnMut FnOnce From Future Hash Into IntoFuture IntoIterator Iterator None Ok OperationInfo Option \
    Ord PartialEq PartialOrd RequestBuilderExt ResponseValue Result Self Send Sized Some String Sync ToOwned ToString \
    TryFrom TryInto Unpin Vec";

/// Methods of a generated client that are no operations, and those of the traits that it implements.
pub(super) const TAKEN_METHODS: [&str; 18] = [
    "api_version",
    "baseurl",
    "borrow",
    "borrow_mut",
    "client",
    "clone",
    "clone_into",
    "exec",
    "fmt",
    "from",
    "inner",
    "into",
    "new",
    "new_with_client",
    "post",
    "pre",
    "to_owned",
    "try_into",
];

/// Variables and arguments of a generated method, and methods of a generated mock.
pub(super) const TAKEN_PARAMETERS: [&str; 7] =
    ["body", "header_map", "info", "into_inner", "new", "options", "value"];

/// Names that were given already.
#[derive(Debug, Default)]
pub(crate) struct UniqueNames(BTreeSet<String>);

impl UniqueNames {
    /// No name is given yet, and these are not given.
    pub(super) fn without(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Takes a name if it is free, and returns whether it was.
    pub(crate) fn take(&mut self, name: &str) -> bool {
        self.0.insert(name.to_owned())
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Returns this name or, if it was given already, the same with the first number from 2 that makes it new.
    pub(crate) fn unique(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.0.contains(name));
        let free = free.unwrap_or_default();
        self.0.insert(free.clone());
        free
    }
}

pub(super) fn is_taken_type(name: &str) -> bool {
    TAKEN_TYPES.split(' ').any(|taken| taken == name)
}

/// The name of a type: the text in UpperCamelCase, with letters in front and another word behind where Rust requires it.
pub(super) fn type_name(text: &str) -> String {
    // Twice: a name of single letters is one word to the generator, which writes `AB` as `Ab`.
    let camel = cleaned(text).to_upper_camel_case().to_upper_camel_case();
    let name = identifier(&camel, "X");
    if is_taken_type(&name) { format!("{name}Schema") } else { name }
}

/// The variant of an enum that stands for a code.
pub(crate) fn variant_name(code: &str) -> String {
    let name = identifier(&cleaned(code).to_upper_camel_case(), if code.is_empty() { "Empty" } else { "V" });
    if ["Unknown", "Self"].contains(&name.as_str()) { format!("{name}Code") } else { name }
}

/// The name of a member or a parameter, as typify and progenitor choose it.
pub(crate) fn field_name(text: &str) -> String {
    match text {
        "+1" => "plus1".into(),
        "-1" => "minus1".into(),
        _ => identifier(&cleaned(text).to_snake_case(), "x"),
    }
}

fn cleaned(text: &str) -> String {
    let kept = text.chars().filter(|c| *c != '\'');
    kept.map(|c| if c == '_' || may_continue(c) { c } else { '-' }).collect()
}

fn identifier(name: &str, prefix: &str) -> String {
    let name =
        if name.chars().next().is_some_and(may_start) { name.to_owned() } else { format!("{prefix}{name}") };
    if syn::parse_str::<syn::Ident>(&name).is_ok() && name != "gen" { name } else { format!("{name}_") }
}

fn may_start(c: char) -> bool {
    c.is_ascii_alphabetic() || (!c.is_ascii() && syn::parse_str::<syn::Ident>(&c.to_string()).is_ok())
}

fn may_continue(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && syn::parse_str::<syn::Ident>(&format!("a{c}")).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_gives_an_identifier() {
        for text in [
            "", " ", "7", "7 Points", "type", "self", "Self", "crate", "a.b/c", "Ünder", "x²", "_", "__a",
            "'", "gen", "-1", "日本",
        ] {
            for name in [type_name(text), variant_name(text), field_name(text)] {
                assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{text:?} gives {name:?}");
            }
        }
        assert_eq!(
            [type_name("Result"), type_name("body_upload"), type_name("7 Points")],
            ["ResultSchema", "BodyUpload", "X7points"]
        );
        assert_eq!(
            [variant_name(""), variant_name("15"), variant_name("unknown")],
            ["Empty", "V15", "UnknownCode"]
        );
        assert_eq!([field_name("fooBar"), field_name("type"), field_name("")], ["foo_bar", "type_", "x"]);
    }

    #[test]
    fn a_name_that_is_given_gets_a_number() {
        let mut names = UniqueNames::default();
        assert_eq!(
            [names.unique("a"), names.unique("a"), names.unique("a2"), names.unique("a")],
            ["a", "a2", "a22", "a3"]
        );
    }
}
