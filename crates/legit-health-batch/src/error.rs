//! The errors of a batch: one sentence each, and a kind by which a program decides what to do.

use std::fmt;

/// The error of a batch as a whole. The errors of single cases are in the [`Plan`](crate::Plan) and in the store.
pub struct Error {
    kind: ErrorKind,
    sentence: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The store is in use by another run, plan or retry. Wait until it has ended.
    InUse,
    /// The store cannot be opened, or is not the store of a batch, or not that of this version.
    Store,
    /// The store, or the file of an export, cannot be read or written: the disk is full or cannot be written to, or the
    /// database cannot be reached. What is committed is safe.
    Disk,
    /// The list of cases cannot be read. Nothing was planned.
    Source,
    /// What was asked for contradicts what is in the store.
    Settings,
    /// The device, or the way to it, does not work. [`Error::call`] says why.
    Call,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), source: None }
    }

    pub(crate) fn because(
        kind: ErrorKind,
        sentence: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self { kind, sentence: format!("{}: {source}", sentence.into()), source: Some(Box::new(source)) }
    }

    /// An error of the database while it is used.
    pub(crate) fn database(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DiskFull, ReadOnly, SystemIoFailure};
        let advice = match error.sqlite_error_code() {
            Some(DiskFull) => "the disk is full: make room, and run again",
            Some(ReadOnly) => "the disk or the file cannot be written to: correct that, and run again",
            Some(SystemIoFailure) => "the disk fails or is full: correct that, and run again",
            _ => "the store cannot be used",
        };
        Self::because(ErrorKind::Disk, advice, error)
    }

    /// A store that cannot be opened.
    pub(crate) fn cannot_open(
        store: impl fmt::Display,
        error: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::because(ErrorKind::Store, format!("the store {store} cannot be opened"), error)
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the error of the call, if a call is what failed.
    pub fn call(&self) -> Option<&legit_health::Error> {
        self.source.as_deref()?.downcast_ref()
    }
}

impl From<legit_health::Error> for Error {
    fn from(error: legit_health::Error) -> Self {
        Self { kind: ErrorKind::Call, sentence: error.to_string(), source: Some(Box::new(error)) }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::database(error)
    }
}

/// One sentence, which names files that the caller has named.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().and_then(std::error::Error::source)
    }
}
