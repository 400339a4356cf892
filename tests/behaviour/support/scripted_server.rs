//! A scripted HTTP client and test clocks: no runtime, no sockets, no sleeping.

use super::{ok, response, token};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use legit_health::clock::Clock;
use legit_health::http_client::{HttpClient, HttpError, HttpErrorKind, RequestBody, ResponseBody};
use legit_health::{BoxFuture, Client, ClientBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

type Outcome = Result<Response<ResponseBody>, HttpError>;
type Script = dyn Fn(Request<RequestBody>) -> BoxFuture<'static, Outcome> + Send + Sync;

/// An HTTP client that calls a closure for each attempt and counts them. Accepts every login by default.
#[derive(Clone)]
pub struct ScriptedServer {
    login: Arc<Script>,
    script: Arc<Script>,
    pub logins: Arc<AtomicUsize>,
    pub calls: Arc<AtomicUsize>,
}

impl ScriptedServer {
    pub fn new<F>(script: impl Fn(Request<RequestBody>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let login =
            |_| -> BoxFuture<'static, Outcome> { Box::pin(async { complete(ok(token("token-1", 60))) }) };
        Self {
            login: Arc::new(login),
            script: Arc::new(move |request| Box::pin(script(request))),
            logins: Arc::default(),
            calls: Arc::default(),
        }
    }

    pub fn with_login<F>(self, login: impl Fn(Request<RequestBody>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self { login: Arc::new(move |request| Box::pin(login(request))), ..self }
    }

    pub fn builder(&self) -> ClientBuilder {
        super::builder(self.clone())
    }

    pub fn client(&self, clock: impl Clock) -> Client {
        self.builder().clock(clock).build().unwrap()
    }

    pub fn logins(&self) -> usize {
        self.logins.load(Ordering::Relaxed)
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl HttpClient for ScriptedServer {
    fn attempt(&self, request: Request<RequestBody>) -> BoxFuture<'_, Outcome> {
        let (count, script) = match request.uri().path().ends_with("/login") {
            true => (&self.logins, &self.login),
            false => (&self.calls, &self.script),
        };
        count.fetch_add(1, Ordering::Relaxed);
        script(request)
    }
}

/// Returns a response with its complete body.
pub fn complete(response: Response<Bytes>) -> Outcome {
    let body = |body| Full::new(body).map_err(|never| -> HttpError { match never {} });
    Ok(response.map(|bytes| Box::pin(body(bytes)) as ResponseBody))
}

pub fn not_connected() -> Outcome {
    Err(HttpError { kind: HttpErrorKind::NotConnected, source: "refused".into() })
}

pub fn connection_lost() -> HttpError {
    HttpError { kind: HttpErrorKind::ConnectionLost, source: "reset".into() }
}

/// The response to `device_information`, the smallest operation.
pub fn device_information() -> Response<Bytes> {
    ok(json!({
        "name": [{"value": "Device"}], "version": [{"value": "1.1.0"}], "manufacturer": {"name": "Maker"},
    }))
}

pub fn retry_after(status: u16, seconds: &str) -> Response<Bytes> {
    let mut response = response(status, Value::Null);
    response.headers_mut().insert("retry-after", seconds.parse().unwrap());
    response
}

/// A clock that moves only when nothing else can happen. Clones share it.
#[derive(Clone, Default)]
pub struct VirtualTime(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    now: Duration,
    sleepers: BTreeMap<(Duration, u64), Waker>,
    next_id: u64,
}

impl VirtualTime {
    /// Runs a future to completion. Whenever it can only wait, time moves to the next sleeper.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(woken.clone());
        let mut future = pin!(future);
        loop {
            while woken.0.swap(false, Ordering::AcqRel) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return output;
                }
            }
            self.wake_next();
        }
    }

    fn wake_next(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            let ((at, _), waker) =
                state.sleepers.pop_first().expect("deadlock: nothing is ready and nothing sleeps");
            state.now = state.now.max(at);
            waker
        };
        waker.wake();
    }

    /// Moves the time without waking sleepers.
    pub fn jump(&self, by: Duration) {
        self.0.lock().unwrap().now += by;
    }

    pub fn seconds(&self) -> u64 {
        self.now().as_secs()
    }

    pub fn sleepers(&self) -> usize {
        self.0.lock().unwrap().sleepers.len()
    }

    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now() + duration).await;
    }
}

impl Clock for VirtualTime {
    fn now(&self) -> Duration {
        self.0.lock().unwrap().now
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Sleep { time: self.clone(), at, id: None })
    }
}

struct Sleep {
    time: VirtualTime,
    at: Duration,
    id: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = self.time.clone();
        let mut state = time.0.lock().unwrap();
        if state.now >= self.at {
            return Poll::Ready(());
        }
        let id = *self.id.get_or_insert_with(|| {
            state.next_id += 1;
            state.next_id
        });
        state.sleepers.insert((self.at, id), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.time.0.lock().unwrap().sleepers.remove(&(self.at, id));
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// A clock that moves only when a test advances it. Sleeping futures are never woken, but what has passed is not slept for.
#[derive(Clone, Default)]
pub struct ManualClock(Arc<Mutex<Duration>>);

impl ManualClock {
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
        if at <= self.now() { Box::pin(std::future::ready(())) } else { Box::pin(std::future::pending()) }
    }
}
