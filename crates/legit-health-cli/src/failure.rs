//! The failure of a command: its sentence, its kind for scripts, its exit status.

use crate::terminal::shown;
use legit_health::images::ImageError;
use legit_health::{ConfigError, Delivery, Error, ErrorKind};
use serde_json::{Value, json};
use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::Path;

pub(crate) const OTHER: u8 = 1;
pub(crate) const USAGE: u8 = 2;
pub(crate) const AUTHENTICATION: u8 = 3;
pub(crate) const REJECTED: u8 = 4;
pub(crate) const UNAVAILABLE: u8 = 5;
pub(crate) const DEADLINE: u8 = 6;
pub(crate) const SOME_FAILED: u8 = 7;
pub(crate) const CERTIFICATE: u8 = 8;
pub(crate) const NOT_STORED: u8 = 9;
pub(crate) const STORE_IN_USE: u8 = 75;
pub(crate) const INTERRUPTED: u8 = 130;

pub(crate) enum Failure {
    Usage(String),
    /// Rejected by this program before anything was sent.
    Local {
        kind: &'static str,
        status: u8,
        sentence: String,
    },
    /// Standard output cannot be written. Nothing was called.
    Output(io::Error),
    /// The device answered, and its result could not be printed or saved as a whole.
    NotStored(String),
    Call(Error),
    /// Some of many cases have no result, or all of them.
    Cases {
        without_result: usize,
        given: usize,
        status: u8,
    },
    /// The reader of standard output closed it.
    OutputClosed,
    Interrupted,
}

/// A sentence, and the first of the reasons for it.
pub(crate) fn with_reasons(mut sentence: String, reasons: &[String]) -> String {
    const SHOWN: usize = 5;
    for reason in reasons.iter().take(SHOWN) {
        sentence += &format!("; {reason}");
    }
    if reasons.len() > SHOWN {
        sentence += &format!("; and {} more", reasons.len() - SHOWN);
    }
    sentence
}

/// A usage error.
pub(crate) struct Usage(pub(crate) &'static str);

impl Failure {
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self::Usage(sentence.into())
    }

    pub(crate) fn configuration(sentence: String) -> Self {
        Self::Local { kind: "configuration", status: USAGE, sentence }
    }

    pub(crate) fn system(what: &str, error: &io::Error) -> Self {
        Self::Local { kind: "system", status: OTHER, sentence: format!("{what}: {error}") }
    }

    /// Names the file, which the library never does: the user typed its name.
    pub(crate) fn image(path: &Path, error: &ImageError) -> Self {
        Self::Local { kind: "image", status: REJECTED, sentence: format!("{}: {error}", shown(path)) }
    }

    pub(crate) fn exit_status(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::Local { status, .. } | Self::Cases { status, .. } => *status,
            Self::Call(error) => status_of(error.kind(), error.status()),
            Self::Output(_) => OTHER,
            Self::NotStored(_) => NOT_STORED,
            Self::OutputClosed => 0,
            Self::Interrupted => INTERRUPTED,
        }
    }

    /// The JSON document on standard error that a script reads.
    pub(crate) fn json(&self) -> Value {
        let call = if let Self::Call(error) = self { Some(error) } else { None };
        // A script repeats a call that was not sent, so a call that may be billed must not be reported as such.
        let (kind, delivery) = match self {
            Self::Usage(_) => ("usage", Delivery::NotSent),
            Self::Local { kind, .. } => (*kind, Delivery::NotSent),
            Self::Call(error) => (kind_name(error.kind()), error.delivery()),
            Self::Output(_) | Self::OutputClosed => ("output", Delivery::NotSent),
            Self::NotStored(_) => ("output", Delivery::Responded),
            Self::Cases { .. } => ("cases", Delivery::MayHaveRun),
            Self::Interrupted => ("interrupted", Delivery::MayHaveRun),
        };
        json!({"error": {
            "kind": kind,
            "message": self.to_string(),
            "delivery": delivery.name(),
            "attemptsThatMayHaveRun": call.map(Error::attempts_that_may_have_run),
            "status": call.and_then(Error::status),
            "retryAfter": call.and_then(Error::retry_after).map(|pause| pause.as_secs()),
            "requestId": call.and_then(Error::request_id),
            "requestBytes": call.and_then(Error::request_size),
            "serverMessage": call.and_then(Error::server_message),
            "fields": call.map_or(Value::Array(Vec::new()), |error| fields(error).into()),
        }})
    }
}

fn fields(error: &Error) -> Vec<Value> {
    let field = |field: &legit_health::FieldError| json!({"argument": field.argument(), "pointer": field.pointer(), "code": field.code(), "message": field.message()});
    error.fields().iter().map(field).collect()
}

/// One line, without what the server says.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(sentence) | Self::Local { sentence, .. } | Self::NotStored(sentence) => {
                f.write_str(sentence)
            }
            Self::Call(error) => {
                if let Some(path) = error.image().and_then(ImageError::path) {
                    write!(f, "{}: ", shown(path))?;
                }
                write!(f, "{error}")?;
                let mut cause = error.source();
                while let Some(next) = cause {
                    write!(f, ": {next}")?;
                    cause = next.source();
                }
                match error.attempts() {
                    0 | 1 => Ok(()),
                    attempts => write!(f, "; tried {attempts} times"),
                }
            }
            Self::Cases { without_result, given, .. } => {
                write!(f, "{without_result} of {given} cases have no result: their lines say why")
            }
            Self::Output(error) => write!(f, "cannot write the output: {error}"),
            Self::OutputClosed => f.write_str("the output was closed"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// The exit status of a failed call, whose last response had this HTTP status.
pub(crate) fn status_of(kind: ErrorKind, http_status: Option<u16>) -> u8 {
    match kind {
        ErrorKind::Configuration => USAGE,
        ErrorKind::Authentication => AUTHENTICATION,
        ErrorKind::InvalidImage | ErrorKind::InvalidAnswers | ErrorKind::Rejected => REJECTED,
        ErrorKind::RateLimited | ErrorKind::Connection => UNAVAILABLE,
        ErrorKind::Server if matches!(http_status, Some(425 | 502 | 503)) => UNAVAILABLE,
        ErrorKind::Timeout => DEADLINE,
        ErrorKind::Certificate => CERTIFICATE,
        _ => OTHER,
    }
}

pub(crate) fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        // Images and answers are refused by the program itself too, under these names.
        ErrorKind::InvalidImage => "image",
        ErrorKind::InvalidAnswers => "answers",
        kind => kind.name(),
    }
}

impl From<Usage> for Failure {
    fn from(Usage(sentence): Usage) -> Self {
        Self::usage(sentence)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Call(error.into())
    }
}

/// From writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Output(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_a_name_for_scripts() {
        let names: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind_name(*kind)).collect();
        assert_eq!(
            names,
            [
                "configuration",
                "image",
                "answers",
                "authentication",
                "rejected",
                "rateLimited",
                "server",
                "connection",
                "certificate",
                "timeout",
                "responseTooLarge",
                "invalidResponse",
                "internal"
            ]
        );
    }
}
