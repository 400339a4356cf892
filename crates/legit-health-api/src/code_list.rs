//! The implementation of all generated lists of codes: text, JSON, and the check for unknown codes.
//!
//! The macros are public for generated code in other crates and are not part of the stable API.

use std::fmt;

/// The error of a code that is not in a list of this version.
///
/// It is returned by `known`, for example [`BodySite::known`](crate::codes::BodySite::known). The message names the
/// nearest known code, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCodeError {
    list: &'static str,
    code: Box<str>,
    suggestion: Option<&'static str>,
}

impl UnknownCodeError {
    /// Creates the error, for generated lists.
    #[doc(hidden)]
    pub fn new(list: &'static str, code: &str, known: impl Iterator<Item = &'static str>) -> Self {
        Self { list, code: code.into(), suggestion: nearest(code, known) }
    }

    /// Returns the code that is not known.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the known code that is nearest to it; `None` if none is similar.
    pub fn suggestion(&self) -> Option<&'static str> {
        self.suggestion
    }
}

impl fmt::Display for UnknownCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { list, code, suggestion } = self;
        write!(f, "`{code}` is not a {list} that this version knows")?;
        match suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownCodeError {}

/// Returns the known code that shares most letters and pairs of letters with `code`, so that case, separators and the order
/// of the words (`left arm` for `armLeft`) have little weight.
fn nearest<'a>(code: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Share of common letters and pairs below which two codes are not similar.
    const SIMILAR: f64 = 0.6;
    let features = |text: &str| {
        let letters: Vec<char> =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let pairs = letters.windows(2).map(<[char]>::to_vec);
        letters.iter().map(|letter| vec![*letter]).chain(pairs).collect::<Vec<_>>()
    };
    let wanted = features(code);
    let similarity = |known: &str| {
        let mut left = features(known);
        let all = left.len() + wanted.len();
        let mut common = 0;
        for feature in &wanted {
            if let Some(found) = left.iter().position(|other| other == feature) {
                left.swap_remove(found);
                common += 2;
            }
        }
        f64::from(common) / all as f64
    };
    known
        .map(|known| (similarity(known), known))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

#[doc(hidden)]
#[macro_export]
macro_rules! __text_enum {
    ($list:ident) => {
        impl $list {
            /// Reads a code that this version knows. `parse` and `from` accept any text instead, so that a code that the
            /// server has added can be sent.
            ///
            /// # Errors
            ///
            /// A code that is not in [`KNOWN`](Self::KNOWN). The error names the nearest one.
            pub fn known(code: &str) -> Result<Self, $crate::code_list::UnknownCodeError> {
                let read = Self::from(code);
                if read.is_known() {
                    return Ok(read);
                }
                let known = Self::KNOWN.iter().map(Self::as_str);
                Err($crate::code_list::UnknownCodeError::new(stringify!($list), code, known))
            }

            /// Returns true if this version knows the code.
            pub const fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::str::FromStr for $list {
            type Err = ::std::convert::Infallible;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Ok(code.into())
            }
        }

        impl ::std::fmt::Display for $list {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $list {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $list {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::code_list::Code(::std::marker::PhantomData))
            }
        }

        $crate::code_list::list_schema!($list, "string", as_str);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __int_enum {
    ($list:ident) => {
        /// Orders known values. A value that this version does not know is unordered.
        impl PartialOrd for $list {
            fn partial_cmp(&self, other: &Self) -> Option<::std::cmp::Ordering> {
                if self == other {
                    return Some(::std::cmp::Ordering::Equal);
                }
                (self.is_known() && other.is_known()).then(|| self.code().cmp(&other.code()))
            }
        }

        impl $list {
            /// Returns whether this is `floor` or above; `None` if this version does not know one of the two, so that an
            /// unknown value never counts as below or above a limit.
            pub fn at_least(self, floor: Self) -> Option<bool> {
                (self.is_known() && floor.is_known()).then(|| self.code() >= floor.code())
            }
        }

        impl ::std::str::FromStr for $list {
            type Err = ::std::num::ParseIntError;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                code.parse::<i64>().map(Self::from)
            }
        }

        impl ::std::fmt::Display for $list {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.code(), f)
            }
        }

        impl ::serde::Serialize for $list {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.code())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $list {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <i64 as ::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        $crate::code_list::list_schema!($list, "integer", code);
    };
}

/// Expands to nothing without the feature `schemars` of this crate, whatever the features of the crate of the list are.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __list_schema {
    ($list:ident, $json_type:literal, $code:ident) => {
        impl $crate::schemars::JsonSchema for $list {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($list).into()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($list)).into()
            }

            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                let known = Self::KNOWN.iter().map(|known| known.$code().into());
                $crate::json_schema::list($json_type, known, "One of the known values, or another.")
            }
        }
    };
}

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __list_schema {
    ($($any:tt)*) => {};
}

pub use {__int_enum as int_enum, __list_schema as list_schema, __text_enum as text_enum};

/// Reads a code from borrowed or owned text, which a map key may be, without copying it first.
pub struct Code<T>(pub std::marker::PhantomData<T>);

impl<T: for<'a> From<&'a str>> serde::de::Visitor<'_> for Code<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a code, as text")
    }

    fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<T, E> {
        Ok(code.into())
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::{BodySite, Intensity, ScoringSystemCode};

    #[test]
    fn a_typo_is_an_error_that_names_the_nearest_code() {
        let suggestion = |code| BodySite::known(code).unwrap_err().suggestion();
        for typo in ["leftArm", "left arm", "arm_left", "ARMLEFT", "armLfet", "amLeft"] {
            assert_eq!(suggestion(typo), Some("armLeft"), "{typo}");
        }
        assert_eq!(suggestion("xyz"), None);
        assert_eq!(suggestion(""), None);
        let error = ScoringSystemCode::known("usa").unwrap_err();
        assert_eq!(error.code(), "usa");
        assert_eq!(
            error.to_string(),
            "`usa` is not a ScoringSystemCode that this version knows; did you mean `uas`?"
        );
        assert_eq!(BodySite::known("armLeft"), Ok(BodySite::ArmLeft));
    }

    #[test]
    fn unknown_codes_are_kept() {
        let site: BodySite = "leftArm".parse().unwrap();
        assert!(!site.is_known() && BodySite::ArmLeft.is_known());
        assert_eq!(site.as_str(), "leftArm");
        assert!(Intensity::from(0).is_known() && !Intensity::from(99).is_known());
    }
}
