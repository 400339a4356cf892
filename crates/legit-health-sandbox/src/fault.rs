//! Faults: what can go wrong between a client and the device, on demand.

mod broken;
mod check;
mod edit;
mod padding;
mod plan;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::retry_after::RetryAfter;

pub(crate) use broken::Broken;
pub use check::UnusableFault;
pub use edit::Change;
pub use padding::Coding;
pub(crate) use padding::Pieces;
pub use plan::{Injection, Times};
pub(crate) use plan::{Met, Plan};

/// One thing that goes wrong with a request. [`Sandbox::inject`](crate::Sandbox::inject) plans it.
///
/// Every answer keeps the header `x-legit-health-sandbox`, and what is still a JSON document keeps its `sandbox`
/// object. Bytes of bodies are counted as they are sent, compressed where they are compressed.
///
/// As JSON, for the controls: the variant in `snake_case` is the `kind`, its fields stand beside it in
/// `camelCase`, durations are in seconds.
///
/// ```json
/// {"kind": "status", "status": 503, "body": "html", "retryAfter": {"seconds": 30}}
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// The answer is held back until the [clock of the sandbox](crate::Clock) has gone on so far. With a fixed
    /// clock a test decides when that is, and nothing sleeps; with the clock of the system it takes that long,
    /// unless the clock is moved. It comes before any other fault of the same request.
    Latency {
        /// How long.
        #[serde(rename = "seconds", with = "crate::seconds")]
        by: Duration,
    },
    /// The request is read whole and answered like this, without being looked at.
    Status {
        /// 200 to 599.
        status: u16,
        /// What the body is.
        #[serde(default)]
        body: StatusBody,
        /// When to come back.
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// Answered before the body of the request is read, as a gateway does with what is too large or too many. Over
    /// TCP a client that is still sending may lose the answer with the connection. A login is read all the same:
    /// who wants to log in stands in the form.
    EarlyStatus {
        /// 200 to 599.
        status: u16,
    },
    /// The request is read whole and sent elsewhere.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// What stands in `Location`.
        location: String,
    },
    /// The request is read up to so many bytes of its body and no further, and never answered.
    StallUpload {
        /// Bytes of the body that are read at least.
        after: u64,
    },
    /// The request is read whole and never answered.
    Stall,
    /// The answer stops after so many bytes of its body, and never ends. An answer that is not longer arrives
    /// whole.
    StallAnswer {
        /// Bytes of the body that are sent.
        after: u64,
    },
    /// The connection is lost when so many bytes of the request's body have been read, or all if it has fewer;
    /// there is no answer.
    CutUpload {
        /// Bytes of the body that are read at least.
        after: u64,
    },
    /// The request is read whole, then the connection is lost; there is no answer.
    NoAnswer,
    /// The connection is lost after so many bytes of the answer's body; its `Content-Length` is that of the whole.
    /// An answer that is not longer arrives whole.
    CutAnswer {
        /// Bytes of the body that are sent.
        after: u64,
    },
    /// The answer ends after so many bytes of its body, and its `Content-Length` agrees.
    Truncate {
        /// Bytes of the body that are kept.
        keep: u64,
    },
    /// `Content-Length` says more than the body has, or less. Over TCP the connection ends where there is less
    /// than it says, and what is more never leaves; in process all of the body comes.
    WrongLength {
        /// What is added to the true length; it never gets below 0.
        by: i64,
    },
    /// A whole and valid document that is large when it is unpacked. It is made as it is sent and takes next to no
    /// memory here.
    Bomb {
        /// How it is compressed.
        coding: Coding,
        /// Bytes when it is unpacked.
        unpacked: u64,
        /// Sends it also to a client that does not accept the coding, who otherwise gets a 406 that says so.
        #[serde(default)]
        forced: bool,
    },
    /// A whole and valid document with so many lists in one another.
    Nesting {
        /// How many.
        depth: u64,
    },
    /// One place of the document of a 200 is changed. If the answer has nothing there that could be, it is a 500
    /// that says so.
    Edit {
        /// JSON pointer (RFC 6901), such as `/clinicalIndicator/malignancy`; not into `/sandbox`. The empty one, the
        /// document itself, takes only [`Change::Insert`].
        at: String,
        /// What becomes of it.
        change: Change,
    },
}

/// What the body of an answer is that does not come from the device itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatusBody {
    /// `{"detail": "…"}`, as the device says what is wrong.
    #[default]
    Detail,
    /// JSON of another shape, as of another server: `{"error": {"code": …, "message": …}}`.
    OtherJson,
    /// A page, as of a proxy.
    Html,
    /// A line of text.
    PlainText,
    /// Nothing, and no content type.
    Empty,
}

impl Fault {
    /// Its name in JSON and in the ledger, such as `cut_answer`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Status { .. } => "status",
            Self::EarlyStatus { .. } => "early_status",
            Self::Redirect { .. } => "redirect",
            Self::StallUpload { .. } => "stall_upload",
            Self::Stall => "stall",
            Self::StallAnswer { .. } => "stall_answer",
            Self::CutUpload { .. } => "cut_upload",
            Self::NoAnswer => "no_answer",
            Self::CutAnswer { .. } => "cut_answer",
            Self::Truncate { .. } => "truncate",
            Self::WrongLength { .. } => "wrong_length",
            Self::Bomb { .. } => "bomb",
            Self::Nesting { .. } => "nesting",
            Self::Edit { .. } => "edit",
        }
    }
}
