//! The call that ranks conditions from images.

use super::{PendingCall, Session};
use crate::report::DiagnosisSupport;
use crate::support_images::SupportImages;
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;

pub(crate) fn diagnosis_support(session: Session, images: SupportImages) -> PendingCall<DiagnosisSupport> {
    PendingCall::new(session.usual_options(), move |options| async move {
        let context = session.call_device(&operations::DIAGNOSIS_SUPPORT, options);
        let sent = images.len();
        let payload = images.into_iter().map(|image| context.media(image)).collect();
        let result = context.api.diagnosis_support(&types::DiagnosisSupportRequest { payload }).await;
        context.conclude(result, |report| DiagnosisSupport::read(report, sent))
    })
}
