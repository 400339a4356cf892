//! The one error: what went wrong, whether the device may have done the work, and what to say to support.

mod delivery;
mod field;
mod kind;

pub use delivery::Delivery;
pub use field::FieldError;
pub use kind::ErrorKind;

use crate::config::ConfigError;
use crate::image::ImageError;
use crate::scale::AnswerError;
use crate::severity::AnswerSheetError;
use crate::support_images::ImageCountError;
use crate::views::{NoViewsError, ViewsError};
use http::StatusCode;
use legit_health_api::scalar::OutOfRangeError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why a call brought no result.
///
/// `Display` is one sentence. Like `Debug` and the whole chain of sources it holds nothing that was sent or received,
/// except the status and the request id; what the server said about single fields is in [`fields`](Self::fields).
#[derive(Clone)]
pub struct Error(Arc<Parts>);

/// What an error is made of.
pub(crate) struct Parts {
    pub(crate) kind: ErrorKind,
    pub(crate) delivery: Delivery,
    pub(crate) status: Option<StatusCode>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    pub(crate) fields: Vec<FieldError>,
    pub(crate) sentence: String,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// What sort of failure this is, and so what to do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the device may have done, and billed, the work.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// The status of the last attempt, if the head of an answer came. If the login failed, it is that of the login.
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// The id that the server gave to the last attempt; support will ask for it.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the device asked to be left alone, if it did (`Retry-After`), counted from its answer. Pauses of up to
    /// 120 s are kept by the client itself, as far as a call's time limit allows; a longer one is reported here.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How often the request was sent or tried to be sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What the server refused, field by field, in the caller's words.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// A failure on this side, before anything was sent.
    pub(crate) fn before_sending(kind: ErrorKind, sentence: &str) -> Self {
        Self::local(kind, ConfigError::new(sentence))
    }

    /// An error of ours before anything was sent. Its sentence becomes ours, so that no chain says it twice.
    fn local(kind: ErrorKind, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(Parts {
            kind,
            delivery: Delivery::NotSent,
            status: None,
            request_id: None,
            retry_after: None,
            attempts: 0,
            fields: Vec::new(),
            sentence: error.to_string(),
            source: Some(Box::new(error)),
        })
    }

    /// The same failure, seen with more knowledge of what was asked.
    pub(crate) fn recast(self, kind: ErrorKind, sentence: &str) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(parts) => Self::new(Parts { kind, sentence: sentence.to_owned(), ..parts }),
            Err(shared) => Self(shared),
        }
    }

    /// What is wrong with an image that was refused on this side or could not be sent to its end, and the path it came
    /// from.
    pub fn image(&self) -> Option<&ImageError> {
        self.0.source.as_deref()?.downcast_ref()
    }

    /// What `Display` says, without status and request id.
    pub(crate) fn sentence(&self) -> &str {
        &self.0.sentence
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::local(ErrorKind::Configuration, error)
    }
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        Self::local(ErrorKind::InvalidImage, error)
    }
}

impl From<ImageCountError> for Error {
    fn from(error: ImageCountError) -> Self {
        Self::local(ErrorKind::InvalidImage, error)
    }
}

impl From<ViewsError> for Error {
    fn from(error: ViewsError) -> Self {
        Self::local(ErrorKind::InvalidImage, error)
    }
}

impl From<NoViewsError> for Error {
    fn from(error: NoViewsError) -> Self {
        Self::local(ErrorKind::InvalidImage, error)
    }
}

impl From<AnswerSheetError> for Error {
    fn from(error: AnswerSheetError) -> Self {
        Self::local(ErrorKind::InvalidAnswers, error)
    }
}

impl From<OutOfRangeError> for Error {
    fn from(error: OutOfRangeError) -> Self {
        Self::local(ErrorKind::InvalidAnswers, error)
    }
}

impl From<AnswerError> for Error {
    fn from(error: AnswerError) -> Self {
        Self::local(ErrorKind::InvalidAnswers, error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.sentence)?;
        match (self.status(), self.request_id()) {
            (Some(status), Some(id)) => write!(f, " (status {status}, request {id})"),
            (Some(status), None) => write!(f, " (status {status})"),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("sentence", &self.0.sentence)
            .field("kind", &self.kind())
            .field("delivery", &self.delivery())
            .field("status", &self.status())
            .field("request_id", &self.request_id())
            .field("retry_after", &self.retry_after())
            .field("attempts", &self.attempts())
            .field("fields", &self.fields().len())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source: &(dyn std::error::Error + 'static) = self.0.source.as_deref()?;
        // What the sentence says already is not said twice; what comes after it in the chain is its cause.
        let told = self.0.sentence.ends_with(&source.to_string());
        let login = source.downcast_ref::<Error>().is_some();
        if told || login { source.source() } else { Some(source) }
    }
}
