//! One call: its images and options, its request on the way to the transport, and its response as a result or an error.

mod failed;
mod options;
mod pending;

pub(crate) use options::{Hashes, Keep, Options};
pub use pending::{PendingCall, PendingReply};

use crate::config::BaseUrl;
use crate::error::Error;
use crate::http_client::{BodyPlan, RequestBuilder};
use crate::image::Image;
use crate::observe::{AuditEntry, CallEnd, CallOutcome};
use crate::provenance::{Provenance, Sha256Digest};
use crate::reply::{BrokenContract, Reply};
use crate::transport::{Outcome, PreparedRequest, Record, Tokens, Transport};
use crate::{BoxFuture, observe};
use bytes::Bytes;
use http::Response;
use legit_health_api::device::types;
use legit_health_api::dispatch::{CallScope, Dispatcher, OutgoingRequest};
use legit_health_api::scalar::ImageData;
use legit_health_api::shape::Operation;
use legit_health_api::{ResponseValue, catalog, device};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tracing::Instrument;

/// A host of the API. What one host asks for, such as a pause, does not concern another.
pub(crate) struct Host {
    pub(crate) base_url: BaseUrl,
    pub(crate) transport: Transport,
    /// The generated clients build their requests with it. It never sends any.
    request_builder: RequestBuilder,
    /// As the device reported it last.
    device_version: Mutex<Option<String>>,
}

/// A host, and the account whose token is sent to it.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) host: Arc<Host>,
    /// `None` sends no token.
    pub(crate) tokens: Option<Arc<dyn Tokens>>,
}

impl Host {
    pub(crate) fn new(base_url: BaseUrl, transport: Transport, request_builder: RequestBuilder) -> Self {
        Self { base_url, transport, request_builder, device_version: Mutex::default() }
    }

    /// Keeps the version of the device for the provenance of later calls.
    pub(crate) fn set_device_version(&self, version: Option<String>) {
        *self.device_version.lock().unwrap_or_else(PoisonError::into_inner) = version;
    }

    fn device_version(&self) -> Option<String> {
        self.device_version.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Session {
    pub(crate) fn usual_options(&self) -> Options {
        Options::usual(&self.host.transport.settings)
    }

    /// Begins a call to the device.
    pub(crate) fn call_device(&self, operation: &'static Operation, options: Options) -> CallContext {
        self.begin(operation, options, device::Client::new_with_client)
    }

    /// Begins a call to the catalog.
    pub(crate) fn call_catalog(
        &self,
        operation: &'static Operation,
        options: Options,
    ) -> CallContext<catalog::Client> {
        self.begin(operation, options, catalog::Client::new_with_client)
    }

    fn begin<C>(
        &self,
        operation: &'static Operation,
        options: Options,
        generated: fn(&str, RequestBuilder, CallScope) -> C,
    ) -> CallContext<C> {
        let call = Arc::new(Call {
            session: self.clone(),
            operation,
            record: Record::new(options.hashes == Hashes::Taken),
            options,
            begun: self.host.transport.clock.now(),
            started: SystemTime::now(),
            images: Mutex::default(),
            span: observe::span(operation.id),
        });
        let scope = CallScope::new(call.clone());
        let api = generated(self.host.base_url.as_str(), self.host.request_builder.clone(), scope.clone());
        CallContext { call, scope, api, concluded: false }
    }
}

struct Call {
    session: Session,
    operation: &'static Operation,
    options: Options,
    begun: Duration,
    started: SystemTime,
    /// In the order of their slots.
    images: Mutex<Vec<Image>>,
    record: Record,
    span: tracing::Span,
}

/// A call in progress, and the generated client that makes it. Dropping it before its conclusion abandons the call.
pub(crate) struct CallContext<C = device::Client> {
    call: Arc<Call>,
    scope: CallScope,
    pub(crate) api: C,
    concluded: bool,
}

impl<C> CallContext<C> {
    /// Returns the image and its type for the request; nothing else of the image is sent.
    pub(crate) fn media(&self, image: Image) -> types::Media {
        let media_type = image.format().media_type();
        types::Media::new(types::Attachment::new(self.image(image)).with_content_type(media_type))
    }

    /// Keeps the image in the call, and returns a slot for the request.
    fn image(&self, image: Image) -> ImageData {
        let slot = self.scope.slot().expect("this scope belongs to a call, so it issues slots");
        self.call.images().push(image);
        slot
    }

    /// Ends the call: with the value that `read` makes of the parsed response, or with an error.
    pub(crate) fn conclude<W, T>(
        mut self,
        parsed: Result<ResponseValue<W>, legit_health_api::Error<()>>,
        read: impl FnOnce(W) -> Result<T, BrokenContract>,
    ) -> Result<Reply<T>, Error> {
        self.concluded = true;
        let mut outcome = self.call.record.take();
        let result = match (outcome.failure.take(), parsed) {
            (Some(failure), _) => Err(failed::without_response(&outcome, failure)),
            (None, Err(error)) => Err(failed::with_response(&outcome, error, self.call.images().len())),
            (None, Ok(wire)) => read(wire.into_inner())
                .map_err(|BrokenContract(reason)| failed::invalid_response(&outcome, reason.into_owned())),
        };
        let ending = result
            .as_ref()
            .map_or_else(|error| CallOutcome::Failed(error.kind()), |_| CallOutcome::Responded);
        let provenance = self.call.end(&outcome, ending);
        let document = outcome.response.filter(|_| self.call.options.keep == Keep::Document);
        result.map(|value| Reply::new(value, provenance, outcome.unknown_fields, document))
    }
}

impl<C> Drop for CallContext<C> {
    fn drop(&mut self) {
        if !self.concluded {
            let outcome = self.call.record.take();
            self.call.end(&outcome, CallOutcome::Abandoned);
        }
    }
}

impl Call {
    /// No code runs under this lock that could panic half-way, so a poisoned list is consistent.
    fn images(&self) -> MutexGuard<'_, Vec<Image>> {
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Informs the observers and the audit log, and returns the provenance.
    fn end(&self, outcome: &Outcome, ending: CallOutcome) -> Provenance {
        let Session { host, tokens } = &self.session;
        let received = outcome.response.as_deref().filter(|_| self.options.hashes == Hashes::Taken);
        let provenance = Provenance {
            operation: self.operation.id.to_owned(),
            reference: self.options.reference.clone(),
            request_id: outcome.request_id.clone(),
            device_version: host.device_version(),
            attempts: outcome.attempts,
            started: self.started,
            ended: SystemTime::now(),
            sent: self.record.sent(),
            received: received.map(Sha256Digest::of),
        };
        let end = CallEnd {
            operation: self.operation.id,
            ending,
            delivery: outcome.delivery,
            status: outcome.status.map(|status| status.as_u16()),
            attempts: outcome.attempts,
            unknown_fields: outcome.unknown_fields.len(),
            duration: host.transport.clock.now().saturating_sub(self.begun),
        };
        observe::record_end(&self.span, &end);
        let observers = &host.transport.settings.observers;
        observers.call_ended(&end);
        // Logins and calls to the catalog are not in the audit log.
        if let (Some(audit), Some(_)) = (&observers.audit, tokens) {
            audit.record(&AuditEntry {
                provenance: provenance.clone(),
                ending,
                delivery: end.delivery,
                status: end.status,
            });
        }
        provenance
    }
}

impl Dispatcher for Call {
    fn dispatch(&self, request: OutgoingRequest) -> BoxFuture<'_, Option<Response<Bytes>>> {
        let Session { host, tokens } = &self.session;
        let sending = async move {
            let request = PreparedRequest {
                operation: self.operation.id,
                expected: self.operation.response,
                method: request.method,
                uri: request.uri,
                headers: request.headers,
                body: BodyPlan::new(request.body, &self.images()),
                deadline: self.begun.saturating_add(self.options.limit),
                max_attempts: self.options.attempts,
                priority: self.options.priority,
            };
            let outcome = host.transport.run(&request, tokens.as_ref(), &self.record).await;
            outcome.map_err(|why| self.record.failed(why)).ok()
        };
        Box::pin(sending.instrument(self.span.clone()))
    }
}
