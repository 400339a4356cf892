//! Values of the contract that need their own types: secrets, images, bounded and leniently parsed numbers.
//!
//! Make them with `new`; a number out of its range is an error.
//!
//! `Debug` of those that hold a secret, an image or a patient's answer prints the name of the type and nothing else.

mod number;
mod text;

pub use number::{AnswerValue, Bounded, Minutes, OutOfRangeError, Percent};
pub use text::{Echo, ErrorDetail, ImageData, IssueTime, LocationPart, Secret, Username};

pub(crate) use number::{Number, serialize_number};

/// Implements `Debug` with the name of the type and none of its contents.
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
