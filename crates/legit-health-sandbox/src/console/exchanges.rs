//! The latest requests and their responses, for the console. In memory only, and bounded in number and bytes.
//!
//! A body is kept once its operation is known, unless it belongs to a login, which holds a password and a token, or a secret
//! was sent where none belongs. Of the headers only the types of the bodies and the name of the program are kept.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Instant, SystemTime};

use axum::http::{HeaderMap, HeaderName, Method, Uri, header};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::secret::may_hold_secret;
use crate::operation::Operation;

/// Number of requests that are kept.
const MOST_EXCHANGES: usize = 200;
/// Bytes of all bodies that are kept; the oldest are removed first.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Characters of a path or a header that are kept.
const MOST_CHARS: usize = 300;

/// The requests of one sandbox.
pub(crate) struct Exchanges {
    list: Mutex<List>,
    keeps_bodies: bool,
    /// Receives a line for each request that has ended, for a log.
    log: OnceLock<Box<dyn Fn(String) + Send + Sync>>,
}

/// Bodies are not printed.
impl fmt::Debug for Exchanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchanges").finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct List {
    exchanges: VecDeque<Exchange>,
    /// Number of the last exchange.
    last: u64,
    /// Counts every change, so that a reader asks only for what is new.
    version: u64,
    /// Bytes of all bodies.
    bytes: usize,
}

/// One request and its response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Exchange {
    number: u64,
    /// `x-request-id` of the response.
    id: String,
    #[serde(skip)]
    changed_at: u64,
    #[serde(skip)]
    started: Instant,
    /// RFC 3339, by the system's clock.
    received_at: String,
    state: ExchangeState,
    /// Milliseconds until the response was taken whole, or until now.
    duration: u64,
    method: String,
    path: String,
    operation: Option<Operation>,
    account: Option<String>,
    user_agent: Option<String>,
    status: Option<u16>,
    /// Names of the scenarios, one for each image; null for an image without one.
    scenarios: Vec<Value>,
    /// Kinds of the faults that were applied.
    faults: Vec<&'static str>,
    /// `detail` of an error, without the values that were sent.
    detail: Value,
    request: Body,
    response: Body,
}

/// How far an exchange has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ExchangeState {
    /// There is no response yet, or it is being sent.
    Running,
    /// The response was sent whole.
    Answered,
    /// The response was sent in part.
    CutShort,
    /// There was no response: a fault closed the connection, or the client did.
    Unanswered,
}

/// A body of an exchange.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    content_type: Option<String>,
    content_encoding: Option<String>,
    /// Bytes that were received or sent.
    size: u64,
    kept: Kept,
}

/// What is kept of a body. As JSON: a word.
#[derive(Debug)]
enum Kept {
    Bytes(Vec<u8>),
    /// `never`: the sandbox was told so, it has secrets, or the request is not in the contract.
    Never,
    /// `removed`: in favour of later ones.
    Removed,
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Bytes(_) => "whole",
            Self::Never => "never",
            Self::Removed => "removed",
        })
    }
}

/// Which of the two bodies of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Response,
}

impl Exchanges {
    pub(crate) fn new(keeps_bodies: bool) -> Self {
        Self { list: Mutex::default(), keeps_bodies, log: OnceLock::new() }
    }

    /// Calls this with a line for each request that has ended. Only the first receiver counts.
    pub(crate) fn on_line(&self, receiver: impl Fn(String) + Send + Sync + 'static) {
        drop(self.log.set(Box::new(receiver)));
    }

    /// Adds a request. The list shows it as running until the guard is dropped.
    pub(crate) fn begin(
        self: &Arc<Self>,
        id: &str,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> ExchangeGuard {
        let mut list = self.list();
        list.last += 1;
        let number = list.last;
        let exchange = Exchange {
            number,
            id: id.to_owned(),
            changed_at: list.next_version(),
            started: Instant::now(),
            received_at: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
            state: ExchangeState::Running,
            duration: 0,
            method: method.as_str().chars().take(MOST_CHARS).collect(),
            path: uri.path().chars().take(MOST_CHARS).collect(),
            operation: None,
            account: None,
            user_agent: text(headers, &header::USER_AGENT),
            status: None,
            scenarios: Vec::new(),
            faults: Vec::new(),
            detail: Value::Null,
            request: Body::new(headers),
            response: Body::new(&HeaderMap::new()),
        };
        list.exchanges.push_back(exchange);
        while list.exchanges.len() > MOST_EXCHANGES {
            list.remove_oldest();
        }
        drop(list);
        ExchangeGuard { handle: ExchangeHandle { exchanges: Arc::clone(self), number }, is_complete: false }
    }

    /// Returns what has changed after a version; version 0 is before everything.
    pub(crate) fn changes(&self, since: u64) -> Value {
        let mut list = self.list();
        for exchange in list.exchanges.iter_mut().filter(|it| it.state == ExchangeState::Running) {
            exchange.duration = milliseconds(exchange.started);
        }
        let changed = list.exchanges.iter();
        let changed = changed.filter(|it| it.changed_at > since || it.state == ExchangeState::Running);
        json!({
            "version": list.version,
            "oldest": list.exchanges.front().map_or(list.last + 1, |it| it.number),
            "keepsBodies": self.keeps_bodies,
            "mostRequests": MOST_EXCHANGES,
            "requests": changed.collect::<Vec<_>>(),
        })
    }

    /// Returns a body and its media type, if the exchange is known and the body is kept.
    pub(crate) fn body(&self, id: &str, side: Side) -> Option<(Vec<u8>, Option<String>)> {
        let mut list = self.list();
        let exchange = list.exchanges.iter_mut().find(|it| it.id == id)?;
        // Once it has ended, this has been decided.
        if exchange.state == ExchangeState::Running && exchange.holds_secret() {
            return None;
        }
        let body = exchange.body(side);
        match &body.kept {
            Kept::Bytes(bytes) => Some((bytes.clone(), body.content_type.clone())),
            Kept::Never | Kept::Removed => None,
        }
    }

    /// Forgets every request.
    pub(crate) fn clear(&self) {
        let mut list = self.list();
        list.exchanges.clear();
        list.bytes = 0;
        list.version += 1;
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    fn next_version(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    fn find(&mut self, number: u64) -> Option<&mut Exchange> {
        let first = self.exchanges.front()?.number;
        self.exchanges.get_mut(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    fn remove_oldest(&mut self) {
        if let Some(mut oldest) = self.exchanges.pop_front() {
            self.bytes -= oldest.forget_bodies(|| Kept::Removed);
        }
    }

    /// Adds to a body, and removes the oldest bodies beyond the limit; this one too, if it is too large itself.
    fn append(&mut self, number: u64, side: Side, data: &[u8]) {
        let Some(exchange) = self.find(number) else { return };
        let body = exchange.body(side);
        body.size += data.len() as u64;
        let Kept::Bytes(bytes) = &mut body.kept else { return };
        bytes.extend_from_slice(data);
        self.bytes += data.len();
        let mut oldest = 0;
        while self.bytes > MOST_BYTES && oldest < self.exchanges.len() {
            let version = self.version + 1;
            let exchange = &mut self.exchanges[oldest];
            let removed = exchange.forget_bodies(|| Kept::Removed);
            if removed > 0 {
                exchange.changed_at = version;
                self.version = version;
                self.bytes -= removed;
            }
            oldest += 1;
        }
    }
}

impl Exchange {
    fn body(&mut self, side: Side) -> &mut Body {
        match side {
            Side::Request => &mut self.request,
            Side::Response => &mut self.response,
        }
    }

    /// Stops keeping both bodies and returns the number of bytes that were kept.
    fn forget_bodies(&mut self, kept: fn() -> Kept) -> usize {
        [&mut self.request, &mut self.response].map(|body| body.forget(kept())).into_iter().sum()
    }

    /// Whether a secret was sent where none belongs.
    fn holds_secret(&self) -> bool {
        let Kept::Bytes(bytes) = &self.request.kept else { return false };
        may_hold_secret(self.request.content_type.as_deref(), bytes)
    }

    /// Returns the line of a log: what was asked, and how it ended.
    fn line(&self) -> String {
        let status = self.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
        let mut line =
            format!("{} {status} {} {}, {} ms", self.received_at, self.method, self.path, self.duration);
        if let Some(entries) = self.detail.as_array().filter(|entries| !entries.is_empty()) {
            line += &format!(", {} errors", entries.len());
        }
        let scenarios = self.scenarios.iter().filter_map(Value::as_str);
        for text in scenarios.chain(self.faults.iter().copied()).chain(self.account.as_deref()) {
            line += &format!(", {text}");
        }
        line + &format!(", {}", self.id)
    }
}

impl Body {
    fn new(headers: &HeaderMap) -> Self {
        Self {
            content_type: text(headers, &header::CONTENT_TYPE),
            content_encoding: text(headers, &header::CONTENT_ENCODING),
            size: 0,
            kept: Kept::Never,
        }
    }

    /// Stops keeping the body and returns the number of bytes that were kept.
    fn forget(&mut self, kept: Kept) -> usize {
        match std::mem::replace(&mut self.kept, kept) {
            Kept::Bytes(bytes) => bytes.len(),
            Kept::Never => {
                self.kept = Kept::Never;
                0
            }
            Kept::Removed => 0,
        }
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.chars().take(MOST_CHARS).collect())
}

fn milliseconds(since: Instant) -> u64 {
    since.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
}

/// Notes what becomes known of an exchange.
#[derive(Clone, Debug)]
pub(crate) struct ExchangeHandle {
    exchanges: Arc<Exchanges>,
    number: u64,
}

impl ExchangeHandle {
    /// Notes the operation. From here on the bodies are kept, unless they hold secrets.
    pub(crate) fn set_operation(&self, operation: Operation, uri: &Uri) {
        let keeps_bodies = self.exchanges.keeps_bodies && operation != Operation::Login;
        self.update(|exchange| {
            exchange.operation = Some(operation);
            if operation == Operation::Login {
                return;
            }
            if let Some(query) = uri.query().filter(|query| !may_hold_secret(None, query.as_bytes())) {
                exchange.path.extend(['?'].into_iter().chain(query.chars().take(MOST_CHARS)));
            }
            if keeps_bodies {
                exchange.request.kept = Kept::Bytes(Vec::new());
                exchange.response.kept = Kept::Bytes(Vec::new());
            }
        });
    }

    pub(crate) fn set_account(&self, account: Option<&str>) {
        self.update(|exchange| exchange.account = account.map(str::to_owned));
    }

    pub(crate) fn add_fault(&self, kind: &'static str) {
        self.update(|exchange| exchange.faults.push(kind));
    }

    /// Notes the scenarios of a document's `sandbox` object.
    pub(crate) fn set_scenarios(&self, document: &Value) {
        let images = document["sandbox"]["scenarios"].as_array().into_iter().flatten();
        let scenarios = images.map(|image| image["scenario"].clone()).collect();
        self.update(|exchange| exchange.scenarios = scenarios);
    }

    /// Notes the `detail` of an error, without `input`: that repeats what was sent.
    pub(crate) fn set_detail(&self, detail: &Value) {
        let mut detail = detail.clone();
        for entry in detail.as_array_mut().into_iter().flatten() {
            entry.as_object_mut().map(|entry| entry.remove("input"));
        }
        self.update(|exchange| exchange.detail = detail);
    }

    pub(crate) fn append(&self, side: Side, data: &[u8]) {
        self.exchanges.list().append(self.number, side, data);
    }

    /// Stops keeping the bodies if a secret was sent.
    fn forget_secret(&self) {
        let mut list = self.exchanges.list();
        let exchange = list.find(self.number).filter(|exchange| exchange.holds_secret());
        let removed = exchange.map_or(0, |exchange| exchange.forget_bodies(|| Kept::Never));
        list.bytes -= removed;
    }

    fn update(&self, change: impl FnOnce(&mut Exchange)) {
        let mut list = self.exchanges.list();
        let version = list.next_version();
        // It may have been forgotten meanwhile.
        if let Some(exchange) = list.find(self.number) {
            exchange.changed_at = version;
            change(exchange);
        }
    }
}

/// Shows an exchange as running until it is dropped.
#[derive(Debug)]
pub(crate) struct ExchangeGuard {
    handle: ExchangeHandle,
    is_complete: bool,
}

impl ExchangeGuard {
    pub(crate) fn handle(&self) -> ExchangeHandle {
        self.handle.clone()
    }

    /// Notes the head of the response.
    pub(crate) fn set_response(&self, status: u16, headers: &HeaderMap) {
        self.handle.update(|exchange| {
            exchange.status = Some(status);
            let kept = std::mem::replace(&mut exchange.response.kept, Kept::Never);
            exchange.response = Body { kept, ..Body::new(headers) };
        });
    }

    /// Notes that the response was taken whole.
    pub(crate) fn complete(&mut self) {
        self.is_complete = true;
    }
}

impl Drop for ExchangeGuard {
    fn drop(&mut self) {
        let is_complete = self.is_complete;
        self.handle.forget_secret();
        let log = self.handle.exchanges.log.get();
        let mut line = None;
        self.handle.update(|exchange| {
            exchange.duration = milliseconds(exchange.started);
            exchange.state = match exchange.status {
                None => ExchangeState::Unanswered,
                Some(_) if is_complete => ExchangeState::Answered,
                Some(_) => ExchangeState::CutShort,
            };
            for body in [&mut exchange.request, &mut exchange.response] {
                if let Kept::Bytes(bytes) = &mut body.kept {
                    bytes.shrink_to_fit();
                }
            }
            line = log.map(|_| exchange.line());
        });
        if let (Some(log), Some(line)) = (log, line) {
            log(line);
        }
    }
}

#[cfg(test)]
mod tests;
