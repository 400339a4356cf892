//! One call: its images and options, its request on the way to the transport, and its response as a result or an error.

mod failed;
mod own;
mod pending;

pub use own::OwnCall;
pub(crate) use pending::Options;
pub use pending::{PendingCall, PendingReply};

use crate::config::BaseUrl;
use crate::error::{Error, Secrets};
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
use legit_health_api::dispatch::{CallScope, Dispatcher, GeneratedClient, OutgoingRequest};
use legit_health_api::scalar::ImageData;
use legit_health_api::shape::{Operation, Shape};
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
        self.begin(operation, options)
    }

    /// Begins a call to the catalog.
    pub(crate) fn call_catalog(
        &self,
        operation: &'static Operation,
        options: Options,
    ) -> CallContext<catalog::Client> {
        self.begin(operation, options)
    }

    fn begin<C: GeneratedClient>(&self, operation: &'static Operation, options: Options) -> CallContext<C> {
        self.begin_any(operation.into(), options).with_client(self.host.base_url.as_str())
    }

    fn begin_any(&self, operation: Named, options: Options) -> CallContext<()> {
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
        CallContext { call, scope, api: (), concluded: false }
    }
}

/// The name of an operation, and the shape of its response.
#[derive(Clone, Copy)]
struct Named {
    id: &'static str,
    /// `None` if the contract is another one, whose response may be anything.
    response: Option<&'static Shape>,
}

impl From<&'static Operation> for Named {
    fn from(operation: &'static Operation) -> Self {
        Self { id: operation.id, response: Some(operation.response) }
    }
}

struct Call {
    session: Session,
    operation: Named,
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

impl CallContext<()> {
    /// The same call with a generated client that makes it.
    fn with_client<C: GeneratedClient>(mut self, base_url: &str) -> CallContext<C> {
        self.concluded = true;
        let (call, scope) = (self.call.clone(), self.scope.clone());
        let api = C::in_scope(base_url, call.session.host.request_builder.clone(), scope.clone());
        CallContext { call, scope, api, concluded: false }
    }
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

    /// Names secrets that the request holds, which the texts of responses may repeat.
    pub(crate) fn sends_secrets(&self, secrets: &Secrets) {
        self.call.record.sends_secrets(secrets);
    }

    /// Ends the call: with the value that `read` makes of the parsed response, or with an error.
    pub(crate) fn conclude<W, T>(
        mut self,
        parsed: Result<ResponseValue<W>, legit_health_api::Error<()>>,
        read: impl FnOnce(W) -> Result<T, BrokenContract>,
    ) -> Result<Reply<T>, Error> {
        self.concluded = true;
        let mut ended = self.call.record.take();
        let images_sent = lock(&self.call.images).len();
        let result = match (ended.failure.take(), parsed) {
            (Some(failure), _) => Err(failed::without_response(&ended, failure, images_sent)),
            (None, Err(error)) => {
                let expected = self.call.operation.response.unwrap_or(&Shape::Any);
                Err(failed::with_response(&ended, error, expected, images_sent))
            }
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
                uri: self.options.address.clone().unwrap_or(request.uri),
                headers: request.headers,
                body: BodyPlan::new(request.body, &lock(&self.images)),
                deadline: self.begun.saturating_add(self.options.limit),
                max_attempts: self.options.max_attempts,
                bills_nothing: self.options.bills_nothing,
                priority: self.options.priority,
            };
            let outcome = host.transport.run(&request, tokens.as_ref(), &self.record).await;
            outcome.map_err(|why| self.record.failed(why)).ok()
        };
        Box::pin(sending.instrument(self.span.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::skipping::SkippingClock;
    use crate::error::{Delivery, ErrorKind};
    use crate::http_client::ReqwestClient;
    use crate::http_client::scripted::{End, ScriptedClient};
    use crate::image::tests::sample;
    use crate::observe::{Audit, Observer};
    use crate::transport::{Settings, Token};
    use futures_util::FutureExt;
    use legit_health_api::operations::device as operations;
    use legit_health_api::scalar::Secret;

    /// Keeps what observers and the audit log are told.
    #[derive(Default)]
    struct Log {
        calls: Mutex<Vec<CallEnd>>,
        entries: Mutex<Vec<AuditEntry>>,
    }

    impl Observer for Log {
        fn call_ended(&self, call: &CallEnd) {
            lock(&self.calls).push(call.clone());
        }
    }

    impl Audit for Log {
        fn record(&self, entry: &AuditEntry) {
            lock(&self.entries).push(entry.clone());
        }
    }

    struct OneToken;

    impl Tokens for OneToken {
        fn current(self: Arc<Self>, _: Option<u64>) -> BoxFuture<'static, Result<Token, Error>> {
            Box::pin(async {
                Ok(Token { secret: Secret::new("t"), secrets: Secrets::default(), generation: 1 })
            })
        }

        fn may_log_in_after_403(&self) -> bool {
            false
        }
    }

    struct Scene {
        session: Session,
        client: Arc<ScriptedClient>,
        log: Arc<Log>,
    }

    impl Scene {
        /// The clock of a client does not begin at 0.
        fn new(end: End) -> Self {
            let (clock, client, log) =
                (SkippingClock::default(), ScriptedClient::of([end]), Arc::new(Log::default()));
            clock.set(Duration::from_secs(1_000));
            let mut settings = Settings::default();
            settings.observers.observer = Some(log.clone());
            settings.observers.audit = Some(log.clone());
            let transport = Transport::new(client.clone(), Arc::new(clock.clone()), settings);
            let base_url = "https://device.example/v2.0".parse().unwrap();
            let host = Arc::new(Host::new(base_url, transport, ReqwestClient::request_builder().unwrap()));
            let session = Session { host, tokens: Some(Arc::new(OneToken)) };
            Self { session, client, log }
        }

        /// Asks for the report on this number of images, whose content does not matter here.
        fn report_on(&self, images: u8) -> Result<Reply<()>, Error> {
            let jpeg = sample::jpeg(b"", b"data");
            let context =
                self.session.call_device(&operations::DIAGNOSIS_SUPPORT, self.session.usual_options());
            let media = (0..images)
                .map(|_| context.media(Image::from_bytes(jpeg.clone()).unwrap()))
                .collect::<Vec<_>>();
            let request = types::DiagnosisSupportRequest::new(media);
            let parsed =
                context.api.diagnosis_support(&request).now_or_never().expect("nothing is waited for");
            context.conclude(parsed, |_| Ok(()))
        }

        fn device_information(&self, change: impl FnOnce(&mut Options)) -> Result<Reply<()>, Error> {
            let mut options = self.session.usual_options();
            change(&mut options);
            let context = self.session.call_device(&operations::DEVICE_INFORMATION, options);
            let parsed = context.api.device_information().now_or_never().expect("nothing is waited for");
            context.conclude(parsed, |_| Ok(()))
        }
    }

    const INFORMATION: &str = r#"{"name": [{"value": "Device"}], "version": [{"value": "1.1.0"}],
        "manufacturer": {"name": "Maker"}, "new": 1}"#;

    #[test]
    fn a_refused_image_is_named_by_its_number_if_it_was_sent() {
        const SECOND: &str = r#"{"detail": [{"type": "x", "loc": ["body", "payload", 1], "msg": "m"}]}"#;
        for (images, argument) in [(1, "/payload/1"), (2, "image #2"), (3, "image #2")] {
            let error = Scene::new(End::Status(422, SECOND)).report_on(images).unwrap_err();
            assert_eq!(error.fields()[0].argument(), argument, "{images} images");
        }
    }

    #[test]
    fn the_deadline_counts_from_the_beginning_of_the_call() {
        let scene = Scene::new(End::Silence);
        let error = scene.device_information(|options| options.limit = Duration::from_secs(200)).unwrap_err();
        assert_eq!((error.kind(), scene.client.sent().len()), (ErrorKind::Timeout, 1));
        // The limit of an attempt.
        assert_eq!(lock(&scene.log.calls)[0].duration, Duration::from_secs(120));
    }

    #[test]
    fn text_and_digests_are_kept_on_request() {
        for (keep_json, record_digests) in [(true, false), (false, true), (false, false)] {
            let reply = Scene::new(End::Status(200, INFORMATION)).device_information(|options| {
                (options.keep_json, options.record_digests) = (keep_json, record_digests);
            });
            let Reply { json, provenance, unknown_fields, .. } = reply.unwrap();
            assert_eq!(json.as_deref(), keep_json.then_some(INFORMATION));
            let received = record_digests.then(|| Sha256Digest::of(INFORMATION.as_bytes()));
            // A request without a body has no digest.
            assert_eq!((provenance.received, provenance.sent), (received, None));
            assert_eq!(unknown_fields.paths().collect::<Vec<_>>(), ["/new"]);
        }
    }

    /// Once each, with what the call ended in.
    #[test]
    fn observers_and_the_audit_log_are_told_of_every_call() {
        let scene = Scene::new(End::Status(200, INFORMATION));
        scene.session.host.set_device_version(Some("1.1.0".into()));
        scene.device_information(|options| options.reference = Some("case 17".into())).unwrap();
        let ended = lock(&scene.log.calls).clone();
        assert_eq!(ended.len(), 1);
        assert_eq!((ended[0].operation, ended[0].outcome), ("device_information", CallOutcome::Responded));
        assert_eq!((ended[0].status, ended[0].attempts, ended[0].unknown_fields), (Some(200), 1, 1));
        let entries = lock(&scene.log.entries).clone();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].provenance.reference.as_deref(), Some("case 17"));
        assert_eq!(entries[0].provenance.device_version.as_deref(), Some("1.1.0"));
        assert_eq!((entries[0].outcome, entries[0].status), (CallOutcome::Responded, Some(200)));

        let scene = Scene::new(End::Status(500, "{}"));
        scene.report_on(1).unwrap_err();
        let ended = lock(&scene.log.calls).clone();
        assert_eq!(ended[0].outcome, CallOutcome::Failed(ErrorKind::Server));
        assert_eq!((ended[0].delivery, ended[0].unknown_fields), (Delivery::MayHaveRun, 0));
        assert_eq!(lock(&scene.log.entries)[0].delivery, Delivery::MayHaveRun);

        let scene = Scene::new(End::Silence);
        drop(scene.session.call_device(&operations::DEVICE_INFORMATION, scene.session.usual_options()));
        let ended = lock(&scene.log.calls).clone();
        assert_eq!((ended.len(), ended[0].outcome), (1, CallOutcome::Abandoned));
        assert_eq!(lock(&scene.log.entries)[0].outcome, CallOutcome::Abandoned);
    }

    #[test]
    fn a_call_without_a_token_is_not_in_the_audit_log() {
        let mut scene = Scene::new(End::Status(200, INFORMATION));
        scene.session.tokens = None;
        scene.device_information(|_| {}).unwrap();
        assert_eq!((lock(&scene.log.calls).len(), lock(&scene.log.entries).len()), (1, 0));
        assert!(!scene.client.sent()[0].0.contains_key("authorization"));
    }

    #[test]
    fn a_response_that_breaks_the_contract_is_an_error() {
        let scene = Scene::new(End::Status(200, INFORMATION));
        let context =
            scene.session.call_device(&operations::DEVICE_INFORMATION, scene.session.usual_options());
        let parsed = context.api.device_information().now_or_never().unwrap();
        let broken = context.conclude(parsed, |_| Err::<(), _>(BrokenContract("why".into()))).unwrap_err();
        assert_eq!((broken.kind(), broken.delivery()), (ErrorKind::InvalidResponse, Delivery::Responded));
        assert_eq!(broken.to_string(), "why (status 200)");
    }
}
