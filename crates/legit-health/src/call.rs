//! One call: its images, its deadline and its record. It is the pipeline behind the call's scope.

mod diagnosis_support;
mod record;
mod severity;

pub use diagnosis_support::DiagnosisSupportCall;
pub(crate) use record::{Outcome, Record, Unanswered};
pub use severity::SeverityCall;

use crate::BoxFuture;
use crate::auth::Tokens;
use crate::client::Shared;
use crate::image::Image;
use crate::transport::{BodyPlan, Prepared};
use bytes::Bytes;
use http::{Response, Uri};
use legit_health_api::device::{self, types};
use legit_health_api::scalar::ImageData;
use legit_health_api::seam::{CallScope, Outgoing, Pipeline, SeamError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) struct Call {
    shared: Arc<Shared>,
    authorised: bool,
    deadline: Duration,
    images: Mutex<Vec<Image>>,
    record: Record,
}

/// A call, and the generated client that is bound to it.
pub(crate) struct Bound {
    call: Arc<Call>,
    scope: CallScope,
    pub(crate) api: device::Client,
}

impl Call {
    /// A call that sends the account's token.
    pub(crate) fn authorised(shared: &Arc<Shared>, limit: Duration) -> Bound {
        Self::bind(shared, limit, true)
    }

    /// The login itself.
    pub(crate) fn without_token(shared: &Arc<Shared>, limit: Duration) -> Bound {
        Self::bind(shared, limit, false)
    }

    fn bind(shared: &Arc<Shared>, limit: Duration, authorised: bool) -> Bound {
        let call = Arc::new(Call {
            shared: shared.clone(),
            authorised,
            deadline: shared.transport.clock.now() + limit,
            images: Mutex::default(),
            record: Record::default(),
        });
        let scope = CallScope::new(call.clone());
        let api = device::Client::new_with_client(
            shared.base_url.as_str(),
            shared.request_builder.clone(),
            scope.clone(),
        );
        Bound { call, scope, api }
    }

    /// No code runs under this lock that could panic half-way, so a poisoned list is a whole one.
    fn images(&self) -> MutexGuard<'_, Vec<Image>> {
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bound {
    /// The image itself stays with the call; the request gets a slot.
    fn image(&self, image: Image) -> ImageData {
        let slot = self.scope.slot().expect("this scope belongs to a call, so it issues slots");
        self.call.images().push(image);
        slot
    }

    /// The image and its type; nothing else of it leaves.
    pub(crate) fn media(&self, image: Image) -> types::Media {
        types::Media {
            content_attachment: types::Attachment {
                content_type: Some(image.format().media_type().to_owned()),
                data: self.image(image),
                title: None,
            },
        }
    }

    /// What happened below parsing.
    pub(crate) fn outcome(&self) -> Outcome {
        self.call.record.take()
    }
}

impl Pipeline for Call {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Option<Response<Bytes>>> {
        Box::pin(async move {
            let Ok(uri) = request.url.parse::<Uri>() else {
                self.record.refused(SeamError::UnreadableRequest);
                return None;
            };
            let body = BodyPlan::new(request.body, &self.images());
            let request = Prepared { method: request.method, uri, headers: request.headers, body };
            let tokens = self.authorised.then_some(&self.shared as &dyn Tokens);
            let outcome = self.shared.transport.run(&request, tokens, self.deadline, &self.record).await;
            outcome.map_err(|why| self.record.stopped(why)).ok()
        })
    }

    fn refused(&self, why: SeamError) {
        self.record.refused(why);
    }
}
