//! Text that is never printed.

use super::hidden;
use serde::{Deserialize, Serialize};

/// A password or a token. `Debug` hides it and there is no `Display`; only [`expose`](Self::expose) and serialising, which
/// is how it reaches the device, give it away.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// The e-mail address of an account: personal data, so `Debug` hides it and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Username(String);

hidden!(Secret, Username);

macro_rules! private_text {
    ($type:ident) => {
        impl $type {
            /// Takes the text in.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself. Whoever calls this answers for where it goes.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&String> for $type {
            fn from(text: &String) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

private_text!(Secret);
private_text!(Username);
