//! Typed answer sheets: the inputs of calls, and the macros that implement JSON and sets for generated sheets.

use super::{AnyScale, LocalScale, ManualScale, Scale};
use crate::codes::ScoringSystemCode;
use crate::scales::{LocalInput, ManualInput};

/// One answer sheet that is scored from answers alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from answers alone",
    label = "not a scale that is scored from answers alone",
    note = "scales that need an image go to the local or the global call"
)]
pub trait ManualAnswer: Into<ManualInput> {}

/// One answer sheet that is scored together with an image of one body site.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from an image of one body site",
    label = "not a scale that is scored from an image of one body site",
    note = "questionnaires go to the manual call"
)]
pub trait LocalAnswer: Into<LocalInput> {}

impl<S: ManualScale> ManualAnswer for S {}
impl<S: LocalScale> LocalAnswer for S {}
impl ManualAnswer for AnyScale {}
impl LocalAnswer for AnyScale {}

/// The type of a score's scale: a scale of [`scales`](crate::scales), or [`AnyScale`].
pub trait ScaleTag {
    /// Returns true if this is a code of this scale.
    fn has_code(code: &ScoringSystemCode) -> bool;
}

impl<S: Scale> ScaleTag for S {
    fn has_code(code: &ScoringSystemCode) -> bool {
        code.as_str() == S::CODE
    }
}

impl ScaleTag for AnyScale {
    fn has_code(_: &ScoringSystemCode) -> bool {
        true
    }
}

/// Answers of a manual call: one sheet, or a tuple of two to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from answers alone",
    label = "not a scale that is scored from answers alone, nor a tuple of two to four",
    note = "scales that need an image go to the local or the global call"
)]
pub trait ManualAnswers {
    /// The sheets as a tuple, also of one, which determines the type of the scores.
    type Sheets;

    /// The sheets, in order.
    fn into_inputs(self) -> Vec<ManualInput>;
}

/// Answers of a local call: one sheet, or a tuple of two to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from an image of one body site",
    label = "not a scale that is scored from an image of one body site, nor a tuple of two to four",
    note = "questionnaires go to the manual call"
)]
pub trait LocalAnswers {
    /// The sheets as a tuple, also of one, which determines the type of the scores.
    type Sheets;

    /// The sheets, in order.
    fn into_inputs(self) -> Vec<LocalInput>;
}

macro_rules! one {
    ($answers:ident, $answer:ident, $input:ident) => {
        impl<A: $answer> $answers for A {
            type Sheets = (A,);

            fn into_inputs(self) -> Vec<$input> {
                vec![self.into()]
            }
        }
    };
}

macro_rules! several {
    ($answers:ident, $answer:ident, $input:ident, $($sheet:ident $place:tt),+) => {
        impl<$($sheet: $answer),+> $answers for ($($sheet,)+) {
            type Sheets = Self;

            fn into_inputs(self) -> Vec<$input> {
                vec![$(self.$place.into()),+]
            }
        }
    };
}

one!(ManualAnswers, ManualAnswer, ManualInput);
several!(ManualAnswers, ManualAnswer, ManualInput, A 0, B 1);
several!(ManualAnswers, ManualAnswer, ManualInput, A 0, B 1, C 2);
several!(ManualAnswers, ManualAnswer, ManualInput, A 0, B 1, C 2, D 3);
one!(LocalAnswers, LocalAnswer, LocalInput);
several!(LocalAnswers, LocalAnswer, LocalInput, A 0, B 1);
several!(LocalAnswers, LocalAnswer, LocalInput, A 0, B 1, C 2);
several!(LocalAnswers, LocalAnswer, LocalInput, A 0, B 1, C 2, D 3);

/// Implements JSON, and `Debug` without answers, for one sheet.
#[doc(hidden)]
#[macro_export]
macro_rules! __scale {
    ($sheet:ident) => {
        /// Prints the name of the sheet and none of the answers.
        impl ::std::fmt::Debug for $sheet {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($sheet), " { .. }"))
            }
        }

        impl ::serde::Serialize for $sheet {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::scale::write(self, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $sheet {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::scale::read(deserializer)
            }
        }

        $crate::scale::sheet_schema!($sheet);
    };
}

/// Implements sending a sheet of another crate in the sets of this one, by its code.
#[doc(hidden)]
#[macro_export]
macro_rules! __foreign_scale {
    ($sheet:ident, $input:ident) => {
        impl From<$sheet> for $crate::scales::$input {
            fn from(sheet: $sheet) -> Self {
                Self::Any($crate::scale::AnyScale::of(&sheet))
            }
        }
    };
}

/// The scales that one endpoint takes: one of them as an enum, several as a set keyed by their own codes.
#[doc(hidden)]
#[macro_export]
macro_rules! __scale_set {
    ($one:ident, $set:ident, $mode:literal, $code:path, [$($sheet:ident),* $(,)?]) => {
        #[doc = concat!("One scale of a ", $mode, " call.")]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $one {
            $(
                #[doc = concat!("[`", stringify!($sheet), "`].")]
                $sheet($sheet),
            )*
            /// Any scale, by its code.
            Any($crate::scale::AnyScale),
        }

        impl $one {
            /// The key under which it is sent.
            pub fn code(&self) -> $code {
                match self {
                    $(Self::$sheet(_) => <$sheet as $crate::scale::Scale>::CODE.into(),)*
                    Self::Any(sheet) => sheet.code().as_str().into(),
                }
            }
        }

        impl ::serde::Serialize for $one {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$sheet(sheet) => sheet.serialize(serializer),)*
                    Self::Any(sheet) => $crate::scale::write_any(sheet, serializer),
                }
            }
        }

        impl From<$crate::scale::AnyScale> for $one {
            fn from(sheet: $crate::scale::AnyScale) -> Self {
                Self::Any(sheet)
            }
        }

        $(
            impl From<$sheet> for $one {
                fn from(sheet: $sheet) -> Self {
                    Self::$sheet(sheet)
                }
            }
        )*

        #[doc = concat!("The scales of a ", $mode, " call: one or more, each once.")]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $set(::std::collections::BTreeMap<$code, $one>);

        impl $set {
            /// A set of one.
            pub fn new(first: impl Into<$one>) -> Self {
                Self(::std::collections::BTreeMap::new()).with(first)
            }

            /// Adds a scale; one with the same code is replaced.
            #[must_use]
            pub fn with(mut self, next: impl Into<$one>) -> Self {
                let next = next.into();
                self.0.insert(next.code(), next);
                self
            }

            /// The scales, in the order of the spec.
            pub fn iter(&self) -> impl Iterator<Item = &$one> {
                self.0.values()
            }
        }

        impl ::serde::Serialize for $set {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $set {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                type Sheets = ::std::collections::BTreeMap<String, $crate::scale::Answers>;
                let sheets: Sheets = ::serde::Deserialize::deserialize(deserializer)?;
                let mut set = Self(::std::collections::BTreeMap::new());
                for (code, answers) in sheets {
                    let one = match code.as_str() {
                        $(<$sheet as $crate::scale::Scale>::CODE => answers.sheet::<$sheet>().map($one::from),)*
                        _ => $crate::scale::AnyScale::new(code.as_str(), answers.0).map($one::from),
                    };
                    set = set.with(one.map_err(::serde::de::Error::custom)?);
                }
                Ok(set)
            }
        }

        $crate::scale::set_schema!($set, $($sheet),*);
    };
}

/// Expands to nothing without the feature `schemars` of this crate, whatever the features of the crate of the sheet are.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __sheet_schema {
    ($sheet:ident) => {
        impl $crate::schemars::JsonSchema for $sheet {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($sheet).into()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($sheet)).into()
            }

            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::json_schema::sheet::<Self>()
            }
        }
    };
}

/// See `__sheet_schema`.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __set_schema {
    ($set:ident, $($sheet:ident),*) => {
        impl $crate::schemars::JsonSchema for $set {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($set).into()
            }

            fn json_schema(generator: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                let sheets = vec![
                    $((<$sheet as $crate::scale::Scale>::CODE, generator.subschema_for::<$sheet>()),)*
                ];
                $crate::json_schema::sheet_set(generator, sheets)
            }
        }
    };
}

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __sheet_schema {
    ($($any:tt)*) => {};
}

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __set_schema {
    ($($any:tt)*) => {};
}

pub use {
    __foreign_scale as foreign_scale, __scale as scale, __scale_set as scale_set, __set_schema as set_schema,
    __sheet_schema as sheet_schema,
};
