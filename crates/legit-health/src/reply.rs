//! The result of a call, and what is known about how it came.

use crate::provenance::Provenance;
use crate::transport::UnknownFields;
use bytes::Bytes;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// A result, and what is known about how it came. It is used like the result itself.
#[derive(Clone)]
pub struct Reply<T> {
    value: T,
    provenance: Provenance,
    unknown_fields: UnknownFields,
    document: Option<Bytes>,
}

impl<T> Reply<T> {
    pub(crate) fn new(
        value: T,
        provenance: Provenance,
        unknown_fields: UnknownFields,
        document: Option<Bytes>,
    ) -> Self {
        Self { value, provenance, unknown_fields, document }
    }

    /// Where the result comes from: what to keep beside it.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The id that the server gave to the request, if it gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.provenance.request_id.as_deref()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.provenance.attempts
    }

    /// What the document holds that this version has no place for. If there is any, the device is newer than this program
    /// (or it is the sandbox, which marks its answers).
    pub fn unknown_fields(&self) -> &UnknownFields {
        &self.unknown_fields
    }

    /// The document as it came, if the call was told to keep it (`keep_json`).
    pub fn json(&self) -> Option<&str> {
        let document = self.document.as_ref()?;
        Some(std::str::from_utf8(document).expect("a document that is no UTF-8 is refused when it arrives"))
    }

    /// The result alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

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
