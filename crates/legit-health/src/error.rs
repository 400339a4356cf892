//! The error of a call: its kind, whether the device may have done the work, and the refused fields.

mod field;
mod html;
mod secrets;
pub(crate) mod server_text;

pub use field::FieldError;
pub(crate) use secrets::Secrets;

use crate::config::ConfigError;
use crate::image::ImageError;
use http::StatusCode;
use legit_health_api::scalar::OutOfRangeError;
use legit_health_api::scale::AnswerError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The error of a call.
///
/// `Display` is one sentence. Like `Debug` and the whole chain of sources it holds nothing that was sent or received,
/// except the status and the request id, and the status and name of a proxy that refused the connection; what the server
/// said is in [`server_message`](Self::server_message), and about single fields in [`fields`](Self::fields).
/// See [`ErrorKind`] for what to do.
#[derive(Clone)]
pub struct Error(Arc<Parts>);

/// The members of an error.
pub(crate) struct Parts {
    pub(crate) kind: ErrorKind,
    pub(crate) delivery: Delivery,
    pub(crate) status: Option<StatusCode>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    pub(crate) may_have_run: u32,
    pub(crate) fields: Vec<FieldError>,
    pub(crate) server_message: Option<String>,
    pub(crate) request_size: Option<u64>,
    pub(crate) sentence: String,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Returns the kind of the error. See [`ErrorKind`] for what to do.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns whether the device may have done, and billed, the work.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// Returns the HTTP status of the last attempt, if one came. If the login failed, it is that of the login.
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// Returns the server's id of the last attempt, for the vendor's support, unless it repeats a secret.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns how long to wait before the next call, if the device asked for a pause (`Retry-After`). The client itself
    /// keeps pauses of up to 120 s, if the timeout of the call allows it. For a call that failed within such a pause, this
    /// is what is left of it, at most 120 s; for a longer pause, the call that received it returns all of it.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns how many attempts were made to send the request.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns of how many attempts the device may have done, and billed, the work. It is 0 unless
    /// [`delivery`](Self::delivery) is [`Delivery::MayHaveRun`].
    pub fn attempts_that_may_have_run(&self) -> u32 {
        self.0.may_have_run
    }

    /// Returns the fields that the server refused.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Returns what the last response said about the failure, such as "Quota exceeded": the texts of its JSON, its plain text,
    /// the title of a web page, or the `error_description` of `WWW-Authenticate`. If the login failed, it is that of the login.
    ///
    /// It may quote what was sent, so `Display`, `Debug` and the sources leave it out. It is one line of at most 300 characters
    /// and `…`, without control characters and those that are invisible or change the direction of text. If it repeats the
    /// user name, the password or the token, it reads `(hidden: it may repeat a secret)`. Messages about single fields are
    /// in [`fields`](Self::fields) only.
    pub fn server_message(&self) -> Option<&str> {
        self.0.server_message.as_deref()
    }

    /// Returns the size of the request's body in bytes, if an attempt was made to send it. After a 413 this size was refused.
    pub fn request_size(&self) -> Option<u64> {
        self.0.request_size
    }

    /// Returns an error of this library before anything was sent.
    pub(crate) fn before_sending(kind: ErrorKind, sentence: &str) -> Self {
        Self::local(kind, ConfigError::new(sentence))
    }

    /// Returns an error of this library before anything was sent. `error` becomes its source, and its text becomes
    /// the sentence, so that the chain of sources does not repeat it.
    pub(crate) fn local(kind: ErrorKind, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(Parts {
            kind,
            delivery: Delivery::NotSent,
            status: None,
            request_id: None,
            retry_after: None,
            attempts: 0,
            may_have_run: 0,
            fields: Vec::new(),
            server_message: None,
            request_size: None,
            sentence: error.to_string(),
            source: Some(Box::new(error)),
        })
    }

    /// Returns the same error with another kind and text.
    pub(crate) fn recast(self, kind: ErrorKind, sentence: &str) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(parts) => Self::new(Parts { kind, sentence: sentence.to_owned(), ..parts }),
            Err(shared) => Self(shared),
        }
    }

    /// Returns the error of an image that this library refused or could not send whole, with the path of its file.
    pub fn image(&self) -> Option<&ImageError> {
        self.0.source.as_deref()?.downcast_ref()
    }

    /// Returns the text of `Display`, without status and request id.
    pub(crate) fn sentence(&self) -> &str {
        &self.0.sentence
    }
}

/// The kind of an [`Error`]. [`advice`](Self::advice) returns what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client is set up incompletely or wrongly, or the proxy refused to connect to the device. Correct the setting that the
    /// error names; nothing was sent.
    Configuration,
    /// An image was refused by this library, or there were too many. Choose or take another; nothing was sent. Or its file
    /// could not be read while it was sent, or had changed: no complete request was sent; open it again.
    InvalidImage,
    /// Answers were refused by this library: out of bounds, missing, or the same scale twice. Correct them; nothing was
    /// sent.
    InvalidAnswers,
    /// The account was refused: wrong credentials, or no right to do this. Since accounts are locked after repeated failures,
    /// calls fail with the same error for 30 s before refused credentials are sent again, then for twice as long each time,
    /// up to 15 minutes; [`Client::login`](crate::Client::login) sends them at once.
    Authentication,
    /// The device refused the request. [`fields`](crate::Error::fields) names the fields, and
    /// [`server_message`](crate::Error::server_message) may say more; repeating it changes nothing.
    Rejected,
    /// Too many requests, in every attempt, or the device has requested a pause that outlasts the call. Wait for
    /// [`retry_after`](crate::Error::retry_after), if it is there, before the next one.
    RateLimited,
    /// The device, or a gateway before it, failed or was not ready (5xx, 425). The statuses that are retried (425, 502 and
    /// 503) were those of every attempt.
    Server,
    /// No connection was made, or it was lost, in every attempt. See [`delivery`](crate::Error::delivery) before repeating.
    Connection,
    /// The server has no certificate that this machine trusts, or no common version or cipher of TLS. It is not
    /// retried, and no request was read. The error states which, and what to do.
    Certificate,
    /// A time limit passed: one of this client's [`Timeouts`](crate::Timeouts), that of a gateway before the device (504),
    /// or that of the server for an upload (408). See [`delivery`](crate::Error::delivery) before repeating.
    Timeout,
    /// The response is larger than this client reads: 64 MiB, or more values than parse within 16 MiB, images apart.
    ResponseTooLarge,
    /// The response breaks the contract, so none of it is returned: the device is newer than this client, or another
    /// server has responded. Report it with the request id.
    InvalidResponse,
    /// A bug in this client. Nothing was sent; report it.
    Internal,
}

/// The name of a kind, whether it is transient, and what to do.
type Row = (&'static str, bool, &'static str);

impl ErrorKind {
    /// All kinds that this version knows.
    pub const ALL: &'static [Self] = &[
        Self::Configuration,
        Self::InvalidImage,
        Self::InvalidAnswers,
        Self::Authentication,
        Self::Rejected,
        Self::RateLimited,
        Self::Server,
        Self::Connection,
        Self::Certificate,
        Self::Timeout,
        Self::ResponseTooLarge,
        Self::InvalidResponse,
        Self::Internal,
    ];

    /// Returns the name of the kind for logs and scripts, such as `rateLimited`. It stays the same between versions.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// Returns true if the same call may succeed later. Look at [`Error::delivery`] before repeating it: the device may have
    /// done the work.
    pub const fn is_transient(self) -> bool {
        self.row().1
    }

    /// Returns what to do about it, in a few words.
    pub const fn advice(self) -> &'static str {
        self.row().2
    }

    /// Returns the row of a kind. The documentation of the crate has the same table; a test compares them.
    const fn row(self) -> Row {
        const LATER: &str = "try again later; see `Error::delivery` first";
        const REPORT: &str = "report it with the request id";
        match self {
            Self::Configuration => ("configuration", false, "correct the setting that the error names"),
            Self::InvalidImage => ("invalidImage", false, "choose or take another image"),
            Self::InvalidAnswers => ("invalidAnswers", false, "correct the answers"),
            Self::Authentication => ("authentication", false, "check the account, then call `Client::login`"),
            Self::Rejected => {
                ("rejected", false, "correct what `Error::fields` or `Error::server_message` names")
            }
            Self::RateLimited => ("rateLimited", true, "wait for `Error::retry_after`"),
            Self::Server => ("server", true, LATER),
            Self::Connection => ("connection", true, LATER),
            Self::Certificate => {
                ("certificate", false, "trust the right certificate, or correct the address")
            }
            Self::Timeout => ("timeout", true, LATER),
            Self::ResponseTooLarge => ("responseTooLarge", false, REPORT),
            Self::InvalidResponse => ("invalidResponse", false, REPORT),
            Self::Internal => ("internal", false, "report it: it is a bug in this library"),
        }
    }
}

/// Writes the name of the kind.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the device may have done the work of a failed call.
///
/// A call may be billed and has no idempotency key, so this is what a program needs to know before it repeats one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// The request was not delivered: it was not sent, or could not be read by anyone, or was incomplete because the file of
    /// an image failed. It is safe to repeat.
    #[default]
    NotSent,
    /// The request, or a part of it, was sent, and the outcome is unknown: at least one attempt had no complete response, or
    /// a server error other than 502 and 503. The device may have done the work.
    MayHaveRun,
    /// Every attempt that was sent had a complete response, and none was a server error other than 502 and 503: after a
    /// success the work was done, after any other status it was not.
    Responded,
}

impl Delivery {
    /// Returns the name for logs and scripts: `notSent`, `mayHaveRun` or `responded`. It stays the same between versions.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSent => "notSent",
            Self::MayHaveRun => "mayHaveRun",
            Self::Responded => "responded",
        }
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
            .field("attempts_that_may_have_run", &self.attempts_that_may_have_run())
            .field("fields", &self.fields().len())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source: &(dyn std::error::Error + 'static) = self.0.source.as_deref()?;
        // A source whose text is part of the sentence is skipped, so that the chain does not repeat it.
        let told = self.0.sentence.ends_with(&source.to_string());
        let login = source.downcast_ref::<Error>().is_some();
        if told || login { source.source() } else { Some(source) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_unique_name_and_a_row_in_the_documentation() {
        assert_eq!(ErrorKind::ALL.last(), Some(&ErrorKind::Internal));
        let documentation = include_str!("lib.rs");
        for (place, kind) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, place, "{kind:?} stands in another place");
            assert_eq!(ErrorKind::ALL.iter().filter(|other| other.name() == kind.name()).count(), 1);
            let later = if kind.is_transient() { "yes" } else { "no" };
            let row =
                format!("//! | [`{kind:?}`](ErrorKind::{kind:?}) | `{kind}` | {later} | {} |", kind.advice());
            assert!(documentation.contains(&row), "lib.rs lacks the row\n{row}");
        }
    }

    #[test]
    fn deliveries_have_names_that_stay() {
        let names = [Delivery::NotSent, Delivery::MayHaveRun, Delivery::Responded].map(Delivery::name);
        assert_eq!(names, ["notSent", "mayHaveRun", "responded"]);
    }

    fn parts(status: Option<u16>, request_id: Option<&str>, sentence: &str) -> Parts {
        Parts {
            kind: ErrorKind::Rejected,
            delivery: Delivery::Responded,
            status: status.map(|status| StatusCode::from_u16(status).unwrap()),
            request_id: request_id.map(str::to_owned),
            retry_after: Some(Duration::from_secs(7)),
            attempts: 2,
            may_have_run: 0,
            fields: Vec::new(),
            server_message: None,
            request_size: None,
            sentence: sentence.into(),
            source: None,
        }
    }

    #[test]
    fn an_error_is_one_sentence_with_status_and_request_id() {
        for (status, request_id, expected) in [
            (None, None, "why"),
            (None, Some("r-1"), "why"),
            (Some(404), None, "why (status 404)"),
            (Some(404), Some("r-1"), "why (status 404, request r-1)"),
        ] {
            assert_eq!(Error::new(parts(status, request_id, "why")).to_string(), expected);
        }
        let shown = format!("{:?}", Error::new(parts(Some(404), Some("r-1"), "why")));
        assert_eq!(
            shown,
            "Error { sentence: \"why\", kind: Rejected, delivery: Responded, status: Some(404), request_id: Some(\"r-1\"), \
             retry_after: Some(7s), attempts: 2, attempts_that_may_have_run: 0, fields: 0, .. }"
        );
    }

    /// Returns the texts of the chain of sources.
    fn chain(error: &Error) -> Vec<String> {
        let first = std::error::Error::source(error);
        std::iter::successors(first, |error| error.source()).map(ToString::to_string).collect()
    }

    #[test]
    fn the_chain_of_sources_does_not_repeat_the_sentence() {
        let lost = || -> Option<Box<dyn std::error::Error + Send + Sync>> { Some("reset by peer".into()) };
        let told = Error::new(Parts { source: lost(), ..parts(None, None, "lost: reset by peer") });
        assert_eq!(chain(&told), [""; 0]);
        let untold = Error::new(Parts { source: lost(), ..parts(None, None, "lost") });
        assert_eq!(chain(&untold), ["reset by peer"]);
        let login = Some(Box::new(untold) as Box<dyn std::error::Error + Send + Sync>);
        let outer =
            Error::new(Parts { source: login, ..parts(None, None, "the login failed: why (status 1)") });
        assert_eq!(chain(&outer), ["reset by peer"], "the login's own sentence is part of the outer one");
        assert_eq!(chain(&Error::local(ErrorKind::Configuration, ConfigError::new("why"))), [""; 0]);
    }

    #[test]
    fn an_error_before_sending_is_safe_to_repeat() {
        for (error, kind) in [
            (Error::from(ConfigError::new("why")), ErrorKind::Configuration),
            (Error::from(ImageError::abandoned()), ErrorKind::InvalidImage),
            (Error::before_sending(ErrorKind::Timeout, "why"), ErrorKind::Timeout),
        ] {
            assert_eq!((error.kind(), error.delivery(), error.attempts()), (kind, Delivery::NotSent, 0));
            assert_eq!((error.status(), error.request_id(), error.retry_after()), (None, None, None));
            assert_eq!(error.image().is_some(), kind == ErrorKind::InvalidImage);
        }
    }

    #[test]
    fn an_error_that_is_recast_keeps_the_rest() {
        let recast =
            Error::new(parts(Some(404), Some("r-1"), "why")).recast(ErrorKind::Configuration, "because");
        assert_eq!(recast.kind(), ErrorKind::Configuration);
        assert_eq!(recast.to_string(), "because (status 404, request r-1)");
        assert_eq!((recast.attempts(), recast.delivery()), (2, Delivery::Responded));
        let shared = Error::new(parts(None, None, "why"));
        assert_eq!(shared.clone().recast(ErrorKind::Configuration, "because").to_string(), "why");
    }

    #[test]
    fn a_kind_that_may_pass_by_itself_is_transient() {
        let transient: Vec<&str> =
            ErrorKind::ALL.iter().filter(|kind| kind.is_transient()).map(|kind| kind.name()).collect();
        assert_eq!(transient, ["rateLimited", "server", "connection", "timeout"]);
    }
}
