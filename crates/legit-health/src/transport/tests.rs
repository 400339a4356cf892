//! Unit tests of whole calls: attempts on the wire and in the record, the replay after a refused token, budget, pauses, queue.

use super::retry::LONGEST_PAUSE;
use super::*;
use crate::clock::skipping::SkippingClock;
use crate::error::{Delivery, ErrorKind, Parts};
use crate::http_client::HttpErrorKind;
use crate::http_client::scripted::{End, ScriptedClient, json};
use crate::observe::{AttemptEnd, Observer};
use crate::sync::lock;
use futures_util::FutureExt;
use legit_health_api::dispatch::BodyPart;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

const OK: End = End::Status(200, "{}");
const LOST: End = End::Failed(HttpErrorKind::ConnectionLost);

fn status(status: u16) -> End {
    End::Status(status, "{}")
}

fn asking_to_wait(status: u16, seconds: &str) -> End {
    let mut response = json(status, "{}");
    response.headers_mut().insert("retry-after", seconds.parse().unwrap());
    End::Response(response)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn only_long_sensitive_headers_are_secrets() {
    let value = |text: &'static str, is_sensitive| {
        let mut value = http::HeaderValue::from_static(text);
        value.set_sensitive(is_sensitive);
        value
    };
    let mut headers = HeaderMap::new();
    headers.insert("x-key", value("c0ffee-key", true));
    headers.insert("x-ward", value("ward-seven", false));
    headers.insert("x-tenant", value("tenant7", true));
    let secrets = header_secrets(&headers);
    let is_hidden = |text| secrets.are_in(text);
    assert_eq!(["c0ffee-key", "ward-seven", "tenant7"].map(is_hidden), [true, false, false]);
}

/// Issues `token-1`, `token-2` and so on.
#[derive(Default)]
struct Issuer {
    issued: AtomicU64,
    accepts_403: AtomicBool,
    /// The errors of the next logins.
    failures: Mutex<Vec<Error>>,
}

impl Tokens for Issuer {
    fn current(self: Arc<Self>, rejected: Option<u64>) -> BoxFuture<'static, Result<Token, Error>> {
        Box::pin(async move {
            if let Some(error) = lock(&self.failures).pop() {
                return Err(error);
            }
            let issued = self.issued.load(Ordering::Relaxed);
            if issued == 0 || rejected == Some(issued) {
                self.issued.fetch_add(1, Ordering::Relaxed);
            }
            let generation = self.issued.load(Ordering::Relaxed);
            let secret = Secret::new(format!("token-{generation}"));
            Ok(Token { secret, secrets: Secrets::default(), generation })
        })
    }

    fn may_log_in_after_403(&self) -> bool {
        self.accepts_403.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
struct Numbers(Mutex<Vec<u32>>);

impl Observer for Numbers {
    fn attempt_ended(&self, attempt: &AttemptEnd) {
        lock(&self.0).push(attempt.number);
    }
}

/// A transport over a scripted client, on a clock that skips pauses.
struct Scene {
    clock: SkippingClock,
    client: Arc<ScriptedClient>,
    transport: Arc<Transport>,
    issuer: Arc<Issuer>,
    numbers: Arc<Numbers>,
}

/// The end of a call.
struct Ended {
    /// The status of the final response, or why there is none.
    outcome: Result<u16, CallFailure>,
    record: Outcome,
    /// The authorisation of each request of the call.
    sent: Vec<Option<String>>,
}

impl Scene {
    fn new(ends: impl IntoIterator<Item = End>) -> Self {
        Self::with_settings(ends, |_| {})
    }

    fn with_settings(ends: impl IntoIterator<Item = End>, change: impl FnOnce(&mut Settings)) -> Self {
        Self::over(ScriptedClient::of(ends), change)
    }

    fn over(client: Arc<ScriptedClient>, change: impl FnOnce(&mut Settings)) -> Self {
        let (clock, numbers) = (SkippingClock::default(), Arc::new(Numbers::default()));
        let mut settings = Settings::default();
        settings.observers.observer = Some(numbers.clone());
        change(&mut settings);
        let transport = Arc::new(Transport::new(client.clone(), Arc::new(clock.clone()), settings));
        Self { clock, client, transport, issuer: Arc::default(), numbers }
    }

    /// Returns a request with a timeout of 300 s, as by default.
    fn request(&self) -> PreparedRequest {
        PreparedRequest {
            operation: "operation",
            expected: Some(&Shape::Any),
            method: Method::POST,
            uri: Uri::from_static("https://device.example/v2.0/operation"),
            headers: HeaderMap::new(),
            body: BodyPlan::new(vec![BodyPart::Text("{}".into())], &[]),
            deadline: self.clock.now() + seconds(300),
            max_attempts: 3,
            bills_nothing: false,
            priority: RequestPriority::Queued,
        }
    }

    fn run(&self, request: &PreparedRequest) -> Ended {
        let issuer: Arc<dyn Tokens> = self.issuer.clone();
        self.run_with(request, Some(&issuer))
    }

    fn run_with(&self, request: &PreparedRequest, tokens: Option<&Arc<dyn Tokens>>) -> Ended {
        let (record, before) = (Record::new(false), self.client.sent().len());
        let outcome = self.transport.run(request, tokens, &record).now_or_never();
        let sent = self.client.sent().into_iter().skip(before);
        let authorization =
            |headers: &HeaderMap| Some(headers.get("authorization")?.to_str().unwrap().to_owned());
        Ended {
            outcome: outcome.expect("nothing is waited for").map(|response| response.status().as_u16()),
            record: record.take(),
            sent: sent.map(|(headers, _)| authorization(&headers)).collect(),
        }
    }

    /// Runs a usual call and returns the number of its attempts.
    fn attempts(&self) -> u32 {
        self.run(&self.request()).record.attempts
    }
}

/// Returns the error of a login whose response requested this pause.
fn login_paused_for(pause: Option<Duration>) -> Error {
    Error::new(Parts {
        kind: ErrorKind::RateLimited,
        delivery: Delivery::Responded,
        status: Some(StatusCode::TOO_MANY_REQUESTS),
        request_id: None,
        retry_after: pause,
        attempts: 1,
        may_have_run: 0,
        fields: Vec::new(),
        server_message: None,
        request_size: None,
        sentence: "too many requests".into(),
        source: None,
    })
}

/// The replay after a refused token is sent and counted, but is not one of the attempts that the policy allows.
#[test]
fn a_refused_token_is_replaced_once_and_the_replay_is_no_retry() {
    /// The script, the tokens sent, and the numbers of the attempts.
    type Case = (&'static [u16], &'static [u64], &'static [u32]);
    let cases: [Case; 8] = [
        (&[401, 200], &[1, 2], &[1, 1]),
        (&[401, 401], &[1, 2], &[1, 1]),
        (&[401, 503, 503, 503], &[1, 2, 2, 2], &[1, 1, 2, 3]),
        (&[401, 503, 200], &[1, 2, 2], &[1, 1, 2]),
        (&[503, 401, 503, 503], &[1, 1, 2, 2], &[1, 2, 2, 3]),
        (&[503, 503, 401, 503], &[1, 1, 1, 2], &[1, 2, 3, 3]),
        (&[401, 503, 401], &[1, 2, 2], &[1, 1, 2]),
        (&[503, 503, 503], &[1, 1, 1], &[1, 2, 3]),
    ];
    for (script, tokens, numbers) in cases {
        let scene = Scene::new(script.iter().copied().map(status));
        let ended = scene.run(&scene.request());
        let expected: Vec<_> = tokens.iter().map(|token| Some(format!("Bearer token-{token}"))).collect();
        assert_eq!(ended.sent, expected, "{script:?}");
        assert_eq!(ended.record.attempts as usize, script.len(), "{script:?}");
        assert_eq!(*lock(&scene.numbers.0), numbers, "{script:?}");
        assert_eq!(ended.outcome.unwrap(), *script.last().unwrap());
    }
}

#[test]
fn the_replay_takes_place_although_only_one_attempt_is_allowed() {
    for (script, sent) in [(&[401, 200][..], 2), (&[401, 503], 2), (&[503], 1), (&[403], 1)] {
        let scene = Scene::new(script.iter().copied().map(status));
        let ended = scene.run(&PreparedRequest { max_attempts: 1, ..scene.request() });
        assert_eq!((ended.sent.len(), ended.record.attempts), (sent, sent as u32), "{script:?}");
    }
}

#[test]
fn a_403_is_replayed_only_if_a_login_is_allowed() {
    let scene = Scene::new([403, 403, 200].map(status));
    assert_eq!(scene.attempts(), 1);
    scene.issuer.accepts_403.store(true, Ordering::Relaxed);
    let ended = scene.run(&scene.request());
    assert_eq!((ended.outcome.unwrap(), ended.record.attempts), (200, 2));
    assert_eq!(ended.sent, [1, 2].map(|token| Some(format!("Bearer token-{token}"))));
}

#[test]
fn a_login_that_is_refused_is_not_replayed() {
    let scene = Scene::new([401, 403].map(status));
    for refusal in [401, 403] {
        let ended = scene.run_with(&scene.request(), None);
        assert_eq!((ended.outcome.unwrap(), ended.sent), (refusal, vec![None]));
    }
}

/// Thirty-five retries cost 490 of 500, and fourteen successes pay for one more.
#[test]
fn successes_alone_refill_the_retry_budget() {
    let failing = Arc::new(AtomicBool::new(true));
    let switch = failing.clone();
    let device = ScriptedClient::new(move |_| status(if switch.load(Ordering::Relaxed) { 503 } else { 200 }));
    let scene = Scene::over(device, |_| {});
    let retries = |calls: usize| {
        failing.store(true, Ordering::Relaxed);
        (0..calls).map(|_| scene.attempts() - 1).sum::<u32>()
    };
    let succeed = |calls: usize| {
        failing.store(false, Ordering::Relaxed);
        (0..calls).for_each(|_| assert_eq!(scene.attempts(), 1));
    };
    assert_eq!(retries(100), 35);
    succeed(3);
    assert_eq!(retries(100), 0, "13 are left");
    succeed(1);
    assert_eq!(retries(100), 1, "14 were left");
    succeed(13);
    assert_eq!(retries(100), 0);
    succeed(1);
    assert_eq!(retries(100), 1);
    succeed(28);
    assert_eq!(retries(100), 2);
}

#[test]
fn a_failure_that_is_not_retried_refills_no_budget() {
    let script = [[503; 36].as_slice(), &[404; 100], &[503; 3]].concat();
    let scene = Scene::new(script.into_iter().map(status));
    let request = PreparedRequest { max_attempts: 100, ..scene.request() };
    assert_eq!(scene.run(&request).record.attempts, 36);
    (0..100).for_each(|_| assert_eq!(scene.attempts(), 1));
    assert_eq!(scene.attempts(), 1);
}

/// The delay before a retry must end within the call.
#[test]
fn a_retry_begins_before_the_deadline_or_not_at_all() {
    let no_delay = |settings: &mut Settings| settings.retry_policy.base_delay = Duration::ZERO;
    for (pause, limit, attempts) in [(30, 31, 2), (30, 30, 1), (30, 29, 1), (120, 300, 2), (121, 300, 1)] {
        let scene = Scene::with_settings([asking_to_wait(503, &pause.to_string()), OK], no_delay);
        let ended = scene.run(&PreparedRequest { deadline: seconds(limit), ..scene.request() });
        assert_eq!(ended.record.attempts, attempts, "{pause} s within {limit} s");
        assert_eq!(ended.outcome.unwrap(), if attempts == 2 { 200 } else { 503 });
        // All of it, also if it is longer than the client waits.
        assert_eq!(ended.record.retry_after, (attempts == 1).then(|| seconds(pause)));
        let ends_at = scene.transport.cooldown.ends_at(Duration::ZERO);
        assert_eq!(ends_at, Some(seconds(pause.min(120))), "the pause applies to all calls");
    }
}

#[test]
fn a_call_that_has_no_time_sends_nothing() {
    let scene = Scene::new([OK]);
    scene.clock.set(seconds(7));
    let ended = scene.run(&PreparedRequest { deadline: seconds(7), ..scene.request() });
    assert!(matches!(ended.outcome, Err(CallFailure::Timeout)));
    assert!(ended.sent.is_empty() && ended.record.delivery == Delivery::NotSent);
}

#[test]
fn a_call_within_a_pause_that_outlasts_it_sends_nothing() {
    let scene = Scene::new([OK]);
    scene.transport.cooldown.extend_until(seconds(40));
    for (limit, left) in [(10, 40), (40, 40)] {
        let ended = scene.run(&PreparedRequest { deadline: seconds(limit), ..scene.request() });
        let Err(CallFailure::Paused(pause)) = ended.outcome else { panic!("{limit} s were enough") };
        assert_eq!((pause, ended.sent.len()), (seconds(left), 0));
    }
    let ended = scene.run(&PreparedRequest { deadline: seconds(41), ..scene.request() });
    assert_eq!((ended.outcome.unwrap(), scene.clock.now() >= seconds(40)), (200, true));
}

#[test]
fn a_call_waits_for_a_paused_login_if_it_has_the_time_and_an_attempt_left() {
    for (pause, limit, attempts_made, may_wait) in [
        (60, 300, 0, true),
        (60, 61, 0, true),
        (60, 60, 0, false),
        (60, 300, 2, true),
        (60, 300, 3, false),
        (120, 300, 0, true),
        (121, 300, 0, false),
    ] {
        let scene = Scene::new([]);
        let request = PreparedRequest { deadline: seconds(limit), ..scene.request() };
        let may_wait_after =
            |error: &Error| scene.transport.may_wait_for_login(error, attempts_made, &request);
        let paused = login_paused_for(Some(seconds(pause)));
        assert!(!may_wait_after(&paused), "the device has requested no pause");
        // The login has run on the same transport, which has noted its pause.
        scene.transport.cooldown.extend_until(seconds(pause).min(LONGEST_PAUSE));
        assert_eq!(may_wait_after(&paused), may_wait, "{pause} s within {limit} s, after {attempts_made}");
        assert!(!may_wait_after(&login_paused_for(None)), "the login failed for another reason");
    }
}

/// A device that responds to every login with a pause of a second.
struct PausingLogin {
    transport: Arc<Transport>,
    asked: AtomicU32,
}

impl Tokens for PausingLogin {
    fn current(self: Arc<Self>, _: Option<u64>) -> BoxFuture<'static, Result<Token, Error>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.transport.cooldown.extend_until(self.transport.clock.now() + seconds(1));
            Err(login_paused_for(Some(seconds(1))))
        })
    }

    fn may_log_in_after_403(&self) -> bool {
        true
    }
}

#[test]
fn a_login_that_is_paused_again_and_again_ends_the_call() {
    for max_attempts in [1, 3] {
        let scene = Scene::new([]);
        let pausing =
            Arc::new(PausingLogin { transport: scene.transport.clone(), asked: AtomicU32::default() });
        let tokens: Arc<dyn Tokens> = pausing.clone();
        let ended = scene.run_with(&PreparedRequest { max_attempts, ..scene.request() }, Some(&tokens));
        assert!(matches!(ended.outcome, Err(CallFailure::Login(_))));
        assert_eq!((ended.sent.len(), ended.record.attempts), (0, 0));
        assert_eq!(pausing.asked.load(Ordering::Relaxed), max_attempts + 1);
    }
}

#[test]
fn a_full_queue_holds_calls_but_not_logins() {
    let scene = Scene::with_settings([OK, OK], |settings| settings.max_concurrent_requests = 1);
    let permit = scene.transport.queue.try_acquire().unwrap();
    let login = PreparedRequest { priority: RequestPriority::Immediate, ..scene.request() };
    assert_eq!(scene.run_with(&login, None).outcome.unwrap(), 200);
    let held = scene.run(&scene.request());
    assert!(matches!(held.outcome, Err(CallFailure::Timeout)) && held.sent.is_empty());
    drop(permit);
    assert_eq!(scene.run(&scene.request()).outcome.unwrap(), 200);
    assert_eq!(scene.transport.queue.available_permits(), 1);
}

#[test]
fn a_silent_attempt_ends_at_its_limit_and_is_not_repeated() {
    let scene = Scene::new([End::Silence]);
    let ended = scene.run(&scene.request());
    assert!(matches!(ended.outcome, Err(CallFailure::Attempt(AttemptError::Timeout))));
    assert_eq!((ended.sent.len(), ended.record.delivery), (1, Delivery::MayHaveRun));
    assert_eq!(scene.clock.now(), seconds(120));
}

#[test]
fn a_request_has_its_own_headers_and_those_of_the_client() {
    let scene = Scene::with_settings([OK], |settings| {
        settings.headers.insert("x-gateway-key", "k3y".parse().unwrap());
        settings.headers.insert("content-length", "999".parse().unwrap());
        settings.headers.insert("content-type", "text/plain".parse().unwrap());
    });
    let mut request = scene.request();
    request.headers.insert("content-type", "application/json".parse().unwrap());
    scene.run(&request);
    let (headers, body) = scene.client.sent().remove(0);
    assert_eq!(body, "{}");
    let sent: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    for expected in [
        ("x-gateway-key", "k3y"),
        ("content-type", "application/json"),
        ("content-length", "2"),
        ("accept-encoding", if cfg!(feature = "zstd") { "gzip, zstd" } else { "gzip" }),
        ("authorization", "Bearer token-1"),
    ] {
        let found: Vec<_> = sent.iter().filter(|(name, _)| *name == expected.0).collect();
        assert_eq!(found, [&expected]);
    }
    assert!(headers["authorization"].is_sensitive(), "`Debug` does not print it");
}

/// The text of the error names this limit.
#[test]
fn a_response_may_have_64_mib_and_no_more() {
    const LIMIT: usize = 64 << 20;
    for (length, is_taken) in [(LIMIT, true), (LIMIT + 1, false)] {
        let mut response = json(500, "");
        *response.body_mut() = vec![b' '; length].into();
        let scene = Scene::new([End::Response(response)]);
        match scene.run(&scene.request()).outcome {
            Ok(500) => assert!(is_taken, "{length}"),
            Err(CallFailure::Attempt(AttemptError::TooLarge(_))) => assert!(!is_taken, "{length}"),
            other => panic!("{length}: {other:?}"),
        }
    }
}

/// The delivery of each way in which an attempt ends, alone and after one that may have run.
#[test]
fn the_record_says_what_the_last_attempt_may_have_done() {
    let html = || {
        let mut response = json(200, "<html>");
        response.headers_mut().insert("content-type", "text/html".parse().unwrap());
        End::Response(response)
    };
    let not_connected = || End::Failed(HttpErrorKind::NotConnected);
    let malformed = || End::Failed(HttpErrorKind::MalformedResponse);
    type Ends = Vec<End>;
    // The delivery, the last status, and the number of attempts that may have run.
    let cases: [(Ends, Delivery, Option<u16>, u32); 13] = [
        (vec![OK], Delivery::Responded, Some(200), 0),
        (vec![html()], Delivery::Responded, Some(200), 0),
        (vec![malformed()], Delivery::MayHaveRun, None, 1),
        (vec![not_connected(), status(404)], Delivery::Responded, Some(404), 0),
        (vec![LOST, status(404)], Delivery::MayHaveRun, Some(404), 1),
        (vec![LOST, not_connected(), not_connected()], Delivery::MayHaveRun, None, 1),
        (vec![LOST, LOST, LOST], Delivery::MayHaveRun, None, 3),
        (vec![LOST, status(408), LOST], Delivery::MayHaveRun, None, 2),
        (vec![status(503), not_connected(), not_connected()], Delivery::Responded, None, 0),
        (vec![not_connected(), not_connected(), not_connected()], Delivery::NotSent, None, 0),
        (vec![LOST, status(504)], Delivery::MayHaveRun, Some(504), 2),
        (vec![LOST, response_lost()], Delivery::MayHaveRun, Some(200), 2),
        (vec![status(408), status(425), status(404)], Delivery::Responded, Some(404), 0),
    ];
    for (place, (ends, delivery, last, may_have_run)) in cases.into_iter().enumerate() {
        let attempts = ends.len() as u32;
        let scene = Scene::new(ends);
        let record = scene.run(&scene.request()).record;
        let found = (record.delivery, record.status.map(|status| status.as_u16()), record.attempts);
        assert_eq!(found, (delivery, last, attempts), "case {place}");
        assert_eq!(record.may_have_run, may_have_run, "case {place}");
    }
}

/// A response of two bytes, one of which never comes.
fn response_lost() -> End {
    let mut response = json(200, "{");
    response.headers_mut().insert("content-length", "2".parse().unwrap());
    End::Response(response)
}

#[test]
fn what_may_be_done_and_billed_is_sent_again_only_on_request() {
    let ends = [|| status(500), || status(504), response_lost, || End::Silence];
    for (place, end) in ends.into_iter().enumerate() {
        for (repeat_work, attempts) in [(false, 1), (true, 2)] {
            let scene = Scene::with_settings([end(), OK], |settings| {
                settings.retry_policy.repeat_work = repeat_work;
            });
            let ended = scene.run(&scene.request());
            assert_eq!(ended.sent.len(), attempts, "case {place}, {repeat_work}");
            assert_eq!(ended.record.may_have_run, 1, "case {place}, {repeat_work}");
            assert_eq!(ended.outcome.is_ok_and(|status| status == 200), repeat_work, "case {place}");
        }
    }
}
