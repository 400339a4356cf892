//! One call: its images and options, its request on the way to the transport, and its response as a result or an error.

mod failed;
mod pending;

pub(crate) use pending::Options;
pub use pending::{PendingCall, PendingReply};

use crate::config::BaseUrl;
use crate::error::Error;
use crate::http_client::{BodyPlan, RequestBuilder};
use crate::image::Image;
use crate::observe::{AuditEntry, CallEnd, CallOutcome};
use crate::provenance::{Provenance, Sha256Digest};
use crate::reply::{BrokenContract, Reply};
use crate::sync::lock;
use crate::transport::{Outcome, PreparedRequest, Record, Tokens, Transport};
use crate::{BoxFuture, observe};
use bytes::Bytes;
use http::Response;
use legit_health_api::device::types;
use legit_health_api::dispatch::{CallScope, Dispatcher, OutgoingRequest};
use legit_health_api::scalar::ImageData;
use legit_health_api::shape::Operation;
use legit_health_api::{ResponseValue, catalog, device};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tracing::Instrument;

/// A host of the API, with its own transport: a pause that one host requests does not apply to another.
pub(crate) struct Host {
    pub(crate) base_url: BaseUrl,
    pub(crate) transport: Transport,
    /// The client with which generated code builds requests. It never sends any.
    request_builder: RequestBuilder,
    /// The version that the device reported last.
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
        *lock(&self.device_version) = version;
    }

    fn device_version(&self) -> Option<String> {
        lock(&self.device_version).clone()
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
            record: Record::new(options.record_digests),
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
    /// The images, in the order of their slots.
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
    /// Returns a slot for the image, with its media type, for the request.
    pub(crate) fn media(&self, image: Image) -> types::Media {
        let media_type = image.format().media_type();
        types::Media::new(types::Attachment::new(self.image(image)).with_content_type(media_type))
    }

    /// Keeps the image in the call, and returns a slot for the request.
    fn image(&self, image: Image) -> ImageData {
        let slot = self.scope.slot().expect("this scope belongs to a call, so it issues slots");
        lock(&self.call.images).push(image);
        slot
    }

    /// Ends the call: with the value that `read` makes of the parsed response, or with an error.
    pub(crate) fn conclude<W, T>(
        mut self,
        parsed: Result<ResponseValue<W>, legit_health_api::Error<()>>,
        read: impl FnOnce(W) -> Result<T, BrokenContract>,
    ) -> Result<Reply<T>, Error> {
        self.concluded = true;
        let mut ended = self.call.record.take();
        let result = match (ended.failure.take(), parsed) {
            (Some(failure), _) => Err(failed::without_response(&ended, failure)),
            (None, Err(error)) => Err(failed::with_response(&ended, error, lock(&self.call.images).len())),
            (None, Ok(wire)) => read(wire.into_inner())
                .map_err(|BrokenContract(reason)| failed::invalid_response(&ended, reason.into_owned())),
        };
        let outcome = result
            .as_ref()
            .map_or_else(|error| CallOutcome::Failed(error.kind()), |_| CallOutcome::Responded);
        let provenance = self.call.end(&ended, outcome);
        let document = ended.response.filter(|_| self.call.options.keep_json);
        result.map(|value| Reply::new(value, provenance, ended.unknown_fields, document))
    }
}

impl<C> Drop for CallContext<C> {
    fn drop(&mut self) {
        if !self.concluded {
            let ended = self.call.record.take();
            self.call.end(&ended, CallOutcome::Abandoned);
        }
    }
}

impl Call {
    /// Informs the observers and the audit log, and returns the provenance.
    fn end(&self, ended: &Outcome, outcome: CallOutcome) -> Provenance {
        let Session { host, tokens } = &self.session;
        let received = ended.response.as_deref().filter(|_| self.options.record_digests);
        let provenance = Provenance {
            operation: self.operation.id.to_owned(),
            reference: self.options.reference.clone(),
            request_id: ended.request_id.clone(),
            device_version: host.device_version(),
            attempts: ended.attempts,
            started: self.started,
            ended: SystemTime::now(),
            sent: self.record.sent(),
            received: received.map(Sha256Digest::of),
        };
        let end = CallEnd {
            operation: self.operation.id,
            outcome,
            delivery: ended.delivery,
            status: ended.status.map(|status| status.as_u16()),
            attempts: ended.attempts,
            unknown_fields: ended.unknown_fields.len(),
            duration: host.transport.clock.now().saturating_sub(self.begun),
        };
        observe::record_end(&self.span, &end);
        let observers = &host.transport.settings.observers;
        observers.call_ended(&end);
        // Logins and calls to the catalog are not in the audit log.
        if let (Some(audit), Some(_)) = (&observers.audit, tokens) {
            audit.record(&AuditEntry {
                provenance: provenance.clone(),
                outcome,
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
                body: BodyPlan::new(request.body, &lock(&self.images)),
                deadline: self.begun.saturating_add(self.options.limit),
                max_attempts: self.options.max_attempts,
                priority: self.options.priority,
            };
            let outcome = host.transport.run(&request, tokens.as_ref(), &self.record).await;
            outcome.map_err(|why| self.record.failed(why)).ok()
        };
        Box::pin(sending.instrument(self.span.clone()))
    }
}
