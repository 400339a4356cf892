//! One call: its images, its deadline and its record. It is the pipeline behind the call's scope.

mod diagnosis_support;
mod record;
mod severity;

pub use diagnosis_support::DiagnosisSupportCall;
pub(crate) use record::{Outcome, Record, Unanswered};
pub use severity::SeverityCall;

use crate::BoxFuture;
use crate::auth::Tokens;
use crate::catalog::Host;
use crate::client::Shared;
use crate::image::Image;
use crate::transport::{BodyPlan, Prepared, Transport};
use bytes::Bytes;
use http::{Response, Uri};
use legit_health_api::device::types;
use legit_health_api::scalar::ImageData;
use legit_health_api::seam::{CallScope, Outgoing, Pipeline, SeamError};
use legit_health_api::{catalog, device};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) struct Call {
    transport: Arc<Transport>,
    /// Whose token is sent; `None` sends none.
    account: Option<Arc<Shared>>,
    deadline: Duration,
    images: Mutex<Vec<Image>>,
    record: Record,
}

/// A call, and the generated client that is bound to it.
pub(crate) struct Bound<C = device::Client> {
    call: Arc<Call>,
    scope: CallScope,
    pub(crate) api: C,
}

impl Call {
    /// A call that sends the account's token.
    pub(crate) fn authorised(shared: &Arc<Shared>, limit: Duration) -> Bound {
        Self::to_device(shared, limit, Some(shared.clone()))
    }

    /// The login itself.
    pub(crate) fn without_token(shared: &Arc<Shared>, limit: Duration) -> Bound {
        Self::to_device(shared, limit, None)
    }

    fn to_device(shared: &Arc<Shared>, limit: Duration, account: Option<Arc<Shared>>) -> Bound {
        Self::bind(&shared.transport, limit, account, |scope| {
            device::Client::new_with_client(shared.base_url.as_str(), shared.request_builder.clone(), scope)
        })
    }

    /// A call to the catalogue, which knows no accounts.
    pub(crate) fn to_catalog(host: &Host, limit: Duration) -> Bound<catalog::Client> {
        Self::bind(&host.transport, limit, None, |scope| {
            catalog::Client::new_with_client(host.base_url.as_str(), host.request_builder.clone(), scope)
        })
    }

    fn bind<C>(
        transport: &Arc<Transport>,
        limit: Duration,
        account: Option<Arc<Shared>>,
        api: impl FnOnce(CallScope) -> C,
    ) -> Bound<C> {
        let call = Arc::new(Call {
            transport: transport.clone(),
            account,
            deadline: transport.clock.now().saturating_add(limit),
            images: Mutex::default(),
            record: Record::default(),
        });
        let scope = CallScope::new(call.clone());
        Bound { call, scope: scope.clone(), api: api(scope) }
    }

    /// No code runs under this lock that could panic half-way, so a poisoned list is a whole one.
    fn images(&self) -> MutexGuard<'_, Vec<Image>> {
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Bound<C> {
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
            let tokens = self.account.as_ref().map(|account| account as &dyn Tokens);
            let outcome = self.transport.run(&request, tokens, self.deadline, &self.record).await;
            outcome.map_err(|why| self.record.stopped(why)).ok()
        })
    }

    fn refused(&self, why: SeamError) {
        self.record.refused(why);
    }
}
