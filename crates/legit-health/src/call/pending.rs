//! A call that has not been made yet.

use super::options::{Hashes, Keep, Options};
use crate::BoxFuture;
use crate::error::Error;
use crate::reply::Reply;
use std::fmt;
use std::time::Duration;

/// A call that has not been made yet: `.await` makes it. Dropping it, or the future, is always safe. It borrows nothing, so
/// it can be given to a task of its own.
///
/// ```no_run
/// use legit_health::{Client, Image};
/// use std::time::Duration;
///
/// # async fn example() -> Result<(), legit_health::Error> {
/// let client = Client::from_env()?;
/// let report = client
///     .diagnosis_support(Image::open("front.jpg")?)
///     .reference("case 17")
///     .timeout(Duration::from_secs(60))
///     .await?;
/// assert_eq!(report.provenance().reference.as_deref(), Some("case 17"));
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until this is awaited"]
pub struct PendingCall<T> {
    exchange: Result<Exchange<T>, Error>,
    options: Options,
}

/// Builds the request within the call, sends it and reads the answer.
type Exchange<T> = Box<dyn FnOnce(Options) -> BoxFuture<'static, Result<Reply<T>, Error>> + Send>;

impl<T> PendingCall<T> {
    /// The time that the whole call may take, login and pauses included; 300 s unless said otherwise.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options.limit = limit;
        self
    }

    /// How often it may be sent, the first time included; 3 unless said otherwise. With 1 nothing is repeated, except after
    /// a login that became necessary.
    pub fn max_attempts(mut self, most: u32) -> Self {
        self.options.attempts = most;
        self
    }

    /// Something of the caller's own to find this call again by, such as the number of an order. It is kept with the
    /// [`Provenance`](crate::Provenance) of the result and in the audit log. It is never sent, and never printed.
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.options.reference = Some(reference.into());
        self
    }

    /// Takes SHA-256 digests of what is sent and received, for the [`Provenance`](crate::Provenance).
    pub fn record_digests(mut self) -> Self {
        self.options.hashes = Hashes::Taken;
        self
    }

    /// Keeps the text of the document as it came, for [`Reply::json`].
    pub fn keep_json(mut self) -> Self {
        self.options.keep = Keep::Document;
        self
    }

    pub(crate) fn new<F>(options: Options, exchange: impl FnOnce(Options) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Reply<T>, Error>> + Send + 'static,
    {
        Self { exchange: Ok(Box::new(|options| Box::pin(exchange(options)))), options }
    }

    /// One that fails before anything is sent.
    pub(crate) fn refused(options: Options, error: Error) -> Self {
        Self { exchange: Err(error), options }
    }
}

impl<T: Send + 'static> IntoFuture for PendingCall<T> {
    type Output = Result<Reply<T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        match self.exchange {
            Ok(exchange) => exchange(self.options),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }
}

impl<T> fmt::Debug for PendingCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall").finish_non_exhaustive()
    }
}
