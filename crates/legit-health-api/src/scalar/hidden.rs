//! `Debug` for a value that must not be printed.

/// Prints the name of the type and nothing of what it holds.
macro_rules! hidden {
    ($($type:ident),+ $(,)?) => {$(
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(..)"))
            }
        }
    )+};
}

pub(crate) use hidden;
