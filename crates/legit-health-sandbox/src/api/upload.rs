//! Reading the body of a request, counted as it comes in.

use axum::body::{Body, HttpBody};
use http_body_util::BodyExt;

use super::refusal::Refusal;
use crate::ledger::Visit;

/// The body of a request, as far as it has been read.
pub(super) struct Upload {
    body: Body,
    read: Vec<u8>,
}

impl Upload {
    pub(super) fn new(body: Body) -> Self {
        Self { body, read: Vec::new() }
    }

    pub(super) fn so_far(&self) -> &[u8] {
        &self.read
    }

    /// Reads until so many bytes are there, or the end. What came beyond them in one piece is kept too.
    pub(super) async fn read_up_to(&mut self, bytes: u64, visit: &mut Visit) -> Result<(), Refusal> {
        while (self.read.len() as u64) < bytes {
            let Some(frame) = self.body.frame().await else { return Ok(()) };
            let Ok(data) = frame.map_err(|_| Refusal::unreadable())?.into_data() else { continue };
            visit.received(data.len() as u64);
            self.read.extend_from_slice(&data);
        }
        Ok(())
    }

    /// The whole body, unless it is longer than the limit.
    pub(super) async fn whole(mut self, limit: usize, visit: &mut Visit) -> Result<Vec<u8>, Refusal> {
        let announced = self.body.size_hint().upper().and_then(|length| usize::try_from(length).ok());
        self.read.reserve(announced.filter(|length| *length <= limit).unwrap_or(0));
        self.read_up_to(limit as u64 + 1, visit).await?;
        if self.read.len() > limit { Err(Refusal::too_large()) } else { Ok(self.read) }
    }
}
