//! What sort of failure an error is.

/// What sort of failure an [`Error`](crate::Error) is, and so what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client is not set up, or wrongly. Correct the setting that the sentence names; nothing was sent.
    Configuration,
    /// An image was refused on this side, or there were too many. Choose or take another; nothing was sent. Or its file
    /// could not be read again while it was sent, or had changed: no whole request has left; open it again.
    InvalidImage,
    /// Answers were refused on this side: out of bounds, missing, or the same scale twice. Correct them; nothing was sent.
    InvalidAnswers,
    /// The account was refused: wrong credentials, or no right to do this. Refused credentials are not tried again until
    /// [`Client::login`](crate::Client::login) is called, since accounts are locked after repeated failures.
    Authentication,
    /// The device refused the request. [`fields`](crate::Error::fields) says what; repeating it changes nothing.
    Rejected,
    /// Too many requests, still after the retries, or the device has asked for a pause that outlasts the call. Wait for
    /// [`retry_after`](crate::Error::retry_after), if it is there, before the next one.
    RateLimited,
    /// The device, or a gateway before it, failed (5xx), still after the retries if it was worth any.
    Server,
    /// No connection, or a lost one, still after the retries. See [`delivery`](crate::Error::delivery) before repeating.
    Connection,
    /// The other side has no certificate that this machine trusts, or no secure connection could be agreed on. It is not
    /// tried again, and no request was read. The sentence says which it is and what to do.
    Certificate,
    /// A time limit passed. See [`delivery`](crate::Error::delivery) before repeating.
    Timeout,
    /// The answer is larger than this client reads.
    ResponseTooLarge,
    /// The answer breaks the contract, so nothing of it is passed on: the device is newer than this client, or something
    /// else has answered. Report it with the request id.
    InvalidResponse,
    /// A bug in this client. Nothing was sent; report it.
    Internal,
}
