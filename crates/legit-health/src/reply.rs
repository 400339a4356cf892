//! The result of a call, with its provenance and the JSON of its response.

use crate::provenance::Provenance;
use crate::transport::UnknownFields;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A result, with its provenance and the JSON of its response.
///
/// [`PendingCall::reply`](crate::calls::PendingCall::reply) returns it. It can be stored as JSON and read back; that
/// document has the members `value`, `provenance`, `unknownFields` and `json`. In your own tests, build one from such a
/// document.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reply<T> {
    /// The result.
    pub value: T,
    /// The origin of the result.
    pub provenance: Provenance,
    /// The members of the response that this version does not know. If there are any, the device is newer than this program
    /// (or it is the sandbox, which marks its responses).
    #[serde(default)]
    pub unknown_fields: UnknownFields,
    /// The JSON of the response as received, if the call keeps it ([`keep_json`](crate::calls::PendingCall::keep_json)).
    #[serde(default)]
    pub json: Option<String>,
}

impl<T> Reply<T> {
    pub(crate) fn new(
        value: T,
        provenance: Provenance,
        unknown_fields: UnknownFields,
        document: Option<Bytes>,
    ) -> Self {
        // Only an operation of another contract may have a response that is not text in UTF-8.
        let json = document.and_then(|document| String::from_utf8(document.into()).ok());
        Self { value, provenance, unknown_fields, json }
    }
}

/// Hides the JSON of the response.
impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("value", &self.value)
            .field("provenance", &self.provenance)
            .field("unknown_fields", &self.unknown_fields)
            .finish_non_exhaustive()
    }
}

/// The reason why a response that can be parsed still breaks the contract.
pub(crate) struct BrokenContract(pub(crate) Cow<'static, str>);
