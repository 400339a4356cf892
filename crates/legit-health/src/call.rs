//! One call: its images, its deadline and its record. It is the pipeline behind the call's scope.

mod diagnosis_support;
mod options;
mod pending;
mod record;
pub(crate) mod severity;

pub(crate) use diagnosis_support::diagnosis_support;
pub(crate) use options::{Hashes, Keep, Options};
pub use pending::{PendingCall, PendingReply};
pub(crate) use record::{Outcome, Record, Unanswered};

use crate::auth::Tokens;
use crate::catalog::Host;
use crate::client::Shared;
use crate::error::Error;
use crate::image::Image;
use crate::observe::{AuditEntry, CallEnd, CallOutcome};
use crate::reply::{BrokenContract, Joined, Provenance, Reply, join};
use crate::transport::{BodyPlan, Lane, Prepared, Sha256Digest, Transport};
use crate::{BoxFuture, observe};
use bytes::Bytes;
use http::{Response, Uri};
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;
use legit_health_api::scalar::ImageData;
use legit_health_api::seam::{CallScope, Outgoing, Pipeline, SeamError};
use legit_health_api::shape::Operation;
use legit_health_api::{ResponseValue, catalog, device};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tracing::Instrument;

pub(crate) struct Call {
    transport: Arc<Transport>,
    operation: &'static Operation,
    /// Whose token is sent; `None` sends none.
    account: Option<Arc<Shared>>,
    lane: Lane,
    options: Options,
    begun: Duration,
    started: SystemTime,
    images: Mutex<Vec<Image>>,
    record: Record,
    span: tracing::Span,
}

/// A call, and the generated client that is bound to it. Dropping it before its conclusion abandons the call.
pub(crate) struct Bound<C = device::Client> {
    call: Arc<Call>,
    scope: CallScope,
    pub(crate) api: C,
    concluded: bool,
}

impl Call {
    /// A call that sends the account's token.
    pub(crate) fn authorised(shared: &Arc<Shared>, operation: &'static Operation, options: Options) -> Bound {
        let account = Some(shared.clone());
        Self { account, ..Self::anonymous(&shared.transport, operation, options) }.bound_to_device(shared)
    }

    /// The login itself.
    pub(crate) fn login(shared: &Arc<Shared>, options: Options) -> Bound {
        let call = Self::anonymous(&shared.transport, &operations::LOGIN, options);
        Self { lane: Lane::Express, ..call }.bound_to_device(shared)
    }

    /// A call to the catalogue, which knows no accounts.
    pub(crate) fn to_catalog(
        host: &Host,
        operation: &'static Operation,
        options: Options,
    ) -> Bound<catalog::Client> {
        Self::anonymous(&host.transport, operation, options).bind(|scope| {
            catalog::Client::new_with_client(host.base_url.as_str(), host.request_builder.clone(), scope)
        })
    }

    /// A call that sends no token and waits for its turn.
    fn anonymous(transport: &Arc<Transport>, operation: &'static Operation, options: Options) -> Self {
        Self {
            record: Record::taking(options.hashes),
            transport: transport.clone(),
            operation,
            account: None,
            lane: Lane::Queue,
            begun: transport.clock.now(),
            started: SystemTime::now(),
            options,
            images: Mutex::default(),
            span: observe::span(operation.id),
        }
    }

    fn bound_to_device(self, shared: &Shared) -> Bound {
        self.bind(|scope| {
            device::Client::new_with_client(shared.base_url.as_str(), shared.request_builder.clone(), scope)
        })
    }

    fn bind<C>(self, api: impl FnOnce(CallScope) -> C) -> Bound<C> {
        let call = Arc::new(self);
        let scope = CallScope::new(call.clone());
        Bound { call, scope: scope.clone(), api: api(scope), concluded: false }
    }

    /// No code runs under this lock that could panic half-way, so a poisoned list is a whole one.
    fn images(&self) -> MutexGuard<'_, Vec<Image>> {
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn provenance(&self, outcome: &Outcome) -> Provenance {
        let received = outcome.answer.as_deref().filter(|_| self.options.hashes == Hashes::Taken);
        Provenance {
            operation: self.operation.id.to_owned(),
            reference: self.options.reference.clone(),
            request_id: outcome.request_id.clone(),
            device_version: self.account.as_ref().and_then(|account| account.device_version()),
            attempts: outcome.attempts,
            started: self.started,
            ended: SystemTime::now(),
            sent: self.record.sent(),
            received: received.map(Sha256Digest::of),
        }
    }

    /// Tells those who watch.
    fn ended(&self, end: &CallEnd, provenance: &Provenance) {
        observe::record_end(&self.span, end);
        let observers = &self.transport.settings.observers;
        observers.call_ended(end);
        if let (Some(audit), Some(_)) = (&observers.audit, &self.account) {
            audit.record(&AuditEntry {
                provenance: provenance.clone(),
                ending: end.ending,
                delivery: end.delivery,
                status: end.status,
            });
        }
    }

    fn end(&self, outcome: &Outcome, ending: CallOutcome) -> CallEnd {
        CallEnd {
            operation: self.operation.id,
            ending,
            delivery: outcome.delivery,
            status: outcome.status.map(|status| status.as_u16()),
            attempts: outcome.attempts,
            unknown_fields: outcome.unknown_fields.len(),
            duration: self.transport.clock.now().saturating_sub(self.begun),
        }
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

    /// The call has come to its end: with the parser's result, or with what the record says.
    pub(crate) fn conclude<W, T>(
        mut self,
        parsed: Result<ResponseValue<W>, legit_health_api::Error<()>>,
        read: impl FnOnce(W) -> Result<T, BrokenContract>,
    ) -> Result<Reply<T>, Error> {
        self.concluded = true;
        let call = &self.call;
        let mut outcome = call.record.take();
        let provenance = call.provenance(&outcome);
        let mut end = call.end(&outcome, CallOutcome::Responded);
        let unknown_fields = std::mem::take(&mut outcome.unknown_fields);
        let Joined { result, document } = join(outcome, call.images().len(), parsed, read);
        if let Err(error) = &result {
            end.ending = CallOutcome::Failed(error.kind());
        }
        call.ended(&end, &provenance);
        let document = document.filter(|_| call.options.keep == Keep::Document);
        result.map(|value| Reply::new(value, provenance, unknown_fields, document))
    }
}

impl<C> Drop for Bound<C> {
    fn drop(&mut self) {
        if !self.concluded {
            let outcome = self.call.record.take();
            let end = self.call.end(&outcome, CallOutcome::Abandoned);
            self.call.ended(&end, &self.call.provenance(&outcome));
        }
    }
}

impl Pipeline for Call {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Option<Response<Bytes>>> {
        let sending = async move {
            let Ok(uri) = request.url.parse::<Uri>() else {
                self.record.refused(SeamError::UnreadableRequest);
                return None;
            };
            let request = Prepared {
                operation: self.operation.id,
                expected: self.operation.answer,
                method: request.method,
                uri,
                headers: request.headers,
                body: BodyPlan::new(request.body, &self.images()),
                deadline: self.begun.saturating_add(self.options.limit),
                attempts: self.options.attempts,
                lane: self.lane,
            };
            let tokens = self.account.as_ref().map(|account| account as &dyn Tokens);
            let outcome = self.transport.run(&request, tokens, &self.record).await;
            outcome.map_err(|why| self.record.stopped(why)).ok()
        };
        Box::pin(sending.instrument(self.span.clone()))
    }

    fn refused(&self, why: SeamError) {
        self.record.refused(why);
    }
}
