//! What every generated list of codes shares. A code that this version does not know survives as itself.
//!
//! Public for generated code that stands in other crates, and no promise to anybody.

#[doc(hidden)]
#[macro_export]
macro_rules! __text_enum {
    ($list:ident) => {
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
                deserializer.deserialize_str($crate::open_list::Code(::std::marker::PhantomData))
            }
        }

        $crate::open_list::list_schema!($list, "string", as_str);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __int_enum {
    ($list:ident) => {
        /// Known values only: one that this version does not know is neither above nor below another.
        impl PartialOrd for $list {
            fn partial_cmp(&self, other: &Self) -> Option<::std::cmp::Ordering> {
                if self == other {
                    return Some(::std::cmp::Ordering::Equal);
                }
                (self.known() && other.known()).then(|| self.code().cmp(&other.code()))
            }
        }

        impl $list {
            /// Whether this is `floor` or above. `None` if this version does not know one of the two, so that a value it
            /// cannot rank is neither an alarm nor an all-clear.
            pub fn at_least(self, floor: Self) -> Option<bool> {
                (self.known() && floor.known()).then(|| self.code() >= floor.code())
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

        $crate::open_list::list_schema!($list, "integer", code);
    };
}

/// Whether there are schemas is settled here, not in the crate that a list stands in.
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
                $crate::json_schema::lists::open($json_type, known, "One of the known values, or another.")
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

/// Reads a code without owning its text first; as a map key it has to work on borrowed and on owned text.
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
