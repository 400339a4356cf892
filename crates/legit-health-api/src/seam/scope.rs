//! One call's part of the seam: its slots, and the pipeline that will carry it.

use super::slots::{self, Placeholder};
use super::{Pipeline, SeamError};
use crate::scalar::ImageData;
use crate::seam::Piece;
use bytes::Bytes;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a generated client is bound to. [`CallScope::default`] is the plain mode.
#[derive(Clone, Default)]
pub struct CallScope(pub(super) Option<Arc<Scope>>);

pub(super) struct Scope {
    pub(super) pipeline: Arc<dyn Pipeline>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slots: Vec<Placeholder>,
    used: bool,
    unanswered: bool,
}

impl CallScope {
    /// A scope for one request, which `pipeline` will carry.
    pub fn new(pipeline: Arc<dyn Pipeline>) -> Self {
        Self(Some(Arc::new(Scope { pipeline, state: Mutex::default() })))
    }

    /// Issues the next slot. Slots are numbered from 0 in the order in which they are issued.
    ///
    /// `None` in the plain mode, which has nobody who could fill a slot.
    pub fn slot(&self) -> Option<ImageData> {
        let scope = self.0.as_ref()?;
        let placeholder = Placeholder::random();
        scope.state().slots.push(placeholder.clone());
        Some(ImageData::slot(placeholder))
    }
}

impl Scope {
    /// What the request will be cut into, if it and the slots fit together.
    pub(super) fn cut(&self, request: &reqwest::Request) -> Result<Vec<Piece>, SeamError> {
        // With slots, this copies some hundred bytes of template.
        let body = Bytes::copy_from_slice(body_bytes(request)?);
        let state = self.state();
        if state.used {
            return Err(SeamError::ScopeReused);
        }
        slots::cut(&body, &state.slots)
    }

    pub(super) fn mark_used(&self) {
        self.state().used = true;
    }

    pub(super) fn mark_unanswered(&self) {
        self.state().unanswered = true;
    }

    pub(super) fn unanswered(&self) -> bool {
        self.state().unanswered
    }

    /// No code runs under this lock that could panic half-way, so a poisoned state is a whole one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn body_bytes(request: &reqwest::Request) -> Result<&[u8], SeamError> {
    match request.body() {
        None => Ok(&[]),
        Some(body) => body.as_bytes().ok_or(SeamError::UnreadableRequest),
    }
}

impl fmt::Debug for CallScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "CallScope(call)" } else { "CallScope(plain)" })
    }
}
