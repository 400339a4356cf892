//! A call that has not been made yet, and its options.

use crate::BoxFuture;
use crate::error::Error;
use crate::reply::Reply;
use crate::transport::{RequestPriority, Settings};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A call that has not been made yet: `.await` makes it and returns the result.
///
/// It is a future that does nothing before it is first polled. It borrows nothing, so it can be given to `tokio::spawn` or
/// `join_all`. Dropping it is always safe.
///
/// ```no_run
/// use legit_health::{Client, Image};
/// use std::time::Duration;
///
/// # async fn example() -> Result<(), legit_health::Error> {
/// let client = Client::from_env()?;
/// let call = client.diagnosis_support(Image::open("front.jpg")?).timeout(Duration::from_secs(60));
/// let report = call.await?;
/// println!("{} conditions", report.conclusions.len());
///
/// // With what is known about the call:
/// let call = client.diagnosis_support(Image::open("front.jpg")?).reference("case 17");
/// let reply = call.reply().await?;
/// assert_eq!(reply.provenance.reference.as_deref(), Some("case 17"));
/// println!("{} conditions", reply.value.conclusions.len());
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until this is awaited"]
pub struct PendingCall<T>(PendingReply<T>);

/// A call that returns a [`Reply`]; created by [`PendingCall::reply`].
#[must_use = "nothing is sent until this is awaited"]
pub struct PendingReply<T>(State<T>);

enum State<T> {
    /// Nothing has been done yet.
    Waiting(Options, Result<Exchange<T>, Error>),
    Running(BoxFuture<'static, Result<Reply<T>, Error>>),
    Done,
}

/// Builds the request within the call, sends it and reads the response.
type Exchange<T> = Box<dyn FnOnce(Options) -> BoxFuture<'static, Result<Reply<T>, Error>> + Send>;

/// Everything about a call except its request.
pub(crate) struct Options {
    pub(crate) limit: Duration,
    pub(crate) max_attempts: u32,
    pub(crate) keep_json: bool,
    pub(crate) record_digests: bool,
    pub(crate) priority: RequestPriority,
    pub(crate) reference: Option<String>,
}

impl Options {
    pub(crate) fn usual(settings: &Settings) -> Self {
        Self {
            limit: settings.timeouts.overall,
            max_attempts: settings.retry_policy.max_attempts,
            keep_json: false,
            // An audit log needs them.
            record_digests: settings.observers.audit.is_some(),
            priority: RequestPriority::Queued,
            reference: None,
        }
    }

    /// The response of a list is small, so its text is kept.
    pub(crate) fn of_a_list(settings: &Settings) -> Self {
        Self { keep_json: true, ..Self::usual(settings) }
    }

    /// The digest of a login would be that of a body with a password.
    pub(crate) fn of_login(settings: &Settings) -> Self {
        Self {
            limit: settings.timeouts.login,
            record_digests: false,
            priority: RequestPriority::Immediate,
            ..Self::usual(settings)
        }
    }
}

impl<T> PendingCall<T> {
    /// Sets the time that the whole call may take, login and pauses included; 300 s by default.
    pub fn timeout(self, limit: Duration) -> Self {
        self.with(|options| options.limit = limit)
    }

    /// Sets how many times the request may be sent, the first time included; 3 by default. With 1 nothing is repeated,
    /// except after a login that became necessary.
    pub fn max_attempts(self, most: u32) -> Self {
        self.with(|options| options.max_attempts = most)
    }

    /// Sets your own name for the call, such as the number of an order. It is kept in the
    /// [`Provenance`](crate::calls::Provenance) of the [`Reply`] and in the audit log. It is never sent, and `Debug`
    /// hides it.
    pub fn reference(self, reference: impl Into<String>) -> Self {
        self.with(|options| options.reference = Some(reference.into()))
    }

    /// Computes SHA-256 digests of what is sent and received, for the [`Provenance`](crate::calls::Provenance).
    pub fn record_digests(self) -> Self {
        self.with(|options| options.record_digests = true)
    }

    /// Keeps the text of the response, for [`Reply::json`].
    pub fn keep_json(self) -> Self {
        self.with(|options| options.keep_json = true)
    }

    /// Returns a future of the result together with its provenance ([`Reply`]).
    pub fn reply(self) -> PendingReply<T> {
        self.0
    }

    pub(crate) fn new<F>(options: Options, exchange: impl FnOnce(Options) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Reply<T>, Error>> + Send + 'static,
    {
        Self(PendingReply(State::Waiting(options, Ok(Box::new(|options| Box::pin(exchange(options)))))))
    }

    /// Creates a call that fails before anything is sent.
    pub(crate) fn refused(options: Options, error: Error) -> Self {
        Self(PendingReply(State::Waiting(options, Err(error))))
    }

    /// Changes the options, unless the call has begun.
    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        if let State::Waiting(options, _) = &mut self.0.0 {
            change(options);
        }
        self
    }
}

impl<T> Future for PendingReply<T> {
    type Output = Result<Reply<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Waiting(..) = self.0 {
            match std::mem::replace(&mut self.0, State::Done) {
                State::Waiting(options, Ok(exchange)) => self.0 = State::Running(exchange(options)),
                State::Waiting(_, Err(error)) => return Poll::Ready(Err(error)),
                State::Running(_) | State::Done => {}
            }
        }
        let State::Running(call) = &mut self.0 else { panic!("a call was polled after it had ended") };
        let end = std::task::ready!(call.as_mut().poll(context));
        self.0 = State::Done;
        Poll::Ready(end)
    }
}

impl<T> Future for PendingCall<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map_ok(|reply| reply.value)
    }
}

impl<T> fmt::Debug for PendingCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for PendingReply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingReply").finish_non_exhaustive()
    }
}
