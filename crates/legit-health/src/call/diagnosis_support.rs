//! The call that ranks conditions from images.

use super::{Call, PendingCall};
use crate::client::Shared;
use crate::report::DiagnosisSupport;
use crate::support_images::SupportImages;
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;
use std::sync::Arc;

pub(crate) fn diagnosis_support(shared: Arc<Shared>, images: SupportImages) -> PendingCall<DiagnosisSupport> {
    PendingCall::new(shared.usual_options(), move |options| async move {
        let bound = Call::authorised(&shared, &operations::DIAGNOSIS_SUPPORT, options);
        let sent = images.len();
        let payload: Vec<_> = images.into_iter().map(|image| bound.media(image)).collect();
        let result = bound.api.diagnosis_support(&types::DiagnosisSupportRequest::new(payload)).await;
        bound.conclude(result, |report| DiagnosisSupport::read(report, sent))
    })
}
