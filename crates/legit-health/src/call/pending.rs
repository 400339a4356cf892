//! A call that has not been made yet, and its options.

use crate::BoxFuture;
use crate::error::Error;
use crate::reply::Reply;
use crate::transport::{RequestPriority, Settings};
use http::Uri;
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
/// let call = client.diagnosis_support(Image::open("front.jpg")?);
/// let report = call.timeout(Duration::from_secs(60)).await?;
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
    pub(crate) bills_nothing: bool,
    pub(crate) keep_json: bool,
    pub(crate) record_digests: bool,
    pub(crate) priority: RequestPriority,
    pub(crate) reference: Option<String>,
    /// Where the request is sent, if not to the address that the generated code has chosen.
    pub(crate) address: Option<Uri>,
}

impl Options {
    pub(crate) fn usual(settings: &Settings) -> Self {
        Self {
            limit: settings.timeouts.overall,
            max_attempts: settings.retry_policy.max_attempts,
            bills_nothing: false,
            keep_json: false,
            // An audit log needs them.
            record_digests: settings.observers.audit.is_some(),
            priority: RequestPriority::Queued,
            reference: None,
            address: None,
        }
    }

    /// The response of a list is small, so its text is kept.
    pub(crate) fn of_a_list(settings: &Settings) -> Self {
        Self { keep_json: true, ..Self::usual(settings) }
    }

    /// The digest of a login would be that of a body with a password. Nothing is billed for
    /// a login.
    pub(crate) fn of_login(settings: &Settings) -> Self {
        Self {
            limit: settings.timeouts.login,
            bills_nothing: true,
            record_digests: false,
            priority: RequestPriority::Immediate,
            address: settings.login_address.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::observe::{Audit, AuditEntry};
    use crate::sync::lock;
    use futures_util::FutureExt;
    use std::sync::{Arc, Mutex};

    fn settings() -> Settings {
        let mut settings = Settings::default();
        settings.timeouts.overall = Duration::from_secs(1);
        settings.timeouts.login = Duration::from_secs(2);
        settings.retry_policy.max_attempts = 7;
        settings
    }

    fn nothing_sent() -> Error {
        Error::before_sending(ErrorKind::Internal, "nothing was sent")
    }

    /// Returns the options that a call is made with after this change.
    fn options_after(change: impl FnOnce(PendingCall<()>) -> PendingCall<()>) -> Options {
        let made = Arc::new(Mutex::new(None));
        let seen = made.clone();
        let call = PendingCall::new(Options::usual(&settings()), move |options| async move {
            *lock(&seen) = Some(options);
            Err(nothing_sent())
        });
        change(call).now_or_never().unwrap().unwrap_err();
        lock(&made).take().unwrap()
    }

    /// The members of options, for comparison.
    fn members(options: &Options) -> (u64, u32, bool, bool, bool, Option<&str>) {
        let Options { limit, max_attempts, keep_json, record_digests, priority, reference, .. } = options;
        let is_queued = *priority == RequestPriority::Queued;
        (limit.as_secs(), *max_attempts, *keep_json, *record_digests, is_queued, reference.as_deref())
    }

    #[test]
    fn options_are_those_of_the_client_except_where_the_call_sets_them() {
        let set = |change: fn(PendingCall<()>) -> PendingCall<()>| options_after(change);
        assert_eq!(members(&set(|call| call)), (1, 7, false, false, true, None));
        assert_eq!(
            members(&set(|call| call.timeout(Duration::from_secs(9)))),
            (9, 7, false, false, true, None)
        );
        assert_eq!(members(&set(|call| call.max_attempts(2))), (1, 2, false, false, true, None));
        assert_eq!(members(&set(|call| call.keep_json())), (1, 7, true, false, true, None));
        assert_eq!(members(&set(|call| call.record_digests())), (1, 7, false, true, true, None));
        assert_eq!(members(&set(|call| call.reference("x"))), (1, 7, false, false, true, Some("x")));
    }

    #[test]
    fn a_login_has_its_own_limit_no_queue_and_no_digest() {
        struct Nowhere;
        impl Audit for Nowhere {
            fn record(&self, _: &AuditEntry) {}
        }
        let mut settings = settings();
        assert_eq!(members(&Options::of_a_list(&settings)), (1, 7, true, false, true, None));
        assert_eq!(members(&Options::of_login(&settings)), (2, 7, false, false, false, None));
        settings.observers.audit = Some(Arc::new(Nowhere));
        assert_eq!(members(&Options::usual(&settings)), (1, 7, false, true, true, None));
        assert_eq!(members(&Options::of_login(&settings)), (2, 7, false, false, false, None));
    }

    #[test]
    fn only_a_login_goes_to_the_address_for_logins() {
        let login_address = Some("https://device.example/auth/login".parse().unwrap());
        let settings = Settings { login_address, ..settings() };
        assert_eq!(Options::of_login(&settings).address, settings.login_address);
        assert_eq!(Options::usual(&settings).address, None);
    }

    #[test]
    fn nothing_is_billed_for_a_login() {
        let options = [Options::usual, Options::of_a_list, Options::of_login];
        assert_eq!(options.map(|of| of(&settings()).bills_nothing), [false, false, true]);
    }

    #[test]
    fn a_refused_call_fails_when_it_is_awaited() {
        let call = PendingCall::<()>::refused(Options::usual(&settings()), nothing_sent());
        assert_eq!(format!("{call:?}"), "PendingCall { .. }");
        let reply = call.timeout(Duration::ZERO).reply();
        assert_eq!(format!("{reply:?}"), "PendingReply { .. }");
        assert_eq!(reply.now_or_never().unwrap().unwrap_err().to_string(), "nothing was sent");
    }

    #[test]
    #[should_panic(expected = "a call was polled after it had ended")]
    fn a_call_that_has_ended_is_not_made_again() {
        let mut call = PendingCall::<()>::new(Options::usual(&settings()), |_| async { Err(nothing_sent()) });
        (&mut call).now_or_never().unwrap().unwrap_err();
        drop((&mut call).now_or_never());
    }
}
