//! What a generated answer sheet, and a set of them, gets besides its fields.

/// JSON and a silent `Debug` for one sheet.
#[doc(hidden)]
#[macro_export]
macro_rules! __scale {
    ($sheet:ident) => {
        /// Says which sheet it is, and none of the answers.
        impl ::std::fmt::Debug for $sheet {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($sheet), " { .. }"))
            }
        }

        impl ::serde::Serialize for $sheet {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::scale::SheetJson::of(self).serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $sheet {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let any: $crate::scale::AnyScale = ::serde::Deserialize::deserialize(deserializer)?;
                $crate::scale::read(&any).map_err(::serde::de::Error::custom)
            }
        }

        $crate::scale::sheet_schema!($sheet);
    };
}

/// A sheet that stands in another crate goes into the sets of this one by its code.
#[doc(hidden)]
#[macro_export]
macro_rules! __foreign_scale {
    ($sheet:ident, $input:ident) => {
        impl From<$sheet> for $crate::scales::$input {
            fn from(sheet: $sheet) -> Self {
                let code = <$sheet as $crate::scale::Scale>::CODE;
                Self::Any(code.into(), $crate::scale::AnyScale::of(&sheet))
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
            /// A scale that this version does not model, under the given code.
            Any($code, $crate::scale::AnyScale),
        }

        impl $one {
            /// The key under which it is sent.
            pub fn code(&self) -> $code {
                match self {
                    $(Self::$sheet(_) => <$sheet as $crate::scale::Scale>::CODE.into(),)*
                    Self::Any(code, _) => code.clone(),
                }
            }
        }

        impl ::serde::Serialize for $one {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$sheet(sheet) => sheet.serialize(serializer),)*
                    Self::Any(_, sheet) => sheet.serialize(serializer),
                }
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
                type Sheets = ::std::collections::BTreeMap<String, $crate::scale::AnyScale>;
                let sheets: Sheets = ::serde::Deserialize::deserialize(deserializer)?;
                let mut set = Self(::std::collections::BTreeMap::new());
                for (code, any) in sheets {
                    set = set.with(match code.as_str() {
                        $(<$sheet as $crate::scale::Scale>::CODE => {
                            let sheet = $crate::scale::read::<$sheet>(&any);
                            $one::from(sheet.map_err(::serde::de::Error::custom)?)
                        })*
                        _ => $one::Any(code.as_str().into(), any),
                    });
                }
                Ok(set)
            }
        }

        $crate::scale::set_schema!($set, $($sheet),*);
    };
}

/// Whether there are schemas is settled here, not in the crate that a sheet stands in.
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
                $crate::json_schema::sheets::of::<Self>()
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
                $crate::json_schema::sheets::set(generator, sheets)
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
