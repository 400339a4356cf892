//! The seam: where a generated call hands its request over, and takes the answer back.
//!
//! Generated clients are bound to a [`CallScope`]. The default scope is the *plain mode*: requests go straight to
//! reqwest and images are ordinary bytes. A scope made with [`CallScope::new`] serves one call: its images are
//! [slots](CallScope::slot), and a [`Pipeline`] carries the request out.
//!
//! `pre` refuses, `exec` delegates, `post` reports. All state belongs to one scope: nothing is global, thread-local or
//! task-local, so concurrency, cancellation and blocking need no care here.

mod hooks;
mod scope;
mod slots;

// For generated clients, which may stand in another crate.
#[doc(hidden)]
pub use hooks::{delegate, hooks, refuse_misfits, report};
pub use scope::CallScope;
pub use slots::Piece;

pub(crate) use slots::Placeholder;

use bytes::Bytes;
use std::fmt;
use std::pin::Pin;

/// A future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What carries a request out and brings a complete answer back.
pub trait Pipeline: Send + Sync {
    /// `None`: there is no answer. The reason stays with the pipeline, typed.
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Option<http::Response<Bytes>>>;

    /// The seam sent nothing, for this reason.
    fn refused(&self, why: SeamError);
}

/// A generated request, cut at its slots.
pub struct Outgoing {
    /// The operation, as the spec names it.
    pub operation_id: &'static str,
    /// HTTP method.
    pub method: http::Method,
    /// The whole address.
    pub url: String,
    /// What the generated code wants to say; no authorisation.
    pub headers: http::HeaderMap,
    /// Text and slots, in turn.
    pub body: Vec<Piece>,
}

/// The body may hold a password or an answer, so only the operation is printed.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("operation_id", &self.operation_id).finish_non_exhaustive()
    }
}

/// Why nothing was sent: the request and the slots of its scope did not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeamError {
    /// A slot of the scope is not in the request.
    MissingSlot,
    /// A slot stands in the request more than once.
    RepeatedSlot,
    /// The request holds a slot of another scope.
    ForeignSlot,
    /// The request holds a slot, but goes through the plain mode.
    OutsideScope,
    /// The scope has served its one request.
    ScopeReused,
    /// The request has a body that cannot be looked into.
    UnreadableRequest,
}

impl SeamError {
    const ALL: [Self; 6] = [
        Self::MissingSlot,
        Self::RepeatedSlot,
        Self::ForeignSlot,
        Self::OutsideScope,
        Self::ScopeReused,
        Self::UnreadableRequest,
    ];

    /// Reads the reason back from a generated call's error, which can carry only text.
    pub fn of<E>(error: &crate::Error<E>) -> Option<Self> {
        let crate::Error::Custom(text) = error else {
            return None;
        };
        Self::ALL.into_iter().find(|reason| reason.text() == text)
    }

    /// Each reason has a text of its own, so that it can be told from the text.
    const fn text(self) -> &'static str {
        match self {
            Self::MissingSlot => "nothing was sent: an image of this call is not in its request",
            Self::RepeatedSlot => "nothing was sent: an image of this call appears twice in its request",
            Self::ForeignSlot => "nothing was sent: the request holds an image slot of another call",
            Self::OutsideScope => "nothing was sent: the request holds an image slot, but no call issued it",
            Self::ScopeReused => "nothing was sent: a call scope serves one request",
            Self::UnreadableRequest => {
                "nothing was sent: the request is not in a form that the seam can read"
            }
        }
    }
}

impl fmt::Display for SeamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for SeamError {}
