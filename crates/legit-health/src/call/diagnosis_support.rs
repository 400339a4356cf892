//! The call that ranks conditions from images.

use super::Call;
use crate::BoxFuture;
use crate::client::Shared;
use crate::error::Error;
use crate::reply::{Keep, Reply, join};
use crate::report::DiagnosisSupport;
use crate::support_images::SupportImages;
use crate::transport::OVERALL;
use legit_health_api::device::types;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A call that has not been made yet: `.await` makes it.
#[must_use = "nothing is sent until this is awaited"]
pub struct DiagnosisSupportCall<'c> {
    shared: &'c Arc<Shared>,
    images: SupportImages,
    limit: Duration,
    keep: Keep,
}

impl<'c> DiagnosisSupportCall<'c> {
    pub(crate) fn new(shared: &'c Arc<Shared>, images: SupportImages) -> Self {
        Self { shared, images, limit: OVERALL, keep: Keep::Report }
    }

    /// The time that the whole call may take, login and pauses included; 300 s unless said otherwise.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Keeps the text of the document as it came, for [`Reply::json`].
    pub fn keep_raw(mut self) -> Self {
        self.keep = Keep::Document;
        self
    }

    async fn run(self) -> Result<Reply<DiagnosisSupport>, Error> {
        let bound = Call::authorised(self.shared, self.limit);
        let sent = self.images.len();
        let payload = self.images.into_iter().map(|image| bound.media(image)).collect();
        let result = bound.api.diagnosis_support(&types::DiagnosisSupportRequest { payload }).await;
        join(bound.outcome(), result, self.keep, |report| DiagnosisSupport::read(report, sent))
    }
}

impl<'c> IntoFuture for DiagnosisSupportCall<'c> {
    type Output = Result<Reply<DiagnosisSupport>, Error>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for DiagnosisSupportCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiagnosisSupportCall").field("images", &self.images.len()).finish_non_exhaustive()
    }
}
